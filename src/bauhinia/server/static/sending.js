// Enter sends what is written, from the first moment on: before the page's script has its words, the form is
// posted as it is, and the answer comes as a page.

const form = document.querySelector("#ask");
form.elements.question.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});

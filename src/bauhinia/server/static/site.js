// On every page: confirmations, and the notice that the model is loading.

import { announce, say } from "./words.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-confirm]");
  if (button && !window.confirm(button.dataset.confirm)) event.preventDefault();
});

document.getElementById("problem")?.focus();

const notice = document.querySelector("[data-model-loading]");
if (notice) {
  const timer = setInterval(async () => {
    const answer = await fetch("/health").then((response) => response.json()).catch(() => null);
    if (!answer || answer.model.state === "loading") return;
    clearInterval(timer);
    if (answer.model.state === "ready") {
      notice.remove();
      announce(say("model.ready"));
    } else {
      notice.classList.add("bad");
      notice.lastElementChild.textContent = `${say("model.failed")} ${answer.model.message} ${answer.model.hint}`;
    }
  }, 2000);
}

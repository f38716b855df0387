// What an order will ask of the model, told beside its button while it is being made.

const form = document.getElementById("pick");
const shelf = document.getElementById("shelf");
const place = document.getElementById("forecast");
let asked = "";

function wanted() {
  const data = new FormData(form);
  for (const box of shelf.querySelectorAll("input[name=document]:checked")) {
    if (!data.getAll("document").includes(box.value)) data.append("document", box.value);
  }
  return data.has("document") || form.elements.instructions?.value ? data : null;
}

async function changed() {
  const data = wanted();
  const key = data ? new URLSearchParams(data).toString() : "";
  if (key === asked) return;
  asked = key;
  const answer = data && (await fetch(`/forecast/${place.dataset.kind}`, { method: "POST", body: data }).catch(() => null));
  const html = answer?.ok ? await answer.text() : "";
  if (asked === key) place.innerHTML = html;
}

let waiting = 0;
function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(changed, 300);
}

form.addEventListener("input", soon);
shelf.addEventListener("change", soon);
new MutationObserver(soon).observe(shelf, { childList: true });
soon();

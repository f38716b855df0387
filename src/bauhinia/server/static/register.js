// The assessment's form: kept as it is filled in, and questions that follow from an answer appear with it.

import { announce } from "./words.js";

const form = document.querySelector("form[data-saves]");
const kept = form?.querySelector("[data-kept]");

/** Show the questions that the answers so far ask, and no others. */
function follow() {
  const given = new FormData(form);
  for (const question of form.querySelectorAll("[data-after]")) {
    const wanted = question.dataset.any.split(" ");
    question.hidden = !given.getAll(question.dataset.after).some((answer) => wanted.includes(answer));
  }
}

/** “None of these” goes with no other answer. */
function alone(box) {
  if (box.type !== "checkbox" || !box.checked) return;
  for (const other of form.querySelectorAll(`[name="${CSS.escape(box.name)}"]`)) {
    if (other !== box && ("alone" in box.dataset || "alone" in other.dataset)) other.checked = false;
  }
}

let saving = Promise.resolve();

async function save() {
  const body = new FormData(form);
  body.set("quiet", "1");
  const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
  const words = answer?.ok ? form.dataset.saves : form.dataset.fails;
  if (kept.textContent !== words) announce(words);
  kept.textContent = words;
}

form?.addEventListener("change", (event) => {
  alone(event.target);
  follow();
  saving = saving.then(save);
});
if (form) follow();

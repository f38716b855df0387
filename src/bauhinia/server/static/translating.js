// The order of a translation follows the chosen document: into the other language, and only those kinds of text
// that its file can have. Beforehand it says how much the memory holds.

import { say } from "./words.js";

const form = document.getElementById("pick");
const shelf = document.getElementById("shelf");
const line = document.getElementById("estimate");
const stories = form.querySelector(".stories");
let followed = form.querySelector("input[name=to]:checked") ? chosen()?.value : undefined;
let asked = "";

function chosen() {
  return shelf.querySelector("input[name=document]:checked");
}

function changed() {
  const picked = chosen();
  if (picked && picked.value !== followed) {
    followed = picked.value;
    form.querySelector(`input[name=to][value="${picked.dataset.other}"]`).checked = true;
  }
  offer(picked?.dataset.format);
  estimate(picked?.value);
}

/** What is not offered is ticked or not as it was: the file has none of it. */
function offer(format) {
  const options = [...stories.querySelectorAll("[data-formats]")];
  for (const option of options) option.hidden = Boolean(format) && !option.dataset.formats.split(" ").includes(format);
  stories.hidden = options.filter((option) => !option.hidden).length < 2;
}

async function estimate(picked) {
  const to = form.querySelector("input[name=to]:checked")?.value;
  const kinds = [...stories.querySelectorAll("input[type=checkbox]:checked")].map((box) => box.value);
  const wanted = picked && to && kinds.length ? JSON.stringify({ document: picked, to, stories: kinds }) : "";
  if (wanted === asked) return;
  asked = wanted;
  line.textContent = "";
  if (!wanted) return;
  const answer = await fetch("/api/translate/estimate", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: wanted,
  }).catch(() => null);
  const body = await answer?.json();
  if (!body || asked !== wanted) return;
  if (answer.ok) line.textContent = say("estimate.memory", { percent: Math.floor(100 * body.share) });
  else if (body.error.code === "SameLanguage") line.textContent = say("error.SameLanguage");
}

document.addEventListener("change", changed);
new MutationObserver(changed).observe(shelf, { childList: true });
changed();

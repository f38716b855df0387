// Before a translation starts: how much of the chosen document the memory holds.

import { say } from "./words.js";

const form = document.getElementById("pick");
const shelf = document.getElementById("shelf");
const line = document.getElementById("estimate");
let asked = "";

async function estimate() {
  const document_ = shelf.querySelector("input[name=document]:checked, select[name=document]")?.value;
  const to = form.querySelector("input[name=to]:checked")?.value;
  const wanted = document_ && to ? JSON.stringify({ document: document_, to }) : "";
  if (wanted === asked) return;
  asked = wanted;
  line.textContent = "";
  if (!wanted) return;
  const answer = await fetch("/api/translate/estimate", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: wanted,
  }).catch(() => null);
  if (!answer?.ok || asked !== wanted) return;
  const { share } = await answer.json();
  line.textContent = say("estimate.memory", { percent: Math.floor(100 * share) });
}

document.addEventListener("change", estimate);
new MutationObserver(estimate).observe(shelf, { childList: true });
estimate();

// Files on their way into the library: the table is asked for again until all have been read.

import { announce } from "./words.js";

const place = document.getElementById("arrivals");
const goesOn = () => place.querySelector("[data-open]") !== null;

async function look() {
  const answer = await fetch(`/knowledge/arrivals/${place.dataset.task}/table`).catch(() => null);
  if (answer?.ok) place.innerHTML = await answer.text();
  if (goesOn()) setTimeout(look, 2000);
  else announce(place.querySelector("[data-status]").textContent.trim());
}

if (goesOn()) setTimeout(look, 1000);

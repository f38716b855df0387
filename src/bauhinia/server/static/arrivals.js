// Files on their way into the library: the table is asked for again until all have been read.

import { announce } from "./words.js";

const place = document.getElementById("arrivals");
const status = () => place.querySelector("[data-status]").dataset.status;

async function look() {
  const answer = await fetch(`/knowledge/arrivals/${place.dataset.task}/table`).catch(() => null);
  if (answer?.ok) place.innerHTML = await answer.text();
  if (status() === "running") setTimeout(look, 2000);
  else announce(place.querySelector("[data-status]").textContent.trim());
}

if (status() === "running") setTimeout(look, 1000);

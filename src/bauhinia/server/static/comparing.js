// Two versions side by side: only the changes, and from change to change by keyboard.

import { announce, say } from "./words.js";

export function attachComparing() {
  const section = document.getElementById("comparison");
  if (!section) return;
  section.querySelector(".comparison-tools").hidden = false;
  const only = document.getElementById("only-changes");
  only.addEventListener("change", () => section.classList.toggle("only-changes", only.checked));

  const changes = [...section.querySelectorAll("[data-change]")];
  document.getElementById("next-change").addEventListener("click", () => go(changes, 1));
  document.getElementById("previous-change").addEventListener("click", () => go(changes, -1));
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    go(changes, step);
  });
  for (const link of document.querySelectorAll('a[href^="#pair-"]')) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      show(document.getElementById(link.hash.slice(1)));
    });
  }
}

let here = -1;

function go(changes, step) {
  if (!changes.length) return;
  here = (here + step + changes.length) % changes.length;
  show(changes[here]);
  announce(say("compare.at", { n: here + 1, of: changes.length }));
}

function show(row) {
  const changes = [...document.querySelectorAll("[data-change]")];
  here = changes.indexOf(row);
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "center" });
}

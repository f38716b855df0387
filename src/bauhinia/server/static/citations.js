// Citations jump to the exact characters in the source pane; Escape goes back.

import { announce, say } from "./words.js";

export function attachCitations() {
  const loads = new Map();
  for (const body of document.querySelectorAll("[data-load]")) {
    loads.set(body.closest("[data-document]").dataset.document, load(body));
  }
  const back = document.getElementById("back");
  let from = null;

  for (const button of document.querySelectorAll(".cite")) {
    button.addEventListener("click", async () => {
      await loads.get(button.dataset.document);
      clear();
      const marks = highlight(button.dataset);
      if (!marks.length) {
        announce(say("cite.missing"));
        return;
      }
      from = button;
      button.classList.add("here");
      back.parentElement.hidden = false;
      marks[0].tabIndex = -1;
      marks[0].focus({ preventScroll: true });
      bring(marks[0]);
      announce(say("cite.shown", { n: button.textContent.replace(/\D/g, "") }));
    });
  }

  function goBack() {
    if (!from) return;
    const button = from;
    from = null;
    clear();
    back.parentElement.hidden = true;
    button.focus({ preventScroll: true });
    button.scrollIntoView({ block: "nearest" });
  }
  back?.addEventListener("click", goBack);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.target.closest(".editor")) goBack();
  });
}

/** Scroll the pane to the mark, and the page only as far as the pane needs. */
function bring(mark) {
  const pane = document.getElementById("sources");
  const at = mark.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  pane.scrollTo({ top: pane.scrollTop + at - pane.clientHeight / 3, behavior });
  pane.scrollIntoView({ block: "nearest", behavior });
}

async function load(body) {
  const answer = await fetch(body.dataset.load).catch(() => null);
  if (answer?.ok) body.innerHTML = await answer.text();
  else body.textContent = say("source.failed");
}

function clear() {
  document.querySelector(".cite.here")?.classList.remove("here");
  for (const block of new Set([...document.querySelectorAll("mark.cited")].map((mark) => mark.parentElement))) {
    block.textContent = block.textContent;
  }
}

/** Mark the cited characters; gives the marks, none when the block is not there. */
function highlight({ document: id, block, spans }) {
  const element = document.getElementById(`d-${id}-${block}`);
  if (!element) return [];
  // Anchors count characters as Python does, by code point; a JavaScript string counts UTF-16 units.
  const points = [...element.textContent];
  const pieces = [];
  const marks = [];
  let at = 0;
  for (const [start, end] of ranges(spans)) {
    const first = Math.max(at, start);
    if (end <= first) continue;
    pieces.push(points.slice(at, first).join(""));
    const mark = document.createElement("mark");
    mark.className = "cited";
    mark.textContent = points.slice(first, end).join("");
    pieces.push(mark);
    marks.push(mark);
    at = end;
  }
  pieces.push(points.slice(at).join(""));
  element.replaceChildren(...pieces);
  return marks.filter((mark) => mark.textContent);
}

function ranges(spans) {
  return spans.split(" ").map((span) => span.split("-").map(Number)).sort((a, b) => a[0] - b[0]);
}

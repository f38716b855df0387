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
  for (const mark of document.querySelectorAll("mark.cited")) {
    const around = mark.parentElement;
    mark.replaceWith(...mark.childNodes);
    around.normalize();
  }
}

/** Mark the cited characters; gives the marks, none when the block is not there. */
function highlight({ document: id, block, spans }) {
  const element = document.getElementById(`d-${id}-${block}`);
  if (!element) return [];
  const marks = [];
  let done = 0;
  for (const [start, end] of ranges(spans)) {
    marks.push(...wrap(element, Math.max(done, start), end));
    done = Math.max(done, end);
  }
  return marks;
}

/** Put a mark around the characters from `start` up to `end`, in as many pieces as the block's own marks ask for. */
function wrap(element, start, end) {
  const marks = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  let at = 0;
  for (const text of texts) {
    // Anchors count characters as Python does, by code point; a JavaScript string counts UTF-16 units.
    const points = [...text.data];
    const first = Math.max(start - at, 0);
    const last = Math.min(end - at, points.length);
    at += points.length;
    if (first >= last) continue;
    const cited = text.splitText(points.slice(0, first).join("").length);
    cited.splitText(points.slice(first, last).join("").length);
    const mark = document.createElement("mark");
    mark.className = "cited";
    cited.replaceWith(mark);
    mark.append(cited);
    marks.push(mark);
  }
  return marks;
}

function ranges(spans) {
  return spans.split(" ").map((span) => span.split("-").map(Number)).sort((a, b) => a[0] - b[0]);
}

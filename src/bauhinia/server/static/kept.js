// A document of the library, opened at a passage: its blocks are marked, and its first takes the focus.

const named = new URLSearchParams(location.search).get("at")?.split(",") ?? [];
for (const block of document.querySelectorAll(".kept .block")) {
  if (named.includes(block.dataset.block)) block.classList.add("at");
}
const place = location.hash && document.getElementById(location.hash.slice(1));
if (place) {
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
  place.scrollIntoView({ block: "center" });
}

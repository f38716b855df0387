// A document of the library, opened at a passage: the place that the address names takes the focus.

const place = location.hash && document.getElementById(location.hash.slice(1));
if (place) {
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
  place.scrollIntoView({ block: "center" });
}

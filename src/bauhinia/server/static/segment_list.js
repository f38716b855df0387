// A list of many segments of which only the visible rows exist.

import { say } from "./words.js";
import { wordsOf } from "./tagged_field.js";

const ROW = 88;
const WINDOW = 100;

export class SegmentList {
  /**
   * `load(start, count)` gives a window with its totals, `loaded(totals)` is told of them, `chosen(index)` of
   * a click. `languages` are those of source and target.
   */
  constructor(element, languages, { load, loaded, chosen }) {
    Object.assign(this, { element, languages, load, loaded, chosen });
    this.space = element.firstElementChild;
    this.found = 0;
    this.index = -1;
    this.pages = new Map();
    this.drawing = 0;
    element.addEventListener("scroll", () => this.draw());
  }

  /** Forget what was loaded. */
  clear() {
    this.pages = new Map();
  }

  async row(index) {
    const page = await this.#page(Math.floor(index / WINDOW));
    return page[index % WINDOW];
  }

  async again() {
    this.clear();
    this.index = -1;
    this.element.scrollTop = 0;
    await this.#page(0);
    await this.draw();
  }

  show(index) {
    this.index = index;
    const { scrollTop, clientHeight } = this.element;
    const top = index * ROW;
    if (top < scrollTop || top + ROW > scrollTop + clientHeight) this.element.scrollTop = top - ROW;
    return this.draw();
  }

  /** The index of the next segment that is not confirmed, from `index` on, but not that at `place`. */
  async unconfirmed(index, place) {
    for (let at = index; ; at += 1) {
      await this.#page(Math.floor(at / WINDOW));
      const next = at < this.found && await this.row(at);
      if (!next) return -1;
      if (next.status !== "confirmed" && next.place !== place) return at;
    }
  }

  async draw() {
    const mine = ++this.drawing;
    const first = Math.max(0, Math.floor(this.element.scrollTop / ROW) - 4);
    const last = Math.min(this.found, first + Math.ceil(this.element.clientHeight / ROW) + 8);
    const indexes = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
    const rows = await Promise.all(indexes.map((index) => this.row(index)));
    if (mine !== this.drawing) return;
    const focused = document.activeElement?.dataset?.index;
    this.space.replaceChildren(...rows.flatMap((row, i) => (row ? [this.#drawn(row, indexes[i])] : [])));
    if (focused) this.space.querySelector(`[data-index="${focused}"]`)?.focus({ preventScroll: true });
  }

  #page(number) {
    if (!this.pages.has(number)) {
      this.pages.set(number, this.load(number * WINDOW, WINDOW).then((body) => {
        this.found = body.found;
        this.space.style.height = `${this.found * ROW}px`;
        this.loaded(body);
        return body.segments;
      }));
    }
    return this.pages.get(number);
  }

  #drawn(segment, index) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "editor-row" });
    button.dataset.index = index;
    button.dataset.status = segment.status;
    button.style.top = `${index * ROW}px`;
    if (index === this.index) button.setAttribute("aria-current", "true");
    const findings = segment.findings.length ? ` · ${say("editor.count", { n: segment.findings.length })}` : "";
    const [from, to] = this.languages;
    button.append(
      span(`${segment.place + 1} · ${say(`editor.${segment.status}`)}${findings}`, { className: "meta" }),
      span(wordsOf(segment.source), { lang: from }),
      span(wordsOf(segment.target), { lang: to }),
    );
    button.addEventListener("click", () => this.chosen(index));
    return button;
  }
}

function span(words, values) {
  return Object.assign(document.createElement("span"), { textContent: words, ...values });
}

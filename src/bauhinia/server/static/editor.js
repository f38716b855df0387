// The side-by-side editor: a list of which only the visible rows exist, and a form for the current one.

import { announce, say } from "./words.js";

const at = (id) => document.getElementById(id);
const { task, source: from, target: to } = at("editor").dataset;
const api = `/api/tasks/${task}/segments`;
const [list, space, form, filter, target] =
  ["editor-list", "editor-space", "editor-form", "editor-filter", "editor-target"].map(at);
const ROW = 88;
const WINDOW = 100;
const TAG = /(<\/?[0-9]{1,4}>|<[0-9]{1,4}\/>)/;

let found = 0;
let pages = new Map();
let index = -1;
let current = null;
let drawing = 0;

async function ask(path, method = "GET", body = undefined) {
  const headers = body ? { "content-type": "application/json" } : {};
  const answer = await fetch(api + path, { method, headers, body: body && JSON.stringify(body) });
  const json = await answer.json();
  if (answer.ok) return json;
  announce(json.error.message);
  throw new Error(json.error.message);
}

function query(start, count, only = filter.only.value) {
  return `?${new URLSearchParams({ from: start, count, only, find: filter.find.value })}`;
}

function page(number) {
  if (!pages.has(number)) {
    pages.set(number, ask(query(number * WINDOW, WINDOW)).then((body) => {
      found = body.found;
      at("editor-progress").value = body.total ? body.confirmed / body.total : 0;
      at("editor-progress-words").textContent =
        say("editor.progress", { n: body.confirmed, of: body.total, found: body.found });
      space.style.height = `${found * ROW}px`;
      return body.segments;
    }));
  }
  return pages.get(number);
}

async function row(place) {
  return (await page(Math.floor(place / WINDOW)))[place % WINDOW];
}

async function draw() {
  const mine = ++drawing;
  const first = Math.max(0, Math.floor(list.scrollTop / ROW) - 4);
  const last = Math.min(found, first + Math.ceil(list.clientHeight / ROW) + 8);
  const places = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  const rows = await Promise.all(places.map(row));
  if (mine !== drawing) return;
  const focused = document.activeElement?.dataset?.index;
  space.replaceChildren(...rows.flatMap((each, i) => (each ? [drawn(each, places[i])] : [])));
  if (focused) space.querySelector(`[data-index="${focused}"]`)?.focus({ preventScroll: true });
}

function drawn(each, place) {
  const button = element("button", { type: "button", className: "editor-row" });
  button.dataset.index = place;
  button.style.top = `${place * ROW}px`;
  if (place === index) button.setAttribute("aria-current", "true");
  const state = `${each.place + 1} · ${say(`editor.${each.status}`)} · ${say("editor.count", { n: each.findings.length })}`;
  button.append(
    element("span", { className: "meta", textContent: state }),
    element("span", { lang: from, textContent: words(each.source) }),
    element("span", { lang: to, textContent: words(each.target) }),
  );
  button.addEventListener("click", () => open(place));
  return button;
}

function element(name, values) {
  return Object.assign(document.createElement(name), values);
}

function shown(text) {
  return text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);
}

function words(text) {
  return text.split(TAG).filter((_, i) => i % 2 === 0).map(shown).join("");
}

function chips(text) {
  return text.split(TAG).map((part, i) =>
    i % 2 ? element("code", { className: "editor-chip", textContent: part }) : shown(part));
}

async function open(place) {
  if (current && target.value !== current.target) await save(false);
  const next = await row(place);
  if (!next) return;
  index = place;
  fill(next);
  form.hidden = false;
  const top = place * ROW;
  if (top < list.scrollTop || top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top - ROW;
  target.focus();
  draw();
  const found = await ask(`/${next.place}/help`);
  if (current.place === next.place) help(found);
}

function fill(segment) {
  current = segment;
  at("editor-place").textContent = say("editor.place", { n: segment.place + 1 });
  at("editor-source").replaceChildren(...chips(segment.source));
  target.value = segment.target;
  at("editor-chips").replaceChildren(...segment.source.split(TAG).filter((_, i) => i % 2).map((tag) =>
    inserting(tag, tag)));
  at("editor-findings").replaceChildren(...segment.findings.map(finding));
}

function inserting(text, label) {
  const button = element("button", { type: "button", textContent: label });
  button.addEventListener("click", () => {
    target.setRangeText(text, target.selectionStart, target.selectionEnd, "end");
    target.focus();
  });
  return button;
}

function finding(fault) {
  const item = element("li", { className: `finding finding-${fault.severity}` });
  item.append(element("strong", { textContent: say(`severity.${fault.severity}`) }),
    element("span", { lang: "en", textContent: fault.message }));
  if (fault.check === "tags" && fault.suggestion) {
    const fix = element("button", { type: "button", textContent: say("editor.fix") });
    fix.addEventListener("click", () => { target.value = fault.suggestion; save(false); target.focus(); });
    item.append(fix);
  }
  return item;
}

function help(found) {
  const matches = found.matches.map((match) => [match.target, `${match.score}% ${words(match.target)}`, true]);
  const terms = found.terms.flatMap((term) => term.target.map((form) => [form, `${term.source[0]}: ${form}`, false]));
  const items = [...matches, ...terms].map(([text, label, whole]) => {
    const button = whole ? element("button", { type: "button", textContent: label }) : inserting(text, label);
    if (whole) button.addEventListener("click", () => { target.value = text; target.focus(); });
    const item = element("li", {});
    item.append(button);
    return item;
  });
  at("editor-help").replaceChildren(...(items.length ? items : [element("li", { textContent: say("editor.nothing") })]));
}

async function save(confirm) {
  const place = index;
  const new_ = await ask(`/${current.place}`, "PUT", { target: target.value, confirm });
  if (current.place === new_.place) fill(new_);
  (await page(Math.floor(place / WINDOW)))[place % WINDOW] = new_;
  announce(say(confirm ? "editor.confirmed" : "editor.saved"));
}

async function confirmed() {
  const before = current.place;
  await save(true);
  pages = new Map();
  for (let place = filter.only.value === "unconfirmed" ? index : index + 1; ; place += 1) {
    await page(Math.floor(place / WINDOW));
    const next = place < found && await row(place);
    if (!next) break;
    if (next.status !== "confirmed" && next.place !== before) return open(place);
  }
  draw();
}

async function again() {
  if (current && target.value !== current.target) await save(false);
  pages = new Map();
  await page(0);
  list.scrollTop = 0;
  index = -1;
  current = null;
  form.hidden = true;
  await draw();
}

form.addEventListener("submit", (event) => { event.preventDefault(); confirmed(); });
at("editor-save").addEventListener("click", async () => { await save(false); draw(); });
filter.addEventListener("submit", (event) => { event.preventDefault(); again(); });
filter.only.addEventListener("change", again);
list.addEventListener("scroll", draw);
at("editor-replace").addEventListener("click", async () => {
  if (!filter.find.value) return filter.find.focus();
  if (current && target.value !== current.target) await save(false);
  const body = { find: filter.find.value, words: filter.words.value };
  const count = await ask("/replace", "POST", body);
  if (!window.confirm(say("editor.replace.sure", { n: count.places, of: count.segments }))) return;
  await ask("/replace", "POST", { ...body, do: true });
  current = null;
  filter.find.value = "";
  await again();
});
document.addEventListener("keydown", (event) => {
  const step = event.altKey && { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    open(Math.max(0, Math.min(found - 1, index + step)));
  } else if (event.ctrlKey && event.key === "Enter" && current) {
    event.preventDefault();
    confirmed();
  }
});
again();

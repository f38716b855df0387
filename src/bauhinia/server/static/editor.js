// The side-by-side editor: a list of segments, and a form for the current one. Words are kept in this browser
// until the server has them.

import { told } from "./findings.js";
import { SegmentList } from "./segment_list.js";
import { TaggedField, drawn, rangeOf, tagsOf, wordsOf } from "./tagged_field.js";
import { announce, say } from "./words.js";

const at = (id) => document.getElementById(id);
const { task, source: from, target: to } = at("editor").dataset;
const api = `/api/tasks/${task}/segments`;
const [form, filter, source] = ["editor-form", "editor-filter", "editor-source"].map(at);
const field = new TaggedField(at("editor-target"), changed);
const list = new SegmentList(at("editor-list"), [from, to], { load, loaded, chosen: open });

let current = null;

async function ask(path, method = "GET", body = undefined) {
  const headers = body ? { "content-type": "application/json" } : {};
  const answer = await fetch(api + path, { method, headers, body: body && JSON.stringify(body) }).catch(() => null);
  const json = await answer?.json();
  if (answer?.ok) return json;
  const words = json ? `${json.error.message} ${json.error.hint ?? ""}` : say("editor.unsaved");
  problem(words);
  throw Object.assign(new Error(words), { status: answer?.status, shown: true });
}

function problem(words) {
  at("editor-problem").textContent = words;
  at("editor-problem").hidden = !words;
  if (words) announce(words);
}

function chosen() {
  return { only: filter.only.value, find: filter.find.value, case: filter.case.checked };
}

function load(start, count) {
  return ask(`?${new URLSearchParams({ ...chosen(), from: start, count })}`);
}

function loaded({ total, found, confirmed: n }) {
  at("editor-progress").value = total ? n / total : 0;
  at("editor-progress-words").textContent = say("editor.progress", { n, of: total, found });
}

async function open(index) {
  await keep();
  const segment = await list.row(index);
  if (!segment) return;
  list.show(index);
  fill(segment);
  field.focus();
  const found = await ask(`/${segment.place}/help`);
  if (current?.place === segment.place) help(found);
}

function fill(segment) {
  current = segment;
  problem("");
  form.hidden = false;
  at("editor-place").textContent = say("editor.place", { n: segment.place + 1 });
  source.replaceChildren(...drawn(segment.source));
  field.value = localStorage.getItem(key()) ?? segment.target;
  at("editor-chips").replaceChildren(...numbers(segment.source).map((number) =>
    button(`⟨${number}⟩`, () => field.tag(number, segment.source))));
  at("editor-findings").replaceChildren(...segment.findings.map(finding));
  mark(field.value === segment.target ? segment.findings : []);
}

function numbers(text) {
  return [...new Set(tagsOf(text).map((tag) => Number(tag.match(/[0-9]+/)[0])))];
}

function key() {
  return `segment/${task}/${current.place}`;
}

function changed() {
  localStorage.setItem(key(), field.value);
  mark([]);
}

/** Underline the findings where they stand, in source and target. */
function mark(findings) {
  if (!CSS.highlights) return;
  const placed = findings.filter((fault) => !["consistency", "tags"].includes(fault.check));
  const there = placed.filter((fault) => fault.end > fault.start);
  const lacking = placed.filter((fault) => fault.kind === "missing" && fault.wanted);
  highlight("target-findings", there.map((fault) => field.range(fault.start, fault.end)));
  highlight("source-findings", lacking.map((fault) =>
    rangeOf(source, fault.source_start, fault.source_start + fault.wanted.length)));
}

function highlight(name, ranges) {
  CSS.highlights.set(name, new Highlight(...ranges.filter(Boolean)));
}

function button(label, act, values = {}) {
  const element = Object.assign(document.createElement("button"), { type: "button", textContent: label, ...values });
  element.addEventListener("click", act);
  return element;
}

function finding(fault) {
  const item = document.createElement("li");
  item.className = `finding finding-${fault.severity}`;
  const words = document.createElement("span");
  words.append(strong(say(`severity.${fault.severity}`)), " ", told(fault));
  item.append(words);
  if (fault.suggestion) item.append(button(fixing(fault), () => mend(fault)));
  else if (fault.check === "terms" && fault.wanted) {
    item.append(button(say("editor.insert", { words: fault.wanted }), () => field.write(fault.wanted)));
  }
  return item;
}

function strong(words) {
  return Object.assign(document.createElement("strong"), { textContent: words });
}

function fixing(fault) {
  return fault.check === "tags" ? say("editor.fix") : say("editor.put", { words: fault.suggestion });
}

async function mend(fault) {
  await keep();
  const same = (other) => ["check", "found", "suggestion"].every((name) => other[name] === fault[name]);
  const number = current.findings.findIndex(same);
  if (number >= 0) await renew(ask(`/${current.place}/mend`, "POST", { finding: number }));
  field.focus();
}

function help({ matches, terms }) {
  const items = [
    ...matches.map((match) => button(`${match.score}% ${wordsOf(match.target)}`, () => take(match.target), { lang: to })),
    ...terms.flatMap((term) => term.target.map((words) =>
      button(`${term.source[0]}: ${words}`, () => field.write(words)))),
  ];
  at("editor-help").replaceChildren(...items.map((each) => {
    const item = document.createElement("li");
    item.append(each);
    return item;
  }));
  at("editor-nothing").hidden = items.length > 0;
}

function take(text) {
  field.value = text;
  changed();
  field.focus();
}

/** Save the current segment where its words were changed. */
async function keep() {
  if (current && field.value !== current.target) await save(false);
  else if (current) localStorage.removeItem(key());
}

async function save(confirm) {
  const body = { target: field.value, was: current.target, confirm };
  const kept = await renew(ask(`/${current.place}`, "PUT", body).catch(theirs));
  const filled = kept.filled ? ` ${say("editor.filled", { n: kept.filled })}` : "";
  announce(say(confirm ? "editor.confirmed" : "editor.saved") + filled);
}

/** Show the segment as it is kept after this, but words that were written meanwhile stay. */
async function renew(asked) {
  const sent = field.value;
  const kept = await asked;
  list.clear();
  if (current.place === kept.place) {
    if (field.value === sent) {
      localStorage.removeItem(key());
      fill(kept);
    } else current = kept;
  }
  await list.draw();
  return kept;
}

/** Somebody else saved meanwhile: their words are offered, ours stay in the field; saving again keeps ours. */
async function theirs(error) {
  if (error.status === 409) {
    const now = await ask(`/${current.place}`);
    current = now;
    problem(error.message);
    at("editor-problem").append(" ", button(say("editor.theirs", { words: wordsOf(now.target) }), () => take(now.target)));
  }
  throw error;
}

async function confirmed() {
  const { place } = current;
  await save(true);
  const next = await list.unconfirmed(filter.only.value === "all" ? list.index + 1 : list.index, place);
  if (next >= 0) await open(next);
}

async function again() {
  await keep();
  current = null;
  form.hidden = true;
  highlight("target-findings", []);
  await list.again();
}

async function replaceAll() {
  if (!filter.find.value) return filter.find.focus();
  await keep();
  const body = { ...chosen(), words: filter.words.value };
  const count = await ask("/replace", "POST", body);
  if (!count.places) return announce(say("editor.replace.none"));
  if (!confirm(say("editor.replace.sure", { n: count.places, of: count.segments }))) return;
  const done = await busy(ask("/replace", "POST", { ...body, do: true }));
  at("editor-undo").hidden = false;
  current = null;
  filter.find.value = "";
  await again();
  announce(say("editor.replaced", { n: done.places, of: done.segments }));
}

async function undo() {
  await keep();
  const { segments } = await busy(ask("/replace/undo", "POST"));
  at("editor-undo").hidden = true;
  current = null;
  await again();
  announce(say("editor.undone", { n: segments }));
}

async function busy(asked) {
  for (const each of [at("editor"), filter]) each.setAttribute("aria-busy", "true");
  announce(say("editor.working"));
  return asked.finally(() => { for (const each of [at("editor"), filter]) each.removeAttribute("aria-busy"); });
}

const KEYS = {
  "ctrl Enter": confirmed,
  "alt ArrowDown": () => open(Math.min(list.found - 1, list.index + 1)),
  "alt ArrowUp": () => open(Math.max(0, list.index - 1)),
  "alt t": () => { const number = field.missing(current.source); if (number) field.tag(number, current.source); },
  "alt m": () => at("editor-help").querySelector("button")?.click(),
};

addEventListener("unhandledrejection", (event) => { if (event.reason.shown) event.preventDefault(); });
document.addEventListener("keydown", (event) => {
  const held = event.ctrlKey || event.metaKey ? "ctrl" : event.altKey ? "alt" : "";
  const act = KEYS[`${held} ${event.key}`];
  if (!act || event.isComposing || (!current && !event.key.startsWith("Arrow"))) return;
  event.preventDefault();
  act();
});
form.addEventListener("submit", (event) => { event.preventDefault(); confirmed(); });
at("editor-save").addEventListener("click", () => save(false));
at("editor-restore").addEventListener("click", () => take(current.original));
filter.addEventListener("submit", (event) => { event.preventDefault(); again(); });
for (const each of [filter.only, filter.case]) each.addEventListener("change", again);
at("editor-replace").addEventListener("click", replaceAll);
at("editor-undo").addEventListener("click", undo);
again();

// Files for the next question: chosen, pasted or dropped, read by the server, and named by their ids.

import { say as words } from "./words.js";

const form = document.querySelector("#ask");
const list = form.querySelector(".attached");
const label = form.querySelector("[data-attach]");
const chooser = label.querySelector("input");
const announce = document.querySelector("#announce");
const MOST = 3;

/** The ids of the files that the next question is about. */
export function attached() {
  return [...list.querySelectorAll("[data-id]")].map((item) => item.dataset.id);
}

/** Wait until every file that was added is read. */
export async function all_read() {
  await Promise.all(reading);
}

const reading = new Set();

function show(item, text, failed) {
  item.querySelector("span").textContent = text;
  item.classList.toggle("failed", Boolean(failed));
  announce.textContent = text;
}

function row(name) {
  const item = document.createElement("li");
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "plain";
  remove.textContent = "×";
  remove.setAttribute("aria-label", words("chat.attach.remove", { name }));
  remove.addEventListener("click", () => {
    item.remove();
    list.hidden = !list.children.length;
    form.elements.question.focus();
  });
  item.append(document.createElement("span"), remove);
  list.append(item);
  list.hidden = false;
  return item;
}

async function add(file) {
  const item = row(file.name);
  show(item, words("chat.attach.reading", { name: file.name }));
  const body = new FormData();
  body.append("file", file);
  try {
    const answer = await fetch("/chat/attach", { method: "POST", body, headers: { accept: "application/json" } });
    const said = await answer.json();
    if (!answer.ok) {
      show(item, [file.name, said.error.message, said.error.hint].filter(Boolean).join(" "), true);
      return;
    }
    item.dataset.id = said.id;
    show(item, [words("chat.attach.held", { name: said.name }), ...said.warnings].join(" "));
  } catch {
    show(item, `${file.name}: ${words("chat.lost")}`, true);
  }
}

function add_all(files) {
  const room = MOST - attached().length;
  for (const file of [...files].slice(0, room)) {
    const work = add(file);
    reading.add(work);
    work.finally(() => reading.delete(work));
  }
}

chooser.addEventListener("change", () => {
  add_all(chooser.files);
  chooser.value = "";
});
form.addEventListener("paste", (event) => {
  if (!event.clipboardData.files.length) return;
  event.preventDefault();
  add_all(event.clipboardData.files);
});
form.addEventListener("dragover", (event) => event.preventDefault());
form.addEventListener("drop", (event) => {
  event.preventDefault();
  add_all(event.dataTransfer.files);
});
label.hidden = false;

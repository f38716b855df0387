// Add documents by dropping or choosing them: one after another, with progress, errors in place.

import { askPassword } from "./password.js";
import { announce, knows, say } from "./words.js";

const form = document.getElementById("upload");
const input = document.getElementById("file");
const list = document.getElementById("uploads");
const errors = document.getElementById("upload-errors");
const shelf = document.getElementById("shelf");
const limit = Number(form.dataset.limit);

async function take() {
  const files = [...input.files];
  input.value = "";
  await addAll(files);
}
input.addEventListener("change", take);

// While a scan is being read, the shelf is asked again; it stops asking when nothing is.
const POLL = 2000;
setInterval(() => {
  if (shelf.querySelector("[data-reading]") && !shelf.contains(document.activeElement)) refresh(new Set(checked()));
}, POLL);

// Files may have been chosen before this script was here.
if (input.files.length) take();

let depth = 0;
for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    depth += { dragenter: 1, dragleave: -1 }[name] ?? 0;
    if (name === "drop") depth = 0;
    form.classList.toggle("over", depth > 0);
    if (name === "drop") addAll([...event.dataTransfer.files]);
  });
}

async function addAll(files) {
  errors.replaceChildren();
  const chosen = new Set(checked());
  const one = shelf.dataset.pick === "radio";
  for (const file of files) {
    const added = await add(file);
    if (!added) continue;
    if (one) chosen.clear();
    chosen.add(added.id);
    await refresh(chosen);
    announce(say("upload.added", { name: added.title || added.name }));
  }
}

function checked() {
  const picked = shelf.querySelectorAll("input[name=document]:checked, select[name=document]");
  return [...picked].map((box) => box.value).filter(Boolean);
}

async function refresh(chosen) {
  for (const id of checked()) if (shelf.dataset.pick !== "radio") chosen.add(id);
  const query = new URLSearchParams([...chosen].map((id) => ["document", id]));
  query.set("pick", shelf.dataset.pick);
  if ("removable" in shelf.dataset) query.set("removable", "yes");
  const answer = await fetch(`/shelf?${query}`);
  shelf.innerHTML = await answer.text();
}

/** Send one file; gives what the shelf says of it, or null after showing why not. */
async function add(file) {
  if (file.size > limit) {
    complain(file.name, say("upload.too_large", { mb: Math.floor(limit / 1e6) }), "");
    return null;
  }
  let answer = await sendShown(file);
  while (isLocked(answer)) {
    const password = await askPassword(file.name, answer.body.error.code === "WrongPassword");
    if (password === null) break;
    answer = await sendShown(file, password);
  }
  if (answer.status === 201) return answer.body;
  const error = answer.body?.error;
  const title = error && knows(`error.${error.code}`) ? say(`error.${error.code}`) : say("upload.lost");
  complain(file.name, title, error ? `${error.message} ${error.hint}` : "");
  return null;
}

function isLocked(answer) {
  return ["PasswordNeeded", "WrongPassword"].includes(answer.body?.error?.code);
}

/** Send one file and show how far it is. */
async function sendShown(file, password = "") {
  const row = document.createElement("li");
  const words = document.createElement("span");
  const bar = document.createElement("progress");
  words.textContent = say("upload.adding", { name: file.name });
  bar.setAttribute("aria-label", words.textContent);
  bar.max = 1;
  row.append(words, bar);
  list.append(row);
  const answer = await send(file, password, (share) => {
    bar.value = share;
    if (share === 1) {
      bar.removeAttribute("value");
      words.textContent = say("upload.reading", { name: file.name });
    }
  });
  row.remove();
  return answer;
}

// fetch() tells nothing of an upload's progress, so this is an XMLHttpRequest.
function send(file, password, progressed) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("file", file, file.name);
    if (password) body.append("password", password);
    body.append("classification", form.elements.namedItem("classification").value);
    request.open("POST", "/api/documents");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progressed(event.loaded / event.total);
    });
    request.addEventListener("loadend", () => resolve({ status: request.status, body: request.response }));
    request.send(body);
  });
}

function complain(name, title, detail) {
  const line = document.createElement("p");
  line.className = "finding finding-error";
  const strong = document.createElement("strong");
  strong.textContent = say("upload.failed", { name });
  const more = document.createElement("span");
  more.lang = "en";
  more.textContent = detail;
  const words = document.createElement("span");
  words.append(strong, ` ${title} `, more);
  line.append(words);
  errors.append(line);
}

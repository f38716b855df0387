// What was found of a meeting: its summary as it is worded, and the transcript opened at a line that is followed.

import { follow } from "./notes_work.js";
import { announce, say } from "./words.js";

const form = document.querySelector("#found");
const list = document.querySelector("#summary");
const label = document.querySelector("#summary-label");
const out = document.querySelector("#summary-out");
const ask = document.querySelector("[data-summary]");
const transcript = document.querySelector("#transcript");

function write({ text, lines }) {
  const item = document.createElement("li");
  item.append(text, " ");
  for (const number of lines) {
    const link = document.createElement("a");
    link.href = `#line-${number}`;
    link.textContent = say("notes.line", { number });
    item.append(link, " ");
  }
  list.append(item);
}

function finish({ token, model, withdrawn, left_out }) {
  form.elements.summary.value = token;
  label.hidden = !token;
  out.hidden = !token;
  const told = token ? [say("notes.summary.by", { model })] : [say("notes.summary.none")];
  if (withdrawn) told.push(say("notes.summary.withdrawn", { number: withdrawn }));
  if (left_out) told.push(say("notes.summary.left_out", { number: left_out }));
  label.hidden = false;
  label.querySelector("span").textContent = told.join(" ");
  announce(told.join(" "));
}

form.addEventListener("submit", async (event) => {
  if (event.submitter !== ask) return;
  event.preventDefault();
  list.replaceChildren();
  form.elements.summary.value = "";
  const heard = { said: write, summary: finish };
  const good = await follow("/chat/notes/summary", new FormData(form), heard, say("notes.work.summary"), ask);
  if (!good) list.replaceChildren();
  ask.focus();
});

function open_at_line() {
  if (/^#line-\d+$/.test(location.hash)) {
    transcript.open = true;
    document.querySelector(location.hash)?.scrollIntoView({ block: "center" });
  }
}
addEventListener("hashchange", open_at_line);
open_at_line();

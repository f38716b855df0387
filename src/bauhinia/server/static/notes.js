// The form of meeting notes: a recording is heard first, and what was heard goes into the field to be corrected.

import { follow } from "./notes_work.js";
import { announce, say } from "./words.js";

const form = document.querySelector("#meeting");
const file = document.querySelector("#file");
const text = document.querySelector("#text");
const by = document.querySelector("#heard-by");
const send = document.querySelector("[data-send]");
const SOUND = /\.(mp3|m4a|wav|og[ga]|opus|flac|webm|mp4|aac)$/i;

function take({ text: heard, token, model }) {
  text.value = heard;
  form.elements.heard.value = token;
  file.value = "";
  by.textContent = say("notes.heard", { model });
  by.hidden = false;
  announce(by.textContent);
}

form.addEventListener("submit", async (event) => {
  if (!file.files.length || !SOUND.test(file.files[0].name)) return;
  event.preventDefault();
  const good = await follow("/chat/notes/hear", new FormData(form), { heard: take }, say("notes.work.upload"), send);
  if (good) text.focus();
  else file.focus();
});

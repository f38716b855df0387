// Follow a song or a film while it is made, by server-sent events; then show the page of what was made.

import { announce, knows, say } from "./words.js";

const SPEAK_EVERY = 15_000;
const making = document.getElementById("making");
const events = new EventSource(`/chat/made/${making.dataset.piece}/live`);
const words = document.getElementById("progress-words");
const bar = document.getElementById("progress-bar");
let spoken = 0;

events.addEventListener("progress", (event) => {
  const { phase, section, of } = JSON.parse(event.data);
  const key = `studio.phase.${phase}`;
  words.textContent = knows(key) ? say(key) : phase;
  bar.value = (100 * section) / of;
  document.getElementById("status").textContent = say("studio.status.running");
  if (Date.now() - spoken > SPEAK_EVERY) {
    spoken = Date.now();
    announce(words.textContent);
  }
});

events.addEventListener("delayed", (event) => {
  const { message, hint } = JSON.parse(event.data);
  words.textContent = `${message} ${hint}`;
  bar.removeAttribute("value");
  announce(words.textContent);
});

events.addEventListener("ended", () => {
  events.close();
  location.reload();
});

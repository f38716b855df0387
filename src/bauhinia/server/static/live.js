// Follow a running task by server-sent events. The browser reconnects by itself and says what it saw last.

import { announce, knows, say } from "./words.js";

const SPEAK_EVERY = 15_000;

/** Show the task's events until it has ended, then call `ended`. */
export function follow(task, kind, ended) {
  const events = new EventSource(`/tasks/${task}/live`);
  const on = (name, act) => events.addEventListener(name, (event) => act(JSON.parse(event.data)));
  const pieces = new Pieces(document.getElementById("live-pieces"));
  const passages = document.getElementById("live-passages");
  let spoken = 0;

  on("progress", (progress) => {
    showStatus("queued", "running");
    const words = showProgress(kind, progress);
    if (progress.phase !== "map") pieces.clearParts();
    if (Date.now() - spoken > SPEAK_EVERY) {
      spoken = Date.now();
      announce(words);
    }
  });
  on("piece", (piece) => pieces.add(piece.passage, piece.text));
  on("withdrawn", (piece) => pieces.remove(piece.passage));
  on("passage", (passage) => {
    pieces.remove(passage.passage);
    const item = document.createElement("div");
    item.innerHTML = passage.html;
    passages.append(item);
  });
  on("restarted", () => {
    pieces.clear();
    passages.replaceChildren();
  });
  on("delayed", ({ message, hint, seconds }) => {
    showStatus("running", "queued");
    announce(showDelay(message, hint, seconds));
  });
  on("ended", () => {
    events.close();
    ended();
  });
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) ended();
    else document.getElementById("progress-note").textContent = say("progress.reconnecting");
  });
}

function showProgress(kind, { phase, section, of, tokens, seconds_left: left, note }) {
  const key = [`phase.${phase}.${kind}`, `phase.${phase}`].find(knows);
  const name = key ? say(key) : phase;
  const words = of ? say("progress.part", { phase: name, section, of }) : name;
  document.getElementById("progress-words").textContent = words;
  const bar = document.getElementById("progress-bar");
  if (of) bar.value = section / of;
  else bar.removeAttribute("value");
  document.getElementById("progress-note").textContent = note;
  document.getElementById("progress-tokens").textContent = tokens
    ? say("progress.tokens", { n: tokens.toLocaleString() })
    : "";
  document.getElementById("progress-left").textContent = leftWords(left);
  return words;
}

/** Name the other status at the page's head, where the one that it left stands. */
function showStatus(left, now) {
  const chip = document.querySelector(`.task-head .status-${left}`);
  if (!chip) return;
  chip.classList.replace(`status-${left}`, `status-${now}`);
  chip.lastChild.textContent = ` ${say(`status.${now}`)}`;
}

function showDelay(message, hint, seconds) {
  const time = new Date(Date.now() + seconds * 1000).toLocaleTimeString("en-GB");
  const words = say("progress.delayed", { time });
  document.getElementById("progress-words").textContent = words;
  document.getElementById("progress-bar").removeAttribute("value");
  document.getElementById("progress-note").textContent = `${message} ${hint}`;
  for (const id of ["progress-tokens", "progress-left"]) document.getElementById(id).textContent = "";
  return words;
}

function leftWords(seconds) {
  if (seconds === null || seconds === undefined) return "";
  const minutes = Math.ceil(seconds / 60);
  return minutes > 1 ? say("progress.left.minutes", { n: minutes }) : say("progress.left.soon");
}

/** Text as the model writes it, a paragraph a passage; only the newest few stay in sight. */
class Pieces {
  constructor(place) {
    this.place = place;
    this.lines = new Map();
  }

  add(passage, text) {
    let line = this.lines.get(passage);
    if (!line) {
      line = document.createElement("p");
      this.lines.set(passage, line);
      this.place.append(line);
      if (this.lines.size > 4) this.remove(this.lines.keys().next().value);
    }
    line.append(text);
  }

  remove(passage) {
    this.lines.get(passage)?.remove();
    this.lines.delete(passage);
  }

  clear() {
    for (const passage of [...this.lines.keys()]) this.remove(passage);
  }

  clearParts() {
    for (const passage of [...this.lines.keys()]) if (passage.startsWith("part")) this.remove(passage);
  }
}

// Long work on a meeting: told how far it is, cancelled by a button, its failure shown in place.

import { post } from "./streaming.js";
import { announce, say } from "./words.js";

const work = document.querySelector("#work");
const told = document.querySelector("#work-told");
const bar = document.querySelector("#work-bar");
const stop = document.querySelector("[data-stop]");
const problem = document.querySelector("#problem");

/** Show what is being done, and how much of it is; below 0 nobody knows. */
export function show(words, share = -1) {
  if (told.textContent !== words) {
    told.textContent = words;
    announce(words);
  }
  if (share > 0) bar.value = share;
  else bar.removeAttribute("value");
}

/** Show what went wrong and what to do next. */
export function complain(error) {
  problem.replaceChildren();
  const strong = document.createElement("strong");
  strong.textContent = error.message;
  problem.append(strong, ` ${error.hint ?? ""}`);
  problem.hidden = false;
}

/** Send a form and follow it to its end. Gives whether it came to a good one. */
export async function follow(address, body, heard, begins, button) {
  const cancel = new AbortController();
  const began = Date.now();
  let words = begins;
  let good = true;
  const shown = () => show(say("notes.work", { what: words, seconds: Math.round((Date.now() - began) / 1000) }));
  const clock = setInterval(shown, 5000);
  const listener = () => cancel.abort();
  stop.addEventListener("click", listener);
  problem.hidden = true;
  work.hidden = false;
  stop.hidden = false;
  button.disabled = true;
  show(begins);
  const events = {
    waiting(line) {
      words = say("chat.waiting", { before: line.before, seconds: line.seconds });
      show(words);
    },
    progress({ what }) {
      words = say(`notes.work.${what}`);
    },
    failed(error) {
      good = false;
      complain(error);
    },
    ...heard,
  };
  try {
    const error = await post(address, body, events, cancel.signal);
    if (error) events.failed(error);
  } catch (error) {
    good = false;
    const lost = error.name !== "AbortError";
    complain({ message: say(lost ? "notes.lost" : "notes.stopped") });
  }
  clearInterval(clock);
  stop.removeEventListener("click", listener);
  work.hidden = true;
  stop.hidden = true;
  button.disabled = false;
  return good;
}

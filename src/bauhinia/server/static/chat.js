// The public assistant's page: an answer as it comes, stopped, edited and asked again.
// Everything that is shown is set as text; nothing of an answer is ever read as HTML.

import { all_read, attached } from "./attaching.js";
import { read } from "./streaming.js";
import { say as words } from "./words.js";

const form = document.querySelector("#ask");
const field = form.elements.question;
const turns = document.querySelector("#turns");
const end = document.querySelector("#end");
const send = form.querySelector("[data-send]");
const stop = form.querySelector("[data-stop]");
let under_way = null;
let again = 0;

function turn_of(question) {
  const turn = document.querySelector("#turn").content.firstElementChild.cloneNode(true);
  turn.querySelector(".question").textContent = question;
  turns.insertBefore(turn, end);
  return turn;
}

function write(turn, said) {
  const place = document.createElement("span");
  place.textContent = said.text;
  if (said.source !== null) {
    const mark = document.createElement("sup");
    mark.textContent = String(said.source + 1);
    place.append(mark);
  }
  turn.querySelector(".said").append(place, " ");
}

function refer(turn, reference) {
  const list = turn.querySelector(".references");
  const item = document.createElement("li");
  if (reference.url) {
    const link = document.createElement("a");
    link.href = reference.url;
    link.rel = "noopener noreferrer external";
    link.textContent = reference.title;
    item.append(link);
  } else {
    item.textContent = reference.title;
  }
  list.append(item);
  list.hidden = false;
}

function finish(turn, answer) {
  const label = turn.querySelector(".label");
  const model = answer.model ? ` ${words("chat.by_model", { model: answer.model })}` : "";
  label.querySelector("span").textContent = words(`chat.via.${answer.via}`) + model;
  label.hidden = false;
  turn.querySelector(".answer").lang = answer.language;
  turn.querySelector(".turn-actions").hidden = false;
  const follow_ups = turn.querySelector(".follow-ups");
  for (const question of answer.follow_ups) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = question;
    button.addEventListener("click", () => ask(question));
    item.append(button);
    follow_ups.append(item);
  }
  follow_ups.hidden = !answer.follow_ups.length;
  form.elements.conversation.value = answer.conversation;
  const number = [...turns.querySelectorAll(".turn")].indexOf(turn) + 1;
  const sound = turn.querySelector(".spoken audio");
  if (sound) sound.src = `/chat/c/${answer.conversation}/spoken/${number}`;
  turn.querySelector("[data-feedback]").href = `/chat/feedback?conversation=${answer.conversation}&turn=${number}`;
  if (location.pathname === "/chat") history.replaceState(null, "", `/chat/c/${answer.conversation}`);
}

function fail(turn, message, hint) {
  const place = document.createElement("span");
  place.className = "failed";
  place.textContent = [message, hint].filter(Boolean).join(" ");
  turn.querySelector(".said").append(place);
  turn.querySelector(".turn-actions").hidden = false;
}

const heard = {
  waiting(turn, told) {
    const place = turn.querySelector(".waiting");
    place.hidden = false;
    place.textContent = words("chat.waiting", { before: told.before, seconds: told.seconds });
  },
  reference: refer,
  said(turn, said) {
    turn.querySelector(".waiting").hidden = true;
    write(turn, said);
  },
  answer: finish,
  failed(turn, told) {
    turn.querySelector(".waiting").hidden = true;
    fail(turn, told.message, told.hint);
  },
};

async function ask(question) {
  if (under_way || !question.trim()) return;
  document.querySelector(".welcome")?.remove();
  turns.querySelectorAll(".follow-ups").forEach((each) => each.remove());
  const turn = turn_of(question);
  turn.dataset.question = question;
  under_way = new AbortController();
  await all_read();
  const body = { question, conversation: form.elements.conversation.value, attached: attached(), again };
  again = 0;
  field.value = "";
  send.hidden = true;
  stop.hidden = false;
  turn.scrollIntoView({ block: "start" });
  try {
    const answer = await fetch("/chat/ask", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: under_way.signal,
    });
    if (answer.ok) {
      await read(answer, (name, data) => name in heard && heard[name](turn, data));
    } else {
      const { error } = await answer.json();
      field.value = question;
      fail(turn, error.message, error.hint);
    }
  } catch (error) {
    fail(turn, words(error.name === "AbortError" ? "chat.stopped" : "chat.lost"), "");
    if (error.name !== "AbortError") field.value = question;
  }
  turn.querySelector(".said").removeAttribute("aria-busy");
  under_way = null;
  stop.hidden = true;
  send.hidden = false;
  field.focus({ preventScroll: true });
}

/** Ask a turn's question anew, or put it into the field to be changed: what followed it goes. */
function go_back(turn, edit) {
  const all = [...turns.querySelectorAll(".turn")];
  const at = all.indexOf(turn);
  const question = turn.dataset.question ?? turn.querySelector(".question").lastChild.textContent;
  again = at + 1;
  all.slice(at).forEach((each) => each.remove());
  if (edit) {
    field.value = question;
    field.focus();
  } else {
    ask(question);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(event.submitter?.dataset.example === undefined ? field.value : event.submitter.value);
});
stop.addEventListener("click", () => under_way?.abort());
turns.addEventListener("click", (event) => {
  const turn = event.target.closest(".turn");
  if (event.target.matches("[data-edit]")) go_back(turn, true);
  if (event.target.matches("[data-again]")) go_back(turn, false);
});
for (const button of turns.querySelectorAll("[data-edit], [data-again]")) button.hidden = false;
form.dataset.ready = "";

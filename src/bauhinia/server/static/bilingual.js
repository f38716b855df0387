// A translator's file: sent without leaving the page, and told what became of each segment.

import { knows, say } from "./words.js";

const form = document.getElementById("bilingual");
const report = document.getElementById("bilingual-report");
const filter = document.getElementById("editor-filter");
const MOST = 40;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const file = form.file.files[0];
  const button = form.querySelector("button");
  tell(line(say("bilingual.reading", { name: file.name })));
  button.disabled = true;
  const { ok, body } = await send(new FormData(form));
  button.disabled = false;
  if (!ok) return tell(refusal(file.name, body?.error));
  form.reset();
  tell(line(say("bilingual.done", { ...body, skipped: body.skipped.length })), ...skipped(body.skipped));
  if (body.changed || body.confirmed) filter.requestSubmit();
});

async function send(body) {
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    return { ok: answer.ok, body: await answer.json() };
  } catch {
    return { ok: false, body: null };
  }
}

function tell(...lines) {
  report.replaceChildren(...lines);
}

function line(words) {
  return Object.assign(document.createElement("p"), { textContent: words });
}

function refusal(name, error) {
  const why = error && knows(`error.${error.code}`) ? say(`error.${error.code}`) : say("upload.lost");
  const said = line(`${say("bilingual.failed", { name })} ${why} `);
  said.className = "problem";
  const detail = error ? `${error.message} ${error.hint}` : "";
  said.append(Object.assign(document.createElement("span"), { lang: "en", textContent: detail }));
  return said;
}

/** A list with a line for each reason, and in it the numbers of the segments. */
function skipped(rows) {
  if (!rows.length) return [];
  const list = document.createElement("ul");
  for (const reason of new Set(rows.map((row) => row.reason))) {
    const numbers = rows.filter((row) => row.reason === reason).map((row) => row.number);
    const item = document.createElement("li");
    item.textContent = say(`bilingual.skipped.${reason}`, { numbers: listed(numbers) });
    list.append(item);
  }
  return [list];
}

function listed(numbers) {
  const first = numbers.slice(0, MOST).join(", ");
  return numbers.length > MOST ? say("bilingual.more", { numbers: first, n: numbers.length - MOST }) : first;
}

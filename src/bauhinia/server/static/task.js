// A task's page: follow it while it runs, then read, check and edit the result.

import { attachCitations } from "./citations.js";
import { attachComparing } from "./comparing.js";
import { attachEditing } from "./editing.js";
import { follow } from "./live.js";
import { announce, say } from "./words.js";

function attach() {
  const task = document.getElementById("task");
  if ("open" in task.dataset) {
    follow(task.dataset.task, task.dataset.kind, show);
    return;
  }
  attachCitations();
  if ("own" in task.dataset) attachEditing(task.dataset.task);
  attachComparing();
  attachCopy(task.dataset.task);
}

/** Put the finished page in place of the running one, without losing the reader's place. */
async function show() {
  const answer = await fetch(location.pathname);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.title = page.title;
  document.getElementById("task").replaceWith(page.getElementById("task"));
  attach();
  announce(page.title);
}

function attachCopy(task) {
  const button = document.getElementById("copy");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = fetch(`/api/tasks/${task}/export?format=md`).then((answer) => answer.blob());
    const plain = text.then((blob) => new Blob([blob], { type: "text/plain" }));
    try {
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": plain })]);
      announce(say("copy.copied"));
      flash(button, say("copy.copied"));
    } catch {
      announce(say("copy.failed"));
      flash(button, say("copy.failed"));
    }
  });
}

function flash(button, words) {
  const was = [...button.childNodes];
  button.textContent = words;
  setTimeout(() => button.replaceChildren(...was), 2500);
}

attach();

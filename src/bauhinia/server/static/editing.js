// Edit a passage in place. Every change is kept in this browser until the server has it.

import { announce, say } from "./words.js";

const WAIT = 800;
const RETRY = 5_000;

export function attachEditing(task) {
  for (const element of document.querySelectorAll("[data-passage]")) {
    const passage = new Passage(task, element);
    const button = element.querySelector(".edit");
    button.hidden = false;
    button.addEventListener("click", () => passage.open());
    addEventListener("pagehide", () => passage.save());
    passage.recover();
  }
}

class Passage {
  constructor(task, element) {
    this.task = task;
    this.element = element;
    this.key = `edit/${task}/${element.dataset.section}/${element.dataset.passage}`;
    this.timer = 0;
    this.shown = element.dataset.text;
    this.saving = Promise.resolve();
  }

  get original() {
    return this.element.dataset.original ?? this.element.dataset.text;
  }

  /** Text that the server never got, from an earlier visit. */
  recover() {
    const kept = localStorage.getItem(this.key);
    if (kept === null) return;
    if (kept === this.element.dataset.text) localStorage.removeItem(this.key);
    else {
      this.open(kept);
      this.save();
    }
  }

  open(text = this.element.dataset.text) {
    if (this.editor) return;
    this.editor = document.createElement("div");
    this.editor.className = "editor";
    this.area = document.createElement("textarea");
    this.area.value = text;
    this.area.lang = this.element.querySelector(".text").lang;
    this.area.setAttribute("aria-label", say("edit.label"));
    this.state = document.createElement("span");
    this.state.className = "editor-state";
    const tools = document.createElement("div");
    tools.className = "editor-tools";
    tools.append(
      tool(say("edit.done"), () => this.close()),
      tool(say("edit.restore"), () => this.restore()),
      this.state,
    );
    this.editor.append(this.area, tools);
    this.element.classList.add("editing");
    this.element.prepend(this.editor);
    this.area.addEventListener("input", () => this.changed());
    this.editor.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.stopPropagation();
        this.close();
      }
    });
    this.area.focus();
  }

  restore() {
    this.area.value = this.original;
    this.changed();
    this.area.focus();
  }

  changed() {
    localStorage.setItem(this.key, this.area.value);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), WAIT);
  }

  /** Saves go one after another, so that an older text never lands on a newer one. */
  save() {
    clearTimeout(this.timer);
    this.saving = this.saving.then(() => this.send());
    return this.saving;
  }

  async send() {
    const text = localStorage.getItem(this.key);
    if (text === null) return;
    if (this.state) this.state.textContent = say("edit.saving");
    const { section, passage } = this.element.dataset;
    const answer = await fetch(`/api/tasks/${this.task}/passages/${passage}`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ section: Number(section), text }),
      keepalive: text.length < 20_000,
    }).catch(() => null);
    if (!answer?.ok) {
      if (this.state) this.state.textContent = say("edit.unsaved");
      announce(say("edit.unsaved"));
      this.timer = setTimeout(() => this.save(), RETRY);
      return;
    }
    if (localStorage.getItem(this.key) === text) localStorage.removeItem(this.key);
    this.saved(await answer.json());
  }

  saved(passage) {
    this.element.dataset.text = passage.text;
    if (passage.original === null) delete this.element.dataset.original;
    else this.element.dataset.original = passage.original;
    this.element.classList.toggle("edited", passage.original !== null);
    if (this.state) this.state.textContent = say("edit.saved");
  }

  /** Leave the editor; what is not saved yet is saved. The text is then shown as it is written. */
  close() {
    const text = this.area.value;
    if (text !== this.element.dataset.text) this.save();
    if (text !== this.shown) {
      this.element.querySelector(".text").textContent = text;
      this.shown = text;
    }
    this.element.classList.remove("editing");
    this.editor.remove();
    this.editor = this.state = null;
    this.element.querySelector(".edit").focus();
  }
}

function tool(words, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words;
  button.addEventListener("click", act);
  return button;
}

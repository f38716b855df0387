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
    passage.offer();
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

  /** A translation's passage can be confirmed, and a term in it put right by one click. */
  offer() {
    const confirm = this.element.querySelector(".confirm");
    if (confirm?.hidden) {
      confirm.hidden = false;
      confirm.addEventListener("click", () => this.confirm(confirm));
    }
    for (const button of this.element.querySelectorAll(".fix")) {
      button.hidden = false;
      button.addEventListener("click", () => this.fix(button.dataset));
    }
  }

  async confirm(button) {
    await this.save();
    const path = `/api/tasks/${this.task}/passages/${this.element.dataset.passage}/confirm`;
    const answer = await fetch(path, { method: "POST" }).catch(() => null);
    if (answer?.ok) {
      this.element.classList.add("confirmed");
      this.element.querySelector(".edit").focus();
      announce(say("edit.confirmed"));
      return;
    }
    const reason = answer ? (await answer.json()).error.message : say("upload.lost");
    announce(say("edit.unconfirmed", { reason }));
    button.title = say("edit.unconfirmed", { reason });
    button.classList.add("failed");
  }

  /** Places count characters as Python does, by code point. */
  async fix({ start, end, words }) {
    const characters = [...this.element.dataset.text];
    characters.splice(Number(start), end - start, words);
    const text = characters.join("");
    localStorage.setItem(this.key, text);
    this.show(text);
    await this.save();
    await this.refresh();
    announce(say("edit.fixed", { words }));
    (this.element.querySelector(".fix") ?? this.element.querySelector(".edit")).focus();
  }

  /** Show words that are not those of the page; what was found in the old ones has no place in them. */
  show(text) {
    if (text === this.shown) return;
    this.element.querySelector(".text").textContent = text;
    this.shown = text;
    for (const button of this.element.querySelectorAll(".fix")) button.remove();
  }

  /** A translation is checked anew when it was edited. */
  async refresh() {
    if (!this.element.querySelector(".confirm")) return;
    const answer = await fetch(`/tasks/${this.task}/passages/${this.element.dataset.passage}`).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    this.element.querySelector(".findings")?.remove();
    const found = page.querySelector(".findings");
    if (found) this.element.append(found);
    this.offer();
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
    this.element.classList.remove("confirmed");
    if (this.state) this.state.textContent = say("edit.saved");
  }

  /** Leave the editor; what is not saved yet is saved. The text is then shown as it is written. */
  close() {
    const text = this.area.value;
    if (text !== this.element.dataset.text || text !== this.shown) {
      this.show(text);
      this.save().then(() => this.refresh());
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

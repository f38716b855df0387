// Ask for the password of a file. It is given back once, and kept nowhere on the page.

import { say } from "./words.js";

const dialog = document.getElementById("password");
const field = document.getElementById("password-field");
const file = document.getElementById("password-file");
const wrong = document.getElementById("password-wrong");

let asking = Promise.resolve();

/** The password that the officer types for the file of this name, or null; `again` after a wrong one. */
export function askPassword(name, again) {
  asking = asking.then(() => ask(name, again));
  return asking;
}

function ask(name, again) {
  file.textContent = say("password.file", { name });
  dialog.returnValue = "";
  dialog.showModal();
  wrong.hidden = !again;
  wrong.textContent = again ? say("password.wrong") : "";
  field.toggleAttribute("aria-invalid", again);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const password = field.value;
      field.value = "";
      resolve(dialog.returnValue ? password : null);
    }, { once: true });
  });
}

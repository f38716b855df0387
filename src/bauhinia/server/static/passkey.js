// Passkeys: asks the device to make one or to show one. The server checks everything that it says.

import { say } from "./words.js";

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** The answer of the server as JSON, or an error with the server's sentence. */
async function ask(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error?.message ?? say("passkey.failed"));
  return told;
}

/** What the server sent, with bytes where the browser wants bytes. */
function unpacked(options) {
  const listed = (keys) => (keys ?? []).map((key) => ({ ...key, id: toBytes(key.id) }));
  return {
    ...options,
    challenge: toBytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: toBytes(options.user.id) } }),
    ...(options.excludeCredentials && { excludeCredentials: listed(options.excludeCredentials) }),
    ...(options.allowCredentials && { allowCredentials: listed(options.allowCredentials) }),
  };
}

/** What the device made, as JSON can carry it. */
function packed(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  return { id: credential.id, rawId: toText(credential.rawId), type: credential.type, response };
}

async function add(form) {
  const options = await ask("/account/passkeys/options", {});
  const made = await navigator.credentials.create({ publicKey: unpacked(options) });
  const name = form.elements.namedItem("name").value;
  await ask("/account/passkeys", { credential: packed(made), name });
  location.reload();
}

async function signIn(form) {
  const options = await ask("/sign-in/passkey/options", {});
  const shown = await navigator.credentials.get({ publicKey: unpacked(options) });
  await ask("/sign-in/passkey", { credential: packed(shown) });
  location.assign(form.dataset.next || "/");
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const told = form.querySelector("[role=status]");
  const button = form.querySelector("button");
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    told.textContent = "";
    button.disabled = true;
    try {
      await (form.dataset.passkey === "add" ? add(form) : signIn(form));
    } catch (error) {
      told.textContent = error instanceof DOMException ? say("passkey.failed") : error.message;
    }
    button.disabled = false;
  });
}

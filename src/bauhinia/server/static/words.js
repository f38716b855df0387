// The interface's words, from the same catalogue that the server uses.

const catalogue = await (await fetch(document.documentElement.dataset.words)).json();

/** The words of a key, with `{names}` filled in. An unknown key is a defect. */
export function say(key, values = {}) {
  if (!(key in catalogue)) throw new Error(`no words for ${key}`);
  return catalogue[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** Whether the catalogue has this key, for keys that come from data. */
export function knows(key) {
  return key in catalogue;
}

const line = document.getElementById("announce");

/** Let a screen reader say this when it has finished what it is saying. */
export function announce(words) {
  line.textContent = "";
  requestAnimationFrame(() => { line.textContent = words; });
}

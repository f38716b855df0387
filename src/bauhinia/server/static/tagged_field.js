// Tagged text on a page: its tags are chips. A field in which words are written between chips.

const TAG = /(<\/?[0-9]{1,4}>|<[0-9]{1,4}\/>)/;
const ESCAPES = { "<": "&lt;", ">": "&gt;", "&": "&amp;" };
const MIME = "application/x-tagged-text";

/** Tagged text taken apart: words and tags by turns. */
export function parts(text) {
  return text.split(TAG).map((part, i) => (i % 2 ? { tag: part } : { words: shown(part) }));
}

/** The words alone. */
export function wordsOf(text) {
  return parts(text).map((part) => part.words ?? "").join("");
}

/** The tags alone, in order. */
export function tagsOf(text) {
  return parts(text).flatMap((part) => part.tag ?? []);
}

/** Words and chips for `replaceChildren`. */
export function drawn(text) {
  return parts(text).map((part) => (part.tag ? chip(part.tag) : document.createTextNode(part.words)));
}

function shown(text) {
  return text.replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);
}

function escaped(words) {
  return words.replace(/[<>&]/g, (mark) => ESCAPES[mark]);
}

function chip(tag) {
  const number = tag.match(/[0-9]+/)[0];
  const element = document.createElement("span");
  element.className = "editor-chip";
  element.contentEditable = "false";
  element.dataset.tag = tag;
  element.textContent = tag.startsWith("</") ? `${number}⟩` : tag.endsWith("/>") ? `⟨${number}⟩` : `⟨${number}`;
  return element;
}

/** What a node holds, as tagged text. */
function read(node) {
  if (node.nodeType === Node.TEXT_NODE) return escaped(node.data);
  if (node.dataset?.tag) return node.dataset.tag;
  return [...node.childNodes].map(read).join("");
}

export class TaggedField {
  constructor(element, changed) {
    this.element = element;
    element.addEventListener("input", changed);
    element.addEventListener("beforeinput", (event) => this.#before(event));
    for (const name of ["copy", "cut"]) element.addEventListener(name, (event) => this.#copy(event));
    element.addEventListener("paste", (event) => this.#paste(event));
    element.addEventListener("drop", (event) => event.preventDefault());
  }

  get value() {
    return read(this.element);
  }

  set value(text) {
    // The last break lets browsers put the caret behind a chip.
    this.element.replaceChildren(...drawn(text), document.createElement("br"));
  }

  focus() {
    this.element.focus();
    getSelection().selectAllChildren(this.element);
    getSelection().collapseToEnd();
  }

  /** Put words at the caret; the browser can undo it. */
  write(words) {
    this.#caret();
    document.execCommand("insertText", false, words);
  }

  /** Put a tag of the source at the caret, or a pair round what is selected. */
  tag(number, source) {
    const here = tagsOf(this.value);
    const [open, close] = tagsOf(source).filter((tag) => Number(tag.match(/[0-9]+/)[0]) === number);
    const lacking = [open, close].filter((tag) => tag && !here.includes(tag));
    this.#caret();
    if (lacking.length === 2) this.#insert(`${open}${this.#selected()}${close}`);
    else this.#insert(lacking[0] ?? open);
  }

  /** The number of the first tag of the source that the field lacks. */
  missing(source) {
    const here = tagsOf(this.value);
    const tag = tagsOf(source).find((each) => !here.includes(each));
    return tag && Number(tag.match(/[0-9]+/)[0]);
  }

  /** The places of some of the words, counted without tags. */
  range(start, end) {
    return rangeOf(this.element, start, end);
  }

  #before(event) {
    const kind = event.inputType;
    if (kind === "insertParagraph" || kind === "insertLineBreak" || kind.startsWith("format")) event.preventDefault();
  }

  #copy(event) {
    const text = this.#selected();
    if (!text) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", wordsOf(text));
    event.clipboardData.setData(MIME, text);
    if (event.type === "cut") document.execCommand("delete");
  }

  #paste(event) {
    event.preventDefault();
    const text = event.clipboardData.getData(MIME);
    if (text) this.#insert(text);
    else document.execCommand("insertText", false, event.clipboardData.getData("text/plain").replace(/\s*\n\s*/g, " "));
  }

  #selected() {
    const selection = getSelection();
    return selection.rangeCount ? read(selection.getRangeAt(0).cloneContents()) : "";
  }

  /** execCommand is the one way to change a field that leaves the browser's own undo intact. */
  #insert(text) {
    const holder = document.createElement("div");
    holder.append(...drawn(text));
    document.execCommand("insertHTML", false, holder.innerHTML);
  }

  #caret() {
    if (!this.element.contains(getSelection().anchorNode)) this.focus();
  }
}

/** A range over some of the words in an element, counted without chips; null where there are not so many. */
export function rangeOf(element, start, end) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT,
    (node) => (node.parentElement.dataset.tag ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT));
  const range = document.createRange();
  let at = 0;
  let begun = false;
  while (walker.nextNode()) {
    const { currentNode: node } = walker;
    if (!begun && start < at + node.length) {
      range.setStart(node, start - at);
      begun = true;
    }
    if (begun && end <= at + node.length) {
      range.setEnd(node, end - at);
      return range;
    }
    at += node.length;
  }
  return null;
}

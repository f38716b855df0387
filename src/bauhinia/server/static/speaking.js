// A question that is spoken: recorded here for a minute at most, written down by the server, put into the field
// to be checked. Nothing is sent as a question by itself, and the sound is kept nowhere.

import { post } from "./streaming.js";
import { announce, say } from "./words.js";

const MOST_SECONDS = 60;
const panel = document.querySelector("[data-voice]");
const field = document.querySelector("#ask").elements.question;

if (panel && navigator.mediaDevices?.getUserMedia && window.MediaRecorder) {
  const button = panel.querySelector("[data-speak]");
  const cancel = panel.querySelector("[data-cancel]");
  const told = panel.querySelector("[data-told]");
  const language = panel.querySelector("select");
  let recorder = null;
  let writing = null;

  const show = (text) => {
    told.replaceChildren(text);
  };

  const rest = (text) => {
    button.querySelector("span").textContent = say("voice.speak");
    button.hidden = false;
    cancel.hidden = true;
    language.disabled = false;
    show(text);
    announce(text);
  };

  /** The pieces that the recogniser doubts, beside the field: a field cannot mark its words. */
  const mark = (pieces) => {
    const doubted = pieces.filter((each) => each.doubtful);
    if (!doubted.length) return;
    told.append(` ${say("voice.doubtful")} `);
    for (const piece of doubted) {
      const place = document.createElement("mark");
      place.textContent = piece.text;
      told.append(place, " ");
    }
    announce(told.textContent);
  };

  const put = ({ pieces }) => {
    const joint = language.value === "en" ? " " : "";
    const heard = pieces.map((each) => each.text).join(joint);
    field.value = [field.value.trim(), heard].filter(Boolean).join(" ").slice(0, field.maxLength);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    rest(say("voice.heard"));
    mark(pieces);
    field.focus();
  };

  const write_down = async (sound) => {
    const body = new FormData();
    body.append("language", language.value);
    body.append("file", sound, "question");
    writing = new AbortController();
    button.hidden = true;
    show(say("voice.writing"));
    announce(say("voice.writing"));
    const fail = (error) => rest([error.message, error.hint].filter(Boolean).join(" "));
    const events = {
      waiting: (line) => show(say("chat.waiting", { before: line.before, seconds: line.seconds })),
      heard: put,
      failed: fail,
    };
    try {
      const error = await post("/chat/hear", body, events, writing.signal);
      if (error) fail(error);
    } catch (error) {
      rest(say(error.name === "AbortError" ? "voice.cancelled" : "notes.lost"));
    }
    writing = null;
  };

  const record = async () => {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      rest(say("voice.refused"));
      return;
    }
    const parts = [];
    const made = new MediaRecorder(stream);
    let seconds = 0;
    const tick = () => show(say("voice.recording", { seconds, most: MOST_SECONDS }));
    const clock = setInterval(() => {
      seconds += 1;
      tick();
      if (seconds >= MOST_SECONDS) made.stop();
    }, 1000);
    made.addEventListener("dataavailable", (event) => parts.push(event.data));
    made.addEventListener("stop", () => {
      clearInterval(clock);
      stream.getTracks().forEach((track) => track.stop());
      const wanted = recorder === made;
      recorder = null;
      if (wanted) write_down(new Blob(parts, { type: made.mimeType }));
      else rest(say("voice.cancelled"));
    });
    recorder = made;
    made.start();
    button.querySelector("span").textContent = say("voice.done");
    cancel.hidden = false;
    language.disabled = true;
    tick();
    announce(told.textContent);
  };

  button.addEventListener("click", () => {
    if (recorder) recorder.stop();
    else record();
  });
  cancel.addEventListener("click", () => {
    const made = recorder;
    recorder = null;
    made?.stop();
    writing?.abort();
    button.hidden = false;
    button.focus();
  });
  panel.hidden = false;
}

// An answer of server-sent events, each read as it comes.

/** Call `told(name, data)` for each event of an answer. */
export async function read(answer, told) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(event) ?? [];
      if (name) told(name, JSON.parse(data));
    }
  }
}

/** Send a form; `heard[name](data)` is called for each event. Gives the error of an answer that is no stream.
    Aborting it ends the work on the server. */
export async function post(address, body, heard, signal) {
  const answer = await fetch(address, { method: "POST", body, signal });
  if (!answer.ok) {
    const { error } = await answer.json();
    return error;
  }
  await read(answer, (name, data) => name in heard && heard[name](data));
  return null;
}

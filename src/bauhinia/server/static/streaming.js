// A POST whose answer is server-sent events, each read as it comes. Aborting it ends the work on the server.

/** Send a form; `heard[name](data)` is called for each event. Gives the error of an answer that is no stream. */
export async function post(address, body, heard, signal) {
  const answer = await fetch(address, { method: "POST", body, signal });
  if (!answer.ok) {
    const { error } = await answer.json();
    return error;
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return null;
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(event) ?? [];
      if (name in heard) heard[name](JSON.parse(data));
    }
  }
}

// The chat's service worker: when there is no network, a notice instead of the browser's error. It keeps that
// notice and its styles, and never a page of a conversation, a question or an answer.

const CACHE = "chat-shell";
const NOTICE = "/chat/offline";
const SHELL = [NOTICE, "/static/site.css", "/static/chat.css", "/static/icon.svg"];

self.addEventListener("install", (event) => {
  const kept = SHELL.map((path) => new Request(path, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(kept)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/** A file of the shell: from the network, the kept copy renewed by it; without a network that copy. */
async function of_shell(request, path) {
  const cache = await caches.open(CACHE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await cache.put(path, answer.clone());
    return answer;
  } catch {
    return (await cache.match(path)) ?? Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (SHELL.includes(pathname)) {
    event.respondWith(of_shell(request, pathname));
  } else if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(NOTICE)));
  }
});

// What a phone needs to keep the chat among its applications. Without it, or where it is refused, nothing is lost.

if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/chat/worker.js", { scope: "/chat" }).catch(() => {});
}

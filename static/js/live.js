// Polls the seats' status every few seconds while the page is visible.

const EVERY_MS = 3000;
const SLOWEST_MS = 60_000;

/** Calls `changed(status)` whenever seats.json changes. Returns a function that polls at once. */
export function watch(url, changed) {
  let etag = "";
  let timer = 0;
  let pause = EVERY_MS;
  let asking = false;

  async function ask() {
    clearTimeout(timer);
    if (asking || document.hidden) return;
    asking = true;
    try {
      const reply = await fetch(url, {
        headers: { Accept: "application/json", ...(etag && { "If-None-Match": etag }) },
      });
      if (reply.status === 200) {
        etag = reply.headers.get("ETag") ?? "";
        changed(await reply.json());
      }
      pause = reply.ok || reply.status === 304 ? EVERY_MS : Math.min(pause * 2, SLOWEST_MS);
    } catch {
      pause = Math.min(pause * 2, SLOWEST_MS); // offline for a moment: keep what is shown and try again
    }
    asking = false;
    timer = setTimeout(ask, pause);
  }

  document.addEventListener("visibilitychange", ask);
  timer = setTimeout(ask, EVERY_MS);
  return ask;
}

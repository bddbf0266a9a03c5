// What others do, every few seconds, for as long as somebody looks at the page.

const EVERY_MS = 3000;
const SLOWEST_MS = 60_000;

/** Calls `changed(status)` whenever seats.json says something new. Returns a function that asks at once. */
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
      pause = Math.min(pause * 2, SLOWEST_MS); // away for a moment: the picture stays, and is asked for again
    }
    asking = false;
    timer = setTimeout(ask, pause);
  }

  document.addEventListener("visibilitychange", ask);
  timer = setTimeout(ask, EVERY_MS);
  return ask;
}

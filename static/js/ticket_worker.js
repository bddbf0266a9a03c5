// Shows ticket pages that were opened before without a network. Everything else goes to the site.

const CACHE_NAME = "tickets-1";
const ANY_LANGUAGE = { ignoreVary: true }; // a page in another language or of an older session is better than none

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => event.waitUntil(settle()));

async function settle() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== CACHE_NAME).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** A page sends the URLs that it consists of. Each is fetched separately, so that one failure affects no other. */
self.addEventListener("message", (event) => {
  const urls = (event.data?.keep ?? []).filter((url) => new URL(url).origin === self.location.origin);
  event.waitUntil(Promise.allSettled(urls.map(keep)));
});

async function keep(url) {
  const reply = await fetch(url, { credentials: "same-origin" });
  if (reply.ok && !reply.redirected) await (await caches.open(CACHE_NAME)).put(url, reply);
}

self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(fromNetworkOrCache(event.request));
});

/** Tries the network first. A page that no longer exists is removed from the cache. */
async function fromNetworkOrCache(request) {
  const cache = await caches.open(CACHE_NAME);
  try {
    const reply = await fetch(request);
    if (await cache.match(request, ANY_LANGUAGE)) {
      if (reply.ok && !reply.redirected) await cache.put(request, reply.clone());
      else await cache.delete(request, ANY_LANGUAGE);
    }
    return reply;
  } catch (offline) {
    const kept = await cache.match(request, ANY_LANGUAGE);
    if (kept) return kept;
    throw offline;
  }
}

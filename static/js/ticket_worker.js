// Ticket pages that were opened once open again without a network. Everything else goes straight to the site.

const SHELF = "tickets-1";
const ANY_LANGUAGE = { ignoreVary: true }; // a page in other words or of an older session is better than none

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => event.waitUntil(settle()));

async function settle() {
  const shelves = await caches.keys();
  await Promise.all(shelves.filter((name) => name !== SHELF).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** A page tells what it is made of; each part is fetched for itself, so that one that fails loses no other. */
self.addEventListener("message", (event) => {
  const urls = (event.data?.keep ?? []).filter((url) => new URL(url).origin === self.location.origin);
  event.waitUntil(Promise.allSettled(urls.map(keep)));
});

async function keep(url) {
  const reply = await fetch(url, { credentials: "same-origin" });
  if (reply.ok && !reply.redirected) await (await caches.open(SHELF)).put(url, reply);
}

self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(fromNetworkOrShelf(event.request));
});

/** The network first: what is shown is only ever old where there is no other. A page that is gone leaves the shelf. */
async function fromNetworkOrShelf(request) {
  const shelf = await caches.open(SHELF);
  try {
    const reply = await fetch(request);
    if (await shelf.match(request, ANY_LANGUAGE)) {
      if (reply.ok && !reply.redirected) await shelf.put(request, reply.clone());
      else await shelf.delete(request, ANY_LANGUAGE);
    }
    return reply;
  } catch (offline) {
    const kept = await shelf.match(request, ANY_LANGUAGE);
    if (kept) return kept;
    throw offline;
  }
}

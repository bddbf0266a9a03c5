// The ticket page: prints, shares the link of one ticket, and keeps a copy on this device for places without a network.

const button = document.querySelector("[data-print]");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const share of document.querySelectorAll("[data-share]")) {
  const url = share.dataset.share;
  share.hidden = !(navigator.share || navigator.clipboard);
  share.addEventListener("click", async () => {
    try {
      if (navigator.share) await navigator.share({ url, title: document.title });
      else {
        await navigator.clipboard.writeText(url);
        share.textContent = share.dataset.done;
      }
    } catch {
      // cancelled or not allowed; the link is on the page
    }
  });
}

const worker = document.querySelector("[data-worker]")?.dataset.worker;
if (worker && "serviceWorker" in navigator) {
  try {
    await navigator.serviceWorker.register(worker, { updateViaCache: "none" });
    const { active } = await navigator.serviceWorker.ready;
    const parts = performance.getEntriesByType("resource").map((entry) => entry.name);
    const own = parts.filter((url) => url.startsWith(`${location.origin}/`));
    active.postMessage({ keep: [location.href.split("#")[0], ...own] });
  } catch {
    // the browser can't store anything, as in private windows
  }
}

// The ticket page: printing, and keeping a copy on this device for a cellar without a network.

const button = document.querySelector("[data-print]");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
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
    // a browser that keeps nothing (private windows) shows the page as it is
  }
}

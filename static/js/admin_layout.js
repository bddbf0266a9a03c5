// Redraws the hall while its map is typed. The server draws: there is one reading of the map. Without this
// script the picture is the one of the last save.

const text = document.querySelector("textarea.layout-text");
let waiting, asked;

async function redraw() {
  asked?.abort();
  asked = new AbortController();
  const picture = document.querySelector("[data-layout-picture]");
  const body = new FormData();
  body.set("layout", text.value);
  body.set("csrfmiddlewaretoken", text.form.elements.csrfmiddlewaretoken.value);
  try {
    const reply = await fetch(picture.dataset.url, { method: "POST", body, signal: asked.signal });
    if (!reply.ok) return;
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
    picture.replaceWith(document.adoptNode(fresh.querySelector("[data-layout-picture]")));
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

if (text && document.querySelector("[data-layout-picture]")) {
  text.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(redraw, 250);
  });
}

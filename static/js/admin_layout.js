// Redraws the picture of a layout while it is typed. The server draws it, so that only one parser is needed.
// Without this script the picture shows the last saved layout.

const text = document.querySelector("textarea.layout-text");
let timer, request;

async function redraw() {
  request?.abort();
  request = new AbortController();
  const picture = document.querySelector("[data-layout-picture]");
  const body = new FormData();
  body.set("layout", text.value);
  body.set("csrfmiddlewaretoken", text.form.elements.csrfmiddlewaretoken.value);
  try {
    const reply = await fetch(picture.dataset.url, { method: "POST", body, signal: request.signal });
    if (!reply.ok) return;
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
    picture.replaceWith(document.adoptNode(fresh.querySelector("[data-layout-picture]")));
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

if (text && document.querySelector("[data-layout-picture]")) {
  text.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(redraw, 250);
  });
}

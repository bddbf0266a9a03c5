// What every page may do better with script: menus that close, strips that show what is chosen, and the search field of a phone.

for (const menu of document.querySelectorAll("[data-menu]")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// The chosen day or city of a strip is in view, however far along it is.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const strip = tab.closest(".tabs"),
    middle = (box) => box.left + box.width / 2;
  strip.scrollBy({
    left: middle(tab.getBoundingClientRect()) - middle(strip.getBoundingClientRect()),
    behavior: "instant",
  });
}

const header = document.querySelector("[data-site-header]");
const search = header?.querySelector("[data-site-search]");
header?.querySelector("[data-search-link]")?.addEventListener("click", (event) => {
  event.preventDefault();
  header.classList.add("site-header--searching");
  search.querySelector("input").focus();
});
search?.addEventListener("focusout", (event) => {
  if (!search.contains(event.relatedTarget)) header.classList.remove("site-header--searching");
});

// A form that is on its way is not sent twice by an impatient second click.
const PATIENCE_MS = 4000;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (Date.now() - Number(form.dataset.sentAt ?? 0) < PATIENCE_MS) event.preventDefault();
  else form.dataset.sentAt = Date.now();
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent-at]")) delete form.dataset.sentAt;
});

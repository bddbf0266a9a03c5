// Improvements for every page: menus that close, tabs that scroll to the current one, and the search field on phones.

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

// Scroll each row of tabs to the current one.
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

// Ignore a second click on the button of a form that is being sent.
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

// Improvements for every page: menus, tabs that scroll to the current one, and the search field on phones.

const PATIENCE_MS = 4000;

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest("[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// A cached page contains no form, because a form has the visitor's token. It links to the page that has the form:
// fetch the form from there, and open it as a menu, or send it with the link's choice.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-menu-link], [data-choice]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (link.ariaBusy) return;
  link.ariaBusy = "true";
  try {
    const form = await formBehind(link);
    if ("menuLink" in link.dataset) openAsMenu(link, form);
    else choose(form, link.dataset.choice);
  } catch {
    location.assign(link.href);
  } finally {
    link.ariaBusy = null;
  }
});

async function formBehind(link) {
  const response = await fetch(link.href, { signal: AbortSignal.timeout(PATIENCE_MS) });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return document.adoptNode(page.querySelector("[data-choices]"));
}

function openAsMenu(link, form) {
  const menu = document.createElement("details"),
    summary = document.createElement("summary"),
    sheet = document.createElement("div"),
    note = document.createElement("p");
  summary.className = "header-link";
  summary.append(...link.childNodes);
  sheet.className = "menu__sheet";
  for (const control of form.elements) control.removeAttribute("class");
  note.className = "menu__note";
  note.textContent = form.ariaLabel;
  sheet.append(note, form);
  menu.className = "menu";
  menu.dataset.menu = "";
  menu.append(summary, sheet);
  link.replaceWith(menu);
  menu.open = true;
  summary.focus();
}

function choose(form, value) {
  form.hidden = true;
  document.body.append(form);
  form.requestSubmit(
    [...form.elements].find((control) => control.type === "submit" && control.value === value),
  );
}

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
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (Date.now() - Number(form.dataset.sentAt ?? 0) < PATIENCE_MS) event.preventDefault();
  else form.dataset.sentAt = Date.now();
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent-at]")) delete form.dataset.sentAt;
});

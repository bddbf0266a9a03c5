// The seat map: counts the selected seats, shows what others take, and keeps the visitor's selection.

import "./countdown.js";
import { addArrowKeys, addZoom } from "./seat_grid.js";
import { watch } from "./live.js";
import { printer, quote } from "./money.js";

const page = JSON.parse(document.querySelector("#live-map").textContent);
const grid = document.querySelector("[data-seat-grid]");
const receipt = document.querySelector("[data-receipt]");
const boxes = [...grid.querySelectorAll("input[name=seats]")];
const locked = "locked" in grid.dataset;
const money = printer(page);
const plurals = new Intl.PluralRules(page.locale);
const find = (name) => receipt.querySelector(`[data-${name}]`);
const selected = () => boxes.filter((box) => box.checked && !box.disabled);
const chosen = () => selected().map((box) => box.value);
const prices = () => selected().map((box) => page.prices[box.closest(".seat").dataset.kind]);
let mine = boxes.filter((box) => stateOf(box) === "mine").map((box) => box.value);

/** The suffix of the sentence for that number in the page's language: "One" or "Other". */
function form(number) {
  return plurals.select(number) === "one" ? "One" : "Other";
}

function stateOf(box) {
  return box.closest(".seat").dataset.state;
}

function tell(sentence) {
  const notice = document.createElement("p");
  notice.className = "notice notice--warning";
  notice.textContent = sentence;
  find("news").replaceChildren(...(sentence ? [notice] : []));
}

function count() {
  if (locked) return;
  const seats = chosen();
  const same = mine.length > 0 && seats.join() === mine.join();
  find("chosen").textContent = seats.join(", ") || receipt.dataset.none;
  find("price").hidden = seats.length === 0;
  if (seats.length) show(quote(prices(), page));
  offer(seats.length, same);
}

function show(sums) {
  for (const [name, amount] of Object.entries(sums)) find(`price-${name}`).textContent = money(amount);
}

/** Shows one main button: to hold the selected seats, or to continue if they are held already. */
function offer(number, same) {
  const hold = find("hold");
  if (!hold) return;
  hold.textContent = receipt.dataset[number ? `hold${form(number)}` : "holdNone"].replace("#", number);
  hold.disabled = number === 0;
  const goOn = find("continue");
  hold.hidden = same && goOn !== null;
  hold.classList.add("button--main");
  if (goOn) goOn.hidden = !same;
  for (const button of [hold, goOn]) button?.classList.remove("without-script");
}

function limit(event) {
  if (!event.target.checked || chosen().length <= page.max_seats) return tell("");
  event.target.checked = false;
  tell(receipt.dataset.full);
}

/** Shows a seat's state. Returns its label if the visitor had selected it and has lost it. */
function mark(box, state) {
  const seat = box.closest(".seat");
  if (seat.dataset.state === state) return null;
  const lost = box.checked && (state === "held" || state === "booked");
  seat.dataset.state = state;
  seat.querySelector(".seat__words > span").textContent = grid.dataset[state];
  if (lost) box.checked = false;
  box.disabled = locked || state === "held" || state === "booked";
  return lost ? box.value : null;
}

/** Shows or hides what makes sense only while seats are available. */
function offerWhatIsLeft(status) {
  const left = boxes.some((box) => !box.disabled) ? "some" : status.held.length ? "held" : "none";
  for (const part of document.querySelectorAll("[data-while-left]")) part.hidden = left !== "some";
  for (const part of document.querySelectorAll("[data-unless-left]")) part.hidden = left === "some";
  for (const part of document.querySelectorAll("[data-none-left]"))
    part.hidden = part.dataset.noneLeft !== left;
}

function changed(status) {
  const states = new Map();
  for (const state of ["held", "booked", "mine"]) for (const label of status[state]) states.set(label, state);
  const focused = document.activeElement;
  const lost = boxes
    .filter((box) => stateOf(box) !== "pending")
    .map((box) => mark(box, states.get(box.value) ?? "free"))
    .filter(Boolean);
  mine = status.mine;
  if (lost.length) tell(receipt.dataset[`lost${form(lost.length)}`].replace("#", lost.join(", ")));
  if (lost.includes(focused?.value)) find("hold")?.focus();
  arrowKeys.refresh();
  count();
  if (!locked) offerWhatIsLeft(status);
}

const arrowKeys = addArrowKeys(grid);
addZoom(grid, document.querySelector("[data-zoom-buttons]"));
grid.querySelector("[data-keys-hint]").hidden = false;
grid.addEventListener("change", limit);
grid.addEventListener("change", count);
addEventListener("pageshow", count);
const askNow = watch(page.status_url, changed);
document.addEventListener("deadline:over", () => {
  mine = [];
  receipt.querySelector("[data-countdown]").hidden = true;
  tell(receipt.dataset.lapsed);
  count();
  askNow();
});
count();

// The seat map, improved: it counts, tells at once what others take, and never loses the visitor's choice.

import "./countdown.js";
import { walkable, zoomable } from "./hall.js";
import { watch } from "./live.js";
import { printer, quote } from "./money.js";

const facts = JSON.parse(document.querySelector("#live-map").textContent);
const hall = document.querySelector("[data-hall]");
const receipt = document.querySelector("[data-receipt]");
const boxes = [...hall.querySelectorAll("input[name=seats]")];
const locked = "locked" in hall.dataset;
const money = printer(facts);
const plurals = new Intl.PluralRules(facts.locale);
const find = (name) => receipt.querySelector(`[data-${name}]`);
const chosen = () => boxes.filter((box) => box.checked && !box.disabled).map((box) => box.value);
let mine = boxes.filter((box) => stateOf(box) === "mine").map((box) => box.value);

/** Which of a sentence's two forms the page's language wants for that many. */
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
  if (seats.length)
    show(
      quote(
        seats.map((label) => facts.prices[label]),
        facts,
      ),
    );
  offer(seats.length, same);
}

function show(sums) {
  for (const [name, amount] of Object.entries(sums)) find(`price-${name}`).textContent = money(amount);
}

/** One main button: to hold what is ticked, or, when that is held already, to go on. */
function offer(number, same) {
  const hold = find("hold");
  if (!hold) return;
  hold.textContent = receipt.dataset[number ? `hold${form(number)}` : "holdNone"].replace("#", number);
  hold.disabled = number === 0;
  const goOn = find("continue");
  hold.hidden = same && goOn !== null;
  hold.classList.add("button--main");
  if (goOn) goOn.hidden = !same;
}

function limit(event) {
  if (!event.target.checked || chosen().length <= facts.max_seats) return tell("");
  event.target.checked = false;
  tell(receipt.dataset.full);
}

/** A seat's state, in picture and words. Returns its label when the visitor had chosen it and has lost it. */
function mark(box, state) {
  const seat = box.closest(".seat");
  if (seat.dataset.state === state) return null;
  const lost = box.checked && (state === "held" || state === "booked");
  seat.dataset.state = state;
  seat.querySelector(".seat__words > span").textContent = hall.dataset[state];
  if (lost) box.checked = false;
  box.disabled = locked || state === "held" || state === "booked";
  return lost ? box.value : null;
}

/** With no seat left there is nothing to choose and nothing to hold, until others release some. */
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
  walk.refresh();
  count();
  if (!locked) offerWhatIsLeft(status);
}

const walk = walkable(hall);
zoomable(hall, document.querySelector("[data-zoom-buttons]"));
hall.querySelector("[data-keys-hint]").hidden = false;
hall.addEventListener("change", limit);
hall.addEventListener("change", count);
addEventListener("pageshow", count);
const askNow = watch(facts.status_url, changed);
document.addEventListener("deadline:over", () => {
  mine = [];
  receipt.querySelector("[data-countdown]").hidden = true;
  tell(receipt.dataset.lapsed);
  count();
  askNow();
});
count();

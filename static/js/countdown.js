// Counts down to the deadline of a hold or booking: as text each second, and announced to screen readers one minute
// before the end and at the end. Dispatches "deadline:over" and "deadline:moved".

const LAST_MINUTE_MS = 60_000;
const PATIENCE_MS = 3000;

/** Milliseconds since the response began to arrive. This doesn't use `performance.timeOrigin`, which lags behind
    after the computer has slept. */
function ageOfPage() {
  const [navigation] = performance.getEntriesByType("navigation");
  return performance.now() - (navigation?.responseStart ?? 0);
}

class Countdown {
  constructor(root) {
    this.root = root;
    this.setClock(Date.parse(root.dataset.now) + ageOfPage());
    this.say = root.querySelector("[data-say]");
    this.renewal = root.querySelector("[data-renew]");
    this.renewal?.addEventListener("submit", (event) => this.renew(event));
    this.move(root.dataset.expiresAt);
  }

  /** Derives the server's time from differences alone, so that a wrong clock on this computer doesn't matter. */
  setClock(serverNow) {
    this.serverNow = serverNow;
    this.readAt = Date.now();
  }

  left() {
    return Math.max(0, this.deadline - this.serverNow - (Date.now() - this.readAt));
  }

  move(expiresAt) {
    this.deadline = Date.parse(expiresAt);
    this.said = "";
    clearInterval(this.timer);
    this.timer = setInterval(() => this.tick(), 1000);
    this.tick();
  }

  tick() {
    const left = this.left();
    this.show(Math.ceil(left / 1000));
    const soon = left <= LAST_MINUTE_MS;
    this.root.classList.toggle("countdown--soon", soon);
    if (left === 0) this.end();
    else if (soon) this.announce("minute");
  }

  show(seconds) {
    const place = this.root.querySelector("[data-left]");
    const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    place.textContent = place.dataset.text.replace("#", time);
  }

  announce(what) {
    if (this.said === what) return;
    this.said = what;
    this.say.textContent = this.say.dataset[what];
  }

  /** Ends, unless the server says that the seats are still held: another tab may have renewed the hold, or this
      computer's clock may have been changed. */
  async end() {
    clearInterval(this.timer);
    const later = await this.stillHeld();
    if (later) return this.postpone(later);
    this.announce("over");
    for (const element of document.querySelectorAll("[data-before-deadline]")) element.hidden = true;
    for (const element of document.querySelectorAll("[data-after-deadline]")) element.hidden = false;
    document.dispatchEvent(new CustomEvent("deadline:over"));
  }

  /** Holds the same seats again without leaving the page. If that fails, submits the form. */
  async renew(event) {
    event.preventDefault();
    const form = event.target;
    const body = new URLSearchParams(new FormData(form));
    const reply = await fetch(form.action, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
    }).catch(() => null);
    if (!reply?.ok) return form.submit();
    const { hold_expires_at: expiresAt } = await reply.json();
    const moved = Date.parse(expiresAt) - this.deadline >= 1000;
    this.root.querySelector("[data-ceiling]").hidden = moved;
    form.querySelector("button").hidden = !moved;
    if (moved) this.postpone(expiresAt);
  }

  /** The deadline if exactly these seats are still held by the server's time; else null. */
  async stillHeld() {
    const ask = { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE_MS) };
    const reply = await fetch(this.root.dataset.statusUrl, ask).catch(() => null);
    const { hold_expires_at: expiresAt, mine = [] } = (await reply?.json().catch(() => null)) ?? {};
    const serverNow = Date.parse(reply?.headers.get("Date"));
    const seats = [...this.root.querySelectorAll("[name=seats]")].map((field) => field.value);
    if (!(Date.parse(expiresAt) > serverNow) || !seats.every((label) => mine.includes(label))) return null;
    this.setClock(serverNow);
    return expiresAt;
  }

  postpone(expiresAt) {
    const until = this.root.querySelector("[data-until]");
    until.textContent = this.clockTime(expiresAt);
    until.dateTime = expiresAt;
    this.move(expiresAt);
    document.dispatchEvent(new CustomEvent("deadline:moved", { detail: expiresAt }));
  }

  /** The time of day in the page's time zone, which may differ from the browser's. */
  clockTime(expiresAt) {
    const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(this.root.dataset.expiresAt) ?? [
      null,
      "+",
      0,
      0,
    ];
    const shift = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -1 : 1);
    const format = new Intl.DateTimeFormat(this.root.dataset.locale, { timeStyle: "short", timeZone: "UTC" });
    return format.format(Date.parse(expiresAt) + shift * 60_000).replaceAll("\u202f", " ");
  }
}

for (const root of document.querySelectorAll("[data-countdown]")) new Countdown(root);

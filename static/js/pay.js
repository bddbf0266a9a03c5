// Paying by card: Stripe's own form in a frame of its own, and one payment for as many cards as the time allows.

const TRANSIENT = new Set([429, 500, 502, 503, 504]);

class CardPayment {
  constructor(form) {
    this.form = form;
    this.words = form.dataset;
    this.button = form.querySelector("[data-pay-button]");
    this.label = this.button.textContent;
    this.news = form.querySelector("[data-pay-news]");
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.busy) this.while(this.elements ? () => this.pay() : () => this.open());
    });
    this.while(() => this.open());
  }

  /** No second click while something is under way; afterwards the button says what it will do then. */
  async while(work) {
    this.busy = true;
    this.button.disabled = true;
    this.form.setAttribute("aria-busy", "true");
    try {
      await work();
    } catch {
      this.tell(this.words.unavailable);
    }
    this.busy = false;
    this.button.disabled = false;
    this.button.textContent = this.elements ? this.label : this.words.again;
    this.form.removeAttribute("aria-busy");
  }

  /** Get the payment from the site, and the card form from Stripe. */
  async open() {
    if (!window.Stripe) return this.tell(this.words.blocked);
    const payment = await this.ask();
    if (!payment) return;
    this.stripe = window.Stripe(payment.publishable_key, { locale: document.documentElement.lang || "auto" });
    const theme = matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "stripe";
    const elements = this.stripe.elements({ clientSecret: payment.client_secret, appearance: { theme } });
    await this.mount(elements.create("payment"));
    this.elements = elements;
    this.tell("");
  }

  /** The site's answer; or nothing once it has said why not, or the visitor is on the way to the page that does. */
  async ask() {
    const reply = await fetch(this.form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(this.form)),
      headers: { Accept: "application/json" },
    });
    if (reply.redirected) return this.leave(reply.url);
    if (reply.ok) return reply.json();
    if (TRANSIENT.has(reply.status)) throw new Error(reply.status);
    const refusal = await reply.json().catch(() => ({}));
    return refusal.message ? this.tell(refusal.message) : this.leave(this.words.bookingUrl);
  }

  mount(element) {
    return new Promise((resolve, reject) => {
      element.on("ready", resolve);
      element.on("loaderror", reject);
      element.mount(this.form.querySelector("[data-card]"));
    });
  }

  async pay() {
    this.button.textContent = this.words.paying;
    this.tell("");
    const { error } = await this.stripe.confirmPayment({
      elements: this.elements,
      confirmParams: { return_url: new URL(this.words.returnUrl, location.href).href },
      redirect: "if_required",
    });
    const moved = error?.code === "payment_intent_unexpected_state"; // paid in another tab, or withdrawn by the clock
    if (!error || moved) return this.leave(this.words.returnUrl);
    this.tell(error.message || this.words.unavailable);
  }

  /** To another page; the button stays shut until it is there. */
  leave(url) {
    location.assign(url);
    return new Promise(() => {});
  }

  tell(sentence) {
    const notice = document.createElement("p");
    notice.className = "notice notice--error";
    notice.textContent = sentence;
    this.news.replaceChildren(...(sentence ? [notice] : []));
  }
}

for (const form of document.querySelectorAll("[data-pay]")) new CardPayment(form);

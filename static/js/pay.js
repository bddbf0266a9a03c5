// Pays by card in Stripe's own form. Another card can be tried until the deadline, in the same payment.

const TRANSIENT = new Set([429, 500, 502, 503, 504]);

class CardPayment {
  constructor(form) {
    this.form = form;
    this.words = form.dataset;
    this.button = form.querySelector("[data-pay-button]");
    this.label = this.button.textContent;
    this.messages = form.querySelector("[data-pay-news]");
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.busy) this.while(this.elements ? () => this.pay() : () => this.open());
    });
    this.while(() => this.open());
  }

  /** Disables the button while `work` runs, then labels it with what it will do next. */
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

  /** Gets the payment from the site and mounts Stripe's form. */
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

  /** Returns the site's response; undefined if it shows an error or leaves the page instead. */
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
    const moved = error?.code === "payment_intent_unexpected_state"; // paid in another tab, or expired
    if (!error || moved) return this.leave(this.words.returnUrl);
    this.tell(error.message || this.words.unavailable);
  }

  /** Goes to another page; the button stays disabled until then. */
  leave(url) {
    location.assign(url);
    return new Promise(() => {});
  }

  tell(sentence) {
    const notice = document.createElement("p");
    notice.className = "notice notice--error";
    notice.textContent = sentence;
    this.messages.replaceChildren(...(sentence ? [notice] : []));
  }
}

for (const form of document.querySelectorAll("[data-pay]")) new CardPayment(form);

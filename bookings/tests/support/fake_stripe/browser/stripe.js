// The fake's Stripe.js: the few calls a payment page makes, with the card form in a frame of the fake's own origin.
(() => {
  const origin = new URL(document.currentScript.src).origin;

  const frame = (path, title, parent) => {
    const element = document.createElement("iframe");
    element.src = `${origin}${path}`;
    element.title = title;
    element.width = "100%";
    element.height = "220";
    parent.append(element);
    return element;
  };

  const answerOf = (kind, source) => new Promise((resolve) => {
    const listen = (message) => {
      if (message.origin !== origin || message.source !== source.contentWindow || message.data.kind !== kind) return;
      removeEventListener("message", listen);
      resolve(message.data);
    };
    addEventListener("message", listen);
  });

  class PaymentElement {
    constructor(clientSecret, key) {
      Object.assign(this, { clientSecret, key, listeners: {} });
    }
    on(name, listener) {
      this.listeners[name] = listener;
      return this;
    }
    async mount(target) {
      const parent = typeof target === "string" ? document.querySelector(target) : target;
      const query = new URLSearchParams({ key: this.key, client_secret: this.clientSecret });
      try {
        const answer = await fetch(`${origin}/v1/payment_intents/${intentOf(this.clientSecret)}?${query}`);
        if (!answer.ok) throw new Error((await answer.json()).error.message);
        this.frame = frame("/v3/element.html", "Secure payment input frame", parent);
        await answerOf("ready", this.frame);
        this.listeners.ready?.();
      } catch (error) {
        this.listeners.loaderror?.({ error: { type: "api_error", message: String(error.message) } });
      }
    }
    async confirm() {
      const answer = answerOf("confirmed", this.frame);
      const { clientSecret, key } = this;
      this.frame.contentWindow.postMessage({ kind: "confirm", clientSecret, key, id: intentOf(clientSecret) }, origin);
      return (await answer).result;
    }
  }

  const intentOf = (clientSecret) => clientSecret.split("_secret_")[0];

  const challenge = async (intent, key) => {
    const dialog = document.createElement("div");
    document.body.append(dialog);
    const query = new URLSearchParams({ id: intent.id, client_secret: intent.client_secret, key });
    const bank = frame(`/v3/challenge.html?${query}`, "3D Secure", dialog);
    const { result } = await answerOf("answered", bank);
    dialog.remove();
    return result;
  };

  window.Stripe = (key) => ({
    elements({ clientSecret }) {
      let element;
      return {
        create: (kind) => (element = kind === "payment" ? new PaymentElement(clientSecret, key) : null),
        submit: async () => ({}),
        get element() {
          return element;
        },
      };
    },
    async confirmPayment({ elements, confirmParams, redirect }) {
      let result = await elements.element.confirm();
      if (result.status === "requires_action") result = await challenge(result, key);
      if (result.error) return { error: result.error };
      if (redirect !== "if_required") location.assign(confirmParams.return_url);
      return { paymentIntent: result };
    },
  });
})();

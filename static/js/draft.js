// What is typed as a note is kept on the server while it is typed, so that it is there
// again whatever happens to this page. The server warns about numbers that a note
// should not hold; nothing is refused.

const pause = 1500; // ms without a key before the text is sent
const atLeast = 5000; // ms after which it is sent while typing goes on
const again = 5000; // ms before another try when it could not be sent

export function keepDrafts() {
  for (const form of document.querySelectorAll("form[data-draft]")) new Draft(form);
}

class Draft {
  constructor(form) {
    this.form = form;
    this.text = form.elements.note;
    this.status = form.querySelector("[data-draft-status]");
    this.warnings = form.querySelector("[data-guard]");
    this.counter = form.querySelector("[data-count]");
    this.kept = this.text.value;
    this.count();
    this.text.addEventListener("input", () => { this.count(); this.soon(pause); });
    form.addEventListener("submit", () => { this.stopped = true; clearTimeout(this.timer); });
    addEventListener("pagehide", () => this.leave());
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.leave(); });
    addEventListener("pageshow", (event) => { if (event.persisted) this.stopped = false; });
  }

  // count says how long the text is, in characters as the server counts them.
  count() {
    const length = [...this.text.value.replaceAll("\r\n", "\n")].length;
    const most = Number(this.text.dataset.max);
    this.counter.textContent = length ? `${length.toLocaleString("en-GB")} of ${most.toLocaleString("en-GB")}` : "";
    this.counter.classList.toggle("over", length > most);
  }

  soon(wait) {
    const now = performance.now();
    this.due ??= now + atLeast;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), Math.max(0, Math.min(wait, this.due - now)));
  }

  async send() {
    if (this.stopped || this.sending || this.text.value === this.kept) return;
    this.due = undefined;
    const text = this.text.value;
    this.sending = true;
    try {
      const answer = await fetch(this.form.dataset.draft, { method: "POST", body: this.fields(), redirect: "manual" });
      await this.took(answer, text);
    } catch {
      this.say("Not kept: the server cannot be reached. Trying again.");
      this.soon(again);
    } finally {
      this.sending = false;
    }
    if (this.text.value !== text) this.soon(pause);
  }

  async took(answer, text) {
    if (answer.status === 401) {
      this.say("You are signed out. Sign in in another tab, then go on here.");
      this.soon(again);
      return;
    }
    if (!answer.ok) {
      this.say("Not kept as a draft. The text stands only on this page.");
      return;
    }
    const draft = await answer.json();
    this.kept = text;
    const at = new Date(draft.saved).toLocaleTimeString("en-GB", { timeZone: "UTC", hour: "2-digit", minute: "2-digit" });
    this.say(text.trim() ? `Draft saved ${at} UTC` : "");
    this.warnings.replaceChildren(...draft.warnings.map((warning) => {
      const item = document.createElement("li");
      item.textContent = warning;
      return item;
    }));
  }

  // leave sends what is not kept yet when the page may be gone in a moment.
  leave() {
    if (this.stopped || this.text.value === this.kept) return;
    fetch(this.form.dataset.draft, { method: "POST", body: this.fields(), keepalive: true }).catch(() => {});
  }

  fields() {
    return new URLSearchParams(new FormData(this.form));
  }

  say(text) {
    this.status.textContent = text;
  }
}

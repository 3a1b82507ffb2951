// What is typed as a note, and chosen beside it, is kept on the server meanwhile, so that it
// is there again whatever happens to this page. The server warns about numbers that a note
// should not hold; nothing is refused.

const pause = 2000; // ms without a key before the text is sent
const atLeast = 5000; // ms after which it is sent while typing goes on
const again = 5000; // ms before another try when it could not be sent, twice as long each time
const longest = 60_000; // ms between tries
const patience = 15_000; // ms for an answer

// A request that outlives its page may have 64 KiB in all, by the Fetch standard.
const keepaliveLimit = 60_000;

const signedOut = "Session expired: your text stays on this page. Sign in in another tab, then continue";
const unreached = "Not saved; will try again";
const refused = "Not saved: your text is only on this page";

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
    this.wasInvalid = this.text.getAttribute("aria-invalid") ?? "false";
    // Not the text that the page came with: after Back, what the browser fills in may
    // be a note that is long recorded, and must not become a draft.
    this.kept = this.content();
    this.count();
    form.addEventListener("input", () => { this.count(); this.typed(); });
    form.addEventListener("submit", () => this.stop());
    addEventListener("pagehide", () => this.leave());
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.leave(); });
    document.addEventListener("session-ending", (event) => {
      if (!this.unsaved()) return;
      event.preventDefault(); // the page has what is kept nowhere else
      this.send();
    });
    addEventListener("pageshow", (event) => { if (event.persisted) this.resume(); });
  }

  // content is what a draft keeps: all that is not hidden.
  content() {
    const fields = new URLSearchParams(new FormData(this.form));
    for (const hidden of this.form.querySelectorAll('input[type="hidden"]')) fields.delete(hidden.name);
    return fields.toString();
  }

  // count says how long the text is, in characters as the server counts them.
  count() {
    const length = [...this.text.value].length;
    const most = Number(this.text.dataset.max);
    const over = most > 0 && length > most;
    this.text.setAttribute("aria-invalid", over ? "true" : this.wasInvalid);
    if (!this.counter) return;
    const parts = [length, most].map((n) => n.toLocaleString("en-GB"));
    this.counter.textContent = length ? parts.join(" / ") + (over ? ", too long" : "") : "";
    this.counter.classList.toggle("over", over);
  }

  // typed sends after a pause, and while typing goes on no later than atLeast.
  typed() {
    const now = performance.now();
    this.due ??= now + atLeast;
    this.later(Math.min(pause, this.due - now));
  }

  later(wait) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), Math.max(0, wait));
  }

  unsaved() {
    return !this.stopped && this.content() !== this.kept;
  }

  // send is the only place that asks the server, and never twice at a time: what is
  // typed meanwhile follows when the answer is there.
  async send(leaving = false) {
    this.due = undefined;
    if (!this.unsaved() || this.request) return;
    const request = this.request = new AbortController();
    const content = this.content();
    this.last = leaving ? content : undefined;
    const overdue = setTimeout(() => request.abort(), patience);
    let goOn = true;
    try {
      goOn = await this.took(await this.post(request.signal, leaving), content);
    } catch {
      if (this.request === request) this.tryAgain(unreached);
    }
    clearTimeout(overdue);
    if (this.request !== request) return; // given up meanwhile
    this.request = undefined;
    if (goOn && this.unsaved()) this.later(this.retry ?? pause);
  }

  post(signal, leaving) {
    const body = new URLSearchParams(new FormData(this.form));
    const keepalive = leaving && body.toString().length < keepaliveLimit;
    return fetch(this.form.dataset.draft, { method: "POST", body, keepalive, signal, redirect: "manual" });
  }

  // took shows the answer to what was sent, and returns whether to go on sending.
  async took(answer, content) {
    if (answer.status === 401 || answer.type === "opaqueredirect") return this.tryAgain(signedOut);
    if (answer.status === 429 || answer.status >= 500) return this.tryAgain(unreached);
    if (!answer.ok) {
      this.say(refused);
      return false;
    }
    const draft = await answer.json();
    this.kept = content;
    this.retry = undefined;
    const something = this.text.value.trim() || this.form.querySelector('[name="verdict"]:checked');
    this.say(something ? `Draft saved ${timeOf(draft.saved)} UTC` : "");
    this.warn(draft.warnings);
    return true;
  }

  tryAgain(why) {
    this.say(why);
    this.retry = Math.min(this.retry * 2 || again, longest);
    return true;
  }

  // leave sends what is not saved when the page may be gone in a moment. What is still
  // on its way is given up: it would end with the page, or arrive last. A page that goes
  // is hidden too, so the same text may be asked for twice.
  leave() {
    if (!this.unsaved() || this.request && this.last === this.content()) return;
    clearTimeout(this.timer);
    this.abandon();
    this.send(true);
  }

  // stop is for when the note itself is sent: no draft may follow it.
  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    this.abandon();
  }

  // resume goes on in a page that the browser had put aside and shows again. A request
  // from before may never be answered there.
  resume() {
    this.stopped = false;
    this.abandon();
    this.count();
    if (this.unsaved()) this.later(pause);
  }

  abandon() {
    this.request?.abort();
    this.request = undefined;
  }

  say(text) {
    // The same words again would be read out again.
    if (this.status && this.status.textContent !== text) this.status.textContent = text;
  }

  warn(warnings) {
    this.warnings?.replaceChildren(...warnings.map((warning) => {
      const item = document.createElement("li");
      item.textContent = warning;
      return item;
    }));
  }
}

// timeOf is the hour and minute of an instant, in UTC as everywhere on the page.
function timeOf(instant) {
  return new Date(instant).toLocaleTimeString("en-GB", { timeZone: "UTC", hour: "2-digit", minute: "2-digit" });
}

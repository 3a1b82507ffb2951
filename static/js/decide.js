// The form of a decision by keyboard, and as a sheet where the window is narrow. It works
// without any of this.

import { element } from "./dom.js";
import { takesKey } from "./keys.js";
import { singleKeysOff } from "./singlekeys.js";

const narrow = matchMedia("(width < 64rem)");

export function decideByKey() {
  const element = document.querySelector("form.decision-form");
  const form = element && new DecisionForm(element);
  let acted = false;
  for (const act of ["keydown", "pointerdown"]) addEventListener(act, () => { acted = true; }, { capture: true, once: true });
  // After the browser has set the focus by itself, where it does. Whoever has acted meanwhile has
  // it where they want it.
  requestAnimationFrame(() => {
    if (acted || form?.begin()) return;
    const first = document.querySelector("[data-focus]");
    if (first && document.activeElement !== first) first.focus();
  });
}

class DecisionForm {
  constructor(form) {
    this.form = form;
    this.note = form.elements.note;
    this.record = form.querySelector('button[value="decide"]');
    this.sheet = new Sheet(form.closest(".decision-pane"));
    form.addEventListener("change", (event) => { if (event.target.name === "verdict") this.choose(); });
    form.addEventListener("needs", () => this.choose());
    form.addEventListener("keydown", (event) => this.inForm(event));
    document.addEventListener("keydown", (event) => this.anywhere(event));
    document.addEventListener("click", (event) => this.open(event));
    addEventListener("pageshow", () => this.choose()); // after Back, the browser fills in
    this.choose();
  }

  // begin brings the form up where the page was made for it, and reports whether it was.
  begin() {
    const problem = document.getElementById("decision-problem");
    if (!problem && !this.form.hasAttribute("data-attend")) return false;
    this.attend(problem ?? this.needed());
    return true;
  }

  get verdict() {
    return this.form.querySelector('[name="verdict"]:checked')?.value;
  }

  // choose leaves out what belongs to other verdicts, so that it is not sent.
  choose() {
    for (const part of this.form.querySelectorAll(".verdict-needs")) {
      for (const field of part.querySelectorAll("input, select, textarea")) field.disabled = part.dataset.for !== this.verdict;
    }
    this.note.setAttribute("aria-required", String(this.needsNote()));
  }

  needsNote() {
    const needs = [...this.form.querySelectorAll("[data-note-required]")].map((need) => need.dataset.for);
    const all = [...this.form.querySelectorAll('[name="verdict"]')].every((verdict) => needs.includes(verdict.value));
    return this.verdict ? needs.includes(this.verdict) : all;
  }

  // needed is the first thing that the verdict needs and does not have.
  needed() {
    const verdicts = this.form.querySelector('[name="verdict"]');
    if (!this.verdict) return verdicts;
    const reasons = this.reasons();
    if (reasons.length && !reasons.some((reason) => reason.checked)) return reasons[0];
    if (this.needsNote() && !this.note.value.trim()) return this.note;
    return this.record;
  }

  // reasons are those of the verdict that is chosen.
  reasons() {
    return [...this.form.querySelectorAll('.verdict-needs [name="reason"]:enabled')];
  }

  // anywhere takes the keys of the verdicts where nobody is typing.
  anywhere(event) {
    const key = event.key.toLowerCase();
    const verdict = this.form.querySelector(`[name="verdict"][aria-keyshortcuts="${CSS.escape(key)}"]`);
    if (!verdict || event.shiftKey || !takesKey(event) || !this.reachable(event.target)) return;
    event.preventDefault();
    verdict.click();
    this.attend(this.needed());
  }

  // reachable reports whether the form is meant by keys pressed at a place: not in a table
  // that has keys of its own, nor behind another dialog.
  reachable(target) {
    const open = document.querySelector("dialog[open]");
    return !target.closest(".hits, [data-own-keys]") && (!open || open.contains(this.form));
  }

  // inForm takes the keys within the form. Enter would press a button from a tick, so it goes
  // on to what is needed next instead.
  inForm(event) {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.form.requestSubmit(this.record);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && event.target.matches('[type="radio"], [type="checkbox"]')) {
      event.preventDefault();
      this.needed().focus();
      return;
    }
    if (event.target.name === "reason") this.inReasons(event);
  }

  // inReasons ticks a reason by its number, and goes up and down among them.
  inReasons(event) {
    const reasons = this.reasons();
    const numbered = !singleKeysOff() && /^[1-9]$/.test(event.key) && reasons[Number(event.key) - 1];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (numbered) {
      numbered.click();
      numbered.focus();
    } else if (step) {
      reasons[reasons.indexOf(event.target) + step]?.focus();
    } else {
      return;
    }
    event.preventDefault();
  }

  // open follows a link to the form, or to one of its fields.
  open(event) {
    const link = event.target.closest("a[data-sheet], #decision-problem a");
    const place = link && this.placeOf(link);
    if (!place) return;
    event.preventDefault();
    this.attend(place);
  }

  placeOf(link) {
    if (link.dataset.sheet === "note") return this.note;
    if (link.dataset.sheet === "") return this.needed();
    const place = document.getElementById(link.hash.slice(1));
    return place?.matches("input, select, textarea") ? place : place?.querySelector("textarea");
  }

  // attend brings the form into sight, however it was put away, and the focus to a place.
  attend(place) {
    const folded = this.form.closest("details");
    if (folded?.contains(place)) folded.open = true;
    if (narrow.matches) this.sheet.show();
    place.focus();
  }
}

// Sheet shows the decision above the page, as long as it is open and the window narrow.
class Sheet {
  constructor(pane) {
    this.pane = pane;
    narrow.addEventListener("change", () => this.dialog?.close());
  }

  show() {
    this.dialog ??= this.make();
    if (this.dialog.open) return;
    this.place = element("div", { hidden: true });
    this.pane.replaceWith(this.place);
    this.dialog.append(this.pane);
    this.dialog.showModal();
  }

  make() {
    const close = element("button", { type: "button", class: "btn sheet-close", "data-variant": "ghost", "data-size": "sm" }, "Close");
    const dialog = element("dialog", { class: "sheet", "aria-label": "Decision" }, close);
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => this.place.replaceWith(this.pane));
    document.body.append(dialog);
    return dialog;
  }
}

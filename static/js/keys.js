// The keyboard: / finds, j and k go from check to check, w writes, t takes the case or releases
// it, n and p go through the queue from which it was opened, ? lists the keys. Whoever switched
// single keys off has none of them.

import { singleKeysOff } from "./singlekeys.js";
import { step } from "./workspace.js";

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (!(takesKey(event) || asksForSearch(event)) || document.querySelector("dialog[open]")) return;
    const act = keys[event.key];
    if (act && act()) event.preventDefault();
  });
}

// takesKey says whether a key pressed by itself may be one of ours: nobody is typing, and the
// reader wants single keys.
export function takesKey(event) {
  return isPlainKey(event) && !event.target.closest('input:not([type="radio"], [type="checkbox"]), textarea, select, [contenteditable]');
}

// isPlainKey says whether a key pressed without another counts at all.
function isPlainKey(event) {
  if (event.defaultPrevented || event.isComposing || singleKeysOff()) return false;
  return !(event.ctrlKey || event.metaKey || event.altKey);
}

// asksForSearch says whether / was pressed in a field for an ID in which nothing stands yet, as on
// the start page, whose field has the focus from the first: no ID begins with it.
function asksForSearch(event) {
  return event.key === "/" && isPlainKey(event) && event.target.matches("[data-find-recipient]") && event.target.value === "";
}

// isEditable says whether what is typed or pasted at an element belongs to it.
export function isEditable(element) {
  return Boolean(element.closest?.("input, textarea, select, [contenteditable]"));
}

// Each says whether there was something to do.
const keys = {
  "/": () => find(document.querySelector("[data-find-recipient]")),
  w: () => writeNote(),
  n: () => press(document.querySelector("a[data-queue-next]")) || (!document.querySelector(".queue-nav") && writeNote()),
  p: () => press(document.querySelector("a[data-queue-previous]")),
  t: () => press(document.querySelector("button[data-key-take]")),
  j: () => step(1),
  k: () => step(-1),
  "?": () => open("shortcuts"),
};

function writeNote() {
  return press(document.querySelector("a[data-sheet='note']"));
}

// press follows a link or presses a button as a click would.
function press(link) {
  link?.click();
  return Boolean(link);
}

// find goes to the field for an ID and chooses what stands there, so that the next ID takes
// its place.
function find(field) {
  field?.select();
  return focus(field);
}

function focus(element) {
  element?.focus();
  return Boolean(element);
}

export function openDialogs() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-open-dialog]");
    if (button) open(button.dataset.openDialog);
  });
}

function open(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) dialog.showModal();
  return Boolean(dialog);
}

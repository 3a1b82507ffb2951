// The keyboard: / finds, j and k go from check to check, n writes, ? lists the keys.

import { step } from "./workspace.js";

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (!takesKey(event) || document.querySelector("dialog[open]")) return;
    const act = keys[event.key];
    if (act && act()) event.preventDefault();
  });
}

// takesKey says whether a key pressed by itself may be one of ours: nobody is typing.
export function takesKey(event) {
  if (event.defaultPrevented || event.isComposing) return false;
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  return !event.target.closest('input:not([type="radio"], [type="checkbox"]), textarea, select, [contenteditable]');
}

// Each says whether there was something to do.
const keys = {
  "/": () => focus(document.getElementById("recipient-search")),
  n: () => press(document.querySelector("a[data-sheet='note']")),
  j: () => step(1),
  k: () => step(-1),
  "?": () => open("shortcuts"),
};

// press follows a link as a click would.
function press(link) {
  link?.click();
  return Boolean(link);
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

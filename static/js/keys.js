// The keyboard: / finds, j and k go from check to check, n writes, ? lists the keys.

import { step } from "./workspace.js";

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (document.querySelector("dialog[open]")) return;
    const act = keys[event.key];
    if (act && act()) event.preventDefault();
  });
}

// Each says whether there was something to do.
const keys = {
  "/": () => focus(document.getElementById("recipient-search")),
  n: () => focus(document.getElementById("note")),
  j: () => step(1),
  k: () => step(-1),
  "?": () => open("shortcuts"),
};

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

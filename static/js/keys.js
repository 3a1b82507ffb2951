// The keyboard: / finds, j and k go from check to check, n writes, ? lists the keys.

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const act = keys[event.key];
    if (act && act()) event.preventDefault();
  });
}

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

// step goes to the next or the previous check that is not folded away.
function step(by) {
  const headings = [...document.querySelectorAll("[data-check] h3")].filter((h) => h.checkVisibility());
  const here = document.activeElement.closest?.("[data-check]");
  const at = headings.findIndex((h) => h.closest("[data-check]") === here);
  const next = headings[at < 0 ? (by > 0 ? 0 : headings.length - 1) : at + by];
  next?.closest("[data-check]").scrollIntoView({ block: "start" });
  return focus(next);
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

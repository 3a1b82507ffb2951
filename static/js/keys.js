// The keyboard: / finds, j and k go from check to check, n writes, ? lists the keys. Whoever
// switched single keys off has none of them.

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (isEditable(event.target) || singleKeysOff()) return;
    if (document.querySelector("dialog[open]")) return;
    const act = keys[event.key];
    if (act && act()) event.preventDefault();
  });
}

// isEditable says whether what is typed or pasted at an element belongs to it.
export function isEditable(element) {
  return Boolean(element.closest?.("input, textarea, select, [contenteditable]"));
}

// singleKeysOff says whether the reader wants no shortcuts of one character (WCAG 2.1.4).
export function singleKeysOff() {
  return document.documentElement.dataset.singleKeys === "off";
}

// Each says whether there was something to do.
const keys = {
  "/": () => find(document.querySelector("[data-find-recipient]")),
  n: () => focus(document.getElementById("note")),
  j: () => step(1),
  k: () => step(-1),
  "?": () => open("shortcuts"),
};

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

// step goes to the next or the previous check that is not folded away.
function step(by) {
  const checks = [...document.querySelectorAll("[data-check]")].filter((check) => headingOf(check)?.checkVisibility());
  const at = checks.indexOf(document.activeElement?.closest("[data-check]"));
  const next = at < 0 ? checks.at(by > 0 ? 0 : -1) : checks[at + by];
  if (!next) return false;
  next.scrollIntoView({ block: "start" });
  return focus(headingOf(next));
}

function headingOf(check) {
  return check.querySelector('[tabindex="-1"]');
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

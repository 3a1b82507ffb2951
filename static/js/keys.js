// The keyboard: / finds, j and k go from check to check, n writes, ? lists the keys.

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

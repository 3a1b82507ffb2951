// Buttons with data-copy put that text on the clipboard and say so, to the eye in the
// button's label and to a screen reader in a live region.

const shownFor = 1500; // ms

export function copyOnClick() {
  if (!document.querySelector("[data-copy]")) return;
  const spoken = document.createElement("p");
  spoken.className = "sr-only";
  spoken.role = "status";
  document.body.append(spoken);

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const said = await copy(button.dataset.copy) ? "Copied" : "Not copied";
    spoken.textContent = said;
    show(button.querySelector("[data-copy-label]"), said);
    setTimeout(() => { spoken.textContent = ""; }, shownFor);
  });
}

// copy fails where the page may not write to the clipboard, as on a plain http address.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

const before = new WeakMap(); // label → its text while it says something else
const timers = new WeakMap();

function show(label, said) {
  if (!label) return;
  if (!before.has(label)) before.set(label, label.textContent);
  label.textContent = said;
  clearTimeout(timers.get(label));
  timers.set(label, setTimeout(() => {
    label.textContent = before.get(label);
    before.delete(label);
  }, shownFor));
}

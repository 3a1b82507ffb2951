// What copies a text to the clipboard, and says so to the eye in its label and to a screen
// reader in a live region: buttons with data-copy, which is the text, or data-copy-field,
// which names the field that holds it; and links with data-copy-page, which lead to a page
// with the text. Where that cannot be copied, the link leads there.

const shownFor = 1500; // ms
const copies = "[data-copy], [data-copy-field], [data-copy-page]";

export function copyOnClick() {
  if (!document.querySelector(copies)) return;
  const spoken = document.createElement("p");
  spoken.className = "sr-only";
  spoken.role = "status";
  document.body.append(spoken);

  document.addEventListener("click", async (event) => {
    const control = event.target.closest(copies);
    if (!control || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const isLink = control.matches("a");
    if (isLink) event.preventDefault();
    const copied = await copy(isLink ? () => pageText(control.href) : () => ownText(control));
    if (isLink && !copied) {
      location.assign(control.href);
      return;
    }
    const said = copied ? "Copied" : "Not copied";
    spoken.textContent = said;
    show(control.querySelector("[data-copy-label]"), said);
    setTimeout(() => { spoken.textContent = ""; }, shownFor);
  });
}

function ownText(button) {
  const field = button.dataset.copyField;
  return field ? document.getElementById(field).value : button.dataset.copy;
}

// pageText asks for a page of ours and takes the text out of the field in it.
async function pageText(address) {
  const response = await fetch(address, { headers: { Accept: "text/html" }, redirect: "error" });
  if (!response.ok) throw new Error(String(response.status));
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const field = page.getElementById("ticket");
  if (!field) throw new Error("no text");
  return field.value;
}

// copy takes what gives a text or the promise of one, which has to be handed to the clipboard
// at once: after an answer it is too late for a browser that wants to see a click. It fails
// where the page may not write to the clipboard, as on a plain http address.
async function copy(give) {
  if (!navigator.clipboard) return false;
  try {
    const text = give();
    if (typeof text === "string" || !globalThis.ClipboardItem) {
      await navigator.clipboard.writeText(await text);
    } else {
      const blob = text.then((plain) => new Blob([plain], { type: "text/plain" }));
      await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    }
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

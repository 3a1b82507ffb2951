// A recipient ID that is pasted outside any field opens that recipient; where several stand
// in the text, the page that follows asks which. Of the text nothing else is sent: it may
// hold anything.

import { isEditable } from "./keys.js";

export function openPastedIDs() {
  document.addEventListener("paste", (event) => {
    if (event.defaultPrevented || isEditable(event.target) || document.querySelector("dialog[open]")) return;
    const field = document.querySelector("[data-find-recipient]");
    const ids = field ? idsIn(event.clipboardData?.getData("text/plain") ?? "") : [];
    if (!ids.length) return;
    event.preventDefault();
    location.assign(field.dataset.findRecipient + "?id=" + ids.join("+"));
  });
}

const longest = 64 * 1024; // characters of a text that is searched
const grouped = /(?<![0-9a-z])([0-9a-f]{8}) *- *([0-9a-f]{4}) *- *([0-9a-f]{4}) *- *([0-9a-f]{4}) *- *([0-9a-f]{12})(?![0-9a-z])/g;
const bare = /(?<![0-9a-z-])([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})(?![0-9a-z-])/g;

// idsIn are the different IDs in a text, with whatever dashes, blanks and hidden signs
// programs put into them, also in an address in which they are escaped.
function idsIn(text) {
  if (text.length > longest) return [];
  const found = new Set();
  for (const reading of [text, unescaped(text)]) {
    const plain = plainForm(reading);
    for (const match of [...plain.matchAll(grouped), ...plain.matchAll(bare)]) {
      found.add(match.slice(1).join("-"));
    }
  }
  return [...found];
}

function unescaped(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

function plainForm(text) {
  return text.normalize("NFKC").toLowerCase()
    .replace(/[\p{Cf}\p{Variation_Selector}\u034f]/gu, "")
    .replace(/\p{Dash}/gu, "-")
    .replace(/\s/gu, " ");
}

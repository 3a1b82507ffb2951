// How the expected signer compares with the document is known once the head of the case is
// loaded. What that comes to is put where the case is read and decided: into the list of
// exceptions, and to the note that an approval needs.

import { element } from "./dom.js";

// placeSigner takes the exceptions out of a part that is about to be shown in a case.
export function placeSigner(part) {
  const lines = part.querySelector("[data-signer-exceptions]");
  const main = document.querySelector("main.case");
  if (!lines || !main) return;
  lines.remove();
  if ("replay" in main.dataset) { // the page is how it was, and this how it is
    for (const fact of part.querySelectorAll("[data-compared]")) fact.remove();
    return;
  }
  listExceptions(main.querySelector(".exceptions"), lines);
  requireNote(main.querySelector(".decision-form"), lines.dataset.noteNeed);
}

// listExceptions puts lines in the place of those that the page came with.
function listExceptions(section, lines) {
  const found = [...lines.children];
  for (const old of section.querySelectorAll("[data-exception=signer]")) old.closest("li").remove();
  const list = section.querySelector("ol");
  const none = section.querySelector("[data-no-exceptions]");
  if (found.length === 0) {
    if (none && list.children.length === 0) section.replaceChildren(none.content);
    return;
  }
  if (list) {
    for (const line of found) insert(list, line);
    return;
  }
  const title = element("h2", { id: "exceptions-title" }, lines.getAttribute("aria-label"));
  section.replaceChildren(title, element("ol", {}, ...found));
}

// insert puts a difference behind what is as grave, and anything else last.
function insert(list, line) {
  const grave = [...list.querySelectorAll(":scope > li:has(.tone-bad)")];
  if (!line.querySelector(".tone-bad")) list.append(line);
  else if (grave.length) grave.at(-1).after(line);
  else list.prepend(line);
}

// requireNote says at the note what an approval needs one for; nothing where it needs none.
function requireNote(form, need) {
  if (!form) return;
  form.querySelector("[data-signer-need]")?.remove();
  let place = form.querySelector('.note-need[data-for="approve"]');
  const others = place?.textContent.replace("required:", "").trim();
  if (need) {
    place ??= form.querySelector("label[for=note]").appendChild(element("span", { class: "note-need", "data-for": "approve", "data-note-required": true }, "required: "));
    place.append(element("span", { "data-signer-need": true }, (others ? "; " : "") + need));
  } else if (!others) {
    place?.remove();
  }
  form.dispatchEvent(new Event("needs"));
}

// The workspace of a case: of its sections one is in the middle, chosen in the list beside
// it, by an address or by keys. Where all stand below each other, choosing one goes there.
//
// Pictures and texts stand with the document that they are of. In the workspace they come to
// the check in the middle that used it, and go back when another is chosen.

import { chosenIn } from "./prefer.js";

export function chooseSections() {
  const main = document.querySelector("main.case");
  if (!main) return;
  main.dataset.scripted = "";
  addEventListener("hashchange", () => followAddress(main));
  matchMedia("(min-width: 80rem)").addEventListener("change", () => settle(main, chosen(main)));
  addEventListener("beforeprint", () => bringEvidence(main, undefined));
  addEventListener("afterprint", () => bringEvidence(main, chosen(main)));
  chosenIn("view", (view) => {
    main.dataset.view = view;
    settle(main, chosen(main));
  });
  if (followAddress(main)) showMark(main);
  else settle(main, chosen(main));
}

// step chooses the next check or the one before, and says whether there was one.
export function step(by) {
  const main = document.querySelector("main.case");
  const checks = [...(main?.querySelectorAll(".case-checks > .check") ?? [])];
  if (checks.length === 0) return false;
  const focused = document.activeElement?.closest(".case-checks > section");
  const at = checks.indexOf(alone(main) ? chosen(main) : focused);
  const next = at < 0 ? checks.at(by > 0 ? 0 : -1) : checks[at + by];
  if (!next) return false;
  choose(main, next);
  showMark(main);
  next.querySelector('[tabindex="-1"]').focus({ preventScroll: true });
  if (!alone(main)) next.scrollIntoView({ block: "start" });
  return true;
}

// alone says whether the middle shows one section at a time.
function alone(main) {
  return [...main.querySelectorAll(".case-checks > section")].some((section) => !section.checkVisibility());
}

function chosen(main) {
  return main.querySelector(".case-checks > [data-chosen]");
}

// followAddress chooses the section in which what the address points at stands, and says
// whether there is one.
function followAddress(main) {
  const target = document.getElementById(decoded(location.hash.slice(1)));
  const section = target?.closest(".case-checks > section");
  if (!section) return false;
  choose(main, section);
  target.scrollIntoView({ block: target === section ? "start" : "nearest" });
  return true;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

function choose(main, section) {
  const before = chosen(main);
  if (before !== section) {
    before?.removeAttribute("data-chosen");
    section.dataset.chosen = "";
    if (alone(main)) main.querySelector(".case-checks").scrollTop = 0;
  }
  settle(main, section);
}

function settle(main, section) {
  mark(main, section);
  bringEvidence(main, section);
}

// showMark scrolls the list to the line that is marked.
function showMark(main) {
  main.querySelector(".case-nav [aria-current]")?.scrollIntoView({ block: "nearest" });
}

// mark marks in the list which section is in the middle.
function mark(main, section) {
  for (const link of main.querySelectorAll(".case-nav [aria-current]")) link.removeAttribute("aria-current");
  if (!section?.id || !alone(main)) return;
  const link = main.querySelector(`.case-nav :is(.check-line, .case-also a)[href="#${CSS.escape(section.id)}"]`);
  link?.setAttribute("aria-current", "true");
}

const homes = new Map(); // what was brought → a mark where it belongs

// bringEvidence takes back what was brought to another check, and brings to this one what it
// used, where one check is shown at a time.
function bringEvidence(main, section) {
  for (const [part, home] of homes) home.replaceWith(part);
  homes.clear();
  if (!section || !alone(main)) return;
  for (const place of section.querySelectorAll("[data-evidence]")) {
    place.replaceChildren();
    for (const key of place.dataset.evidence.split(" ")) bringOf(document.getElementById(key), place);
  }
}

function bringOf(resource, place) {
  if (!resource) return;
  const parts = [resource.querySelector(":scope > .gallery")];
  if ("texts" in place.dataset) parts.unshift(resource.querySelector(":scope > .load:not(.more)"));
  const found = parts.filter(Boolean);
  if (found.length === 0) return;
  const title = document.createElement("p");
  title.className = "evidence-title";
  title.textContent = resource.querySelector("[id$='-title']").firstChild.textContent.trim();
  place.append(title);
  for (const part of found) {
    const home = document.createComment("");
    part.replaceWith(home);
    homes.set(part, home);
    place.append(part);
  }
}

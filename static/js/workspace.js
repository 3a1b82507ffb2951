// The workspace of a case: of its sections one is in the middle, chosen in the list beside
// it, by an address or by keys. Where all stand below each other, choosing one goes there.

export function chooseSections() {
  const main = document.querySelector("main.case");
  if (!main) return;
  main.dataset.scripted = "";
  addEventListener("hashchange", () => followAddress(main));
  followAddress(main);
  mark(main, chosen(main));
}

// step chooses the next check or the one before, and says whether there was one.
export function step(by) {
  const main = document.querySelector("main.case");
  const checks = [...(main?.querySelectorAll(".case-checks > .check") ?? [])];
  if (checks.length === 0) return false;
  const current = document.activeElement?.closest(".case-checks > section") ?? (alone(main) ? chosen(main) : undefined);
  const at = checks.indexOf(current);
  const next = at < 0 ? checks.at(by > 0 ? 0 : -1) : checks[at + by];
  if (!next) return false;
  choose(main, next);
  const title = next.querySelector('[tabindex="-1"]');
  title.focus({ preventScroll: true });
  if (!alone(main)) next.scrollIntoView({ block: "start" });
  return true;
}

// alone says whether the middle shows one section at a time.
function alone(main) {
  return [...sections(main)].some((section) => !section.checkVisibility());
}

function sections(main) {
  return main.querySelectorAll(".case-checks > section");
}

function chosen(main) {
  return main.querySelector(".case-checks > [data-chosen]");
}

// followAddress chooses the section in which what the address points at stands.
function followAddress(main) {
  const target = document.getElementById(decoded(location.hash.slice(1)));
  const section = target?.closest(".case-checks > section");
  if (!section) return;
  choose(main, section);
  target.scrollIntoView();
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
  if (before === section) return;
  before?.removeAttribute("data-chosen");
  section.dataset.chosen = "";
  if (alone(main)) main.querySelector(".case-checks").scrollTop = 0;
  mark(main, section);
}

// mark marks in the list which section is in the middle.
function mark(main, section) {
  for (const link of main.querySelectorAll(".case-nav [aria-current]")) link.removeAttribute("aria-current");
  if (!section) return;
  const link = main.querySelector(`.case-nav :is(.check-line, .case-also a)[href="#${CSS.escape(section.id)}"]`);
  link?.setAttribute("aria-current", "true");
  link?.scrollIntoView({ block: "nearest" });
}

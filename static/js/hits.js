// The table of hits: rows are gone through, selected and opened by keys, and the details
// of one of them are shown beside the table or, where there is no room, over it. Nothing is
// asked for before somebody opens a hit: what is sent is on record as opened.

import { element } from "./dom.js";
import { singleKeysOff } from "./singlekeys.js";

export function reviewHits(prepare) {
  document.addEventListener("keydown", (event) => pressed(event, prepare));
  document.addEventListener("click", (event) => clicked(event, prepare));
  document.addEventListener("change", changed);
  document.addEventListener("input", typed);
  document.addEventListener("submit", leave);
  arrive();
}

// hitsOf is the part of the page that an event is about: the one in which it took place, or
// the only one of a page of hits.
function hitsOf(target) {
  return target.closest("[data-hits]") ?? document.querySelector(".hits-page [data-hits]");
}

function pressed(event, prepare) {
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  const hits = hitsOf(event.target);
  if (!hits) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = formOf(hits);
    if (!form) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("[type=submit]"));
    return;
  }
  if (event.key === "Escape" && close(hits)) {
    event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("textarea, select, summary, input:not([type=checkbox], [type=radio])")) return;
  if (event.key === "Enter" && event.target.matches("[name=hit]")) {
    event.preventDefault(); // it would send the form
    return;
  }
  if (singleKeysOff()) return;
  // Space does what it does everywhere where a box or a button has the focus.
  if (event.key === " " && event.target.closest("input, button")) return;
  const act = keys[event.key];
  if (act && act(hits, prepare)) event.preventDefault();
}

// Each says whether there was something to do.
const keys = {
  j: (hits) => step(hits, 1),
  k: (hits) => step(hits, -1),
  x: (hits) => tick(current(hits)),
  f: (hits) => choose(hits, "false-positive"),
  m: (hits) => choose(hits, "confirmed"),
  i: (hits) => choose(hits, "undecided"),
  " ": (hits, prepare) => open(hits, current(hits), prepare),
};

const formOf = (hits) => hits.querySelector(".judge-form");
const detailsOf = (hits) => hits.querySelector(".hit-details");
const current = (hits) => hits.querySelector("tr[aria-current]") ?? hits.querySelector("tr.hit");
const boxOf = (row) => row?.querySelector("[name=hit]");

// step goes to the next or the previous row. The first step leads to the current one.
function step(hits, by) {
  const from = current(hits);
  if (!from) return false;
  const inTable = document.activeElement.closest("tr.hit");
  const to = inTable ? (by > 0 ? inTable.nextElementSibling : inTable.previousElementSibling) : from;
  if (to) goTo(hits, to);
  return true;
}

function goTo(hits, row) {
  mark(hits, row);
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest", behavior: "instant" });
}

// mark makes a row the current one, and shows beside the table what the row itself says.
function mark(hits, row) {
  const before = hits.querySelector("tr[aria-current]");
  if (before === row) return;
  before?.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  summarise(hits, row);
}

function summarise(hits, row) {
  show(hits, opened.get(row) ?? summary(row));
}

const opened = new WeakMap(); // row → its details

// summary is what a row says, under the headings of its columns.
function summary(row) {
  const headings = row.closest("table").tHead.rows[0].cells;
  const facts = element("dl", { class: "facts" });
  for (const cell of [...row.cells].slice(2)) {
    const text = cell.innerText.trim() || "not given";
    facts.append(element("div", { class: "fact" }, element("dt", {}, headings[cell.cellIndex].innerText), element("dd", {}, text)));
  }
  const name = row.querySelector("th").cloneNode(true);
  const title = element("h3", {}, ...name.querySelector("a").childNodes);
  const alias = name.querySelector("small");
  const header = element("header", {}, title);
  if (alias) header.append(element("p", { class: "question" }, ...alias.childNodes));
  const all = element("button", { class: "btn", type: "button", "data-variant": "outline", "data-size": "sm", "data-open-hit": true }, "All details ", element("kbd", { "aria-hidden": "true" }, "Space"));
  return element("div", { class: "hit-details-body" }, header, facts, element("p", {}, all));
}

function show(hits, body) {
  const place = detailsOf(hits)?.querySelector(".hit-details-body");
  if (place && place !== body) place.replaceWith(body);
}

// open shows all details of a row, which are fetched.
function open(hits, row, prepare) {
  const details = detailsOf(hits);
  if (!row || !details) return false;
  mark(hits, row);
  const over = getComputedStyle(details).getPropertyValue("--beside") === "";
  details.toggleAttribute("data-open", over);
  if (opened.has(row)) show(hits, opened.get(row));
  else load(hits, row, prepare);
  if (over) details.focus({ preventScroll: true });
  return true;
}

let loading; // what is being fetched, to be given up for what is wanted next

async function load(hits, row, prepare) {
  loading?.abort();
  loading = new AbortController();
  const { signal } = loading;
  const details = detailsOf(hits);
  const status = element("p", { class: "load-status", role: "status" }, "Asking Yoti…");
  details.querySelector(".hit-details-body").append(status);
  const link = row.querySelector("th a");
  const address = new URL(link.href);
  address.searchParams.set("details", "only");
  address.hash = "";
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" }, redirect: "error", signal });
    if (!response.ok) throw new Error(String(response.status));
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const body = document.adoptNode(page.querySelector("#hit-details .hit-details-body"));
    prepare(body);
    opened.set(row, body);
    if (row.hasAttribute("aria-current")) show(hits, body);
  } catch {
    if (signal.aborted) return;
    const page = element("a", { href: link.href }, "Open them on a page of their own");
    status.replaceChildren("The details could not be loaded here. ", page, " to see why.");
  }
}

// close puts details away that lie over the page.
function close(hits) {
  const details = detailsOf(hits);
  if (!details?.hasAttribute("data-open")) return false;
  details.removeAttribute("data-open");
  const row = current(hits);
  if (row) {
    show(hits, summary(row));
    goTo(hits, row);
  }
  return true;
}

function tick(row) {
  const box = boxOf(row);
  if (!box) return false;
  box.checked = !box.checked;
  count(box.form);
  return true;
}

// choose takes a disposition for the selected hits, or for the current one where none is
// selected. It asks for a rationale next, where one is needed and none is there.
function choose(hits, disposition) {
  const form = formOf(hits);
  const radio = form?.querySelector(`[name=disposition][value="${disposition}"]`);
  if (!radio) return false;
  if (!form.querySelector("[name=hit]:checked")) tick(current(hits));
  radio.checked = true;
  if (disposition !== "undecided" && !form.elements.note.value.trim()) form.elements.rationale.focus();
  return true;
}

function clicked(event, prepare) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const hits = event.target.closest("[data-hits]");
  if (!hits) return;
  const row = event.target.closest("tr.hit");
  const rule = event.target.closest("[data-rule]");
  const button = event.target.closest("[data-dispose], [data-open-hit], [data-close-hit]");
  if (rule && formOf(hits)) {
    event.preventDefault();
    select(formOf(hits), rule.dataset.rule, rule.dataset.rationale);
  } else if (button?.dataset.dispose) {
    choose(hits, button.dataset.dispose);
  } else if (button?.matches("[data-open-hit]")) {
    goTo(hits, current(hits)); // the button goes, and the focus would with it
    open(hits, current(hits), prepare);
  } else if (button) {
    close(hits);
  } else if (row && event.target.closest("th a")) {
    event.preventDefault();
    goTo(hits, row);
    open(hits, row, prepare);
  } else if (row) {
    mark(hits, row);
  }
}

// select selects the rows that a rule selects, and no others.
function select(form, rule, rationale) {
  for (const box of form.querySelectorAll("[name=hit]")) {
    box.checked = box.closest("tr").dataset.rules.split(" ").includes(rule);
  }
  if (rationale) {
    form.elements.rationale.value = rationale;
    fillIn(form);
  }
  count(form);
}

function changed(event) {
  const form = event.target.closest?.(".judge-form");
  if (!form) return;
  if (event.target.matches("[data-select-shown]")) {
    for (const box of form.querySelectorAll("[name=hit]")) box.checked = event.target.checked;
  }
  if (event.target.matches("[name=rationale]")) fillIn(form);
  if (event.target.matches("[type=checkbox]")) count(form);
}

// fillIn writes a rationale as it was prepared, to be edited. What somebody wrote stays.
function fillIn(form) {
  const { note, rationale } = form.elements;
  const prepared = [...rationale.options].map((option) => option.dataset.text);
  if (!note.value.trim() || prepared.includes(note.value)) note.value = rationale.selectedOptions[0].dataset.text ?? "";
  else rationale.value = "";
}

// typed takes back the choice of a rationale once its text was edited.
function typed(event) {
  const form = event.target.closest?.(".judge-form");
  if (!form || !event.target.matches("[name=note]")) return;
  const { rationale } = form.elements;
  if (event.target.value !== rationale.selectedOptions[0].dataset.text) rationale.value = "";
}

// count says how many hits are selected.
function count(form) {
  const boxes = [...form.querySelectorAll("[name=hit]")];
  const selected = boxes.filter((box) => box.checked).length;
  form.querySelector("[data-selected]").value = `${selected} selected`;
  const all = form.querySelector("[data-select-shown]");
  if (!all) return;
  all.checked = selected > 0 && selected === boxes.length;
  all.indeterminate = selected > 0 && selected < boxes.length;
}

const placeKey = "place among hits";

// leave remembers how far the page was scrolled when hits were recorded.
function leave(event) {
  if (event.target.matches(".judge-form")) sessionStorage.setItem(placeKey, String(scrollY));
}

// arrive goes on where the hits were left: at the next one that is not reviewed, or at what
// was wrong.
function arrive() {
  const hits = document.querySelector(".hits-page [data-hits]");
  const place = sessionStorage.getItem(placeKey);
  sessionStorage.removeItem(placeKey);
  if (!hits) return;
  const row = hits.querySelector("tr[aria-current]");
  const details = detailsOf(hits)?.querySelector("[data-hit-details]");
  if (row && details) opened.set(row, details); // it came with the page
  else if (row) summarise(hits, row);
  const form = formOf(hits);
  if (form) count(form); // a browser that goes back keeps what was ticked
  const problem = form?.querySelector(".hit-bar .field-problem");
  const recorded = hits.querySelector("[data-recorded]");
  if (problem) {
    problem.tabIndex = -1;
    problem.focus();
  } else if (recorded) {
    const address = new URL(location); // to come back to later, without what was just recorded
    address.searchParams.delete("recorded");
    address.hash = "";
    history.replaceState(history.state, "", address);
    if (place) scrollTo({ top: Number(place), behavior: "instant" });
    if (row) goTo(hits, row);
    say(recorded);
  }
}

// say has a status read out that the page came with.
function say(status) {
  const [...parts] = status.childNodes;
  status.replaceChildren();
  requestAnimationFrame(() => status.append(...parts));
}

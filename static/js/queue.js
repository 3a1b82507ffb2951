// The queue by keyboard: j and k go from line to line, Enter opens the one that has the focus,
// t takes it, x selects it, n takes the next case that nobody has.

import { takesKey } from "./keys.js";

export function workQueue() {
  const queue = document.querySelector("[data-queue]");
  if (!queue) return;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("tr.queue-line")) return event.target.querySelector("th a").click();
    if (!takesKey(event) || document.querySelector("dialog[open]")) return;
    const act = keys[event.key];
    if (act && act(queue)) event.preventDefault();
  });
  queue.addEventListener("focusin", (event) => mark(event.target.closest("tr.queue-line")));
  queue.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick-all]")) tickAll(queue, event.target.checked);
  });
  queue.querySelector(".queue-tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  addEventListener("hashchange", () => arrive(queue));
  arrive(queue);
}

// Each says whether there was something to do.
const keys = {
  j: (queue) => step(queue, 1),
  k: (queue) => step(queue, -1),
  t: (queue) => press(current(queue)?.querySelector("[data-take]")),
  x: (queue) => press(current(queue)?.querySelector("[name=id]")),
  n: (queue) => press(queue.querySelector("[data-take-next]")),
};

const rows = (queue) => [...queue.querySelectorAll("tr.queue-line")];
const current = (queue) => queue.querySelector("tr.queue-line[data-current]");

// step goes to the next or the previous line. The first step leads to the current one, or to
// the first.
function step(queue, by) {
  const all = rows(queue);
  const from = all.indexOf(current(queue));
  const inside = from >= 0 && all[from].contains(document.activeElement);
  const to = all[from < 0 ? 0 : inside ? from + by : from];
  if (to) focus(to);
  return all.length > 0;
}

// focus goes to the link of a line, so that Enter opens it.
function focus(row) {
  row.querySelector("th a").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest", behavior: "instant" });
}

// mark makes a line the current one.
function mark(row) {
  if (!row) return;
  current(row.closest("[data-queue]"))?.removeAttribute("data-current");
  row.toggleAttribute("data-current", true);
}

function press(button) {
  button?.click();
  return Boolean(button);
}

function tickAll(queue, checked) {
  for (const box of queue.querySelectorAll("[name=id]")) box.checked = checked;
}

// arrive goes to the line that the address names: that from which a case was opened or taken.
// The browser gives the focus to the line itself, which takes it from anything in it.
function arrive(queue) {
  const row = rows(queue).find((row) => `#${row.id}` === location.hash);
  row?.focus({ preventScroll: true });
}

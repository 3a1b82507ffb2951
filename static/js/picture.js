// Pictures that fail to load say why in their place, and what may pass can be tried
// again. The rest of the page does not notice.

import { element, icon } from "./dom.js";
import { mayPass, problemOf, unexplained } from "./problem.js";

const failing = new WeakSet(); // pictures whose failure is being looked into

export function explainMissingPictures() {
  // The event does not bubble, but it can be caught on its way down.
  document.addEventListener("error", (event) => {
    if (event.target.matches?.("[data-picture] img")) explain(event.target);
    if (event.target.matches?.(".case-faces img")) leaveOut(event.target);
  }, true);
  // What failed before this script ran. A lazy picture that is still to come is not
  // complete.
  for (const image of document.querySelectorAll("[data-picture] img")) {
    if (image.complete && image.naturalWidth === 0) explain(image);
  }
  for (const image of document.querySelectorAll(".case-faces img")) {
    if (image.complete && image.naturalWidth === 0) leaveOut(image);
  }
}

// leaveOut puts a symbol in the place of a small face: where it stands larger, it is explained.
function leaveOut(image) {
  const symbol = element("span", { class: "case-face-missing", role: "img", "aria-label": `${image.alt}: cannot be shown` }, icon("image-off"));
  image.replaceWith(symbol);
}

async function explain(image) {
  if (failing.has(image)) return;
  failing.add(image);
  const problem = await problemOf(image.src) ?? await loadAgain(image);
  failing.delete(image);
  if (problem) show(image, problem);
}

// loadAgain returns nothing when the picture came.
function loadAgain(image) {
  image.loading = "eager";
  return new Promise((resolve) => {
    image.addEventListener("load", () => resolve(undefined), { once: true });
    image.addEventListener("error", () => resolve(unexplained), { once: true });
    image.src = image.src;
  });
}

// show puts the sentence where the picture should be. The link stays, smaller: the
// original may be there although its thumbnail is not.
function show(image, problem) {
  const figure = image.closest("[data-picture]");
  const box = element("div", { class: "picture-problem", role: "status" });
  figure.classList.add("picture-missing");
  figure.prepend(box);
  box.append(
    icon("image-off"),
    element("p", { class: "picture-problem-title" }, problem.title),
    element("p", {}, problem.advice),
  );
  if (mayPass(problem)) box.append(againButton(image));
  image.hidden = true;
  image.closest("a").append("Open the original", spoken(image));
}

function againButton(image) {
  const button = element("button", { type: "button", class: "btn", "data-variant": "outline", "data-size": "sm" },
    icon("refresh-cw"), "Try again", spoken(image));
  button.addEventListener("click", () => tryAgain(image, button), { once: true });
  return button;
}

// spoken says to those who do not see it which picture is meant.
function spoken(image) {
  return element("span", { class: "sr-only" }, `: ${image.alt}`);
}

async function tryAgain(image, button) {
  button.ariaDisabled = "true";
  failing.add(image);
  const problem = await loadAgain(image) && (await problemOf(image.src) ?? unexplained);
  failing.delete(image);
  const focused = document.activeElement === button;
  const figure = image.closest("[data-picture]");
  figure.querySelector(".picture-problem").remove();
  figure.classList.remove("picture-missing");
  image.hidden = false;
  image.closest("a").replaceChildren(image);
  if (problem) show(image, problem);
  if (focused) (figure.querySelector("button") ?? figure.querySelector("a")).focus();
}

export function enlargeFaces() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-faces-larger]");
    if (!button) return;
    const larger = button.ariaPressed !== "true";
    button.ariaPressed = String(larger);
    button.closest("[data-faces]").classList.toggle("faces-larger", larger);
  });
}

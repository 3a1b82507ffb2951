// The viewer shows originals: as large as the window or larger, one after the other,
// turned, mirrored and lit as the reader needs. It is made when a picture is opened
// and gone when it is closed; of the picture nothing stays behind.

import { element, icon } from "./dom.js";
import { listen } from "./gestures.js";
import { Lens } from "./lens.js";
import { mayPass, problemOf, unexplained } from "./problem.js";
import { singleKeysOff } from "./singlekeys.js";
import { light, mostZoom, Stage } from "./stage.js";

const zoomStep = 1.5;
const panStep = 60; // px
const settled = 250; // ms without a change before the view is said

// openViewer shows the picture of a link, unless another is open: two clicks may wait for
// the viewer at the same time.
export function openViewer(link) {
  if (!document.querySelector("dialog.viewer")) new Viewer(link);
}

class Viewer {
  constructor(link) {
    this.opener = link;
    this.scroll = { left: scrollX, top: scrollY, behavior: "instant" };
    const gallery = link.closest("[data-gallery]");
    this.name = gallery?.ariaLabel ?? "Picture";
    this.links = gallery ? [...gallery.querySelectorAll("a[data-view]")] : [link];
    this.stage = new Stage(() => this.changed());
    this.lens = new Lens(this.stage);
    listen(this.stage, this.lens, (by) => this.page(by));
    this.build();
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.dialog.focus(); // no button: a key still held down would press it
    this.show(this.links.indexOf(link));
  }

  build() {
    this.status = element("p", { class: "viewer-status", role: "status" });
    this.message = element("div", { class: "viewer-message", role: "status" });
    this.stage.element.append(this.message);
    this.previous = button("Previous picture", "chevron-left", () => this.page(-1), "viewer-previous");
    this.next = button("Next picture", "chevron-right", () => this.page(1), "viewer-next");
    this.dialog = element("dialog", { class: "viewer", "aria-label": this.name, tabindex: -1 },
      element("header", { class: "viewer-head" }, this.status, button("Close", "x", () => this.dialog.close())),
      element("div", { class: "viewer-middle" }, this.stage.element, ...(this.links.length > 1 ? [this.previous, this.next] : [])),
      element("div", { class: "viewer-tools" }, this.viewTools(), this.lightTools(), help()),
    );
    this.dialog.addEventListener("keydown", (event) => this.press(event));
    this.dialog.addEventListener("close", () => this.leave());
  }

  viewTools() {
    this.percent = element("output", { class: "viewer-zoom", "aria-hidden": "true" });
    this.out = button("Zoom out", "minus", () => this.zoom(1 / zoomStep));
    this.in = button("Zoom in", "plus", () => this.zoom(zoomStep));
    this.mirror = button("Mirror", "flip-vertical-2", () => this.stage.mirror());
    this.magnify = button("Magnifier", "search", () => this.toggleLens());
    return element("div", { class: "viewer-group", role: "group", "aria-label": "View" },
      this.out, this.percent, this.in,
      button("Fit to the window", "maximize", () => this.stage.zoomTo(1)),
      button("Turn clockwise", "rotate-cw", () => this.stage.turn()),
      this.mirror, this.magnify,
    );
  }

  lightTools() {
    this.brightness = range("Brightness", "sun", (value) => this.stage.set({ brightness: value }));
    this.contrast = range("Contrast", "contrast", (value) => this.stage.set({ contrast: value }));
    return element("div", { class: "viewer-group", role: "group", "aria-label": "Light" },
      this.brightness.label, this.contrast.label,
      button("Reset: show the picture as it came", "undo-2", () => this.stage.reset()),
    );
  }

  page(by) {
    if (this.links[this.at + by]) this.show(this.at + by);
  }

  // show shows the original of a picture, or says why not.
  async show(at) {
    this.at = at;
    if (this.coming) release(this.coming);
    this.stage.clear();
    this.lens.toggle(false);
    this.changed();
    this.previous.ariaDisabled = String(at === 0);
    this.next.ariaDisabled = String(at === this.links.length - 1);
    this.say(element("p", {}, "Loading the original …"));
    const address = this.links[at].href;
    const image = this.coming = element("img", { class: "viewer-picture", alt: this.label, draggable: "false" });
    const problem = await load(image, address) && (await problemOf(address) ?? await load(image, address));
    if (this.coming !== image) return;
    this.coming = undefined;
    if (problem) return this.explain(problem);
    this.say();
    this.stage.show(image);
    document.dispatchEvent(new Event("evidence-opened"));
  }

  get label() {
    return this.links[this.at].querySelector("img")?.alt ?? "";
  }

  say(...content) {
    this.message.hidden = content.length === 0;
    this.message.replaceChildren(...content);
  }

  explain(problem) {
    const again = element("button", { type: "button", class: "viewer-button viewer-again" }, icon("refresh-cw"), "Try again");
    again.addEventListener("click", () => {
      this.show(this.at);
      this.dialog.focus();
    });
    this.say(
      icon("image-off"),
      element("p", { class: "viewer-message-title" }, problem.title),
      element("p", {}, problem.advice),
      ...(mayPass(problem) ? [again] : []),
    );
  }

  zoom(factor) {
    this.stage.zoomTo(this.stage.view.zoom * factor);
  }

  toggleLens() {
    if (!this.stage.image) return;
    this.lens.toggle();
    this.changed();
  }

  // changed shows the state of the view in the tools, and says it once it settles.
  changed() {
    const { zoom, mirrored, brightness, contrast } = this.stage.view;
    this.percent.textContent = percent(zoom);
    this.out.ariaDisabled = String(zoom <= 1);
    this.in.ariaDisabled = String(zoom >= mostZoom);
    this.mirror.ariaPressed = String(mirrored);
    this.magnify.ariaPressed = String(this.lens.on);
    this.brightness.show(brightness);
    this.contrast.show(contrast);
    this.stage.element.classList.toggle("viewer-zoomed", this.stage.zoomed);
    this.stage.element.classList.toggle("viewer-magnified", this.lens.on);
    this.lens.draw();
    clearTimeout(this.timer);
    if (this.said !== this.at) this.tell();
    else this.timer = setTimeout(() => this.tell(), settled);
  }

  tell() {
    this.said = this.at;
    const which = element("strong", {}, `Picture ${this.at + 1} of ${this.links.length}: ${this.label}.`);
    this.status.replaceChildren(which, " ", this.state());
  }

  // state is the view in words.
  state() {
    const { zoom, angle, mirrored, brightness, contrast } = this.stage.view;
    const turned = (angle % 360 + 360) % 360; // before it was mirrored
    const image = this.stage.image;
    return [
      `Zoom ${percent(zoom)}`,
      turned && `turned ${turned}°`,
      mirrored && "mirrored",
      brightness !== light.plain && `brightness ${brightness} %`,
      contrast !== light.plain && `contrast ${contrast} %`,
      this.lens.on && "magnifier on",
      image && `original ${image.naturalWidth} × ${image.naturalHeight} px`,
    ].filter(Boolean).join(", ");
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const arrow = arrows[event.key];
    if (arrow ? this.arrow(arrow, event) : this.command(event.key)) event.preventDefault();
  }

  // arrow and command return whether the key meant something.
  arrow([x, y], event) {
    if (event.shiftKey) {
      if (x) this.page(x);
      return Boolean(x);
    }
    if (event.target.matches("input")) return false;
    if (this.lens.on) this.lens.step(x, y);
    else if (this.stage.zoomed) this.stage.pan(-x * panStep, -y * panStep);
    else this.page(x);
    return true;
  }

  command(key) {
    if (singleKeysOff()) return false;
    const act = {
      "+": () => this.zoom(zoomStep),
      "=": () => this.zoom(zoomStep), // the key of + without Shift
      "-": () => this.zoom(1 / zoomStep),
      0: () => this.stage.zoomTo(1),
      r: () => this.stage.turn(),
      f: () => this.stage.mirror(),
      m: () => this.toggleLens(),
    }[key.toLowerCase()];
    act?.();
    return Boolean(act);
  }

  // leave gives back the page as it was.
  leave() {
    clearTimeout(this.timer);
    if (this.coming) release(this.coming);
    this.coming = undefined;
    this.lens.toggle(false);
    this.stage.close();
    this.dialog.remove();
    this.opener.focus({ preventScroll: true });
    scrollTo(this.scroll);
  }
}

const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// load returns nothing when the picture came.
function load(image, address) {
  return new Promise((resolve) => {
    image.addEventListener("load", () => resolve(undefined), { once: true });
    image.addEventListener("error", () => resolve(unexplained), { once: true });
    image.src = address;
  });
}

// release ends loading a picture, and lets go of what has come.
function release(image) {
  image.removeAttribute("src");
}

function percent(zoom) {
  return `${Math.round(zoom * 100)} %`;
}

function button(name, symbol, act, place = "") {
  const made = element("button", { type: "button", class: `viewer-button ${place}`, "aria-label": name, title: name }, icon(symbol));
  made.addEventListener("click", () => act());
  return made;
}

// range is a slider with its label, its icon and its value.
function range(name, symbol, act) {
  const input = element("input", { type: "range", min: light.least, max: light.most, step: light.step, value: light.plain });
  const value = element("output", { "aria-hidden": "true" });
  input.addEventListener("input", () => act(input.valueAsNumber));
  return {
    label: element("label", { class: "viewer-range" }, icon(symbol), element("span", {}, name), input, value),
    show(to) {
      input.value = to;
      input.setAttribute("aria-valuetext", `${to} %`);
      value.textContent = `${to} %`;
    },
  };
}

const keys = [
  [["←", "→"], "previous, next; moves about when zoomed"],
  [["Shift ←", "Shift →"], "previous, next"],
  [["+", "-", "0"], "zoom in, out, fit"],
  [["r"], "turn"],
  [["f"], "mirror"],
  [["m"], "magnifier, moved by arrows"],
  [["Esc"], "close"],
];

function help() {
  const list = element("ul", { class: "viewer-keys" });
  for (const [names, does] of keys) {
    const pressed = names.flatMap((name) => [element("kbd", {}, name), " "]);
    list.append(element("li", {}, ...pressed, does));
  }
  return element("details", { class: "viewer-help" }, element("summary", {}, "Keys"), list);
}

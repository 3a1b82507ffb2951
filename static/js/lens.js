// The magnifier: a glass over the stage that shows what is under its middle larger.

import { element } from "./dom.js";
import { between } from "./stage.js";

const times = 3;
const step = 24; // px for an arrow key

export class Lens {
  constructor(stage) {
    this.stage = stage;
    this.glass = element("canvas", { class: "viewer-lens", "aria-hidden": "true", hidden: true });
    this.at = { x: 0, y: 0 };
    this.lift = 0;
    stage.element.append(this.glass);
  }

  get on() {
    return !this.glass.hidden;
  }

  toggle(on = !this.on) {
    this.glass.hidden = !on;
    this.at = { x: 0, y: 0 };
    this.lift = 0;
    if (on) this.draw();
    else this.glass.width = 0; // lets go of the pixels
  }

  // follow goes to a place from the stage's middle. Under a finger nothing could be
  // seen, so the glass is lifted above it.
  follow(at, finger = false) {
    const { clientWidth, clientHeight } = this.stage.element;
    this.at = { x: between(-clientWidth / 2, at.x, clientWidth / 2), y: between(-clientHeight / 2, at.y, clientHeight / 2) };
    this.lift = finger ? this.glass.offsetHeight * 0.75 : 0;
    this.draw();
  }

  step(x, y) {
    this.follow({ x: this.at.x + x * step, y: this.at.y + y * step });
  }

  draw() {
    const { image, view } = this.stage;
    if (!this.on || !image) return;
    const side = this.glass.offsetWidth;
    const { width, height } = this.stage.fit;
    this.place(side);
    this.glass.width = this.glass.height = Math.round(side * devicePixelRatio);
    this.glass.style.filter = this.stage.filter;
    const pen = this.glass.getContext("2d");
    pen.scale(devicePixelRatio, devicePixelRatio);
    pen.translate(side / 2, side / 2);
    pen.scale(times, times);
    pen.translate(view.x - this.at.x, view.y - this.at.y);
    pen.scale(view.mirrored ? -view.zoom : view.zoom, view.zoom);
    pen.rotate(view.angle * Math.PI / 180);
    pen.drawImage(image, -width / 2, -height / 2, width, height);
  }

  // place puts the glass there, within sight where it is lifted.
  place(side) {
    const { clientWidth, clientHeight } = this.stage.element;
    const top = clientHeight / 2 + this.at.y - side / 2 - this.lift;
    const left = clientWidth / 2 + this.at.x - side / 2;
    this.glass.style.top = `${this.lift ? Math.max(0, top) : top}px`;
    this.glass.style.left = `${left}px`;
  }
}

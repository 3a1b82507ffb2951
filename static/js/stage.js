// The stage of the viewer: one picture, how large it is, which part of it is in sight,
// how it is turned and how it is lit. At zoom 1 all of it is in sight.

import { element } from "./dom.js";

export const mostZoom = 8;
export const light = { least: 25, most: 300, step: 5, plain: 100 }; // %

const asItCame = {
  zoom: 1, x: 0, y: 0, // of the picture's middle from the stage's, in px
  angle: 0, // degrees clockwise, before mirroring
  mirrored: false,
  brightness: light.plain, contrast: light.plain,
};

export class Stage {
  // changed is called after everything that alters the view.
  constructor(changed) {
    this.element = element("div", { class: "viewer-stage" });
    this.changed = changed;
    this.view = { ...asItCame };
    this.sizes = new ResizeObserver(() => this.set({}, false));
    this.sizes.observe(this.element);
  }

  // show takes a picture that has loaded.
  show(image) {
    this.clear();
    this.image = image;
    this.element.prepend(image);
    this.reset();
  }

  // clear lets go of the picture, so that nothing holds its bytes.
  clear() {
    this.image?.remove();
    this.image?.removeAttribute("src");
    this.image = undefined;
    this.view = { ...asItCame };
  }

  close() {
    this.clear();
    this.sizes.disconnect();
  }

  get zoomed() {
    return this.view.zoom > 1;
  }

  get turned() {
    return this.view.angle % 180 !== 0;
  }

  // fit is the picture's size in px, unturned, at zoom 1.
  get fit() {
    const { naturalWidth: wide, naturalHeight: high } = this.image;
    const { clientWidth, clientHeight } = this.element;
    const [across, down] = this.turned ? [high, wide] : [wide, high];
    const scale = Math.min(clientWidth / across, clientHeight / down);
    return { width: wide * scale, height: high * scale };
  }

  // set changes the view and keeps it within bounds. A smooth change is animated where
  // the reader has nothing against it.
  set(change, smooth = true) {
    if (!this.image) return;
    Object.assign(this.view, change);
    this.bound();
    this.paint(smooth);
    this.changed();
  }

  bound() {
    const view = this.view;
    view.zoom = between(1, view.zoom, mostZoom);
    const { width, height } = this.fit;
    const [across, down] = this.turned ? [height, width] : [width, height];
    const spareX = Math.max(0, (across * view.zoom - this.element.clientWidth) / 2);
    const spareY = Math.max(0, (down * view.zoom - this.element.clientHeight) / 2);
    view.x = between(-spareX, view.x, spareX);
    view.y = between(-spareY, view.y, spareY);
  }

  paint(smooth, aside = 0) {
    const { zoom, x, y, angle, mirrored } = this.view;
    const style = this.image.style;
    const { width, height } = this.fit;
    style.width = `${width}px`;
    style.height = `${height}px`;
    style.transform = `translate(-50%, -50%) translate(${x + aside}px, ${y}px) scale(${mirrored ? -zoom : zoom}, ${zoom}) rotate(${angle}deg)`;
    style.filter = this.filter;
    this.image.classList.toggle("viewer-smooth", smooth);
  }

  get filter() {
    const { brightness, contrast } = this.view;
    if (brightness === light.plain && contrast === light.plain) return "";
    return `brightness(${brightness}%) contrast(${contrast}%)`;
  }

  // shift shows the picture aside, while a finger swipes it.
  shift(aside) {
    if (this.image) this.paint(aside === 0, aside);
  }

  // zoomTo keeps what is at a point, in px from the stage's middle, where it is.
  zoomTo(wanted, at = { x: 0, y: 0 }, smooth = true) {
    const zoom = between(1, wanted, mostZoom);
    const grown = zoom / this.view.zoom;
    const x = at.x - (at.x - this.view.x) * grown;
    const y = at.y - (at.y - this.view.y) * grown;
    this.set({ zoom, x, y }, smooth);
  }

  pan(x, y, smooth = true) {
    this.set({ x: this.view.x + x, y: this.view.y + y }, smooth);
  }

  // turn goes on clockwise as one sees it, and keeps the same part in the middle.
  turn() {
    const { x, y, angle, mirrored } = this.view;
    this.set({ angle: angle + (mirrored ? -90 : 90), x: -y, y: x });
  }

  mirror() {
    this.set({ mirrored: !this.view.mirrored, x: -this.view.x });
  }

  reset() {
    this.set({ ...asItCame }, false);
  }

  // from is a place in the window as px from the stage's middle.
  from({ clientX, clientY }) {
    const box = this.element.getBoundingClientRect();
    return { x: clientX - box.left - box.width / 2, y: clientY - box.top - box.height / 2 };
  }
}

export function between(least, value, most) {
  return Math.min(Math.max(least, value), most);
}

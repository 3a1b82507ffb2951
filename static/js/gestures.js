// What fingers, pen, mouse and wheel do on the stage of the viewer.

const still = 10; // px that a tap may move
const twice = 350; // ms between the taps of a double tap
const near = 40; // px between them
const swiped = 50; // px that turn the page
const close = 2.5; // zoom of a double tap

// listen calls page(-1) or page(1) after a swipe.
export function listen(stage, lens, page) {
  const gesture = new Gesture(stage, lens, page);
  const listener = (name) => (event) => gesture[name](event);
  stage.element.addEventListener("pointerdown", listener("down"));
  stage.element.addEventListener("pointermove", listener("move"));
  stage.element.addEventListener("pointerup", listener("up"));
  stage.element.addEventListener("pointercancel", listener("cancel"));
  stage.element.addEventListener("wheel", listener("wheel"), { passive: false });
}

class Gesture {
  constructor(stage, lens, page) {
    Object.assign(this, { stage, lens, page });
    this.pointers = new Map(); // id → where it was last, from the stage's middle
  }

  down(event) {
    if (event.button !== 0 || !this.stage.image) return;
    const at = this.stage.from(event);
    // Everything of a gesture comes here, also from beyond the stage.
    this.stage.element.setPointerCapture(event.pointerId);
    if (this.pointers.size === 0) this.start = { at, moved: false, pinched: false };
    this.pointers.set(event.pointerId, at);
    if (this.pointers.size > 1) {
      this.start.pinched = true;
      this.stage.shift(0);
    } else if (this.lens.on) {
      this.lens.follow(at, event.pointerType === "touch");
    }
  }

  move(event) {
    const at = this.stage.from(event);
    const before = this.pointers.get(event.pointerId);
    if (this.lens.on && (before || event.pointerType === "mouse")) this.lens.follow(at, event.pointerType === "touch");
    if (!before) return;
    if (this.pointers.size === 2) this.pinch(event.pointerId, before, at);
    else if (this.pointers.size === 1) this.drag(event, before, at);
    this.pointers.set(event.pointerId, at);
  }

  drag(event, before, at) {
    if (distance(this.start.at, at) > still) this.start.moved = true;
    const touch = event.pointerType !== "mouse";
    if (touch && this.lens.on) return;
    if (this.stage.zoomed) this.stage.pan(at.x - before.x, at.y - before.y, false);
    else if (touch && this.start.moved && !this.start.pinched) this.stage.shift(at.x - this.start.at.x);
  }

  pinch(id, before, at) {
    const [, other] = [...this.pointers].find(([pointer]) => pointer !== id);
    const was = middle(before, other);
    const is = middle(at, other);
    this.stage.pan(is.x - was.x, is.y - was.y, false);
    const spread = distance(at, other) / Math.max(1, distance(before, other));
    this.stage.zoomTo(this.stage.view.zoom * spread, is, false);
  }

  up(event) {
    if (!this.pointers.delete(event.pointerId) || this.pointers.size > 0 || this.start.pinched) return;
    const at = this.stage.from(event);
    if (!this.start.moved) this.tap(event, at);
    else if (event.pointerType !== "mouse" && !this.stage.zoomed && !this.lens.on) this.swipe(at);
  }

  cancel(event) {
    this.pointers.delete(event.pointerId);
    this.stage.shift(0);
  }

  swipe(at) {
    const x = at.x - this.start.at.x;
    const y = at.y - this.start.at.y;
    this.stage.shift(0);
    if (Math.abs(x) > swiped && Math.abs(x) > 1.5 * Math.abs(y)) this.page(x < 0 ? 1 : -1);
  }

  // tap makes its own of a double tap: browsers send none where touch does nothing else.
  tap(event, at) {
    const last = this.last;
    this.last = { at, time: event.timeStamp };
    if (!last || event.timeStamp - last.time > twice || distance(last.at, at) > near) return;
    this.last = undefined;
    this.stage.zoomTo(this.stage.zoomed ? 1 : close, at);
  }

  wheel(event) {
    event.preventDefault();
    // A pinch on a touchpad comes as a wheel with Control, in smaller steps.
    const px = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
    const factor = Math.exp(-px * (event.ctrlKey ? 0.01 : 0.002));
    this.stage.zoomTo(this.stage.view.zoom * factor, this.stage.from(event), false);
  }
}

function distance(a, b) {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function middle(a, b) {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

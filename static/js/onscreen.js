// What was on the screen is reported: a thumbnail of which at least half was visible for at
// least half a second. Browsers load pictures before they are scrolled to, so that one was
// sent says nothing. The answer has what of the result is not opened by then.

// Pictures of media, scaled down.
const thumbnails = 'img[src*="/thumbnail"]';

const half = 0.5; // of a thumbnail
const longEnough = 500; // ms without a break
const pause = 1000; // ms in which reports are gathered
const again = 5000; // ms before another try when a report did not arrive, twice as long each time
const mostTries = 6; // in a row
const most = 100; // thumbnails in a report

export function reportOnScreen() {
  const page = document.querySelector("main[data-on-screen]");
  if (page && Number(page.dataset.pageView) > 0) new Reporter(page);
}

class Reporter {
  constructor(page) {
    this.page = page;
    this.visible = new Map(); // by thumbnail: the timer that runs while it is on the screen
    this.done = new Set(); // media that were reported or are about to be
    this.pending = []; // media to be reported
    this.tries = 0; // that failed, in a row
    this.observer = new IntersectionObserver((changes) => this.changed(changes), { threshold: [half] });
    this.look();
    document.addEventListener("visibilitychange", () => this.covered() ? this.leave() : this.look());
    document.addEventListener("close", () => this.look(), true); // a dialog, which hid the page
    document.addEventListener("load", ({ target }) => { if (target.matches?.(thumbnails)) this.look([target]); }, true);
    document.addEventListener("evidence-opened", () => this.outdated());
    addEventListener("pagehide", () => this.leave());
  }

  // covered says whether nobody can see the page although it is where it was.
  covered() {
    return document.hidden || document.querySelector("dialog:modal") !== null;
  }

  // look asks anew which pictures are visible: all, or one that has just arrived.
  look(images = this.page.querySelectorAll(thumbnails)) {
    for (const image of images) {
      this.observer.unobserve(image);
      this.observer.observe(image);
    }
  }

  changed(changes) {
    for (const { target, isIntersecting, intersectionRatio } of changes) {
      clearTimeout(this.visible.get(target));
      this.visible.delete(target);
      if (isIntersecting && intersectionRatio >= half && shows(target) && !this.covered()) {
        this.visible.set(target, setTimeout(() => this.seen(target), longEnough));
      }
    }
  }

  seen(image) {
    this.visible.delete(image);
    if (this.covered() || !shows(image)) return;
    const medium = mediumOf(image.src);
    if (!medium || this.done.has(medium)) return;
    this.done.add(medium);
    this.pending.push(medium);
    this.later(pause);
  }

  // outdated asks for the list of what is not opened, although there may be nothing to
  // report.
  outdated() {
    this.stale = true;
    this.later(pause);
  }

  later(wait) {
    this.timer ??= setTimeout(() => this.send(), wait);
  }

  body(media) {
    const { pageView, snapshot } = this.page.dataset;
    return new URLSearchParams([["view", pageView], ["snapshot", snapshot], ...media.map((id) => ["medium", id])]);
  }

  // send reports what is pending, and goes on while there is more.
  async send() {
    this.timer = undefined;
    const media = this.pending.splice(0, most);
    if (!media.length && !this.stale) return;
    this.stale = false;
    let answer;
    try {
      answer = await fetch(this.page.dataset.onScreen, { method: "POST", body: this.body(media), keepalive: true, redirect: "error" });
    } catch {
      return this.tryAgain(media);
    }
    if (answer.status === 429 || answer.status >= 500) return this.tryAgain(media);
    this.tries = 0;
    if (answer.ok) this.show(await answer.text());
    if (this.pending.length) this.later(pause);
  }

  // tryAgain sends the same report later: it is on record once, however often it arrives.
  // After some tries it waits for the next thing to report.
  tryAgain(media) {
    this.pending.unshift(...media);
    this.stale = true;
    if (this.tries < mostTries) this.later(again * 2 ** this.tries++);
  }

  // leave reports what is pending when the page may be gone in a moment.
  leave() {
    for (const timer of this.visible.values()) clearTimeout(timer);
    this.visible.clear();
    if (this.pending.length) navigator.sendBeacon(this.page.dataset.onScreen, this.body(this.pending.splice(0, most)));
  }

  // show puts the list of the answer in the place of the one in the page. What somebody
  // has unfolded stays so.
  show(text) {
    const place = document.querySelector('[data-not-opened="reader"]');
    const list = new DOMParser().parseFromString(text, "text/html").querySelector('[data-not-opened="reader"]');
    if (!place || !list || place.contains(document.activeElement)) return;
    const folded = list.querySelector("details");
    if (folded) folded.open = place.querySelector("details")?.open ?? false;
    place.replaceChildren(...document.adoptNode(list).childNodes);
  }
}

// shows says whether a picture is there.
function shows(image) {
  return image.complete && image.naturalWidth > 0;
}

// mediumOf is the medium that the address of a thumbnail names.
function mediumOf(address) {
  return new URL(address, location).pathname.match(/\/media\/([^/]+)\/thumbnail$/)?.[1];
}

// A session ends by itself when it is not used, and at the latest after some hours. Shortly before,
// a quiet notice says so and offers to stay. How long is left is the server's word: another tab
// may use the session, and to ask is no use of it.
//
// Once the session is over, whether it ended, or was signed out in another tab, the page goes to
// the sign-in page. It stays only where something is typed that is kept nowhere else, and shows
// that alone. When the server cannot be asked, the page ends by its own clock.

import { element } from "./dom.js";

const every = 30_000; // ms between questions where the page does not ask for what awaits its reader
const longest = 3_600_000; // ms that a timer waits at most
const moment = 1000; // ms

const where = document.body.dataset;
const others = "countersign-session"; // name of the channel to the other tabs

if (where.sessionAt) watch();
else new BroadcastChannel(others).postMessage("over?");

function watch() {
  const notice = element("section", { class: "message tone-wait session-end", role: "status" });
  document.body.append(notice);
  let timer, channel, before, ends;

  tell({ left: Number(where.sessionLeft), extendable: true }, false);
  listen();
  document.addEventListener("session-told", (event) => (event.detail ? tell(event.detail) : leave()));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  if (!document.querySelector("[data-awaiting]")) setInterval(ask, every);
  // A page that the browser puts aside shows nothing when it comes back, until it is known that
  // its reader is still signed in. With an open channel some browsers put no page aside.
  addEventListener("pagehide", (event) => {
    channel.close();
    if (event.persisted) document.documentElement.dataset.away = "";
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    listen();
    ask();
  });

  function listen() {
    channel = new BroadcastChannel(others);
    channel.onmessage = () => ask();
  }

  // ask asks how long is left; with POST it says that the reader is there.
  async function ask(method = "GET") {
    let answer;
    const ahead = ends - Date.now();
    if (ahead <= 0) showOver();
    askIn(ahead > 0 ? Math.min(every, ahead) : every); // whatever becomes of this question
    try {
      answer = await fetch(where.sessionAt, { method, headers: { Accept: "application/json" }, redirect: "manual" });
    } catch {
      if (away()) location.reload();
      else if (over() && !typed()) clear();
      return; // it is asked again
    }
    if (answer.type === "opaqueredirect" || answer.status === 401) leave();
    else if (answer.ok) {
      delete document.documentElement.dataset.away;
      delete document.documentElement.dataset.over;
      if (!document.querySelector("main")) location.reload(); // it was cleared
      tell(await answer.json());
    } else if (away()) location.reload();
  }

  // tell shows the notice when it is time, and asks again when that may be.
  function tell({ left, extendable }, sure = true) {
    ends = Date.now() + left * 1000;
    const ahead = left - Number(where.sessionWarning);
    askIn(Math.min(longest, Math.max(ahead > 0 ? ahead * 1000 : left * 1000, 0)));
    if (ahead > 0) hide();
    else if (sure) show(left, extendable);
    else ask();
  }

  function askIn(wait) {
    clearTimeout(timer);
    timer = setTimeout(ask, wait + moment);
  }

  function show(left, extendable) {
    document.dispatchEvent(new Event("session-ending", { cancelable: true })); // drafts are sent
    const kind = extendable ? "idle" : "last";
    if (notice.dataset.sessionEnds === kind) return; // what is read out once is not read out again
    notice.dataset.sessionEnds = kind;
    const at = new Date(Date.now() + left * 1000).toLocaleTimeString("en-GB", { timeZone: "UTC", timeStyle: "medium" });
    const stay = element("button", { type: "button", class: "btn", "data-size": "sm", "data-stay": true }, "Stay signed in");
    stay.addEventListener("focus", (event) => { before = event.relatedTarget; });
    stay.addEventListener("click", () => ask("POST"));
    notice.replaceChildren(element("div", {},
      element("p", { class: "message-title" }, `Your session ends at ${at} UTC.`),
      element("p", {}, extendable ? "Nothing was done in it for a while." : "It has lasted as long as a session may. Sign in again then; a note that you are writing is kept as a draft."),
      ...(extendable ? [stay] : [])));
  }

  function hide() {
    delete notice.dataset.sessionEnds;
    const focused = notice.contains(document.activeElement);
    notice.replaceChildren();
    if (focused) before?.focus();
  }

  // leave goes to the sign-in page, unless that would lose what is typed.
  function leave() {
    if (!away() && typed()) return showOver();
    location.replace(where.sessionLogin);
  }

  // showOver hides the page, except what is typed.
  function showOver() {
    document.documentElement.dataset.over = "";
    if (notice.dataset.sessionEnds === "over") return;
    notice.dataset.sessionEnds = "over";
    const signIn = element("a", { href: where.sessionLogin, target: "_blank" }, "Sign in in another tab");
    notice.replaceChildren(element("div", {},
      element("p", { class: "message-title" }, "Your session has ended."),
      element("p", {}, ...(typed() ? ["What you typed is still on this page. "] : []), signIn, ", then continue here."),
      ...texts()));
  }

  // clear takes away what is only hidden, where nothing is lost.
  function clear() {
    for (const part of document.querySelectorAll("body > :not(.session-end)")) part.remove();
  }
}

const over = () => "over" in document.documentElement.dataset;
const away = () => "away" in document.documentElement.dataset;

// typed says whether something is typed on the page that is kept nowhere else.
function typed() {
  if (!document.dispatchEvent(new Event("session-ending", { cancelable: true }))) return true; // a draft says so
  return [...document.querySelectorAll("main form:not([data-draft])")]
    .some((form) => [...form.elements].some((field) => field.matches("textarea, input:not([type]), input[type=text]") && field.value !== field.defaultValue));
}

// texts are what is typed in larger fields, to be copied while the page is hidden.
function texts() {
  return [...document.querySelectorAll("main textarea:not([readonly])")]
    .filter((field) => field.value !== field.defaultValue)
    .map((field) => element("textarea", { class: "textarea", rows: "4", readonly: true, "aria-label": "What you typed" }, field.value));
}

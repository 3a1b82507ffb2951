// Times stand in UTC. The reader's own time is behind them for who points at one, and in
// the text for who listens to the page.

import { element } from "./dom.js";

const format = new Intl.DateTimeFormat(undefined, {
  dateStyle: "medium",
  timeStyle: "long",
});

export function showLocalTimes(within = document) {
  for (const time of within.querySelectorAll("time[datetime]:not([data-local])")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.dataset.local = format.format(at);
    time.title = `${time.dataset.local}, your time`;
    time.append(element("span", { class: "sr-only" }, ` (${time.title})`));
  }
}

// Times stand in UTC; the reader's own time stands behind them, on hover and focus.

const format = new Intl.DateTimeFormat(undefined, {
  dateStyle: "medium",
  timeStyle: "long",
});

export function showLocalTimes(within = document) {
  for (const time of within.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.dataset.local = format.format(at);
    time.setAttribute("aria-label", `${time.textContent.trim()} (${time.dataset.local} where you are)`);
    // Within a link or a button the focus is already there.
    if (!time.closest("a, button, summary")) time.tabIndex = 0;
  }
}

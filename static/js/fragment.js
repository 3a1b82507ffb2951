// An address that points at something folded away opens it; paper shows everything.

export function openTargets() {
  addEventListener("hashchange", openTarget);
  openTarget();
}

function openTarget() {
  const target = document.getElementById(fragment());
  if (!target) return;
  const closed = [target.querySelector(":scope > details")];
  for (let around = target; around; around = around.parentElement) {
    if (around.matches("details")) closed.push(around);
  }
  const opened = closed.filter((details) => details && !details.open);
  for (const details of opened) details.open = true;
  if (opened.length) target.scrollIntoView();
}

// fragment is the id that the address ends with, or "" where its escapes are broken.
function fragment() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}

export function openForPrint() {
  let opened = [];
  addEventListener("beforeprint", () => {
    opened.push(...document.querySelectorAll("details:not([open])"));
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
    opened = [];
  });
}

// loadForPrint fetches all pictures when somebody ticks that they go on paper: those
// out of sight would be missing there.
export function loadForPrint() {
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-print-pictures]") || !event.target.checked) return;
    for (const picture of document.querySelectorAll('img[loading="lazy"]')) picture.loading = "eager";
  });
}

// How many cases await the reader stands in the header and before the title, and is asked for
// again every half minute. Nothing is announced: whoever looks, sees it. Where the server does not
// answer, what was known last stays. What it says about the session is passed on.

const every = 30_000;
const mark = /^\(\d[\d,]*\+?\) /;

export function countAwaiting() {
  const link = document.querySelector("[data-awaiting]");
  if (!link) return;
  show(link, link.querySelector("[data-awaiting-count]").textContent);
  setInterval(() => ask(link), every);
}

async function ask(link) {
  try {
    const response = await fetch(link.dataset.awaiting, { headers: { Accept: "application/json" }, redirect: "manual" });
    if (response.type === "opaqueredirect") return tell();
    if (!response.ok) return;
    const told = await response.json();
    show(link, told.awaiting);
    tell(told);
  } catch {
    // it is asked again
  }
}

function tell(detail) {
  document.dispatchEvent(new CustomEvent("session-told", { detail }));
}

function show(link, text) {
  for (const part of link.querySelectorAll("[data-awaiting-count], [data-awaiting-words]")) part.hidden = text === "";
  link.querySelector("[data-awaiting-count]").textContent = text;
  const title = document.title.replace(mark, "");
  document.title = text === "" ? title : `(${text}) ${title}`;
}

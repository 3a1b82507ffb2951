// What goes on by itself is fetched again quietly while somebody looks at the page: what
// stands within data-refreshed is replaced by what the server has now. Nothing is replaced
// while the reader is at a control in it, and the end of it all is the last thing shown.

const every = 5_000; // ms

export function refreshProgress(prepare) {
  const place = document.querySelector('[data-refreshed][data-import-state="running"]');
  if (place) setTimeout(() => refresh(place, prepare), every);
}

async function refresh(place, prepare) {
  try {
    if (!document.hidden && !place.contains(document.activeElement)) await replace(place, prepare);
  } catch {
    // The link beside it says why, if somebody follows it.
  }
  if (place.dataset.importState === "running") setTimeout(() => refresh(place, prepare), every);
}

async function replace(place, prepare) {
  const response = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "error" });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const now = page.querySelector("[data-refreshed]");
  if (!now || place.contains(document.activeElement)) return;
  place.dataset.importState = now.dataset.importState;
  place.replaceChildren(...now.childNodes);
  prepare(place);
}

// What lies behind a link with data-load is shown in its place, beside what it
// belongs to. Links and forms of what was loaded lead on in the same place. Each part is
// handed to prepare before it is seen.

export function loadInPlace(prepare) {
  for (const place of document.querySelectorAll('[data-load="now"]')) loadNow(place, prepare);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const place = link.closest("[data-load]");
    if (!place || !staysInPlace(link, place)) return;
    event.preventDefault();
    load(place, link.href, prepare);
  });
  document.addEventListener("submit", (event) => {
    const place = event.target.closest("[data-load]");
    if (!place || event.target.method !== "get") return;
    event.preventDefault();
    const address = new URL(event.target.action);
    address.search = new URLSearchParams(new FormData(event.target, event.submitter)).toString();
    load(place, address.href, prepare);
  });
}

// loadNow shows what the page is to have from the begin on, and leaves the focus where it is.
function loadNow(place, prepare) {
  const link = place.querySelector(".load-link");
  if (link) load(place, link.href, prepare, false);
}

// staysInPlace says whether a link leads to the same page with other hits, or is the
// one that the place began with.
function staysInPlace(link, place) {
  if (link.matches(".load-link")) return true;
  return Boolean(place.dataset.loaded) && !link.target && new URL(link.href).pathname === place.dataset.loaded && !new URL(link.href).hash;
}

async function load(place, address, prepare, takesFocus = true) {
  const before = [...place.childNodes];
  const status = document.createElement("p");
  status.className = "load-status";
  status.setAttribute("role", "status");
  status.textContent = "Asking Yoti…";
  place.append(status);
  place.setAttribute("aria-busy", "true");
  try {
    const part = await fetchPart(address);
    prepare(part);
    place.replaceChildren(part);
    sinkHeadings(part, place);
    place.dataset.loaded = new URL(address).pathname;
    if (takesFocus) (part.querySelector("[data-focus]") ?? part).focus({ preventScroll: true });
    part.focus({ preventScroll: true });
    document.dispatchEvent(new Event("evidence-opened"));
  } catch {
    place.replaceChildren(...before);
    status.textContent = "This could not be loaded here. Open it on a page of its own to see why.";
    place.append(status);
    for (const link of place.querySelectorAll(".load-link")) link.classList.remove("load-link");
  } finally {
    place.removeAttribute("aria-busy");
  }
}

// sinkHeadings puts the headings of a part, which stand below the title of its own page
// there, below that of what it belongs to.
function sinkHeadings(part, place) {
  const title = place.closest("section")?.querySelector("h2, h3, h4");
  if (!title) return;
  const below = Number(title.localName[1]) - 1;
  for (const heading of part.querySelectorAll("h2, h3, h4")) {
    heading.setAttribute("aria-level", Number(heading.localName[1]) + below);
  }
}

// fetchPart asks for a page of ours and takes the part out of it.
async function fetchPart(address) {
  const response = await fetch(address, { headers: { Accept: "text/html" }, redirect: "error" });
  if (!response.ok) throw new Error(String(response.status));
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const part = page.getElementById("part");
  if (!part) throw new Error("no part");
  part.removeAttribute("id");
  part.tabIndex = -1;
  return document.adoptNode(part);
}

// How pages are wanted is kept by the server. Where the page can change in place it does;
// where it cannot, it is asked for again, and what is typed is kept by the form.

const placeKey = "place"; // where the reader was, for the page that comes next
const inPlace = new Map(); // name of a preference → what to do with what is chosen

// chosenIn says what to do in place when a preference is chosen.
export function chosenIn(name, act) {
  inPlace.set(name, act);
}

export function keepPreferences() {
  // Not when its form is sent: that would be the end of what is typed there.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-prefer]");
    if (!button || button.dataset.plain) return;
    const act = inPlace.get(button.dataset.prefer);
    if (!act) {
      rememberPlace();
      return;
    }
    event.preventDefault();
    const chosen = button.value.split("=")[1];
    if (await keep(button)) {
      turn(button);
      act(chosen);
      return;
    }
    button.dataset.plain = "yes";
    button.click();
  });
}

// keep says whether the server took it. One that answers with an error shows that best itself.
async function keep(button) {
  try {
    const fields = new URLSearchParams({ [button.name]: button.value });
    const answer = await fetch(button.formAction, { method: "POST", body: fields, redirect: "manual" });
    return answer.ok || answer.type === "opaqueredirect";
  } catch {
    return true; // it could not be reached: no reason to leave the page
  }
}

// turn lets the button choose the other value the next time.
function turn(button) {
  const [name, value] = button.value.split("=");
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  button.value = `${name}=${button.dataset.other}`;
  button.dataset.other = value;
  button.querySelector(".switch-state").textContent = on ? "on" : "off";
}

// rememberPlace keeps what the address of a page points at, which is lost when the page is
// asked for again.
function rememberPlace() {
  const chosen = document.querySelector(".case-checks > [data-chosen]")?.id;
  const place = chosen ? `#${chosen}` : location.hash;
  if (place) sessionStorage.setItem(placeKey, `${location.pathname}${place}`);
}

// returnToPlace points the address at the same again, once. It comes before what follows the
// address.
export function returnToPlace() {
  const [path, place] = (sessionStorage.getItem(placeKey) ?? "").split("#");
  sessionStorage.removeItem(placeKey);
  if (place && !location.hash && path === location.pathname) history.replaceState(history.state, "", `#${place}`);
}

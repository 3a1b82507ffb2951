// Where something was asked for too often, the page says when to try again. This counts
// down, and until then disables what would be refused. The server's clock counts: the page
// says how many seconds are left, not until when.

const tick = 1000; // ms

export function countDown() {
  for (const wait of document.querySelectorAll("[data-wait]")) begin(wait);
}

function begin(wait) {
  const end = Date.now() + Number(wait.dataset.wait) * 1000;
  const held = controlsOf(wait).map(hold);
  const timer = setInterval(show, tick);
  show();

  function show() {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left > 0) {
      wait.querySelector("[data-wait-left]").textContent = span(left);
      return;
    }
    clearInterval(timer);
    for (const release of held) release();
    wait.querySelector("[data-wait-words]").hidden = true;
    wait.querySelector("[data-wait-over]").textContent = "You can try again now.";
  }
}

// controlsOf returns what would be refused: what bears the name of the wait, or else what
// sends the form around it, or else everything in the page that asks again.
function controlsOf(wait) {
  const name = wait.dataset.waitName;
  if (name) return [...document.querySelectorAll("[data-waits]")].filter((control) => control.dataset.waits === name);
  const form = wait.closest("form");
  const controls = form
    ? form.querySelectorAll("[type=submit]")
    : document.querySelectorAll("main [data-again], main form[method=post] [type=submit]");
  return [...controls].filter((control) => !control.formNoValidate);
}

// hold disables a control and returns what enables it again. A link without an address is
// none.
function hold(control) {
  if (!control.matches("a")) {
    control.disabled = true;
    return () => { control.disabled = false; };
  }
  const address = control.getAttribute("href");
  control.removeAttribute("href");
  control.setAttribute("role", "link");
  control.setAttribute("aria-disabled", "true");
  return () => {
    control.setAttribute("href", address);
    control.removeAttribute("role");
    control.removeAttribute("aria-disabled");
  };
}

// span says seconds as the server does.
function span(seconds) {
  if (seconds <= 90) return count(seconds, "second");
  if (seconds <= 90 * 60) return count(Math.ceil(seconds / 60), "minute");
  if (seconds <= 36 * 3600) return count(Math.ceil(seconds / 3600), "hour");
  return count(Math.ceil(seconds / (24 * 3600)), "day");
}

function count(n, noun) {
  return n === 1 ? `1 ${noun}` : `${n} ${noun}s`;
}

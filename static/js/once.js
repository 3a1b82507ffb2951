// A form is sent once, however often its button is pressed. Pressing again while the
// answer is awaited does nothing; the server would record nothing twice anyway.

// After this the form can be sent again: the answer was a download, or never came.
const awaited = 10_000; // ms

const sent = new Map(); // form → the button that sent it, or null

export function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (sent.has(form)) {
      event.preventDefault();
      return;
    }
    // A disabled button would take its own name and value out of what is sent.
    event.submitter?.setAttribute("aria-disabled", "true");
    sent.set(form, event.submitter);
    setTimeout(() => release(form), awaited);
  });
  addEventListener("pageshow", () => {
    for (const form of [...sent.keys()]) release(form);
  });
}

function release(form) {
  sent.get(form)?.removeAttribute("aria-disabled");
  sent.delete(form);
}

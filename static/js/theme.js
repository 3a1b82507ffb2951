// The colour scheme changes in place; the server keeps the choice.

export function switchTheme() {
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-theme-form]");
    const chosen = event.submitter;
    if (!form || !chosen || form.dataset.plain) return;
    event.preventDefault();
    show(form, chosen);
    if (await refused(form, chosen)) {
      form.dataset.plain = "yes";
      form.requestSubmit(chosen);
    }
  });
}

function show(form, chosen) {
  document.documentElement.dataset.theme = chosen.value;
  for (const button of form.querySelectorAll("button[name=theme]")) {
    button.setAttribute("aria-pressed", String(button === chosen));
  }
}

// refused says whether the server answered with an error, which it shows best itself.
// A server that cannot be reached is no reason to leave the page and what is typed there.
async function refused(form, chosen) {
  try {
    const fields = new URLSearchParams(new FormData(form, chosen));
    const answer = await fetch(form.action, { method: "POST", body: fields, redirect: "manual" });
    return !answer.ok && answer.type !== "opaqueredirect";
  } catch {
    return false;
  }
}

// The colour scheme changes in place; the server keeps the choice.

export function switchTheme() {
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-theme-form]");
    const chosen = event.submitter;
    if (!form || !chosen) return;
    event.preventDefault();
    document.documentElement.dataset.theme = chosen.value;
    for (const button of form.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button === chosen));
    }
    const fields = new URLSearchParams(new FormData(form, chosen));
    await fetch(form.action, { method: "POST", body: fields, redirect: "manual" }).catch(() => {});
  });
}

// The token of a link stands behind the # of its address, which is sent to nobody. It is
// put into the form that asks for it, and taken out of the address and the history.

export function takeLinkToken() {
  addEventListener("hashchange", fillIn); // a link that is opened where its page is shown already
  fillIn();
}

function fillIn() {
  const place = document.querySelector("[data-link-field]");
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!place || !token) return;
  history.replaceState(history.state, "", location.pathname);
  const field = place.querySelector("input");
  field.value = token;
  place.hidden = true;
  if (field.form.matches("[data-link-form]")) field.form.requestSubmit();
}

// Passkeys: a button with data-passkey asks the server for a question (at data-begin) and the
// browser for the answer to it, puts that into the form's field for it, and sends the form.
// data-passkey is "create" for a new passkey and "get" for the use of one.

const offered = "button[data-passkey]";

for (const button of document.querySelectorAll(offered)) offer(button);

document.addEventListener("click", (event) => {
  const button = event.target.closest(offered);
  if (!button) return;
  event.preventDefault(); // also of Enter in a field, which presses a form's first button
  use(button);
});

// offer shows a button where the browser has passkeys for its site, and else says why not.
function offer(button) {
  const part = button.closest("[data-passkey-part]");
  if (location.origin !== button.dataset.origin) {
    part.querySelector("[data-passkey-elsewhere]").hidden = false;
  } else if (!globalThis.PublicKeyCredential || !navigator.credentials) {
    part.querySelector("[data-passkey-missing]").hidden = false;
  } else {
    button.hidden = false;
  }
}

let busy = false;

async function use(button) {
  const form = button.form;
  const creates = button.dataset.passkey === "create";
  if (busy || (creates && !form.reportValidity())) return;
  busy = true;
  button.setAttribute("aria-disabled", "true");
  say(button, "");
  try {
    const options = await ask(button.dataset.begin);
    if (options) form.querySelector("[data-passkey-answer]").value = await answer(options, creates);
    form.submit(); // without an answer, the server says what is to be done before
    return; // and stays busy until the next page is there
  } catch (error) {
    say(button, reason(error));
  }
  busy = false;
  button.removeAttribute("aria-disabled");
}

addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  busy = false;
  document.querySelectorAll(offered).forEach((button) => button.removeAttribute("aria-disabled"));
});

// ask returns the question, or null where somebody has to sign in or to prove that they are there
// before they are asked.
async function ask(address) {
  const response = await fetch(address, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
    redirect: "manual",
  });
  if (response.type === "opaqueredirect" || response.status === 401) return null;
  const told = await response.json();
  if (!response.ok) throw new Refusal([told.title, told.advice].filter(Boolean).join(". "));
  return told.publicKey;
}

class Refusal extends Error {}

async function answer(options, creates) {
  const given = creates
    ? await navigator.credentials.create({ publicKey: creationOptions(options) })
    : await navigator.credentials.get({ publicKey: requestOptions(options) });
  return JSON.stringify(given.toJSON ? given.toJSON() : written(given));
}

function reason(error) {
  switch (true) {
    case error instanceof Refusal:
      return error.message;
    case error.name === "InvalidStateError":
      return "This device has a passkey for your account already.";
    case error.name === "NotAllowedError" || error.name === "AbortError":
      return "No passkey was used: it was cancelled, took too long, or there is none on this device.";
    case error.name === "SecurityError":
      return "The browser allows no passkeys at this address.";
    case error.name === "NotSupportedError" || error.name === "ConstraintError":
      return "This device cannot make a passkey that asks for a PIN, a finger or a face.";
  }
  return "The passkey could not be used. Try again.";
}

function say(button, text) {
  button.closest("[data-passkey-part]").querySelector("[data-passkey-status]").textContent = text;
}

// What browsers before 2025 do not do themselves: bytes stand as base64url in JSON. Source:
// https://www.w3.org/TR/webauthn-3/#sctn-parseCreationOptionsFromJSON

function creationOptions(options) {
  if (PublicKeyCredential.parseCreationOptionsFromJSON) return PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: described(options.excludeCredentials),
  };
}

function requestOptions(options) {
  if (PublicKeyCredential.parseRequestOptionsFromJSON) return PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return { ...options, challenge: bytes(options.challenge), allowCredentials: described(options.allowCredentials) };
}

function described(list = []) {
  return list.map((one) => ({ ...one, id: bytes(one.id) }));
}

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.codePointAt(0));
}

function text(buffer) {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCodePoint(byte)).join("");
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// written is a credential as its toJSON would write it.
function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} };
}

// A file that is dropped anywhere on a page with a form for one is sent with that form.

export function takeDroppedFiles() {
  const place = document.querySelector("[data-drop]");
  const field = place?.querySelector('input[type="file"]');
  if (!field) return;
  let inside = 0; // entered elements that were not left

  document.addEventListener("dragenter", (event) => {
    if (!holdsFile(event)) return;
    inside++;
    place.dataset.drop = "over";
  });
  document.addEventListener("dragleave", (event) => {
    if (!holdsFile(event)) return;
    inside = Math.max(0, inside - 1);
    if (inside === 0) place.dataset.drop = "";
  });
  document.addEventListener("dragover", (event) => {
    if (holdsFile(event)) event.preventDefault(); // or the browser opens the file itself
  });
  document.addEventListener("drop", (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    inside = 0;
    place.dataset.drop = "";
    if (event.dataTransfer.files.length === 0) return;
    field.files = event.dataTransfer.files;
    field.form.requestSubmit();
  });
}

function holdsFile(event) {
  return Boolean(event.dataTransfer?.types.includes("Files"));
}

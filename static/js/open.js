// A picture opens in the viewer, which is loaded when the first one does: most pages
// are read without.

export function openPictures() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-view]");
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    open(link);
  });
}

async function open(link) {
  try {
    const { openViewer } = await import(document.querySelector("script[data-viewer]").dataset.viewer);
    openViewer(link);
  } catch {
    location.assign(link.href); // without the viewer, as without script
  }
}

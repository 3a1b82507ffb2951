// The menu of the header closes by itself. In a wide window it lies open; browsers whose
// stylesheet cannot show what is folded are helped here.

const wide = matchMedia("(min-width: 56rem)");

export function tendMenu() {
  const menu = document.querySelector(".site-menu");
  if (!menu) return;
  if (!CSS.supports("selector(::details-content)")) {
    menu.dataset.unfolds = "";
    menu.open = wide.matches;
    wide.addEventListener("change", () => { menu.open = wide.matches; });
  }
  document.addEventListener("click", (event) => {
    if (!wide.matches && !menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || wide.matches || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

// singleKeysOff says whether the reader wants no shortcuts of one character (WCAG 2.1.4).
export function singleKeysOff() {
  return document.documentElement.dataset.singleKeys === "off";
}

// What scripts add to pages that work without them. Each module does one thing and
// looks for the elements that it is for.

import { copyOnClick } from "./copy.js";
import { keepDrafts } from "./draft.js";
import { loadForPrint, openTargets, openForPrint } from "./fragment.js";
import { loadInPlace } from "./load.js";
import { listenToKeys, openDialogs } from "./keys.js";
import { sendOnce } from "./once.js";
import { enlargeFaces, explainMissingPictures } from "./picture.js";
import { switchTheme } from "./theme.js";
import { showLocalTimes } from "./times.js";
import { openPictures } from "./viewer.js";

for (const element of document.querySelectorAll("[data-needs-script]")) {
  element.hidden = false;
}

copyOnClick();
keepDrafts();
openTargets();
openForPrint();
loadForPrint();
listenToKeys();
loadInPlace();
openDialogs();
explainMissingPictures();
enlargeFaces();
openPictures();
switchTheme();
sendOnce(); // after those that send a form themselves
showLocalTimes();

// What scripts add to pages that work without them. Each module does one thing and
// looks for the elements that it is for.

import { copyOnClick } from "./copy.js";
import { takeDroppedFiles } from "./drop.js";
import { keepDrafts } from "./draft.js";
import { loadForPrint, openTargets, openForPrint } from "./fragment.js";
import { loadInPlace } from "./load.js";
import { listenToKeys, openDialogs } from "./keys.js";
import { takeLinkToken } from "./link.js";
import { sendOnce } from "./once.js";
import { enlargeFaces, explainMissingPictures } from "./picture.js";
import { switchTheme } from "./theme.js";
import { showLocalTimes } from "./times.js";
import { openPictures } from "./viewer.js";
import { countDown } from "./wait.js";

prepare(document);

copyOnClick();
countDown();
keepDrafts();
openTargets();
openForPrint();
loadForPrint();
listenToKeys();
loadInPlace(prepare);
openDialogs();
explainMissingPictures();
enlargeFaces();
openPictures();
switchTheme();
takeDroppedFiles();
takeLinkToken();
sendOnce(); // after those that send a form themselves

// prepare is for the page, and for what is loaded into it later.
function prepare(within) {
  for (const element of within.querySelectorAll("[data-needs-script]")) {
    element.hidden = false;
  }
  showLocalTimes(within);
}

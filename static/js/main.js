// What scripts add to pages that work without them. Each module does one thing and
// looks for the elements that it is for.

import { copyOnClick } from "./copy.js";
import { keepDrafts } from "./draft.js";
import { loadForPrint, openTargets, openForPrint } from "./fragment.js";
import { loadInPlace } from "./load.js";
import { listenToKeys, openDialogs } from "./keys.js";
import { takeLinkToken } from "./link.js";
import { tendMenu } from "./menu.js";
import { sendOnce } from "./once.js";
import { keepPreferences } from "./prefer.js";
import { enlargeFaces, explainMissingPictures } from "./picture.js";
import { switchTheme } from "./theme.js";
import { showLocalTimes } from "./times.js";
import { openPictures } from "./viewer.js";
import { chooseSections } from "./workspace.js";

prepare(document);

chooseSections();
copyOnClick();
keepDrafts();
openTargets();
openForPrint();
loadForPrint();
listenToKeys();
loadInPlace(prepare);
openDialogs();
tendMenu();
explainMissingPictures();
enlargeFaces();
openPictures();
switchTheme();
keepPreferences();
takeLinkToken();
sendOnce(); // after those that send a form themselves

// prepare is for the page, and for what is loaded into it later.
function prepare(within) {
  for (const element of within.querySelectorAll("[data-needs-script]")) {
    element.hidden = false;
  }
  showLocalTimes(within);
}

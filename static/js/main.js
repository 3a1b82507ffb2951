// What scripts add to pages that work without them. Each module does one thing and
// looks for the elements that it is for.

import { countAwaiting } from "./awaiting.js";
import { copyOnClick } from "./copy.js";
import { decideByKey } from "./decide.js";
import { takeDroppedFiles } from "./drop.js";
import { keepDrafts } from "./draft.js";
import { loadForPrint, openTargets, openForPrint } from "./fragment.js";
import { reviewHits } from "./hits.js";
import { loadInPlace } from "./load.js";
import { listenToKeys, openDialogs } from "./keys.js";
import { takeLinkToken } from "./link.js";
import { workQueue } from "./queue.js";
import { reportOnScreen } from "./onscreen.js";
import { sendOnce } from "./once.js";
import { openPictures } from "./open.js";
import { keepPreferences, returnToPlace } from "./prefer.js";
import { openPastedIDs } from "./paste.js";
import { refreshProgress } from "./refresh.js";
import { enlargeFaces, explainMissingPictures } from "./picture.js";
import { placeSigner } from "./signer.js";
import { switchTheme } from "./theme.js";
import { showLocalTimes } from "./times.js";
import { chooseSections } from "./workspace.js";
import { datePrints } from "./print.js";
import { countDown } from "./wait.js";

prepare(document);

returnToPlace(); // before what follows the address
chooseSections();
copyOnClick();
decideByKey(); // before drafts, which send what is chosen
datePrints();
countDown();
keepDrafts();
openTargets();
openForPrint();
loadForPrint();
reviewHits(prepare); // before those that act on the same keys and links elsewhere
workQueue(); // before the keys of other pages
listenToKeys();
loadInPlace(prepare);
openDialogs();
openPastedIDs();
explainMissingPictures();
enlargeFaces();
openPictures();
reportOnScreen();
switchTheme();
keepPreferences();
takeDroppedFiles();
takeLinkToken();
refreshProgress(prepare);
countAwaiting();
sendOnce(); // after those that send a form themselves
import(document.querySelector("script[data-session-module]").dataset.sessionModule).catch(() => {}); // nothing is shown by it at first

// prepare is for the page, and for what is loaded into it later.
function prepare(within) {
  for (const element of within.querySelectorAll("[data-needs-script]")) {
    element.hidden = false;
  }
  showLocalTimes(within);
  placeSigner(within);
}

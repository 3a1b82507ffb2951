package review

import (
	"context"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// AccessStore is where it is kept who saw what.
type AccessStore interface {
	// KeepAccess records that somebody is about to see something.
	KeepAccess(ctx context.Context, a Access) error
	// KeepView is KeepAccess for a page, and returns the ID of the entry, by which what is
	// loaded for the page names it.
	KeepView(ctx context.Context, a Access) (int64, error)
	// KeepOnScreen records which thumbnails were on the screen, each once for its page view.
	// Those that were not sent for that page view are left out. It returns ErrNoView when
	// the person has no such page view of the result.
	KeepOnScreen(ctx context.Context, at time.Time, n NewOnScreen) error
	// AccessLog lists who saw what, newest first.
	AccessLog(ctx context.Context, q AccessQuery) ([]Access, error)
	// PageViews lists page views with what was loaded for each, newest first.
	PageViews(ctx context.Context, q AccessQuery) ([]PageView, error)
}

// Access is an entry in the log of who saw what. It is kept before anything is shown,
// so it may stand for something that could not be had after all.
type Access struct {
	ID        int64 // zero before it is kept
	At        time.Time
	Who       account.Person
	Recipient idv.RecipientID // the zero ID for a result from a file
	Digest    idv.Digest
	What      AccessKind
	View      int64           // ID of the entry of the page for which it was loaded; zero where it is by itself
	Older     bool            // whether it is from before page views were kept
	Medium    idv.MediaID     // which medium; the zero ID where it was none
	Part      string          // key of the resource or check; empty where it was none
	Hits      string          // which hits of that check, such as "1 to 100 of 130"
	HitsRead  *HitsRead       // how many hits there are in all; nil where none were shown, and in lists
	Signer    *SignerCompared // how the expected signer compared; nil where that is no news, and in lists
	SHA256    idv.Digest      // of the medium, when it was sent to its end; else zero
	Name      string          // of the medium or part; only in lists, and empty where the result is gone
}

// AccessQuery picks entries of the access log.
type AccessQuery struct {
	Person      string          // name of an account; empty for everybody
	Recipient   idv.RecipientID // the zero ID for all
	What        AccessKind      // empty for all
	From, Until time.Time       // the zero Time where there is no bound; Until itself is not in it
	Before      int64           // ID of an entry; zero begins with the newest
	Limit       int
}

// AccessKind is the kind of thing that somebody saw.
type AccessKind string

// What can be seen of a recipient. A medium is recorded twice: before it is asked for, and
// with its digest once all of it is there, by how it is sent.
const (
	AccessResult         AccessKind = "result"    // the review page
	AccessSnapshot       AccessKind = "snapshot"  // an older result
	AccessJSON           AccessKind = "json"      // the stored JSON by itself
	AccessDiff           AccessKind = "diff"      // what differs between two results
	AccessPart           AccessKind = "part"      // one document, capture or check by itself
	AccessDetails        AccessKind = "details"   // the rest of what the result says about one of these
	AccessPerson         AccessKind = "person"    // name, birth and document, in the head of a case
	AccessNumber         AccessKind = "number"    // the whole number of a document, there
	AccessSigner         AccessKind = "signer"    // how the document compares with the expected signer, there
	AccessMedium         AccessKind = "medium"    // a picture, a text or a file was asked for
	AccessThumbnail      AccessKind = "thumbnail" // a picture was sent scaled down
	AccessOnScreen       AccessKind = "on-screen" // its thumbnail was on the screen, as the browser says
	AccessOpened         AccessKind = "opened"    // a medium was sent at full size, or a text was shown
	AccessConsulted      AccessKind = "consulted" // a text was read for a page about something else
	AccessBundled        AccessKind = "bundled"   // a medium was put into an evidence bundle
	AccessMediumComplete AccessKind = "whole"     // a medium was sent to its end; nobody kept how, in older entries
	AccessHitPage        AccessKind = "hits"      // a page of the hits of a check
	AccessReplay         AccessKind = "replay"    // what stood on the screen at a decision
	AccessReceipt        AccessKind = "receipt"   // a decision
	AccessBundle         AccessKind = "bundle"    // an evidence bundle
	AccessReport         AccessKind = "report"    // Yoti's report was asked for
	// AccessReportSent is Yoti's report, with its digest, when it was had.
	AccessReportSent AccessKind = "report-sent"
	AccessTicket     AccessKind = "ticket" // a result as text for a ticket
	AccessFile       AccessKind = "file"   // a result from a file that somebody brought
	// AccessEnvelope is the name and the e-mail address, in a list of an envelope's recipients.
	AccessEnvelope AccessKind = "envelope"
)

// AccessKinds lists what can be seen, in the order in which it is offered.
func AccessKinds() []AccessKind {
	return []AccessKind{
		AccessResult, AccessSnapshot, AccessDiff, AccessJSON, AccessPart, AccessDetails, AccessPerson, AccessNumber, AccessSigner, AccessMedium, AccessThumbnail, AccessOnScreen, AccessOpened,
		AccessConsulted, AccessBundled, AccessMediumComplete, AccessHitPage, AccessReceipt, AccessReplay, AccessBundle, AccessReport, AccessReportSent, AccessTicket, AccessEnvelope, AccessFile,
	}
}

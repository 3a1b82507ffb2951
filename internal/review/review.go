// Package review is what people do with a session result: open it, fetch it again,
// read what it was before, and put their notes to it.
//
// Its Desk has the verbs of a reviewer. It asks Yoti and the database through the
// two interfaces declared here and knows neither by name. Three rules hold in every
// verb:
//
//   - Nothing of a person is returned to be shown before an access entry is kept.
//     When the entry cannot be kept, nothing is returned.
//   - Everything recorded about a result binds to the digest of the one that was read.
//   - A result that cannot be had never hides one that can: what was stored is
//     shown with its age and with what went wrong.
//
// People are identified by the account package; what a result says is idv's.
package review

import (
	"context"
	"io"
	"sync"
	"time"

	"countersign/internal/account"
	"countersign/internal/cache"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/turns"
)

// Results is where session results, and what they name, come from: *yotisign.Client.
// Its errors wrap those of idv.
type Results interface {
	// Session fetches the result of a recipient.
	Session(ctx context.Context, id idv.RecipientID) (*idv.Decoded, error)
	// Medium opens a medium of the recipient's session. The caller closes it.
	Medium(ctx context.Context, id idv.RecipientID, medium idv.MediaID) (io.ReadCloser, error)
	// Report fetches Yoti's report on the recipient's session, a PDF.
	Report(ctx context.Context, id idv.RecipientID) ([]byte, error)
	// ResetLimit lets the recipient begin more sessions. It is asked once; where nobody
	// knows what came of it, the error wraps idv.ErrOutcomeUnknown.
	ResetLimit(ctx context.Context, id idv.RecipientID) error
}

// Records is where everything is kept: *store.Store. Each method is one
// transaction, and has taken effect for good when it returns nil.
type Records interface {
	// KeepResult records that who got the result d of a recipient at the time at.
	KeepResult(ctx context.Context, id idv.RecipientID, who account.Person, at time.Time, d *idv.Decoded) error
	// KeepFailure records that who tried to get a result and could not.
	KeepFailure(ctx context.Context, id idv.RecipientID, f Failure) error
	// Recipient returns everything that is kept about a recipient, with the draft of
	// who, of the notes those of the page. A recipient that was never fetched has an empty
	// File.
	Recipient(ctx context.Context, id idv.RecipientID, who account.Person, notes NotePage) (File, error)
	// Snapshot returns one stored result; ErrNoSnapshot when there is none.
	Snapshot(ctx context.Context, id idv.RecipientID, digest idv.Digest) (Snapshot, error)
	// Newest returns the newest stored result; ErrNoSnapshot when there is none.
	Newest(ctx context.Context, id idv.RecipientID) (Snapshot, error)
	// KeepNote records a note once per author and key and removes the author's draft.
	// It returns ErrStale when the note's digest is not that of the newest snapshot,
	// and ErrKeyUsed when the key stands for a note with another text, digest or
	// recipient.
	KeepNote(ctx context.Context, n NewNote) error
	// FormSent returns the Seq of the entry that who made with the form with the key; zero
	// when there is none.
	FormSent(ctx context.Context, who account.Person, key string) (int64, error)
	// KeepDraft replaces the draft that the author has for a recipient; an empty text
	// without a choice removes it. It does nothing when the author recorded a note with the same key: a
	// draft that arrives late does not come back.
	KeepDraft(ctx context.Context, d NewDraft) error
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
	// BeginReset records that somebody is about to reset a session limit, and returns
	// the ID of the entry. It returns ErrKeyUsed when the form was sent before.
	BeginReset(ctx context.Context, r NewReset) (int64, error)
	// EndReset records what came of the reset with the ID.
	EndReset(ctx context.Context, r NewReset, id int64, end ResetEnd) error
	// KeepDecision records a decision once per author and key and removes the author's
	// draft, and returns its Seq. See Desk.Decide for its errors.
	KeepDecision(ctx context.Context, n NewDecision) (int64, error)
	// KeepSecond records a second review; see Desk.Second.
	KeepSecond(ctx context.Context, at time.Time, n NewSecond) error
	// KeepWithdrawal records a withdrawal; see Desk.Withdraw.
	KeepWithdrawal(ctx context.Context, at time.Time, n NewWithdrawal) error
	// KeepDispositions records what hits are held for; see Desk.JudgeHits.
	KeepDispositions(ctx context.Context, at time.Time, n NewDispositions) error
	// KeepExpected records who the signer should be, once per author and key; see
	// Desk.SetExpected for its errors. The recipient need not have been fetched.
	KeepExpected(ctx context.Context, n NewExpected) error
	// Expected returns who the signer should be; nil when nobody says so.
	Expected(ctx context.Context, id idv.RecipientID) (*ExpectedSigner, error)
	// KeepExport records that somebody takes an evidence bundle, and returns the Seq. It
	// returns ErrDecided when there is a newer act on decisions than the bundle has.
	KeepExport(ctx context.Context, at time.Time, n NewExport) (int64, error)
	// KeepListExport records that somebody takes a list along.
	KeepListExport(ctx context.Context, at time.Time, who account.Person, list List) error
	// SealMedium keeps a sealed copy of a medium, unless there is one.
	SealMedium(ctx context.Context, n NewSealed) error
	// SealedMedium returns the newest kept copy of a medium; ErrNotSealed when there is
	// none.
	SealedMedium(ctx context.Context, id idv.RecipientID, medium idv.MediaID) ([]byte, error)
	// Coverage returns what somebody was shown of a result so far.
	Coverage(ctx context.Context, id idv.RecipientID, digest idv.Digest, who account.Person) (Coverage, error)
	// Deciders lists the people who may decide, by name.
	Deciders(ctx context.Context) ([]account.Person, error)
	// CouldBeOne returns why the author of a decision and whoever would review it now may be
	// one person; nothing when no change of an account says so.
	CouldBeOne(ctx context.Context, d *Decision, second int64, now time.Time) ([]OnePerson, error)
	// NewestEntry returns the time of the newest entry of the ledger; the zero Time when there
	// is none.
	NewestEntry(ctx context.Context) (time.Time, error)
	// Openings lists who was shown a recipient's results, the latest first.
	Openings(ctx context.Context, id idv.RecipientID) ([]Opening, error)
	// Ledger lists entries, newest first.
	Ledger(ctx context.Context, q LedgerQuery) ([]Recorded, error)
	// Health says how the ledger is.
	Health(ctx context.Context) (Health, error)
	// Prove returns the proofs that entries are in the tree of the newest checkpoint,
	// which is made first where there is none that has them all. It returns
	// ErrNotRecording when none can be made.
	Prove(ctx context.Context, seqs []int64) ([]ledger.Proof, error)
	// SignedProof returns the proof that an entry is in the tree of the newest checkpoint
	// there is; nil when that does not cover the entry. It makes none.
	SignedProof(ctx context.Context, seq int64) (*ledger.Proof, error)
	// Checkpoint returns the newest checkpoint, signed, after making one when there are
	// newer entries.
	Checkpoint(ctx context.Context) ([]byte, error)
	// Pending lists the decisions that somebody should look at.
	Pending(ctx context.Context, who account.Person, limit int) (Pending, error)
	// Drafts lists the recipients about whom who has an unsent text, the newest first.
	Drafts(ctx context.Context, who account.Person, limit int) ([]Visit, error)
	// SignerCompared returns how expected signers of a recipient compared with results, the
	// newest last.
	SignerCompared(ctx context.Context, id idv.RecipientID) ([]SignerCompared, error)
	// HitsRead returns what is remembered of the search results about a recipient.
	HitsRead(ctx context.Context, id idv.RecipientID) ([]HitsRead, error)
	// Recent lists the recipients that who opened last, newest first.
	Recent(ctx context.Context, who account.Person, limit int) ([]Visit, error)
	// Waiting lists recipients whose newest result is not final, longest unfetched first.
	Waiting(ctx context.Context, limit int) ([]Visit, error)
}

// Desk is where a reviewer works. Its fields are set once, before the first use.
type Desk struct {
	Results Results
	Records Records
	Now     func() time.Time
	// Patience is how long a page with a stored result waits for a newer one.
	Patience time.Duration
	// SealFor is for how long a sealed copy of every medium is kept that is shown to its
	// end, which outlives Yoti's own. Zero keeps none.
	SealFor time.Duration
	// OpeningsPerMinute is how many results one person may ask Yoti for in a minute, so
	// that nobody uses up what Yoti gives everybody; zero is no limit.
	OpeningsPerMinute int
	Policy            Policy
	Program           string // name and version, for the record

	mediaOnce sync.Once
	media     *turns.Queue

	recorded pace // forms
	asked    pace // results, of Yoti
	onScreen pace // what was on the screen

	underWay underWay // what is asked of Yoti for callers who may leave
	readings cache.LRU[idv.Digest, reading]
	changes  cache.LRU[[2]idv.Digest, []idv.Change] // from the first to the second

	summaries summaries
}

// File is everything that is kept about a recipient, as one consistent reading.
type File struct {
	Newest   *Snapshot        // nil when no result was ever had
	Previous *Snapshot        // the result that Newest replaced; nil when it is the first
	History  []Snapshot       // every snapshot, newest first, without bodies
	Failure  *Failure         // of the last attempt to fetch; nil when that succeeded
	Record   *Record          // what people did; never nil
	Draft    *Draft           // what the asking person was typing; nil when nothing
	HitsRead []HitsRead       // what is remembered of search results that somebody opened
	Compared []SignerCompared // how expected signers compared with results, the newest last

	OlderNotes bool // whether there are notes older than those that were asked for
}

// Case is what a reviewer sees of a recipient.
type Case struct {
	File
	Recipient  idv.RecipientID
	Snapshot   Snapshot // the one shown
	Session    *idv.Session
	Assessment idv.Assessment
	Changes    []idv.Change // against the snapshot before the one shown
	Since      []idv.Change // since the decision that stands, where that is about another result
	Opened     []Opening    // who was shown it, the latest first
	View       int64        // ID of the access entry of this page view; zero where none was kept
	Current    bool         // whether the one shown is the newest
	Asking     bool         // whether Yoti is still being asked for a newer one
	Source     *FileSource  // the file from which the result was read; nil when Yoti gave it
	At         time.Time    // when the case was opened
	// OnePerson says why the reader and the author of the decision that awaits a second review
	// may be one person.
	OnePerson []OnePerson
	reviews   *[]HitReview // nil until it was asked for
}

// Visit is a line in a list of recipients.
type Visit struct {
	Recipient idv.RecipientID
	At        time.Time // when it was opened, fetched or decided, or a text was saved
	State     idv.SessionState
	Notes     int           // how many notes there are
	Verdict   Verdict       // of the newest decision; empty when there is none
	Decision  DecisionState // of the newest decision
	Digest    idv.Digest    // of the newest result; zero when there is none
	Erased    bool          // whether texts and results are gone for good
	ReadHits  bool          // whether somebody read hits of its watchlist checks
	Bucket    idv.Bucket    // of the newest result; empty when there is none
	Document  string        // the identity document of the newest result, as its title; empty when it names none
	// OtherDocuments is how many identity documents the newest result names besides.
	OtherDocuments int
}

// Access is an entry in the log of who saw what. It is kept before anything is shown,
// so it may stand for something that could not be had after all.
type Access struct {
	ID        int64 // zero before it is kept
	At        time.Time
	Who       account.Person
	Recipient idv.RecipientID // the zero ID for a result from a file
	Digest    idv.Digest
	What      Seen
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
	What        Seen            // empty for all
	From, Until time.Time       // the zero Time where there is no bound; Until itself is not in it
	Before      int64           // ID of an entry; zero begins with the newest
	Limit       int
}

// Seen is the kind of thing that somebody saw.
type Seen string

// What can be seen of a recipient. A medium is recorded twice: before it is asked for, and
// with its digest once all of it is there, by how it is sent.
const (
	SeenResult    Seen = "result"    // the review page
	SeenSnapshot  Seen = "snapshot"  // an older result
	SeenJSON      Seen = "json"      // the stored JSON by itself
	SeenDiff      Seen = "diff"      // what differs between two results
	SeenPart      Seen = "part"      // one document, capture or check by itself
	SeenDetails   Seen = "details"   // the rest of what the result says about one of these
	SeenPerson    Seen = "person"    // name, birth and document, in the head of a case
	SeenNumber    Seen = "number"    // the whole number of a document, there
	SeenSigner    Seen = "signer"    // how the document compares with the expected signer, there
	SeenMedium    Seen = "medium"    // a picture, a text or a file was asked for
	SeenThumbnail Seen = "thumbnail" // a picture was sent scaled down
	SeenOnScreen  Seen = "on-screen" // its thumbnail was on the screen, as the browser says
	SeenOpened    Seen = "opened"    // a medium was sent at full size, or a text was shown
	SeenConsulted Seen = "consulted" // a text was read for a page about something else
	SeenBundled   Seen = "bundled"   // a medium was put into an evidence bundle
	SeenWhole     Seen = "whole"     // a medium was sent to its end; nobody kept how, in older entries
	SeenHitPage   Seen = "hits"      // a page of the hits of a check
	SeenReplay    Seen = "replay"    // what stood on the screen at a decision
	SeenReceipt   Seen = "receipt"   // a decision
	SeenBundle    Seen = "bundle"    // an evidence bundle
	SeenReport    Seen = "report"    // Yoti's report was asked for
	// SeenReportSent is Yoti's report, with its digest, when it was had.
	SeenReportSent Seen = "report-sent"
	SeenTicket     Seen = "ticket" // a result as text for a ticket
	SeenFile       Seen = "file"   // a result from a file that somebody brought
)

// AllSeen lists what can be seen, in the order in which it is offered.
func AllSeen() []Seen {
	return []Seen{
		SeenResult, SeenSnapshot, SeenDiff, SeenJSON, SeenPart, SeenDetails, SeenPerson, SeenNumber, SeenSigner, SeenMedium, SeenThumbnail, SeenOnScreen, SeenOpened,
		SeenConsulted, SeenBundled, SeenWhole, SeenHitPage, SeenReceipt, SeenReplay, SeenBundle, SeenReport, SeenReportSent, SeenTicket, SeenFile,
	}
}

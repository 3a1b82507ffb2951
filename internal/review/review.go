// Package review is what people do with a session result: open it, fetch it again, read
// its earlier versions and its evidence, review watchlist hits, write notes, and decide.
//
// A Desk has one method for each thing that a reviewer does. It reaches Yoti and the
// database only through Results, Envelopes and Records, and knows none by name. Three rules
// hold for every method:
//
//   - Personal data is returned only after an access entry was recorded. If the entry
//     cannot be recorded, nothing is returned.
//   - Whatever is recorded about a result refers to that result by its digest.
//   - A failed fetch never hides a stored result: the stored result is returned with its
//     age and with the failure.
//
// Package account says who a person is and what they may do. Package idv says what a
// result means.
package review

import (
	"context"
	"io"
	"sync"
	"time"

	"countersign/internal/cache"
	"countersign/internal/idv"
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

// Records is where everything is kept: *store.Store. Each method is one transaction, and has
// taken effect for good when it returns nil. Its parts are declared where they are used.
type Records interface {
	Recorder
	ResultStore
	DraftStore
	AccessStore
	ViewHistory
	SealedMedia
	SignerStore
	CaseLists
	PeopleStore
	Queues
	ViewStore
	Casework
	LedgerReader
	FigureStore
	CaseFinder
	EnvelopeStore
}

// Desk is where a reviewer works. Its fields are set once, before the first use.
type Desk struct {
	Results Results
	// Envelopes is where envelopes come from.
	Envelopes Envelopes
	Records   Records
	Now       func() time.Time
	// Patience is how long a page with a stored result waits for a newer one.
	Patience time.Duration
	// SealFor is for how long a sealed copy of every medium is kept that is shown to its
	// end, which outlives Yoti's own. Zero keeps none.
	SealFor time.Duration
	// OpeningsPerMinute is how many results one person may ask Yoti for in a minute, so
	// that nobody uses up what Yoti gives everybody; zero is no limit.
	OpeningsPerMinute int
	Policy            Policy
	Due               DuePolicy // how long cases may await somebody; none are due without
	Program           string    // name and version, for the record

	mediaOnce sync.Once
	media     *turns.Queue

	recorded pace // forms
	asked    pace // results, of Yoti
	onScreen pace // what was on the screen
	glances  pace // what pages ask by themselves

	own      ownFetches
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
	Changes    []idv.Change  // against the snapshot before the one shown
	Since      []idv.Change  // since the decision that stands, where that is about another result
	Opened     []ViewSummary // who was shown it, the latest first
	View       int64         // ID of the access entry of this page view; zero where none was kept
	Current    bool          // whether the one shown is the newest
	Asking     bool          // whether Yoti is still being asked for a newer one
	Source     *FileSource   // the file from which the result was read; nil when Yoti gave it
	At         time.Time     // when the case was opened
	// OnePerson says why the reader and the author of the decision that awaits a second review
	// may be one person.
	OnePerson []OnePerson
	reviews   *[]HitReview // nil until it was asked for
}

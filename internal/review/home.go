package review

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
)

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

// CaseLists finds cases by their status.
type CaseLists interface {
	// Pending lists the decisions that somebody should look at.
	Pending(ctx context.Context, who account.Person, limit int) (Pending, error)
	// Recent lists the recipients that who opened last, newest first.
	Recent(ctx context.Context, who account.Person, limit int) ([]Visit, error)
}

// Home is what a reviewer sees before a recipient is chosen.
type Home struct {
	Drafts  []Visit // about which this reviewer has an unsent text, the newest first
	Recent  []Visit // opened by this reviewer, newest first
	Pending Pending // decisions to look at
}

// Next returns the recipient that awaits who first, other than the one that is done; false
// when none does.
func (h Home) Next(who account.Person, done idv.RecipientID) (idv.RecipientID, bool) {
	lists := [][]Visit{h.Pending.Referred, h.Pending.Changed}
	if who.Role.May(account.ReviewSecond) {
		lists = append([][]Visit{h.Pending.Second}, lists...)
	}
	for _, list := range lists {
		for _, v := range list {
			if v.Recipient != done {
				return v.Recipient, true
			}
		}
	}
	return idv.RecipientID{}, false
}

// homeLimit is how long the lists of the start page get.
const homeLimit = 20

// Home returns the lists of the start page. They hold recipient IDs and what their stored
// results amount to, nothing of a person.
func (d *Desk) Home(ctx context.Context, who account.Person) (Home, error) {
	var h Home
	var err error
	if who.Role.May(account.WriteNotes) {
		if h.Drafts, err = d.Records.Drafts(ctx, who, homeLimit); err != nil {
			return Home{}, fmt.Errorf("list drafts: %w", err)
		}
	}
	if h.Recent, err = d.Records.Recent(ctx, who, homeLimit); err != nil {
		return Home{}, fmt.Errorf("list recent recipients: %w", err)
	}
	if h.Pending, err = d.Records.Pending(ctx, who, homeLimit); err != nil {
		return Home{}, fmt.Errorf("list pending recipients: %w", err)
	}
	for _, list := range [][]Visit{h.Drafts, h.Recent, h.Pending.Second, h.Pending.Referred, h.Pending.Changed} {
		if err := d.addSummaries(ctx, list); err != nil {
			return Home{}, err
		}
	}
	return h, nil
}

// summary is what a list says of a stored result.
type summary struct {
	bucket    idv.Bucket
	document  string
	others    int
	watchlist bool // whether hits that somebody read may contradict it
}

func summaryOf(r reading) summary {
	s := summary{bucket: r.assessment.Bucket}
	identity := r.session.IdentityDocument()
	for i := range r.session.Resources {
		document := &r.session.Resources[i]
		switch {
		case document.Kind != idv.IDDocuments:
		case s.document == "" && (identity == nil || document == identity):
			s.document = document.Title()
		default:
			s.others++
		}
	}
	for i := range r.session.Checks {
		report := r.session.Checks[i].Report
		s.watchlist = s.watchlist || report != nil && report.Watchlist != nil
	}
	return s
}

// mayContradict reports whether hits that somebody read could change what it amounts to:
// from clear to clear with notes, and nothing else.
func (s summary) mayContradict() bool { return s.bucket == idv.Clear && s.watchlist }

// addSummaries adds to the rows of a list what their newest results amount to.
func (d *Desk) addSummaries(ctx context.Context, list []Visit) error {
	for i := range list {
		v := &list[i]
		if v.Digest == (idv.Digest{}) || v.Erased {
			continue
		}
		s, err := d.summaryOfVisit(ctx, v)
		if errors.Is(err, ErrErased) || errors.Is(err, ErrNoSnapshot) {
			continue // since the list was read
		}
		if err != nil {
			return fmt.Errorf("summarise the result of %s: %w", v.Recipient, err)
		}
		v.Bucket, v.Document, v.OtherDocuments = s.bucket, s.document, s.others
	}
	return nil
}

// summaryOfVisit returns what the result of a row amounts to, which is worked out once for each
// result, unless somebody read hits that may contradict it.
func (d *Desk) summaryOfVisit(ctx context.Context, v *Visit) (summary, error) {
	known, found := d.summaries.get(v.Digest)
	if found && !(known.mayContradict() && v.ReadHits) {
		return known, nil
	}
	snapshot, err := d.Records.Snapshot(ctx, v.Recipient, v.Digest)
	if err != nil {
		return summary{}, err
	}
	read, err := d.readResult(&snapshot)
	if err != nil {
		return summary{}, err
	}
	s := summaryOf(read)
	if !s.mayContradict() || !v.ReadHits {
		return s, nil
	}
	hits, err := d.Records.HitsRead(ctx, v.Recipient)
	if err != nil {
		return summary{}, err
	}
	s.bucket = read.withConflicts(hits).Bucket
	return s, nil
}

// summaries are those of the results that lists showed of late. The zero summaries are empty
// and ready.
type summaries struct {
	mu   sync.Mutex
	kept map[idv.Digest]summary
}

// maxSummaries is how many are kept, of some hundred bytes each.
const maxSummaries = 10_000

func (m *summaries) get(digest idv.Digest) (summary, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, found := m.kept[digest]
	return s, found
}

// keep keeps one, in the place of any other when there are too many.
func (m *summaries) keep(digest idv.Digest, s summary) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		m.kept = map[idv.Digest]summary{}
	}
	for other := range m.kept {
		if len(m.kept) < maxSummaries {
			break
		}
		delete(m.kept, other)
	}
	m.kept[digest] = s
}

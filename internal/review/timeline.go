package review

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"countersign/internal/idv"
	"countersign/internal/ledger"
)

// Place is where something that is no entry stands among the entries of the ledger.
type LedgerPosition struct {
	After int64 // Seq of the newest entry when it was recorded
	Known bool  // whether that was kept; it was not always
}

// before reports whether it is before an entry; where that was not kept, what the times say.
func (p LedgerPosition) before(seq int64, byTime bool) bool {
	if p.Known {
		return p.After < seq
	}
	return byTime
}

// Event is a line in the story of a recipient.
type Event struct {
	At     time.Time
	Kind   EventKind
	By     string
	Words  string        // what happened, to follow the name of who did it
	Text   string        // what was typed; empty when nothing was, or it was erased
	Seq    int64         // of the entry in the ledger; zero when there is none
	Digest idv.Digest    // of the result that it is about; zero when it is about none
	Behind time.Duration // by which the clock of the entry stood behind the one before
	place  LedgerPosition
	floor  bool // whether it is an entry whose time could not be before that of another
	hits   int  // that were judged
}

// EventKind is a kind of event, as one word for marks and icons.
type EventKind string

// The kinds of events.
const (
	EventFetched   EventKind = "fetched"
	EventChanged   EventKind = "changed"
	EventFailed    EventKind = "failed"
	EventOpened    EventKind = "opened"
	EventNoted     EventKind = "noted"
	EventDecided   EventKind = "decided"
	EventSeconded  EventKind = "seconded"
	EventWithdrawn EventKind = "withdrawn"
	EventJudged    EventKind = "judged"
	EventExpected  EventKind = "expected"
	EventReset     EventKind = "reset"
	EventExported  EventKind = "exported"
	EventAssigned  EventKind = "assigned" // or taken, or released
	EventTagged    EventKind = "tagged"
)

// Timeline is the story of a recipient, newest first: when results came, who opened
// them, and everything that people did. It follows the numbers of the ledger, since a clock
// may have been wrong for a while; times count where there are no numbers.
func Timeline(f *File, opened []ViewSummary) []Event {
	var story []Event
	for i, s := range f.History { // newest first
		e := Event{At: s.First, Kind: EventChanged, By: s.FirstBy, Words: "fetched a result that had changed", Digest: s.Digest, place: s.Place}
		if i == len(f.History)-1 {
			e.Kind, e.Words = EventFetched, "fetched the result"
		}
		story = append(story, e)
	}
	if f.Failure != nil {
		story = append(story, Event{At: f.Failure.At, Kind: EventFailed, By: f.Failure.By.Name, Words: "could not fetch a result from Yoti", place: f.Failure.Place})
	}
	for _, o := range opened {
		story = append(story, Event{At: o.At, Kind: EventOpened, By: o.By, Words: timesOpened(o.Times), place: o.Place})
	}
	done := f.Record.placedEvents()
	for i := range story {
		if !story[i].place.Known {
			story[i].place.After = lastBefore(story[i].At, done)
		}
	}
	story = append(story, done...)
	slices.SortStableFunc(story, func(a, b Event) int {
		return cmp.Or(cmp.Compare(b.place.After, a.place.After), cmp.Compare(b.behindEntry(), a.behindEntry()), b.At.Compare(a.At), cmp.Compare(b.Seq, a.Seq))
	})
	return story
}

// placedEvents are the events of the record, each in its place: that of its entry, or by its
// time where it was recorded before there was a ledger.
func (r *Record) placedEvents() []Event {
	entries := map[int64]*Recorded{}
	for i := range r.Entries {
		entries[r.Entries[i].Seq] = &r.Entries[i]
	}
	list := r.events()
	for i := range list {
		e := entries[list[i].Seq]
		list[i].Behind = e.Behind
		list[i].place = LedgerPosition{e.Seq, list[i].At.Equal(e.At)}
		list[i].floor = e.Version == ledger.V1
	}
	for i := range list {
		if !list[i].place.Known {
			list[i].place.After = lastBefore(list[i].At, list)
		}
	}
	return list
}

// lastBefore returns the last of the entries that were made before a time, for what was
// recorded without its place: the times of entries did not run backwards then. It is -1
// where there is none.
func lastBefore(at time.Time, done []Event) int64 {
	last := int64(-1)
	for i := range done {
		if e := &done[i]; e.floor && e.place.Known && e.At.Before(at) {
			last = max(last, e.place.After)
		}
	}
	return last
}

// behindEntry is 1 for what came behind the entry of its place, and 0 for that entry.
func (e *Event) behindEntry() int {
	if e.place.Known && e.place.After == e.Seq {
		return 0
	}
	return 1
}

func timesOpened(n int) string {
	if n == 1 {
		return "viewed the result"
	}
	return fmt.Sprintf("viewed the result %d times that day", n)
}

// events are what people did.
func (r *Record) events() []Event {
	var story []Event
	for _, n := range r.Notes {
		story = append(story, Event{At: n.At, Kind: EventNoted, By: n.Author, Words: "wrote a note", Text: n.Text, Seq: n.ID, Digest: n.Digest})
	}
	for i := range r.Decisions {
		story = append(story, r.Decisions[i].events()...)
	}
	for _, s := range r.Signers {
		story = append(story, Event{At: s.At, Kind: EventExpected, By: s.By, Words: s.doneSentence(), Text: s.Expected.String(), Seq: s.Seq})
	}
	for _, reset := range r.Resets {
		story = append(story, Event{At: reset.At, Kind: EventReset, By: reset.By, Words: ActWord(ActReset), Text: reset.Reason, Seq: reset.ID})
	}
	for _, x := range r.Exports {
		story = append(story, Event{At: x.At, Kind: EventExported, By: x.By, Words: ActWord(ActExport), Seq: x.Seq})
	}
	story = append(story, r.caseEvents()...)
	return append(story, r.dispositionEvents()...)
}

// caseEvents are who had the case, and how it was tagged.
func (r *Record) caseEvents() []Event {
	var story []Event
	for i := range r.Entries {
		e := &r.Entries[i]
		facts, err := ParseFacts(e.Entry)
		if err != nil || !slices.Contains(CaseActs(), e.Act) {
			continue
		}
		event := Event{At: e.At, Kind: EventAssigned, By: e.Name, Words: ActWord(e.Act), Seq: e.Seq}
		switch e.Act {
		case ActTagged, ActUntagged:
			event.Kind = EventTagged
			event.Words += ": " + facts.Tag
		case ActAssigned:
			event.Words += " to " + facts.AssigneeName
		case ActReleased:
			event.Words = releasedSentence(e.Entry, facts)
		}
		story = append(story, event)
	}
	return story
}

func releasedSentence(e ledger.Entry, facts Facts) string {
	words := releaseWords(e, facts)
	if len(words) == 0 {
		return ActWord(e.Act)
	}
	return ActWord(e.Act) + " " + strings.Join(words, ": ")
}

func (d *Decision) events() []Event {
	decided := Event{At: d.At, Kind: EventDecided, By: d.By, Words: d.Verdict.doneWord(), Seq: d.Seq, Digest: d.Digest}
	if d.Awaited {
		decided.Words += ", subject to second review"
	}
	if d.Statement != nil {
		decided.Text = d.Statement.Note
	}
	story := []Event{decided}
	if s := d.Second; s != nil {
		words := ActWord(ActDisagreed)
		if s.Agrees {
			words = ActWord(ActAgreed)
		}
		story = append(story, Event{At: s.At, Kind: EventSeconded, By: s.By, Words: words, Text: s.Note, Seq: s.Seq, Digest: d.Digest})
	}
	if w := d.Withdrawal; w != nil {
		story = append(story, Event{At: w.At, Kind: EventWithdrawn, By: w.By, Words: ActWord(ActWithdrawn), Text: w.Reason, Seq: w.Seq, Digest: d.Digest})
	}
	return story
}

// doneSentence says what somebody did.
func (s *ExpectedSigner) doneSentence() string {
	switch {
	case s.Cleared:
		return ActWord(ActExpectedCleared)
	case s.Replaces != 0:
		return "replaced the expected signer"
	}
	return ActWord(ActExpectedSet)
}

// doneWord is the verdict as something that somebody did.
func (v Verdict) doneWord() string {
	switch v {
	case Approve:
		return "approved"
	case Reject:
		return "rejected"
	case Refer:
		return "referred the case"
	}
	return string(v)
}

// dispositionEvents are the hits that were judged, those of one form as one event.
func (r *Record) dispositionEvents() []Event {
	var story []Event
	for i := range r.Dispositions {
		j := &r.Dispositions[i]
		n := 1
		if last := len(story) - 1; last >= 0 && i > 0 && j.sameForm(&r.Dispositions[i-1]) {
			n = story[last].hits + 1
			story = story[:last]
		}
		e := Event{At: j.At, Kind: EventJudged, By: j.By, Text: j.Note, Seq: j.Seq, hits: n}
		e.Words = fmt.Sprintf("set the disposition of %s: %s", hitCountWords(n), strings.ToLower(j.Disposition.Label()))
		story = append(story, e)
	}
	return story
}

func hitCountWords(n int) string {
	if n == 1 {
		return "a watchlist hit"
	}
	return fmt.Sprintf("%d watchlist hits", n)
}

// sameForm reports whether two judgements were made with one form.
func (j *HitDisposition) sameForm(other *HitDisposition) bool {
	return j.By == other.By && j.At.Equal(other.At) && j.Disposition == other.Disposition && j.Note == other.Note
}

// Before returns what the record held before an entry.
func (r *Record) Before(seq int64) (*Record, error) {
	end := slices.IndexFunc(r.Entries, func(e Recorded) bool { return e.Seq >= seq })
	if end < 0 {
		end = len(r.Entries)
	}
	return ReadRecord(slices.Clone(r.Entries[:end]))
}

// Entry returns the entry with the Seq; nil when there is none.
func (r *Record) Entry(seq int64) *Recorded {
	for i := range r.Entries {
		if r.Entries[i].Seq == seq {
			return &r.Entries[i]
		}
	}
	return nil
}

package review

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// Envelopes is where envelopes come from: *yotisign.Client.
type Envelopes interface {
	// Envelope fetches an envelope with its recipients. Its errors wrap those of idv.
	Envelope(ctx context.Context, id idv.EnvelopeID) (*idv.Envelope, error)
}

// EnvelopeStore is where it is kept which recipients an envelope has.
type EnvelopeStore interface {
	// KeepEnvelopeView records that somebody is about to see the recipients of an envelope: an
	// entry of the access log for each, and to which envelope each belongs. It returns what is
	// known of each, by ID. For a recipient who was erased there is no entry, and the envelope
	// is not kept.
	KeepEnvelopeView(ctx context.Context, v EnvelopeView) (map[idv.RecipientID]EnvelopeCase, error)
}

// EnvelopeView is that somebody is about to see the recipients of an envelope.
type EnvelopeView struct {
	At         time.Time
	Who        account.Person
	Envelope   idv.EnvelopeID
	Recipients []idv.RecipientID // each once
	Due        DuePolicy
}

// EnvelopeCase is what is known here of a recipient of an envelope.
type EnvelopeCase struct {
	Line   QueueLine // its Stage is empty where there is no result
	Erased bool
}

// OpenedEnvelope is an envelope as a reviewer sees it.
type OpenedEnvelope struct {
	idv.Envelope
	Members []EnvelopeMember // in the order of the envelope
	At      time.Time        // when it was opened
}

// EnvelopeMember is a recipient of an envelope, with what is known of them here. There are no
// name and address where there can be no access entry: of a recipient who was erased, and of
// one whose ID cannot be read.
type EnvelopeMember struct {
	idv.EnvelopeRecipient
	EnvelopeCase
}

// Fetched reports whether there is a result of the recipient here.
func (m *EnvelopeMember) Fetched() bool { return m.Line.Stage != "" }

// MayOpen reports whether the recipient has, or may have, a result to open. Where the
// envelope does not say whether identity verification was asked for, there may be one.
func (m *EnvelopeMember) MayOpen() bool {
	asks, known := m.AsksIDV()
	return m.ID != idv.RecipientID{} && !m.Erased && (asks || !known || m.Fetched())
}

// Unfetched counts the recipients with identity verification of whom there is no result here.
func (e *OpenedEnvelope) Unfetched() int {
	n := 0
	for i, m := range e.Members {
		if asks, _ := m.AsksIDV(); asks && m.MayOpen() && !m.Fetched() && !e.repeats(i) {
			n++
		}
	}
	return n
}

// repeats reports whether a member stands further up already.
func (e *OpenedEnvelope) repeats(i int) bool {
	for _, m := range e.Members[:i] {
		if m.ID == e.Members[i].ID {
			return true
		}
	}
	return false
}

// Envelope asks Yoti for an envelope. Names and addresses in it are returned once it is
// recorded who is about to see them, and are not kept. It returns a *TooFast for somebody who
// asked Yoti too often, and else an error that wraps one of idv's when there is no envelope.
func (d *Desk) Envelope(ctx context.Context, who account.Person, id idv.EnvelopeID) (*OpenedEnvelope, error) {
	envelope, err := d.askForEnvelope(ctx, who, id)
	if err != nil {
		return nil, err
	}
	view := EnvelopeView{At: d.Now(), Who: who, Envelope: id, Recipients: envelope.RecipientIDs(), Due: d.Due}
	known, err := d.Records.KeepEnvelopeView(ctx, view)
	if err != nil {
		return nil, fmt.Errorf("log access to envelope %s: %w", id, err)
	}
	return openedEnvelope(envelope, known, view.At), nil
}

// askForEnvelope asks Yoti for an envelope, of which nothing is shown yet.
func (d *Desk) askForEnvelope(ctx context.Context, who account.Person, id idv.EnvelopeID) (*idv.Envelope, error) {
	if err := d.mayAskYoti(who); err != nil {
		return nil, err
	}
	envelope, err := d.Envelopes.Envelope(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("open envelope %s: %w", id, err)
	}
	return envelope, nil
}

func openedEnvelope(envelope *idv.Envelope, known map[idv.RecipientID]EnvelopeCase, at time.Time) *OpenedEnvelope {
	opened := &OpenedEnvelope{Envelope: *envelope, At: at}
	entries := 0
	for _, r := range envelope.Recipients {
		m := EnvelopeMember{r, known[r.ID]}
		if r.ID == (idv.RecipientID{}) || m.Erased {
			m.Name, m.Email = "", ""
		} else {
			entries++
		}
		opened.Members = append(opened.Members, m)
	}
	opened.Recipients = nil
	if entries < len(envelope.Recipients) {
		opened.Name = "" // it may name a person of whom no entry is kept
	}
	return opened
}

// What one person fetches of an envelope at once. What is left is fetched when they ask again.
const (
	maxEnvelopeFetches = 10
	envelopeFetchTime  = 10 * time.Second // after which no further fetch is begun
)

// EnvelopeFetch is what came of fetching the results of an envelope.
type EnvelopeFetch struct {
	Fetched int
	Failed  int       // Yoti gave no result; why is kept with the recipient
	Left    int       // not asked for
	Until   time.Time // when to go on with those; zero when that is at once, or not known
}

// FetchEnvelope fetches the results of the recipients of an envelope with identity
// verification, one after the other, as far as one person may ask Yoti. Results that need
// not be asked for are left as they are. It returns an error that wraps one of idv's when
// there is no envelope; then nothing was fetched.
func (d *Desk) FetchEnvelope(ctx context.Context, who account.Person, id idv.EnvelopeID) (EnvelopeFetch, error) {
	begun := d.Now()
	envelope, err := d.askForEnvelope(ctx, who, id)
	if err != nil {
		return EnvelopeFetch{}, err
	}
	due, err := d.dueMembers(ctx, who, envelope)
	if err != nil {
		return EnvelopeFetch{}, fmt.Errorf("fetch results of envelope %s: %w", id, err)
	}
	var done EnvelopeFetch
	stopped := false
	for _, member := range due {
		asked := done.Fetched + done.Failed
		stopped = stopped || asked == maxEnvelopeFetches || d.Now().Sub(begun) > envelopeFetchTime
		if stopped || !member.held.IsZero() {
			done.addLeft(member.held)
			continue
		}
		if stopped, err = d.fetchMember(ctx, who, member.id, &done); err != nil {
			return done, fmt.Errorf("fetch results of envelope %s: %w", id, err)
		}
	}
	return done, nil
}

// addLeft counts a recipient who was not asked for, with whom to go on at a time.
func (f *EnvelopeFetch) addLeft(until time.Time) {
	f.Left++
	if until.After(f.Until) {
		f.Until = until
	}
}

// dueMember is a recipient for whose result Yoti is to be asked, but not before it says so.
type dueMember struct {
	id   idv.RecipientID
	held time.Time // zero where Yoti may be asked now
}

// dueMembers returns the recipients of an envelope for whose results Yoti is to be asked.
func (d *Desk) dueMembers(ctx context.Context, who account.Person, envelope *idv.Envelope) ([]dueMember, error) {
	var due []dueMember
	for _, id := range membersWithIDV(envelope) {
		file, err := d.Records.Recipient(ctx, id, who, NotePage{Limit: 1})
		if err != nil {
			return nil, err
		}
		if file.Record.Erasure != nil {
			continue
		}
		ask, err := d.mustAskYoti(&file)
		var limit *idv.RateLimit
		switch {
		case errors.As(err, &limit):
			due = append(due, dueMember{id, limit.Until})
		case err != nil:
			return nil, err
		case ask:
			due = append(due, dueMember{id: id})
		}
	}
	return due, nil
}

// membersWithIDV returns the recipients of whom identity verification is asked, each once.
func membersWithIDV(envelope *idv.Envelope) []idv.RecipientID {
	with := map[idv.RecipientID]bool{}
	for i := range envelope.Recipients {
		if asks, _ := envelope.Recipients[i].AsksIDV(); asks {
			with[envelope.Recipients[i].ID] = true
		}
	}
	return slices.DeleteFunc(envelope.RecipientIDs(), func(id idv.RecipientID) bool { return !with[id] })
}

// fetchMember fetches a result and counts what came of it. It reports whether no more may be
// asked for now, and returns an error that is not Yoti's.
func (d *Desk) fetchMember(ctx context.Context, who account.Person, id idv.RecipientID, done *EnvelopeFetch) (stop bool, err error) {
	err = d.Refresh(ctx, who, id)
	var fast *TooFast
	var limit *idv.RateLimit
	switch _, fromYoti := KindOf(err); {
	case err == nil:
		done.Fetched++
		return false, nil
	case errors.Is(err, ErrErased):
		return false, nil
	case errors.As(err, &fast):
		done.addLeft(fast.Until)
		return true, nil
	case errors.As(err, &limit):
		done.Failed++
		done.Until = limit.Until
		return true, nil
	case fromYoti:
		done.Failed++
		return false, nil
	}
	return true, err
}

package review

import (
	"context"
	"errors"
	"fmt"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// Reset is a reset of a recipient's session limit: who asked Yoti for it, why, and
// what came of it.
type Reset struct {
	ID     int64 // Seq of its entry in the ledger
	By     string
	At     time.Time
	Reason string
	Erased bool // whether the reason is gone for good
	End    ResetEnd
}

// ResetEnd is what came of a reset. The zero ResetEnd is that of one that was broken
// off, or is still under way: nobody knows.
type ResetEnd struct {
	At      time.Time
	Outcome ResetOutcome
	Failure FailureKind // why it was not done; empty when it was
}

// ResetOutcome says whether Yoti reset the limit.
type ResetOutcome string

// The outcomes.
const (
	ResetDone    ResetOutcome = "done"
	ResetRefused ResetOutcome = "refused"
	ResetUnknown ResetOutcome = "unknown" // the answer was lost
)

// Known reports whether somebody knows what came of it.
func (e ResetEnd) Known() bool { return e.Outcome == ResetDone || e.Outcome == ResetRefused }

// NewReset is a reset to be recorded.
type NewReset struct {
	Recipient idv.RecipientID
	By        account.Person
	At        time.Time
	Reason    string
	Key       string // idempotency key of the form
}

// Acts returns what is on record before Yoti is asked. It returns ErrKeyUsed when the form
// was sent before: the limit is reset once.
func (r *NewReset) Acts(now *OnRecord) ([]Act, error) {
	record, err := now.Record(OfResets())
	switch {
	case err != nil:
		return nil, err
	case record.Erasure != nil:
		return nil, ErrErased
	case len(now.Sent) > 0:
		return nil, ErrKeyUsed
	}
	return []Act{{At: r.At, Act: ActReset, Content: []byte(r.Reason)}}, nil
}

// NewResetEnd is what came of a reset, to be recorded.
type NewResetEnd struct {
	Reset int64 // Seq of its entry
	End   ResetEnd
}

// Acts returns what is on record after Yoti was asked. It returns ErrResetEnded when the
// outcome is on record already.
func (n *NewResetEnd) Acts(now *OnRecord) ([]Act, error) {
	record, err := now.Record(OfResets())
	if err != nil {
		return nil, err
	}
	if err := record.mayEndReset(n.Reset); err != nil {
		return nil, err
	}
	return []Act{{At: n.End.At, Act: ActResetEnded, About: n.Reset, Facts: Facts{Outcome: n.End.Outcome, Failure: n.End.Failure}}}, nil
}

// MaxReasonLength is how long the reason of a reset may be, in characters.
const MaxReasonLength = 1_000

// ResetLimit lets a recipient begin more sessions, once however often the form is
// sent. An entry is kept before Yoti is asked, and one of what came of it, also when
// the caller has left meanwhile. It returns a *Refused when the reason cannot be
// recorded, ErrKeyUsed when the form was sent before, and otherwise an error only when
// the entries could not be kept: what Yoti said is in the ResetEnd.
func (d *Desk) ResetLimit(ctx context.Context, r NewReset) (ResetEnd, error) {
	r.Reason = UnixLines(r.Reason)
	if err := checkText("reason", r.Reason, MaxReasonLength); err != nil {
		return ResetEnd{}, err
	}
	if err := d.mayRecord(ctx, r.By, r.Key); err != nil {
		return ResetEnd{}, err
	}
	r.At = d.Now()
	type outcome struct {
		end ResetEnd
		err error
	}
	done := make(chan outcome, 1)
	d.underWay.Go(func() {
		end, err := d.resetAndKeep(context.WithoutCancel(ctx), r)
		done <- outcome{end, err}
	})
	select {
	case o := <-done:
		return o.end, o.err
	case <-ctx.Done():
		return ResetEnd{}, ctx.Err()
	}
}

func (d *Desk) resetAndKeep(ctx context.Context, r NewReset) (ResetEnd, error) {
	begun, err := d.Records.Record(ctx, r.By, r.Recipient, r.Key, r.Acts)
	if err != nil {
		return ResetEnd{}, fmt.Errorf("reset limit of %s: %w", r.Recipient, err)
	}
	asking, done := d.underWay.askingContext(ctx)
	defer done()
	end := endOf(d.Results.ResetLimit(asking, r.Recipient))
	end.At = d.Now()
	answer := NewResetEnd{begun[0], end}
	if _, err := d.Records.Record(ctx, r.By, r.Recipient, "", answer.Acts); err != nil {
		// Yoti was asked, and that is on record: it would be wrong to say that nothing is.
		return ResetEnd{}, fmt.Errorf("reset limit of %s: it is %s: %w: %s", r.Recipient, end.Outcome, ErrOutcomeUnknown, err.Error())
	}
	return end, nil
}

// endOf says what an answer of Yoti's means for a reset. What has no meaning leaves it
// unknown.
func endOf(err error) ResetEnd {
	if err == nil {
		return ResetEnd{Outcome: ResetDone}
	}
	kind, known := KindOf(err)
	if !known || errors.Is(err, idv.ErrOutcomeUnknown) {
		return ResetEnd{Outcome: ResetUnknown, Failure: kind}
	}
	return ResetEnd{Outcome: ResetRefused, Failure: kind}
}

// Resets lists the resets for a recipient, newest first.
func (d *Desk) Resets(ctx context.Context, who account.Person, id idv.RecipientID) ([]Reset, error) {
	file, err := d.Records.Recipient(ctx, id, who, NotePage{Limit: 1})
	if err != nil {
		return nil, fmt.Errorf("list resets of %s: %w", id, err)
	}
	if file.Record.Erasure != nil {
		return nil, fmt.Errorf("list resets of %s: %w", id, ErrErased)
	}
	return file.Record.Resets, nil
}

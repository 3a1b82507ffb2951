package review

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
)

var (
	// ErrNoDecision is returned when no decision about this recipient has that number.
	ErrNoDecision = errors.New("there is no such decision")
	// ErrSettled is returned when the decision was answered, superseded or withdrawn before.
	ErrSettled = errors.New("the decision no longer awaits an answer")
	// ErrOwnDecision is returned when somebody reviews their own decision: a second review takes
	// a second person.
	ErrOwnDecision = errors.New("nobody reviews their own decision")
)

// NewSecond is a second review to be recorded.
type NewSecond struct {
	Recipient idv.RecipientID
	Digest    idv.Digest // of the result that the second reviewer has read
	Decision  int64
	By        account.Person
	Agrees    bool
	At        time.Time
	Note      string // needed to disagree
	Key       string // idempotency key of the form
}

// Second records what a second reviewer says to a decision, once however often it is
// sent. It returns a *Refused when the note is missing or cannot be recorded,
// ErrOwnDecision to the decision's author, ErrStale when the decision, or the review, is
// about another result than the newest, ErrSettled when there is nothing to review any
// more, and ErrNoDecision when there never was.
func (d *Desk) Second(ctx context.Context, n NewSecond) error {
	n.Note = UnixLines(n.Note)
	if err := d.mayRecord(ctx, n.By, n.Key); err != nil {
		return err
	}
	if !n.Agrees && isBlank(n.Note) {
		return &Refused{"Please say in the note why you do not confirm the decision."}
	}
	if !isBlank(n.Note) {
		if err := checkText("note", n.Note, MaxNoteLength); err != nil {
			return err
		}
	}
	if _, err := d.freshFile(ctx, n.By, n.Recipient); err != nil {
		return fmt.Errorf("second review on %s: %w", n.Recipient, err)
	}
	n.At = d.Now()
	if _, err := d.Records.Record(ctx, n.By, n.Recipient, n.Key, n.Acts); err != nil {
		return fmt.Errorf("second review on %s: %w", n.Recipient, err)
	}
	return nil
}

// Acts returns what the second review puts on record: nothing when it was sent before. See
// Desk.Second for its errors.
func (n *NewSecond) Acts(now *OnRecord) ([]Act, error) {
	if sent, err := now.sentBefore(n.Same); sent || err != nil {
		return nil, err
	}
	record, err := now.Record(OfDecisions())
	if err != nil {
		return nil, err
	}
	if err := record.MaySecond(n.By, n.Decision, n.Digest); err != nil {
		return nil, err
	}
	if err := IsNewest(n.Digest, now.Newest); err != nil {
		return nil, err
	}
	a := Act{At: n.At, Act: n.Act(), Snapshot: n.Digest, About: n.Decision}
	if n.Note != "" {
		a.Content = []byte(n.Note)
	}
	decision := record.Decision(n.Decision)
	changes, err := now.AccountChanges(decision.reliedSince(n.At))
	if err != nil {
		return nil, err
	}
	a.Facts.OnePerson = CouldBeOne(decision.Author, n.By.ID, changes)
	return []Act{a}, nil
}

// NewWithdrawal is a withdrawal to be recorded.
type NewWithdrawal struct {
	Recipient idv.RecipientID
	Decision  int64
	By        account.Person
	At        time.Time
	Reason    string
	Key       string // idempotency key of the form
}

// ErrNotYours is returned when somebody withdraws a decision who is neither its author nor a
// supervisor.
var ErrNotYours = errors.New("only its author or a supervisor withdraws a decision")

// mistakeTime is how soon after a decision its author may have noticed a slip of the hand.
const mistakeTime = 10 * time.Second

// WithdrawalReason is what stands beforehand as the reason in the form in which somebody
// withdraws a decision at a time: that it was a mistake, for its author and at once. It is
// empty for others, and later, when there is more to say.
func (d *Decision) WithdrawalReason(who account.Person, at time.Time) string {
	if age := at.Sub(d.At); d.Author != who.ID || age < 0 || age > mistakeTime {
		return ""
	}
	return "recorded by mistake"
}

// Withdraw takes a decision back, once however often it is sent. It stays visible. It
// returns a *Refused when the reason is missing, ErrNotYours to others than its author
// and supervisors, and ErrSettled when the decision no longer stands.
func (d *Desk) Withdraw(ctx context.Context, n NewWithdrawal) error {
	n.Reason = UnixLines(n.Reason)
	if err := checkText("reason", n.Reason, MaxReasonLength); err != nil {
		return err
	}
	if err := d.mayRecord(ctx, n.By, n.Key); err != nil {
		return err
	}
	n.At = d.Now()
	if _, err := d.Records.Record(ctx, n.By, n.Recipient, n.Key, n.Acts); err != nil {
		return fmt.Errorf("withdraw decision %d on %s: %w", n.Decision, n.Recipient, err)
	}
	return nil
}

// Acts returns what the withdrawal puts on record: nothing when it was sent before. See
// Desk.Withdraw for its errors.
func (n *NewWithdrawal) Acts(now *OnRecord) ([]Act, error) {
	if sent, err := now.sentBefore(n.Same); sent || err != nil {
		return nil, err
	}
	record, err := now.Record(OfDecisions())
	if err != nil {
		return nil, err
	}
	if err := record.MayWithdraw(n.By, n.Decision); err != nil {
		return nil, err
	}
	digest := record.Decision(n.Decision).Digest
	return []Act{{At: n.At, Act: ActWithdrawn, Snapshot: digest, About: n.Decision, Content: []byte(n.Reason)}}, nil
}

// Recorded returns the Seq of the entry that somebody made with a form; zero when there is
// none.
func (d *Desk) Recorded(ctx context.Context, who account.Person, form string) (int64, error) {
	entry, err := d.Records.FormEntry(ctx, who, form)
	if err != nil {
		return 0, fmt.Errorf("look for a form of %s: %w", who.Name, err)
	}
	if entry == nil {
		return 0, nil
	}
	return entry.Seq, nil
}

// isBlank reports whether a text says nothing.
func isBlank(text string) bool { return strings.TrimSpace(text) == "" }

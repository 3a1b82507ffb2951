package review

import (
	"context"
	"fmt"
	"slices"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// NewTake is that somebody takes a case.
type NewTake struct {
	Recipient idv.RecipientID
	By        account.Person
	At        time.Time
	Key       string // idempotency key of the form
}

// Take gives a case to the one who asks for it, once however often the form is sent; whoever
// has it already takes nothing. It returns a *TakenError when somebody else has the case,
// ErrNoCase, ErrErased or ErrCaseDecided for one that cannot be taken, and ErrKeyUsed when the
// form stands for something else.
func (d *Desk) Take(ctx context.Context, n NewTake) error {
	if err := d.mayRecord(ctx, n.By, n.Key); err != nil {
		return err
	}
	return d.take(ctx, n)
}

// take is Take for one case of a form that may be recorded.
func (d *Desk) take(ctx context.Context, n NewTake) error {
	n.At = d.Now()
	if _, err := d.Records.Record(ctx, n.By, n.Recipient, n.Key, n.Acts); err != nil {
		return fmt.Errorf("take %s: %w", n.Recipient, err)
	}
	return nil
}

// Acts returns what is on record of a case that is taken. See Desk.Take for its errors.
func (n *NewTake) Acts(now *OnRecord) ([]Act, error) {
	if sent, err := now.sentBefore(n.Same); sent || err != nil {
		return nil, err
	}
	record, err := now.Case()
	if err != nil || record.isWith(n.By) {
		return nil, err
	}
	if err := record.MayTake(n.By, now.Newest); err != nil {
		return nil, err
	}
	return []Act{{At: n.At, Act: ActTaken, Snapshot: now.Newest}}, nil
}

// Same reports whether an entry records this very taking, sent once more.
func (n *NewTake) Same(old *Recorded) bool {
	return old.Act == ActTaken && old.Recipient == n.Recipient.String()
}

// NewRelease is that somebody gives a case back, or takes it from the one who has it.
type NewRelease struct {
	Recipient idv.RecipientID
	By        account.Person
	At        time.Time
	// IdleSince, where it is not zero, asks for the release only if whoever has the case has
	// done nothing about it since then.
	IdleSince time.Time
	Key       string // idempotency key of the form; empty for the system
}

// Release makes a case nobody's, once however often the form is sent; one that nobody has
// stays as it is. It returns a *TakenError when somebody else has the case whose cases the one
// who asks may not release, and ErrKeyUsed when the form stands for something else.
func (d *Desk) Release(ctx context.Context, n NewRelease) error {
	if err := d.mayRecord(ctx, n.By, n.Key); err != nil {
		return err
	}
	return d.release(ctx, n)
}

// release is Release for one case of a form that may be recorded.
func (d *Desk) release(ctx context.Context, n NewRelease) error {
	n.At = d.Now()
	if _, err := d.Records.Record(ctx, n.By, n.Recipient, n.Key, n.Acts); err != nil {
		return fmt.Errorf("release %s: %w", n.Recipient, err)
	}
	return nil
}

// Acts returns what is on record of a case that is released. See Desk.Release for its errors.
func (n *NewRelease) Acts(now *OnRecord) ([]Act, error) {
	if sent, err := now.sentBefore(n.Same); sent || err != nil {
		return nil, err
	}
	record, err := now.Case()
	if err != nil || record.Assignee == nil {
		return nil, err
	}
	if err := record.MayRelease(n.By); err != nil {
		return nil, err
	}
	if !n.IdleSince.IsZero() {
		active, err := now.Active()
		if err != nil || active.After(n.IdleSince) {
			return nil, err
		}
	}
	facts := Facts{}
	if had := record.Assignee; had.Account != n.By.ID {
		facts = Facts{Assignee: had.Account, AssigneeName: had.Name}
	}
	return []Act{{At: n.At, Act: ActReleased, Facts: facts}}, nil
}

// Same reports whether an entry records this very release, sent once more.
func (n *NewRelease) Same(old *Recorded) bool {
	return old.Act == ActReleased && old.Recipient == n.Recipient.String()
}

// NewAssign is that somebody gives a case to somebody, whoever has it.
type NewAssign struct {
	Recipient idv.RecipientID
	By        account.Person
	To        string // name of the account
	At        time.Time
	Key       string // idempotency key of the form

	assignee account.Person // whose name To is
}

// Assign gives a case to the person with the name, once however often the form is sent;
// whoever has it already keeps it. It returns ErrNoAssignee when nobody of that name may
// decide, ErrMayNotAssign when the one who asks may not assign, and otherwise the errors of
// Take but that the case may be somebody's.
func (d *Desk) Assign(ctx context.Context, n NewAssign) error {
	if err := d.mayRecord(ctx, n.By, n.Key); err != nil {
		return err
	}
	return d.assign(ctx, n)
}

// assign is Assign for one case of a form that may be recorded.
func (d *Desk) assign(ctx context.Context, n NewAssign) error {
	people, err := d.Deciders(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(people, func(p account.Person) bool { return p.Name == n.To })
	if at < 0 {
		return fmt.Errorf("assign %s: %w", n.Recipient, ErrNoAssignee)
	}
	n.assignee, n.At = people[at], d.Now()
	if _, err := d.Records.Record(ctx, n.By, n.Recipient, n.Key, n.Acts); err != nil {
		return fmt.Errorf("assign %s: %w", n.Recipient, err)
	}
	return nil
}

// Acts returns what is on record of a case that is assigned. See Desk.Assign for its errors.
func (n *NewAssign) Acts(now *OnRecord) ([]Act, error) {
	if sent, err := now.sentBefore(n.Same); sent || err != nil {
		return nil, err
	}
	record, err := now.Case()
	if err != nil {
		return nil, err
	}
	if err := record.MayAssign(n.By, now.Newest); err != nil || record.isWith(n.assignee) {
		return nil, err
	}
	return []Act{{At: n.At, Act: ActAssigned, Snapshot: now.Newest, Facts: Facts{Assignee: n.assignee.ID, AssigneeName: n.assignee.Name}}}, nil
}

// Same reports whether an entry records this very assignment, sent once more.
func (n *NewAssign) Same(old *Recorded) bool {
	facts, err := ParseFacts(old.Entry)
	return err == nil && old.Act == ActAssigned && old.Recipient == n.Recipient.String() && facts.Assignee == n.assignee.ID
}

// TakenError says who has a case that somebody else wants to take or release.
type TakenError struct {
	By    string // name of the account
	Since time.Time
}

func (e *TakenError) Error() string { return "the case is with " + e.By }

// Is reports whether target is ErrTaken.
func (e *TakenError) Is(target error) bool { return target == ErrTaken }

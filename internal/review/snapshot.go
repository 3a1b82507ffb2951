package review

import (
	"context"
	"errors"
	"fmt"
	"time"

	"countersign/internal/account"
	"countersign/internal/cache"
	"countersign/internal/idv"
)

// ResultStore is where session results are kept, and what is known about a recipient.
type ResultStore interface {
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
}

// freshFor is how long a result that may still change is shown without asking
// Yoti again.
const freshFor = 60 * time.Second

// Snapshot is a session result as stored.
type Snapshot struct {
	Recipient idv.RecipientID
	Digest    idv.Digest
	Canonical []byte // nil in lists
	TokenTTL  *int64 // seconds that the signer's token had left, when Yoti said so
	First     time.Time
	FirstBy   string
	Place     LedgerPosition // of the first fetch
	Fetched   time.Time      // when Yoti last gave this very result
	FetchedBy string
}

// Open returns the case of a recipient. The first visit fetches the result; later
// ones take the stored one, and ask Yoti again when it is a minute old and not
// final, for no longer than the desk's patience. When there is nothing to show it
// returns an error that wraps one of idv's.
//
// Of the notes it has the newest before one, or the newest of all where that is zero.
func (d *Desk) Open(ctx context.Context, who account.Person, id idv.RecipientID, before int64) (*Case, error) {
	notes := NotePage{before, notesShown}
	file, err := d.Records.Recipient(ctx, id, who, notes)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", id, err)
	}
	if file.Record.Erasure != nil {
		return nil, fmt.Errorf("open %s: %w", id, ErrErased)
	}
	due, err := d.mustAskYoti(&file)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", id, err)
	}
	if !due {
		return d.caseOf(ctx, who, id, file, *file.Newest)
	}
	patience := d.Patience
	if file.Newest == nil {
		patience = 0 // there is nothing to show meanwhile
		if err := d.mayAskYoti(who); err != nil {
			return nil, err
		}
	}
	fetchErr := d.fetch(ctx, who, id, patience)
	if file.Newest == nil && fetchErr != nil {
		return nil, fetchErr
	}
	if file, err = d.Records.Recipient(ctx, id, who, notes); err != nil {
		return nil, fmt.Errorf("open %s: %w", id, err)
	}
	if file.Newest == nil { // erased while Yoti was asked
		return nil, fmt.Errorf("open %s: %w", id, ErrErased)
	}
	c, err := d.caseOf(ctx, who, id, file, *file.Newest)
	if err != nil {
		return nil, err
	}
	c.Asking = errors.Is(fetchErr, errImpatient)
	return c, nil
}

// Since lists what changed between an older result and the one that an open case
// shows. It returns ErrNoSnapshot when no such result is stored.
func (d *Desk) Since(ctx context.Context, c *Case, older idv.Digest) ([]idv.Change, error) {
	before, err := d.Records.Snapshot(ctx, c.Recipient, older)
	if err != nil {
		return nil, fmt.Errorf("open result %s of %s: %w", older.Short(), c.Recipient, err)
	}
	changes, err := d.changesBetween(&before, &c.Snapshot)
	if err != nil {
		return nil, fmt.Errorf("compare results of %s: %w", c.Recipient, err)
	}
	return changes, nil
}

// Comparison is two stored results of a recipient, and what differs between them.
type Comparison struct {
	Recipient     idv.RecipientID
	Before, After Snapshot
	Changes       []idv.Change
}

// Compare sets two stored results of a recipient side by side, in the order that is
// asked for. It returns ErrNoSnapshot when one of them is not stored.
func (d *Desk) Compare(ctx context.Context, who account.Person, id idv.RecipientID, before, after idv.Digest) (*Comparison, error) {
	c := &Comparison{Recipient: id}
	for _, one := range []struct {
		digest idv.Digest
		to     *Snapshot
	}{{before, &c.Before}, {after, &c.After}} {
		snapshot, err := d.Records.Snapshot(ctx, id, one.digest)
		if err != nil {
			return nil, fmt.Errorf("open result %s of %s: %w", one.digest.Short(), id, err)
		}
		*one.to = snapshot
	}
	var err error
	if c.Changes, err = d.changesBetween(&c.Before, &c.After); err != nil {
		return nil, fmt.Errorf("compare results of %s: %w", id, err)
	}
	entry := Access{At: d.Now(), Who: who, Recipient: id, Digest: after, What: AccessDiff}
	if err := d.Records.KeepAccess(ctx, entry); err != nil {
		return nil, fmt.Errorf("log access to %s: %w", id, err)
	}
	return c, nil
}

// mustAskYoti reports whether Yoti should be asked. While Yoti wants to be left alone it is:
// without a stored result that is an error.
func (d *Desk) mustAskYoti(file *File) (bool, error) {
	held := file.Failure.Holds(d.Now())
	if file.Newest == nil && held {
		return false, &idv.RateLimit{Until: file.Failure.Until}
	}
	if file.Newest == nil {
		return true, nil
	}
	read, err := d.readResult(file.Newest)
	if err != nil {
		return false, err
	}
	age := d.Now().Sub(file.Newest.Fetched)
	old := age > freshFor || age < -account.ClockSlack // or fetched when the clock was ahead
	return old && !held && !read.session.Final(), nil
}

// Refresh asks Yoti for the result of a recipient and waits for the answer. The
// outcome, good or bad, is kept either way and is part of the next Open. It returns
// an error that wraps one of idv's when no result was had.
func (d *Desk) Refresh(ctx context.Context, who account.Person, id idv.RecipientID) error {
	file, err := d.Records.Recipient(ctx, id, who, NotePage{Limit: 1})
	if err == nil && file.Record.Erasure != nil {
		err = ErrErased
	}
	if err != nil {
		return fmt.Errorf("refresh %s: %w", id, err)
	}
	if err := d.mayAskYoti(who); err != nil {
		return err
	}
	return d.fetch(ctx, who, id, 0)
}

// Snapshot returns the case with one stored result of a recipient, which need not
// be the newest. It asks nothing of Yoti and returns ErrNoSnapshot when there is
// no such result.
func (d *Desk) Snapshot(ctx context.Context, who account.Person, id idv.RecipientID, digest idv.Digest) (*Case, error) {
	snapshot, err := d.Records.Snapshot(ctx, id, digest)
	if err != nil {
		return nil, fmt.Errorf("open result %s of %s: %w", digest.Short(), id, err)
	}
	file, err := d.Records.Recipient(ctx, id, who, NotePage{Limit: notesShown})
	if err != nil {
		return nil, fmt.Errorf("open result %s of %s: %w", digest.Short(), id, err)
	}
	return d.caseOf(ctx, who, id, file, snapshot)
}

// JSON returns one stored result of a recipient as it is stored. It returns
// ErrNoSnapshot when there is no such result.
func (d *Desk) JSON(ctx context.Context, who account.Person, id idv.RecipientID, digest idv.Digest) ([]byte, error) {
	snapshot, err := d.Records.Snapshot(ctx, id, digest)
	if err != nil {
		return nil, fmt.Errorf("open JSON %s of %s: %w", digest.Short(), id, err)
	}
	entry := Access{At: d.Now(), Who: who, Recipient: id, Digest: digest, What: AccessJSON}
	if err := d.Records.KeepAccess(ctx, entry); err != nil {
		return nil, fmt.Errorf("open JSON %s of %s: %w", digest.Short(), id, err)
	}
	return snapshot.Canonical, nil
}

// reading is what a stored result says.
type reading struct {
	session    *idv.Session
	assessment idv.Assessment
	inventory  *inventory
}

// maxCacheable is the size of the largest results of which what was made is held.
const maxCacheable = 256 << 10

// Cacheable reports whether what is made of the result can be held in memory. Each is opened
// many times, and by many people, for each time that it changes, and a session result holds
// nothing of a person, so that gives nothing away. Of large ones nothing is held.
func (s *Snapshot) Cacheable() bool { return len(s.Canonical) <= maxCacheable }

// computeCached is GetOrCompute for what is made of a result.
func computeCached[K comparable, V any](c *cache.LRU[K, V], s *Snapshot, key K, compute func() (V, error)) (V, error) {
	if !s.Cacheable() {
		return compute()
	}
	return c.GetOrCompute(key, compute)
}

func (d *Desk) readResult(s *Snapshot) (reading, error) {
	return computeCached(&d.readings, s, s.Digest, func() (reading, error) {
		decoded, err := idv.Decode(s.Canonical)
		if err != nil {
			return reading{}, err
		}
		r := reading{&decoded.Session, idv.Assess(&decoded.Session), inventoryOf(&decoded.Session)}
		d.summaries.keep(s.Digest, summaryOf(r))
		return r, nil
	})
}

// changesBetween lists what differs between two results.
func (d *Desk) changesBetween(before, after *Snapshot) ([]idv.Change, error) {
	return computeCached(&d.changes, after, [2]idv.Digest{before.Digest, after.Digest}, func() ([]idv.Change, error) {
		return idv.Changes(before.Canonical, after.Canonical)
	})
}

// caseOf makes the case in which snapshot is shown, after the access entry is kept.
func (d *Desk) caseOf(ctx context.Context, who account.Person, id idv.RecipientID, file File, snapshot Snapshot) (*Case, error) {
	read, err := d.readResult(&snapshot)
	if err != nil {
		return nil, fmt.Errorf("read result %s of %s: %w", snapshot.Digest.Short(), id, err)
	}
	c := &Case{
		File:       file,
		Recipient:  id,
		Snapshot:   snapshot,
		Session:    read.session,
		Assessment: read.withConflicts(file.HitsRead),
		Current:    snapshot.Digest == file.Newest.Digest,
		At:         d.Now(),
	}
	if err := d.addComparisons(ctx, c); err != nil {
		return nil, err
	}
	if c.Opened, err = d.Records.ViewSummaries(ctx, id); err != nil {
		return nil, fmt.Errorf("open %s: %w", id, err)
	}
	if latest := c.Record.Latest(); latest != nil && c.Record.MaySecond(who, latest.Seq, latest.Digest) == nil {
		if c.OnePerson, err = d.onePerson(ctx, latest, who, c.At); err != nil {
			return nil, fmt.Errorf("open %s: %w", id, err)
		}
	}
	entry := Access{At: c.At, Who: who, Recipient: id, Digest: snapshot.Digest, What: AccessResult}
	if !c.Current {
		entry.What = AccessSnapshot
	}
	if c.View, err = d.Records.KeepView(ctx, entry); err != nil {
		return nil, fmt.Errorf("log access to %s: %w", id, err)
	}
	return c, nil
}

// addComparisons adds to a case what changed against the result before, and since the decision
// that stands.
func (d *Desk) addComparisons(ctx context.Context, c *Case) (err error) {
	if c.Current && c.Previous != nil {
		if c.Changes, err = d.changesBetween(c.Previous, &c.Snapshot); err != nil {
			return fmt.Errorf("compare results of %s: %w", c.Recipient, err)
		}
	}
	if c.Since, err = d.sinceDecision(ctx, c); err != nil {
		return fmt.Errorf("compare results of %s: %w", c.Recipient, err)
	}
	return nil
}

// errImpatient says that a fetch goes on while the page is shown without it.
var errImpatient = errors.New("still waiting for an answer")

// fetch gets a result and keeps it, or keeps why there is none. It goes on when the
// caller leaves, so that a closed tab costs nobody else the answer; Wait waits for
// it. Patience of zero waits to the end, which the client bounds.
func (d *Desk) fetch(ctx context.Context, who account.Person, id idv.RecipientID, patience time.Duration) error {
	done := make(chan error, 1)
	d.underWay.Go(func() { done <- d.fetchAndKeep(context.WithoutCancel(ctx), who, id) })
	var impatient <-chan time.Time
	if patience > 0 {
		timer := time.NewTimer(patience)
		defer timer.Stop()
		impatient = timer.C
	}
	select {
	case err := <-done:
		return err
	case <-impatient:
		return errImpatient
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (d *Desk) fetchAndKeep(ctx context.Context, who account.Person, id idv.RecipientID) error {
	if elsewhere, err := d.wasFetchedElsewhere(ctx, id); err != nil || elsewhere {
		return err
	}
	asking, done := d.underWay.askingContext(ctx)
	defer done()
	decoded, err := d.Results.Session(asking, id)
	if err == nil {
		return d.keepResult(ctx, id, who, decoded)
	}
	kind, known := KindOf(err)
	if !known {
		return err
	}
	failure := Failure{At: d.Now(), By: who, Kind: kind, Answer: AnswerOf(err)}
	var limit *idv.RateLimit
	if errors.As(err, &limit) {
		failure.Until = limit.Until
	}
	if keepErr := d.Records.KeepFailure(ctx, id, failure); keepErr != nil {
		return errors.Join(err, keepErr)
	}
	return err
}

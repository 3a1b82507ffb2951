package review

import (
	"context"
	"errors"
	"fmt"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// NewOnScreen says which thumbnails of a page view were on somebody's screen.
type NewOnScreen struct {
	Recipient idv.RecipientID
	Digest    idv.Digest // of the result on the page
	By        account.Person
	View      int64 // ID of the access entry of the page
	Media     []idv.MediaID
}

// ErrNoView is returned when the person has not been sent such a page of the result.
var ErrNoView = errors.New("there is no such page view")

// The limits of what one person reports to have been on the screen.
const (
	maxOnScreen       = 200 // media at a time
	onScreenPerMinute = 120 // reports
)

// OnScreen records which thumbnails were on the screen, each once for its page view,
// however often it is reported, and returns what was opened of the result by then. What was
// not sent for the page view cannot have been on the screen and is left out. It returns
// ErrNoView when the person has no such page view, a *TooFast when there are more reports
// than a page makes, and a *Refused when one has too many media.
func (d *Desk) OnScreen(ctx context.Context, n NewOnScreen) (*Case, Coverage, error) {
	if len(n.Media) > maxOnScreen {
		return nil, Coverage{}, &Refused{fmt.Sprintf("At most %d pictures can be reported at a time.", maxOnScreen)}
	}
	if until, ok := d.onScreen.count(n.By.ID, d.Now(), paceLimit{onScreenPerMinute, time.Minute}); !ok {
		return nil, Coverage{}, &TooFast{fmt.Sprintf("Not recorded: one person can report %d times a minute what was on the screen.", onScreenPerMinute), until}
	}
	if err := d.Records.KeepOnScreen(ctx, d.Now(), n); err != nil {
		return nil, Coverage{}, fmt.Errorf("record what was on the screen of %s: %w", n.Recipient, err)
	}
	return d.openedSoFar(ctx, n)
}

// openedSoFar returns the result of a page view that is on record, and what whoever has it
// was shown of it.
func (d *Desk) openedSoFar(ctx context.Context, n NewOnScreen) (*Case, Coverage, error) {
	file, err := d.Records.Recipient(ctx, n.Recipient, n.By, NotePage{Limit: 1})
	if err != nil {
		return nil, Coverage{}, fmt.Errorf("look up what was opened of %s: %w", n.Recipient, err)
	}
	snapshot, session, err := d.openSnapshot(ctx, n.By, n.Recipient, n.Digest)
	if err != nil {
		return nil, Coverage{}, err
	}
	read, err := d.readResult(&snapshot)
	if err != nil {
		return nil, Coverage{}, fmt.Errorf("read result %s of %s: %w", snapshot.Digest.Short(), n.Recipient, err)
	}
	c := &Case{File: file, Recipient: n.Recipient, Snapshot: snapshot, Session: session, Assessment: read.withConflicts(file.HitsRead), View: n.View, At: d.Now()}
	covered, err := d.Coverage(ctx, n.By, c)
	return c, covered, err
}

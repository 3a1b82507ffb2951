// Package arrivals is how recipients come in without anybody opening their page.
//
// There are three ways: Yoti Sign sends an event to the webhook, somebody imports a list of
// IDs, or a result that is stored is not final yet and is asked for again. All three end in
// one place, the Worker, which asks Yoti for one thing at a time. It promises:
//
//   - What an event says is a hint and nothing more. Of its body only IDs are used, and each
//     of them leads to a request of ours; what is shown comes from the answer alone.
//   - The same event twice changes nothing: a recipient has one task, however often and by
//     whom it is asked for.
//   - Yoti is asked no more often than the set rate, and not at all while it wants to be left
//     alone. Both hold for events, lists and what is asked again together.
//   - A list that is long keeps nothing else waiting: what an event brings goes before it.
//   - Nothing that was begun is lost when the program stops, and one worker works at a time.
//
// Who may do what, and what is put on record, is as everywhere: an import is an entry of the
// ledger, and each fetch is recorded under an account that is nobody's.
package arrivals

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// ErrNoImport is returned when there is no import with an ID.
var ErrNoImport = errors.New("there is no such import")

// Records is where events and imports are kept: *store.Store. Each method is one
// transaction, and has taken effect for good when it returns nil.
type Records interface {
	// KeepHook records an event of the webhook, queues what it names, and returns what came
	// of it.
	KeepHook(ctx context.Context, h Hook) (Outcome, error)
	// Hooks lists the events before one, the newest first; zero begins with the newest.
	Hooks(ctx context.Context, before int64, limit int) ([]Event, error)
	// SweepHooks forgets events from before a time.
	SweepHooks(ctx context.Context, before time.Time) error

	// KnownRecipients returns those of the recipients of which something is stored.
	KnownRecipients(ctx context.Context, ids []idv.RecipientID) (map[idv.RecipientID]bool, error)
	// StartImport records that somebody imports a list, once per person and key, and returns
	// the import's ID.
	StartImport(ctx context.Context, n NewImport) (int64, error)
	// ChangeImport stops a running import, or starts a stopped one again, and records who did
	// so. One that is as wanted stays as it is; ErrNoImport when there is none.
	ChangeImport(ctx context.Context, c ImportChange) error
	// Import returns an import with its counts; ErrNoImport when there is none.
	Import(ctx context.Context, id int64) (Import, error)
	// Imports lists imports, the newest first, with their counts.
	Imports(ctx context.Context, limit int) ([]Import, error)
	// ImportLines lists lines of an import in their order, from behind a number.
	ImportLines(ctx context.Context, q LineQuery) ([]ImportLine, error)
}

// Service takes in what arrives. Its fields are set once, before the first use.
type Service struct {
	Records Records
	Now     func() time.Time
	// Wake is called when there may be something to do; nil where nobody works.
	Wake func()

	mu     sync.Mutex
	minute time.Time // in which events are being counted
	came   int
}

func (s *Service) wake() {
	if s.Wake != nil {
		s.Wake()
	}
}

// hooksKept is how long events are listed.
const hooksKept = 7 * 24 * time.Hour

// hooksPerMinute is how many events are taken in a minute. That is a hundred a second;
// twenty thousand envelopes a day make some ten a minute.
const hooksPerMinute = 6000

// mayTake returns a *review.TooFast when there were too many events in this minute.
func (s *Service) mayTake() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if minute := s.Now().Truncate(time.Minute); !minute.Equal(s.minute) {
		s.minute, s.came = minute, 0
	}
	if s.came++; s.came > hooksPerMinute {
		return &review.TooFast{Why: "Too many events came in this minute.", Until: s.minute.Add(time.Minute)}
	}
	return nil
}

// Take takes the body of an event, queues what it names, and returns what came of it. It
// returns a *review.TooFast when there are far more events than signers make.
func (s *Service) Take(ctx context.Context, body []byte) (Outcome, error) {
	if err := s.mayTake(); err != nil {
		return "", err
	}
	outcome, err := s.Records.KeepHook(ctx, readHook(body, s.Now()))
	if err != nil {
		return "", fmt.Errorf("take an event: %w", err)
	}
	s.wake()
	return outcome, nil
}

// Events lists the events of the last week before one, the newest first; zero begins with
// the newest.
func (s *Service) Events(ctx context.Context, before int64, limit int) ([]Event, error) {
	list, err := s.Records.Hooks(ctx, before, limit)
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	oldest := s.Now().Add(-hooksKept)
	for i := range list {
		if list[i].At.Before(oldest) {
			return list[:i], nil
		}
	}
	return list, nil
}

// Sweep forgets events that are older than a week.
func (s *Service) Sweep(ctx context.Context) error {
	return s.Records.SweepHooks(ctx, s.Now().Add(-hooksKept))
}

// Preview says of each recipient of a list whether it is known.
func (s *Service) Preview(ctx context.Context, ids []idv.RecipientID) (map[idv.RecipientID]bool, error) {
	known, err := s.Records.KnownRecipients(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("look up a list: %w", err)
	}
	return known, nil
}

// Start starts an import, once per person and key, and returns its ID. It returns ErrNoLines
// for an empty list, and ErrTooMany for one that is too long.
func (s *Service) Start(ctx context.Context, by account.Person, key string, lines []Line) (int64, error) {
	switch {
	case len(lines) == 0:
		return 0, ErrNoLines
	case len(lines) > MaxLines:
		return 0, ErrTooMany
	}
	id, err := s.Records.StartImport(ctx, NewImport{By: by, At: s.Now(), Key: key, Lines: lines})
	if err != nil {
		return 0, fmt.Errorf("start an import: %w", err)
	}
	s.wake()
	return id, nil
}

// Stop stops an import: what was not asked for yet waits until somebody starts it again.
func (s *Service) Stop(ctx context.Context, by account.Person, id int64) error {
	return s.change(ctx, ImportChange{ID: id, By: by, At: s.Now(), To: Stopped})
}

// Resume starts an import again that was stopped.
func (s *Service) Resume(ctx context.Context, by account.Person, id int64) error {
	return s.change(ctx, ImportChange{ID: id, By: by, At: s.Now(), To: Running})
}

func (s *Service) change(ctx context.Context, c ImportChange) error {
	if err := s.Records.ChangeImport(ctx, c); err != nil {
		return fmt.Errorf("change import %d: %w", c.ID, err)
	}
	s.wake()
	return nil
}

// Import returns an import with its counts; ErrNoImport when there is none.
func (s *Service) Import(ctx context.Context, id int64) (Import, error) {
	found, err := s.Records.Import(ctx, id)
	if err != nil {
		return Import{}, fmt.Errorf("open import %d: %w", id, err)
	}
	return found, nil
}

// Imports lists imports, the newest first.
func (s *Service) Imports(ctx context.Context, limit int) ([]Import, error) {
	list, err := s.Records.Imports(ctx, limit)
	if err != nil {
		return nil, fmt.Errorf("list imports: %w", err)
	}
	return list, nil
}

// Lines lists lines of an import in their order.
func (s *Service) Lines(ctx context.Context, q LineQuery) ([]ImportLine, error) {
	list, err := s.Records.ImportLines(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("list lines of import %d: %w", q.Import, err)
	}
	return list, nil
}

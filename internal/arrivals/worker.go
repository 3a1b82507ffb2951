package arrivals

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// Kind is what a task asks Yoti for.
type Kind string

// The kinds of tasks.
const (
	OfRecipient Kind = "recipient" // the result of a recipient
	OfEnvelope  Kind = "envelope"  // the recipients of an envelope
)

// Cause is why Yoti is asked.
type Cause string

// The causes of tasks that are not lines of an import.
const (
	OfEvent Cause = "hook"  // an event names it
	Again   Cause = "again" // what was asked before is not final, or failed
)

// LatestDue returns when a task of the cause is due at the latest that was queued up to now. One
// that is due even later was queued while the clock was ahead.
func (c Cause) LatestDue(now time.Time) time.Time {
	if c == Again {
		now = now.Add(longestWait)
	}
	return now.Add(account.ClockSlack)
}

// Task is one thing to ask Yoti for.
type Task struct {
	Kind     Kind
	ID       string    // of the recipient or envelope: a UUID, in its canonical form
	Since    time.Time // when it was first wanted
	Attempts int       // that gave nothing so far
	Line     bool      // whether it is a line of an import, and nothing else asks for it
	Taken    time.Time // when the worker took it; tells it from what another worker took
}

// Taking is what TakeTask needs to know.
type Taking struct {
	Holder     string // of the lease
	Now        time.Time
	Until      time.Time // end of the lease
	LinesFirst bool      // whether a line of an import goes before what is asked again
}

// Ending is what came of a task.
type Ending struct {
	At         time.Time
	Failure    review.FailureKind // empty when there was none
	Erased     bool               // whether the recipient was erased
	Again      time.Time          // when to ask again; zero for never
	Recipients []idv.RecipientID  // of an envelope
}

// Jobs is where tasks are kept: *store.Store.
type Jobs interface {
	// TakeTask takes or renews the worker's lease and returns the task that comes next. It
	// returns nil when there is none, when another holds the lease, or when Yoti wants to be
	// left alone, and when to look again; the zero Time when there is nothing to wait for.
	TakeTask(ctx context.Context, t Taking) (*Task, time.Time, error)
	// EndTask records what came of a task. What an event asked for anew meanwhile, or another
	// worker has taken, stays due.
	EndTask(ctx context.Context, t Task, e Ending) error
	// PauseTasks has no task taken before a time. It ends no pause that lasts longer.
	PauseTasks(ctx context.Context, now, until time.Time) error
	// EndLease gives the lease back, if the holder has it.
	EndLease(ctx context.Context, holder string) error
}

// Fetcher fetches results in the name of the server: *review.Desk.
type Fetcher interface {
	// FetchInBackground gets the result of a recipient and keeps it. It returns an error that
	// wraps one of idv's when there is none, and review.ErrErased for an erased recipient.
	FetchInBackground(ctx context.Context, id idv.RecipientID) error
}

// Envelopes is where envelopes come from: *yotisign.Client.
type Envelopes interface {
	// Envelope fetches an envelope. Its errors wrap those of idv.
	Envelope(ctx context.Context, id idv.EnvelopeID) (*idv.Envelope, error)
}

// Worker asks Yoti for what arrives, one thing at a time. Its fields are set once.
type Worker struct {
	Jobs      Jobs
	Fetcher   Fetcher
	Envelopes Envelopes
	Now       func() time.Time
	PerMinute int // how many requests; zero asks nothing
	// Holder names this worker as no other that runs at the same time is named. One that is
	// started again goes on at once under the same name, and waits for the lease to end under
	// another.
	Holder string
	Log    *slog.Logger

	wake       chan struct{}
	resting    time.Time // before which nothing is asked, to keep to the rate
	rested     time.Time // when that was set
	linesFirst bool
	troubles   int // failures in a row that are not about one recipient
}

// How long the lease of a worker lasts, and how often an idle one looks for work that it was
// not woken for.
const (
	leaseTime = 30 * time.Second
	idleTime  = 15 * time.Second
)

// afterError is how long a worker rests that could not read or record something.
const afterError = time.Minute

// NewWorker returns a Worker that is woken by its Wake from now on.
func NewWorker(w Worker) *Worker {
	w.wake = make(chan struct{}, 1)
	return &w
}

// Wake has the worker look for work. It never blocks.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default: // it is about to look
	}
}

// Run works until ctx ends. A request that is under way is not waited for.
func (w *Worker) Run(ctx context.Context) {
	if w.PerMinute <= 0 {
		return
	}
	defer w.endLease(ctx)
	for ctx.Err() == nil {
		next, err := w.Step(ctx)
		wait := min(max(next.Sub(w.Now()), 0), idleTime)
		switch {
		case err != nil && ctx.Err() == nil:
			w.Log.ErrorContext(ctx, "the background could not go on, and tries again", "after", afterError, "error", err)
			wait = afterError
		case next.IsZero():
			wait = idleTime
		}
		w.sleep(ctx, wait)
	}
}

// endLease lets another worker go on at once. Where that fails, the lease ends by itself.
func (w *Worker) endLease(ctx context.Context) {
	if err := w.Jobs.EndLease(context.WithoutCancel(ctx), w.Holder); err != nil {
		w.Log.WarnContext(ctx, "another server can work in the background only after a while", "after", leaseTime, "error", err)
	}
}

func (w *Worker) sleep(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-w.wake:
	case <-timer.C:
	}
}

// Step does at most one task and returns when to do the next; the zero Time when nothing
// waits. An error means that something could not be read or recorded; what Yoti refused is
// recorded, and is none.
func (w *Worker) Step(ctx context.Context) (time.Time, error) {
	now := w.Now()
	if now.Before(w.resting) && !now.Before(w.rested) {
		return w.resting, nil
	}
	task, next, err := w.Jobs.TakeTask(ctx, Taking{Holder: w.Holder, Now: now, Until: now.Add(leaseTime), LinesFirst: w.linesFirst})
	if err != nil || task == nil {
		return next, err
	}
	w.linesFirst = !task.Line
	w.rested, w.resting = now, now.Add(time.Minute/time.Duration(w.PerMinute))
	if err := w.do(ctx, *task); err != nil {
		return w.resting, fmt.Errorf("work in the background: %w", err)
	}
	return w.resting, nil
}

// do asks Yoti for what a task is about, and records what came of it.
func (w *Worker) do(ctx context.Context, t Task) error {
	found, err := w.ask(ctx, t)
	if ctx.Err() != nil {
		return ctx.Err() // the task stays due
	}
	end := Ending{At: w.Now(), Recipients: found}
	kind, ofYoti := review.KindOf(err)
	switch {
	case err == nil:
		w.troubles = 0
	case errors.Is(err, review.ErrErased):
		end.Erased = true
	case errors.Is(err, idv.ErrRateLimited):
		return w.pause(ctx, pauseUntil(err, end.At)) // it counts for nothing
	case !ofYoti:
		return w.putOff(ctx, t, err)
	default:
		end.Failure, end.Again = kind, nextAttempt(t, err, end.At)
	}
	if err := w.Jobs.EndTask(ctx, t, end); err != nil {
		return err
	}
	return w.pauseInTrouble(ctx, err, end.At)
}

// putOff has a task tried again later that failed for a reason of our own, so that others go
// on. It returns that reason. Where nothing can be recorded at all, the task stays due.
func (w *Worker) putOff(ctx context.Context, t Task, reason error) error {
	end := Ending{At: w.Now(), Failure: review.Unexpected}
	if next, ok := NextAsking(t.Since, end.At); ok {
		end.Again = next
	}
	return errors.Join(reason, w.Jobs.EndTask(ctx, t, end))
}

func (w *Worker) ask(ctx context.Context, t Task) ([]idv.RecipientID, error) {
	if t.Kind == OfEnvelope {
		return w.verifiedRecipients(ctx, t.ID)
	}
	id, err := idv.ParseRecipientID(t.ID)
	if err != nil {
		return nil, err
	}
	return nil, w.Fetcher.FetchInBackground(ctx, id)
}

// verifiedRecipients asks Yoti for the recipients of an envelope whose identity is checked, as
// far as the answer tells; who they are otherwise is not looked at.
func (w *Worker) verifiedRecipients(ctx context.Context, envelope string) ([]idv.RecipientID, error) {
	id, err := idv.ParseEnvelopeID(envelope)
	if err != nil {
		return nil, err
	}
	found, err := w.Envelopes.Envelope(ctx, id)
	if err != nil {
		return nil, err
	}
	var list []idv.RecipientID
	for i := range found.Recipients {
		r := &found.Recipients[i]
		asks, known := r.AsksIDV()
		if r.ID != (idv.RecipientID{}) && (asks || !known) && !slices.Contains(list, r.ID) {
			list = append(list, r.ID)
		}
	}
	return list, nil
}

// pauseAtLeast is how long Yoti is left alone that does not say for how long.
const pauseAtLeast = time.Minute

// pauseUntil is when Yoti may be asked again that was asked too often.
func pauseUntil(err error, now time.Time) time.Time {
	var limit *idv.RateLimit
	if errors.As(err, &limit) && limit.Until.After(now) {
		return limit.Until
	}
	return now.Add(pauseAtLeast)
}

func (w *Worker) pause(ctx context.Context, until time.Time) error {
	return w.Jobs.PauseTasks(ctx, w.Now(), until)
}

// From how many failures in a row on Yoti is left alone, and for how long at most: they are
// not about one recipient.
const (
	troublesFree = 3
	longestPause = 15 * time.Minute
)

// pauseInTrouble leaves Yoti alone for longer and longer while it gives nothing at all.
func (w *Worker) pauseInTrouble(ctx context.Context, err error, now time.Time) error {
	if !isOutage(err) {
		return nil
	}
	if w.troubles++; w.troubles < troublesFree {
		return nil
	}
	wait := pauseAtLeast << min(w.troubles-troublesFree, 4)
	return w.pause(ctx, now.Add(min(wait, longestPause)))
}

// isOutage reports whether a failure says something about Yoti, the network or the key, and
// nothing about who was asked for.
func isOutage(err error) bool {
	return isAnyOf(err, idv.ErrUnavailable, idv.ErrTimedOut, idv.ErrUnreachable, idv.ErrUnauthorised, idv.ErrNoApplication)
}

func isAnyOf(err error, targets ...error) bool {
	for _, target := range targets {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}

// AttemptsAtMost is how often something is asked for that Yoti refuses: an event can come
// before its result, and one that is damaged may be whole the next time.
const AttemptsAtMost = 3

// nextAttempt returns when a task that failed is tried again; the zero Time for never. What
// passes by itself is tried as long as a result that is not final.
func nextAttempt(t Task, err error, now time.Time) time.Time {
	passes := isOutage(err) || errors.Is(err, idv.ErrNotReady)
	if !passes && (t.Line || t.Attempts+1 >= AttemptsAtMost) {
		return time.Time{}
	}
	next, ok := NextAsking(t.Since, now)
	if !ok {
		return time.Time{}
	}
	return next
}

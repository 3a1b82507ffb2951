package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"countersign/internal/account"
	"countersign/internal/arrivals"
	"countersign/internal/idv"
)

var _ arrivals.Jobs = (*Store)(nil)

// askAgain sees to it that Yoti is asked again for a result that is not final, for as long
// as that makes sense, in the transaction that keeps it. Of one that is final nothing is
// asked any more. What an event wants that came while Yoti was being asked stays.
func askAgain(ctx context.Context, tx *sql.Tx, id idv.RecipientID, at time.Time, final bool) error {
	var first int64
	err := tx.QueryRowContext(ctx, `
		SELECT at
		FROM fetches
		WHERE recipient = $1 AND run IS NOT NULL
		ORDER BY id
		LIMIT 1`, id.String()).Scan(&first)
	if err != nil {
		return err
	}
	if err := keepEnvelope(ctx, tx, id); err != nil {
		return err
	}
	next, ok := arrivals.NextAsking(timeOf(first), at)
	if final || !ok {
		return endJob(ctx, tx, arrivals.OfRecipient, id.String())
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO jobs (kind, subject, cause, since, queued_at, due_at, attempts)
		VALUES ('recipient', $1, 'again', $2, $3, $4, 0)
		ON CONFLICT (kind, subject) DO UPDATE
		SET cause = 'again', since = excluded.since, due_at = excluded.due_at, attempts = 0, taken_at = NULL
		WHERE jobs.taken_at IS NULL OR jobs.queued_at <= jobs.taken_at`,
		id.String(), first, millis(at), millis(next))
	return err
}

// keepEnvelope gives a recipient the envelope by which it was found, if it was.
func keepEnvelope(ctx context.Context, tx *sql.Tx, id idv.RecipientID) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE recipients
		SET envelope = (SELECT envelope FROM jobs WHERE kind = 'recipient' AND subject = $1)
		WHERE id = $1 AND EXISTS (SELECT 1 FROM jobs WHERE kind = 'recipient' AND subject = $1 AND envelope <> '')`, id.String())
	return err
}

// endJob removes a job, unless an event asked for it anew after a worker took it.
func endJob(ctx context.Context, tx *sql.Tx, kind arrivals.Kind, subject string) error {
	_, err := tx.ExecContext(ctx, `
		DELETE FROM jobs
		WHERE kind = $1 AND subject = $2 AND (taken_at IS NULL OR queued_at <= taken_at)`, string(kind), subject)
	return err
}

// wanted is something that Yoti is to be asked for because of an event.
type wanted struct {
	kind     arrivals.Kind
	subject  string // UUID, in its canonical form
	at       time.Time
	attempts int    // that count as made
	envelope string // of a recipient, where Yoti has named one
}

// queueJob has Yoti asked for something because of an event. It reports whether that changes
// anything: what is due already stays as it is.
func queueJob(ctx context.Context, tx *sql.Tx, w wanted) (bool, error) {
	done, err := tx.ExecContext(ctx, `
		INSERT INTO jobs (kind, subject, cause, since, queued_at, due_at, attempts, envelope)
		VALUES ($1, $2, 'hook', $3, $3, $3, $4, $5)
		ON CONFLICT (kind, subject) DO UPDATE
		SET cause = 'hook', since = excluded.since, queued_at = excluded.queued_at, due_at = excluded.due_at, attempts = excluded.attempts,
			envelope = CASE WHEN excluded.envelope <> '' THEN excluded.envelope ELSE jobs.envelope END
		WHERE jobs.cause <> 'hook' OR jobs.due_at > excluded.due_at OR jobs.taken_at IS NOT NULL OR jobs.envelope <> excluded.envelope AND excluded.envelope <> ''`,
		string(w.kind), w.subject, millis(w.at), w.attempts, w.envelope)
	if err != nil {
		return false, err
	}
	n, err := done.RowsAffected()
	return n > 0, err
}

// withoutErased leaves out recipients that were erased.
func withoutErased(ctx context.Context, tx *sql.Tx, list []wanted) ([]wanted, error) {
	var left []wanted
	for _, w := range list {
		var erased bool
		err := tx.QueryRowContext(ctx, `
			SELECT EXISTS (SELECT 1 FROM recipients WHERE id = $1 AND erased_at IS NOT NULL)`, w.subject).Scan(&erased)
		if err != nil {
			return nil, err
		}
		if !erased {
			left = append(left, w)
		}
	}
	return left, nil
}

// workerLease is the name of the lease under which tasks are taken.
const workerLease = "worker"

// TakeTask takes the task that comes next; see arrivals.Jobs. Where there is nothing to do,
// nothing is written.
func (s *Store) TakeTask(ctx context.Context, t arrivals.Taking) (*arrivals.Task, time.Time, error) {
	var task *arrivals.Task
	next, due, err := s.tasksDue(ctx, t)
	if err == nil && due {
		err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
			task, err = s.takeTask(ctx, tx, t)
			return err
		})
	}
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("store: take a task: %w", err)
	}
	return task, next, nil
}

// tasksDue reports whether a task can be taken now and, where not, when there may be one.
func (s *Store) tasksDue(ctx context.Context, t arrivals.Taking) (next time.Time, due bool, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		held, err := readLease(ctx, tx)
		if err != nil {
			return err
		}
		if next = held.waitFor(t); !next.IsZero() {
			return nil
		}
		next, err = nextDue(ctx, tx, t.Now)
		due = err == nil && !next.IsZero() && !next.After(t.Now)
		return err
	})
	return next, due, err
}

// nextDue returns when the next task is due; the zero Time when there is none.
func nextDue(ctx context.Context, tx *sql.Tx, now time.Time) (time.Time, error) {
	var lines bool
	err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM imports WHERE state = 'running')`).Scan(&lines)
	if err != nil || lines {
		return now, err
	}
	var due sql.NullInt64
	err = tx.QueryRowContext(ctx, `
		SELECT min(due_at)
		FROM (
			SELECT min(due_at) AS due_at FROM jobs WHERE cause = 'hook'
			UNION ALL
			SELECT min(due_at) AS due_at FROM jobs WHERE cause = 'again') AS first_of_each`).Scan(&due)
	if err != nil || !due.Valid {
		return time.Time{}, err
	}
	return timeOf(due.Int64), nil
}

// lease is the lease of the worker.
type lease struct {
	holder      string
	until       time.Time
	pausedAt    time.Time
	pausedUntil time.Time // zero when nothing is paused
}

func readLease(ctx context.Context, tx *sql.Tx) (lease, error) {
	var l lease
	var until int64
	var pausedAt, pausedUntil sql.NullInt64
	err := tx.QueryRowContext(ctx, `
		SELECT holder, until, paused_at, paused_until
		FROM leases
		WHERE name = $1`, workerLease).Scan(&l.holder, &until, &pausedAt, &pausedUntil)
	if errors.Is(err, sql.ErrNoRows) {
		return lease{}, nil
	}
	l.until = timeOf(until)
	if pausedUntil.Valid {
		l.pausedAt, l.pausedUntil = timeOf(pausedAt.Int64), timeOf(pausedUntil.Int64)
	}
	return l, err
}

// waitFor returns for how long nothing can be taken; the zero Time when something can. What a
// clock wrote down that was ahead, and was put right since, keeps nobody waiting.
func (l *lease) waitFor(t arrivals.Taking) time.Time {
	ahead := t.Now.Add(account.ClockSlack)
	lasts := t.Until.Sub(t.Now)
	if l.holder != "" && l.holder != t.Holder && l.until.After(t.Now) && !l.until.After(ahead.Add(lasts)) {
		return l.until
	}
	if l.pausedUntil.After(t.Now) && !l.pausedAt.After(ahead) {
		return l.pausedUntil
	}
	return time.Time{}
}

func (s *Store) takeTask(ctx context.Context, tx *sql.Tx, t arrivals.Taking) (*arrivals.Task, error) {
	held, err := readLease(ctx, tx)
	if err != nil || !held.waitFor(t).IsZero() {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO leases (name, holder, until)
		VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE
		SET holder = excluded.holder, until = excluded.until`, workerLease, t.Holder, millis(t.Until))
	if err != nil {
		return nil, err
	}
	sources := []func() (*arrivals.Task, error){
		func() (*arrivals.Task, error) { return takeJob(ctx, tx, "hook", t.Now) },
		func() (*arrivals.Task, error) { return takeJob(ctx, tx, "again", t.Now) },
		func() (*arrivals.Task, error) { return takeLine(ctx, tx, t.Now) },
	}
	if t.LinesFirst {
		sources[1], sources[2] = sources[2], sources[1]
	}
	for _, take := range sources {
		if task, err := take(); err != nil || task != nil {
			return task, err
		}
	}
	return nil, nil
}

// takeJob takes the job of a cause that has been due for longest; nil when none is.
func takeJob(ctx context.Context, tx *sql.Tx, cause string, now time.Time) (*arrivals.Task, error) {
	var task arrivals.Task
	var since int64
	err := tx.QueryRowContext(ctx, `
		SELECT kind, subject, since, attempts
		FROM jobs
		WHERE cause = $1 AND due_at <= $2
		ORDER BY due_at
		LIMIT 1`, cause, millis(now)).Scan(&task.Kind, &task.ID, &since, &task.Attempts)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	task.Since = timeOf(since)
	_, err = tx.ExecContext(ctx, `
		UPDATE jobs
		SET taken_at = $1
		WHERE kind = $2 AND subject = $3`, millis(now), string(task.Kind), task.ID)
	return &task, err
}

// EndTask records what came of a task; see arrivals.Jobs.
func (s *Store) EndTask(ctx context.Context, t arrivals.Task, e arrivals.Ending) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := queueRecipients(ctx, tx, t, e); err != nil {
			return err
		}
		if t.Kind == arrivals.OfRecipient {
			if err := endLines(ctx, tx, t.ID, lineState(e), e.At); err != nil {
				return err
			}
		}
		return settleJob(ctx, tx, t, e)
	})
	if err != nil {
		return fmt.Errorf("store: end a task: %w", err)
	}
	return nil
}

// queueRecipients has Yoti asked for the recipients of an envelope.
func queueRecipients(ctx context.Context, tx *sql.Tx, t arrivals.Task, e arrivals.Ending) error {
	var list []wanted
	for _, id := range e.Recipients {
		list = append(list, wanted{kind: arrivals.OfRecipient, subject: id.String(), at: e.At, envelope: t.ID})
	}
	list, err := withoutErased(ctx, tx, list)
	for i := 0; err == nil && i < len(list); i++ {
		_, err = queueJob(ctx, tx, list[i])
	}
	return err
}

// settleJob removes the job of a task, or has it tried again. Whether Yoti is asked again for
// a result that was had follows from the result: see askAgain.
func settleJob(ctx context.Context, tx *sql.Tx, t arrivals.Task, e arrivals.Ending) error {
	switch {
	case !e.Again.IsZero():
		return retryJob(ctx, tx, t, e)
	case e.Failure == "" && !e.Erased && t.Kind == arrivals.OfRecipient:
		return nil
	}
	return endJob(ctx, tx, t.Kind, t.ID)
}

// retryJob has a task tried again that gave nothing. A line of an import becomes a job.
func retryJob(ctx context.Context, tx *sql.Tx, t arrivals.Task, e arrivals.Ending) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO jobs (kind, subject, cause, since, queued_at, due_at, attempts)
		VALUES ($1, $2, 'again', $3, $4, $5, $6)
		ON CONFLICT (kind, subject) DO UPDATE
		SET due_at = excluded.due_at, attempts = excluded.attempts, taken_at = NULL
		WHERE jobs.taken_at IS NULL OR jobs.queued_at <= jobs.taken_at`,
		string(t.Kind), t.ID, millis(t.Since), millis(e.At), millis(e.Again), t.Attempts+1)
	return err
}

// EndLease gives the worker's lease back, if the holder has it.
func (s *Store) EndLease(ctx context.Context, holder string) error {
	var held bool
	err := s.readers.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM leases WHERE name = $1 AND holder = $2)`, workerLease, holder).Scan(&held)
	if err == nil && held { // a server that did nothing writes nothing when it stops
		err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `
				UPDATE leases
				SET holder = ''
				WHERE name = $1 AND holder = $2`, workerLease, holder)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("store: end a lease: %w", s.describeError(err))
	}
	return nil
}

// PauseTasks has no task taken before a time; see arrivals.Jobs.
func (s *Store) PauseTasks(ctx context.Context, now, until time.Time) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO leases (name, holder, until, paused_at, paused_until)
			VALUES ($1, '', $2, $2, $3)
			ON CONFLICT (name) DO UPDATE
			SET paused_at = excluded.paused_at, paused_until = excluded.paused_until`, workerLease, millis(now), millis(until))
		return err
	})
	if err != nil {
		return fmt.Errorf("store: pause tasks: %w", err)
	}
	return nil
}

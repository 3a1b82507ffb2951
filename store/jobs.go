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
// asked any more. What an event wants that came after Yoti was asked for the result stays.
func askAgain(ctx context.Context, tx *sql.Tx, id idv.RecipientID, at time.Time, d *idv.Decoded) error {
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
	asked := d.Asked
	if at.Before(asked) { // the clock was put back meanwhile, so it does not tell what came first
		asked = time.Time{}
	}
	next, ok := arrivals.NextAsking(timeOf(first), at)
	if d.Session.Final() || !ok {
		_, err = tx.ExecContext(ctx, `
		DELETE FROM jobs
		WHERE kind = 'recipient' AND subject = $1 AND `+answeredBy2, id.String(), millis(asked))
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO jobs (kind, subject, cause, since, queued_at, due_at, attempts)
		VALUES ('recipient', $1, 'again', $3, $2, $4, 0)
		ON CONFLICT (kind, subject) DO UPDATE
		SET cause = 'again', since = excluded.since, queued_at = excluded.queued_at, due_at = excluded.due_at, attempts = 0, taken_at = NULL
		WHERE `+answeredBy2,
		id.String(), millis(asked), first, millis(next))
	return err
}

// answeredBy2 holds for a job that is answered by a result for which Yoti was asked at $2:
// no event came later. What came in the same millisecond came earlier if a worker has taken
// it, since the worker asks after that.
const answeredBy2 = `(jobs.queued_at < $2 OR jobs.queued_at = $2 AND (jobs.taken_at IS NOT NULL OR jobs.cause = 'again'))`

// keepEnvelope gives a recipient the envelope by which it was found, if it was.
func keepEnvelope(ctx context.Context, tx *sql.Tx, id idv.RecipientID) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE recipients
		SET envelope = (SELECT envelope FROM jobs WHERE kind = 'recipient' AND subject = $1)
		WHERE id = $1 AND EXISTS (SELECT 1 FROM jobs WHERE kind = 'recipient' AND subject = $1 AND envelope <> '')`, id.String())
	return err
}

// endJob removes the job of a task, unless an event asked for it anew after the worker took
// it, or another worker has it now.
func endJob(ctx context.Context, tx *sql.Tx, t arrivals.Task) error {
	_, err := tx.ExecContext(ctx, `
		DELETE FROM jobs
		WHERE kind = $1 AND subject = $2 AND taken_at = $3`, string(t.Kind), t.ID, millis(t.Taken))
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
		SET cause = 'hook', since = excluded.since, queued_at = excluded.queued_at, due_at = excluded.due_at, attempts = excluded.attempts, taken_at = NULL,
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
// nothing is written, and little for a line of an import: ten thousand of them are in the way
// of everybody who waits for the disk.
func (s *Store) TakeTask(ctx context.Context, t arrivals.Taking) (*arrivals.Task, time.Time, error) {
	task, next, due, err := s.tasksDue(ctx, t)
	if err == nil && due && task == nil {
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

// tasksDue reports whether a task can be taken now and, where not, when there may be one. It
// returns the task where taking it needs no write.
func (s *Store) tasksDue(ctx context.Context, t arrivals.Taking) (task *arrivals.Task, next time.Time, due bool, err error) {
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
		if due && held.lastsFor(t) {
			task, err = lineBeforeJobs(ctx, tx, t)
		}
		return err
	})
	return task, next, due, err
}

// lineBeforeJobs returns the next line of an import when it comes before every job; nil when it
// does not, or when something is stored of its recipient.
func lineBeforeJobs(ctx context.Context, tx *sql.Tx, t arrivals.Taking) (*arrivals.Task, error) {
	before := []arrivals.Cause{arrivals.OfEvent, arrivals.Again}
	if t.LinesFirst {
		before = before[:1]
	}
	for _, cause := range before {
		if job, err := jobDue(ctx, tx, cause, t.Now); err != nil || job != nil {
			return nil, err
		}
	}
	task, err := nextLine(ctx, tx)
	if err != nil || task == nil {
		return nil, err
	}
	state, err := storedState(ctx, tx, task.ID)
	if err != nil || state != arrivals.LineWaiting {
		return nil, err
	}
	return task, nil
}

// nextDue returns when the next task is due; the zero Time when there is none.
func nextDue(ctx context.Context, tx *sql.Tx, now time.Time) (time.Time, error) {
	var lines bool
	err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM imports WHERE state = 'running')`).Scan(&lines)
	if err != nil || lines {
		return now, err
	}
	var next time.Time
	for _, cause := range []arrivals.Cause{arrivals.OfEvent, arrivals.Again} {
		var first, last sql.NullInt64
		err := tx.QueryRowContext(ctx, `
		SELECT
			(SELECT min(due_at) FROM jobs WHERE cause = $1),
			(SELECT max(due_at) FROM jobs WHERE cause = $1)`, string(cause)).Scan(&first, &last)
		switch {
		case err != nil:
			return time.Time{}, err
		case !first.Valid:
		case timeOf(last.Int64).After(cause.LatestDue(now)):
			return now, nil
		case next.IsZero() || timeOf(first.Int64).Before(next):
			next = timeOf(first.Int64)
		}
	}
	return next, nil
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

// lastsFor reports whether the worker has the lease for half as long as it would get it: long
// enough for one task.
func (l *lease) lastsFor(t arrivals.Taking) bool {
	left, whole := l.until.Sub(t.Now), t.Until.Sub(t.Now)
	return l.holder == t.Holder && left >= whole/2 && left <= whole
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
		func() (*arrivals.Task, error) { return takeJob(ctx, tx, arrivals.OfEvent, t.Now) },
		func() (*arrivals.Task, error) { return takeJob(ctx, tx, arrivals.Again, t.Now) },
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

// jobDue returns the job of a cause that has been due for longest; nil when none is. One that
// can only have become due so late by a clock that was ahead is due too.
func jobDue(ctx context.Context, tx *sql.Tx, cause arrivals.Cause, now time.Time) (*arrivals.Task, error) {
	task, err := firstJob(ctx, tx, cause, `due_at <= $2`, now)
	if err == nil && task == nil {
		task, err = firstJob(ctx, tx, cause, `due_at > $2`, cause.LatestDue(now))
	}
	return task, err
}

// takeJob takes the job that jobDue returns.
func takeJob(ctx context.Context, tx *sql.Tx, cause arrivals.Cause, now time.Time) (*arrivals.Task, error) {
	task, err := jobDue(ctx, tx, cause, now)
	if err != nil || task == nil {
		return nil, err
	}
	task.Taken = timeOf(millis(now))
	_, err = tx.ExecContext(ctx, `
		UPDATE jobs
		SET taken_at = $1, queued_at = CASE WHEN queued_at > $1 THEN $1 ELSE queued_at END
		WHERE kind = $2 AND subject = $3`, millis(now), string(task.Kind), task.ID)
	return task, err
}

// firstJob returns the first job of a cause that is due before or after a time; nil when there
// is none.
func firstJob(ctx context.Context, tx *sql.Tx, cause arrivals.Cause, due string, at time.Time) (*arrivals.Task, error) {
	var task arrivals.Task
	var since int64
	err := tx.QueryRowContext(ctx, `
		SELECT kind, subject, since, attempts
		FROM jobs
		WHERE cause = $1 AND `+due+`
		ORDER BY due_at
		LIMIT 1`, string(cause), millis(at)).Scan(&task.Kind, &task.ID, &since, &task.Attempts)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	task.Since = timeOf(since)
	return &task, err
}

// EndTask records what came of a task; see arrivals.Jobs.
// Of a result that was had KeepResult has recorded everything.
func (s *Store) EndTask(ctx context.Context, t arrivals.Task, e arrivals.Ending) error {
	if hadResult(t, e) {
		return nil
	}
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := queueRecipients(ctx, tx, t, e); err != nil {
			return err
		}
		if t.Kind == arrivals.OfRecipient {
			if err := endLines(ctx, tx, t.ID, failedState(e), e.At); err != nil {
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

// hadResult reports whether a task gave the result of a recipient.
func hadResult(t arrivals.Task, e arrivals.Ending) bool {
	return t.Kind == arrivals.OfRecipient && e.Failure == "" && !e.Erased
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

// settleJob removes the job of a task that gave no result, or has it tried again. Whether Yoti
// is asked again for a result that was had follows from the result: see askAgain.
func settleJob(ctx context.Context, tx *sql.Tx, t arrivals.Task, e arrivals.Ending) error {
	switch {
	case !e.Again.IsZero() && t.Line:
		return retryLine(ctx, tx, t, e)
	case !e.Again.IsZero():
		return retryJob(ctx, tx, t, e)
	case t.Line:
		return nil
	}
	return endJob(ctx, tx, t)
}

// retryJob has a task tried again that gave nothing, with the exceptions of endJob.
func retryJob(ctx context.Context, tx *sql.Tx, t arrivals.Task, e arrivals.Ending) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE jobs
		SET cause = 'again', due_at = $4, attempts = $5, taken_at = NULL
		WHERE kind = $1 AND subject = $2 AND taken_at = $3`,
		string(t.Kind), t.ID, millis(t.Taken), millis(e.Again), t.Attempts+1)
	return err
}

// retryLine makes a job of a line of an import that gave nothing, unless there is one, or
// somebody had the result or erased it meanwhile.
func retryLine(ctx context.Context, tx *sql.Tx, t arrivals.Task, e arrivals.Ending) error {
	state, err := storedState(ctx, tx, t.ID)
	if err != nil || state != arrivals.LineWaiting {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO jobs (kind, subject, cause, since, queued_at, due_at, attempts)
		VALUES ('recipient', $1, 'again', $2, $2, $3, $4)
		ON CONFLICT (kind, subject) DO NOTHING`, t.ID, millis(t.Since), millis(e.Again), t.Attempts+1)
	return err
}

// EndLease gives the worker's lease back, if the holder has it.
func (s *Store) EndLease(ctx context.Context, holder string) error {
	var held bool
	err := s.readRow(ctx, func(db *sql.DB) error {
		return db.QueryRowContext(ctx, `
			SELECT EXISTS (SELECT 1 FROM leases WHERE name = $1 AND holder = $2)`, workerLease, holder).Scan(&held)
	})
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
		return fmt.Errorf("store: end a lease: %w", err)
	}
	return nil
}

// PauseTasks has no task taken before a time; see arrivals.Jobs. A longer pause stays, unless a
// clock wrote it that was ahead.
func (s *Store) PauseTasks(ctx context.Context, now, until time.Time) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO leases (name, holder, until, paused_at, paused_until)
			VALUES ($1, '', $2, $2, $3)
			ON CONFLICT (name) DO UPDATE
			SET paused_at = excluded.paused_at, paused_until = excluded.paused_until
			WHERE leases.paused_until IS NULL OR leases.paused_until < excluded.paused_until OR leases.paused_at > $4`,
			workerLease, millis(now), millis(until), millis(now.Add(account.ClockSlack)))
		return err
	})
	if err != nil {
		return fmt.Errorf("store: pause tasks: %w", err)
	}
	return nil
}

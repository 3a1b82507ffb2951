package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Writes that arrive while another is being written are written together, in one transaction
// and with one wait for the disk.

// job is a write that waits for its transaction.
type job struct {
	do   func(context.Context, *sql.Tx) error
	err  error
	done chan struct{}
}

var errUnfinished = errors.New("store: the write was not finished")

// write runs do in a transaction and returns after it is on the disk. It may be run twice,
// where the first transaction was undone; only what the last one did counts. Jobs that
// arrive while another is being written are written together. When ctx ends before
// its turn comes, the job is not done; afterwards it is carried through.
func (s *Store) write(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	j := &job{do: do, err: errUnfinished, done: make(chan struct{})}
	s.mu.Lock()
	s.queue = append(s.queue, j)
	s.mu.Unlock()
	select {
	case s.turn <- struct{}{}:
		s.takeTurn(context.WithoutCancel(ctx))
	case <-j.done:
	case <-ctx.Done():
		if s.removeJob(j) {
			return ctx.Err()
		}
	}
	<-j.done
	return j.err
}

// removeJob removes a job from the queue, unless it was taken.
func (s *Store) removeJob(j *job) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.queue {
		if s.queue[i] == j {
			s.queue = append(s.queue[:i], s.queue[i+1:]...)
			return true
		}
	}
	return false
}

// takeTurn writes the jobs that wait and gives the turn back.
func (s *Store) takeTurn(ctx context.Context) {
	s.mu.Lock()
	jobs := s.queue
	s.queue = nil
	s.mu.Unlock()
	defer func() {
		for _, j := range jobs {
			close(j.done)
		}
		<-s.turn
	}()
	if len(jobs) == 0 {
		return
	}
	if err := s.commit(ctx, jobs); err != nil {
		for _, j := range jobs {
			j.err = s.describeError(err)
		}
		return
	}
	s.logCheckpoints(s.leaving)
}

// errOneRefused says that one of several jobs was refused.
var errOneRefused = errors.New("store: one of several writes was refused")

// maxTries is how often a transaction is tried that another server was in the way of.
const maxTries = 5

// conflictPause is half of the shortest pause before that. Each is twice as long as the one before.
const conflictPause = 5 * time.Millisecond

// commit writes jobs in one transaction, so that one which is refused leaves nothing
// behind and does not touch its neighbours. An error means that none was written, unless it is
// review.ErrOutcomeUnknown. Nobody is told of success before all are on the disk.
func (s *Store) commit(ctx context.Context, jobs []*job) error {
	var err error
	for try := 1; try <= maxTries; try++ {
		err = s.commitOnce(ctx, jobs)
		if errors.Is(err, ErrUnreachable) || errors.Is(err, ErrStandby) { // the next may lead to another server
			closeIdle(s.writer, 1)
		}
		if !mayTryAgain(err, try) {
			break
		}
		if errors.Is(err, ErrConflict) { // whoever was in the way must get ahead
			time.Sleep(conflictPause << try)
		}
	}
	return s.notDone(err)
}

// mayTryAgain reports whether a transaction that certainly left nothing behind may succeed when
// it is done anew: another server was in its way, or the connection was one that the
// database had closed.
func mayTryAgain(err error, tries int) bool {
	var failed *commitError
	if errors.As(err, &failed) {
		return false
	}
	return errors.Is(err, ErrConflict) || errors.Is(err, ErrUnreachable) && tries == 1
}

// commitError is the error of a commit of which it is not known what came of it.
type commitError struct{ err error }

func (e *commitError) Error() string { return e.err.Error() }
func (e *commitError) Unwrap() error { return e.err }

// commitOnce tries to write jobs. A savepoint for each job costs a copy of all that it changes.
// As good as always none is refused, so that is tried first, and where one is, all are
// done anew with savepoints.
func (s *Store) commitOnce(ctx context.Context, jobs []*job) error {
	if len(jobs) > 1 && s.unwritten.Load() == nil {
		err := s.inTransaction(ctx, func(tx *sql.Tx) error { return s.commitTogether(ctx, tx, jobs) })
		if !errors.Is(err, errOneRefused) {
			return err
		}
	}
	return s.inTransaction(ctx, func(tx *sql.Tx) error { return s.commitEach(ctx, tx, jobs) })
}

// inTransaction calls do with a transaction, which ends with it.
func (s *Store) inTransaction(ctx context.Context, do func(*sql.Tx) error) error {
	s.leaving = nil
	tx, err := s.writer.BeginTx(ctx, s.engine.writing())
	if err != nil {
		return s.describeError(err)
	}
	defer s.rollBack(tx)
	if err := s.engine.begin(ctx, tx); err != nil {
		return s.describeError(err)
	}
	if err := s.followKeys(ctx, tx); err != nil {
		return s.describeError(err)
	}
	return s.describeError(do(tx))
}

// finish commits a transaction, or finds out that it was committed. What it returns otherwise is
// a *commitError, unless the transaction certainly left nothing behind.
func (s *Store) finish(ctx context.Context, tx *sql.Tx) error {
	err := tx.Commit()
	if err == nil {
		return nil
	}
	return s.judgeCommit(ctx, err)
}

// judgeCommit finds out what came of a commit that failed.
func (s *Store) judgeCommit(ctx context.Context, err error) error {
	switch s.engine.outcome(ctx, s.writer, err) {
	case outcomeWritten:
		return nil
	case outcomeNotWritten:
		return s.describeError(err)
	}
	return &commitError{s.describeError(err)}
}

// commitTogether writes jobs of which none is refused. It returns errOneRefused when one is.
func (s *Store) commitTogether(ctx context.Context, tx *sql.Tx, jobs []*job) error {
	for _, j := range jobs {
		if err := s.describeError(j.do(ctx, tx)); databaseFailed(err) {
			return err
		} else if err != nil {
			return errOneRefused
		}
	}
	if err := s.finish(ctx, tx); err != nil {
		return err
	}
	for _, j := range jobs {
		j.err = nil
	}
	return nil
}

// commitEach writes jobs of which any may be refused.
func (s *Store) commitEach(ctx context.Context, tx *sql.Tx, jobs []*job) error {
	blocked := s.unwritten.Load() != nil
	if blocked { // jobs that change nothing would not show that there is space again
		if err := touchDatabase(ctx, tx); err != nil {
			return err
		}
	}
	if len(jobs) == 1 && !blocked {
		return s.commitOne(ctx, tx, jobs[0])
	}
	errs := make([]error, len(jobs))
	for i, j := range jobs {
		var err error
		if errs[i], err = s.runInSavepoint(ctx, tx, j); err != nil {
			return err
		}
	}
	if err := s.finish(ctx, tx); err != nil {
		return err
	}
	s.setUnwritten(nil)
	for i, j := range jobs {
		j.err = errs[i]
	}
	return nil
}

// commitOne writes a job that has the transaction to itself: when it is refused, all of the
// transaction is.
func (s *Store) commitOne(ctx context.Context, tx *sql.Tx, j *job) error {
	if err := s.describeError(j.do(ctx, tx)); err != nil {
		if databaseFailed(err) {
			return err
		}
		j.err, s.leaving = err, nil
		return nil
	}
	if err := s.finish(ctx, tx); err != nil {
		return err
	}
	j.err = nil
	return nil
}

// runInSavepoint returns the error for which a job is refused and undone, and one that ends
// the transaction.
func (s *Store) runInSavepoint(ctx context.Context, tx *sql.Tx, j *job) (refused, err error) {
	if _, err := tx.ExecContext(ctx, `SAVEPOINT job`); err != nil {
		return nil, err
	}
	if refused = s.describeError(j.do(ctx, tx)); refused != nil {
		if databaseFailed(refused) {
			return nil, refused
		}
		// When SQLite has rolled the whole transaction back by itself, this fails,
		// and so do all.
		s.tail = nil
		if _, err := tx.ExecContext(ctx, `ROLLBACK TO job`); err != nil {
			return nil, errors.Join(refused, err)
		}
	}
	_, err = tx.ExecContext(ctx, `RELEASE job`)
	return refused, err
}

// rollBack ends a transaction that was not committed; after Commit there is nothing to
// end. A connection that does not do so is not used again.
func (s *Store) rollBack(tx *sql.Tx) {
	s.tail = nil
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		closeIdle(s.writer, 1)
	}
}

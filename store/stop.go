package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"countersign/internal/ledger"
	"countersign/internal/review"
)

// stopReason is why nothing is recorded any more.
type stopReason struct {
	reason   review.UnreadyReason
	sentence string
	broken   *ledger.Broken // nil when it is not the ledger
}

// stopRecording ends recording until the program is started again. What is stored can still be
// read, as long as access to it can be logged.
func (s *Store) stopRecording(h stopReason) {
	if s.halted.CompareAndSwap(nil, &h) {
		s.engine.markHalted()
		s.tellRecording(h.reason)
	}
}

// tellRecording tells whoever wants to hear that recording stopped, or is resumed.
func (s *Store) tellRecording(reason review.UnreadyReason) {
	if s.recording != nil {
		s.recording(reason)
	}
}

// setUnwritten says why the last write did not happen; nil after one that did.
func (s *Store) setUnwritten(u *unwritten) {
	before := s.unwritten.Swap(u)
	switch {
	case u != nil && before == nil:
		s.tellRecording(u.reason)
	case u == nil && before != nil:
		s.tellRecording("")
	}
}

// whyStopped says why nothing is recorded any more; nil while something is.
func (s *Store) whyStopped() *stopReason { return s.halted.Load() }

// Halted reports whether nothing is recorded until the program is started again.
func (s *Store) Halted() bool { return s.whyStopped() != nil }

// Stopped says in a sentence why nothing is recorded, any more or at the moment; empty
// while something is.
func (s *Store) WhyNotRecording() string {
	if h := s.whyStopped(); h != nil {
		return h.sentence
	}
	if u := s.unwritten.Load(); u != nil {
		return u.sentence
	}
	return ""
}

// unwritten is why the last write did not happen. The next one is tried.
type unwritten struct {
	reason   review.UnreadyReason
	sentence string
}

// notDone says what is known of a transaction that ended with an error.
func (s *Store) notDone(err error) error {
	var failed *commitError
	switch {
	case errors.As(err, &failed):
		return s.notCommitted(failed.err)
	case err != nil:
		return s.notWritten(err)
	}
	return nil
}

// notWritten says that a transaction was not written. As long as nobody asked for its
// commit that is certain, whatever failed.
func (s *Store) notWritten(err error) error {
	if errors.Is(err, errMoved) {
		s.stopRecording(stopReason{reason: review.UnreadyMoved, sentence: "The database was moved, removed or replaced while Countersign was using it. Nothing is recorded until Countersign is started again."})
	} else if reason := s.reasonFor(err); reason != "" {
		s.setUnwritten(&unwritten{reason, unwrittenSentence(reason)})
	}
	return fmt.Errorf("%w: %w", review.ErrNotRecorded, s.describeError(err))
}

// unwrittenSentence says why the last write did not happen, and when the next one will.
func unwrittenSentence(reason review.UnreadyReason) string {
	switch reason {
	case review.UnreadyKey:
		return "The data key was changed, and this server does not have the new one. Recording goes on as soon as it does."
	case review.UnreadyUnreachable:
		return "The database cannot be reached. Recording goes on as soon as it can be."
	case review.UnreadyStandby:
		return "The database takes nothing in at the moment, as a standby does. Recording goes on as soon as it does again."
	case review.UnreadySlow:
		return "The database takes too long to answer. Recording goes on as soon as it answers in time."
	case review.UnreadyFull:
		return "The disk is full. Recording goes on as soon as there is space again."
	}
	return "The database cannot be written to. Recording goes on as soon as it can be."
}

// notCommitted says what is known after a commit of which nobody knows what came of it.
func (s *Store) notCommitted(err error) error {
	if s.engine.stopsAfter(s.describeError(err)) {
		s.stopRecording(stopReason{reason: review.UnreadyDisk, sentence: "Writing to the disk failed, and it is not known what is on it. Nothing is recorded until Countersign is started again, with a disk that works and has space."})
	} else if reason := s.reasonFor(err); reason != "" {
		s.setUnwritten(&unwritten{reason, unwrittenSentence(reason)})
	}
	return fmt.Errorf("%w: %w", review.ErrOutcomeUnknown, s.describeError(err))
}

// verifyAtStart looks whether something may be recorded. A server verifies the ledger from the
// newest checkpoint on, and against the newest line of the checkpoint log; what does not
// fit stops recording. Beside a server that records nothing, nobody does.
func (s *Store) verifyAtStart(ctx context.Context, o Options) error {
	if !o.Serve {
		if s.engine.servedHalted() {
			s.stopRecording(stopReason{reason: review.UnreadyServer, sentence: "the server that has this database records nothing any more, as its pages and its log say; nothing was changed"})
		}
		return nil
	}
	var broken *ledger.Broken
	err := s.read(ctx, func(tx *sql.Tx) error { return verifyTail(ctx, tx) })
	switch {
	case errors.As(err, &broken):
		s.stopRecording(stopReason{review.UnreadyLedger, fmt.Sprintf("The ledger does not fit its last checkpoint: entry %d is the first that is wrong. Nothing is recorded; run countersign audit verify.", broken.Seq), broken})
		return nil
	case err != nil:
		return fmt.Errorf("store: verify the ledger: %w", err)
	}
	return s.startLog(ctx, o)
}

// verifyTail returns a *ledger.Broken unless the newest checkpoint is that of the stored
// tree, and every entry since is what its leaf says.
func verifyTail(ctx context.Context, tx *sql.Tx) error {
	kept, err := newestCheckpoint(ctx, tx)
	if err != nil {
		return err
	}
	size, err := ledgerSize(ctx, tx)
	if err != nil {
		return err
	}
	if kept.Text != "" {
		if err := checkConsistency(ctx, tx, kept.Text, size); err != nil {
			return err
		}
	}
	return verifyLeaves(ctx, tx, kept.Size, size)
}

// checkConsistency returns a *ledger.Broken unless a checkpoint is of a tree that this one grew from.
func checkConsistency(ctx context.Context, tx *sql.Tx, text string, size int64) error {
	verifiers, err := knownVerifiers(ctx, tx)
	if err != nil {
		return err
	}
	c, err := openAny([]byte(text), verifiers)
	switch {
	case err != nil:
		return &ledger.Broken{Seq: max(0, size-1), Why: "the newest checkpoint is not signed with the ledger's key"}
	case c.Size > size:
		return &ledger.Broken{Seq: size, Why: fmt.Sprintf("it is missing: there were %d entries, and there are %d", c.Size, size)}
	}
	root, err := tlog.TreeHash(c.Size, storedHashes{ctx, tx})
	if err != nil && !errors.Is(err, ledger.ErrBroken) && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err != nil || root != c.Root {
		return &ledger.Broken{Seq: c.Size - 1, Why: "up to here the ledger is not the one that the checkpoint was made of"}
	}
	return nil
}

// verifyLeaves returns a *ledger.Broken unless the entries from one on follow on each
// other and are what their leaves say.
func verifyLeaves(ctx context.Context, tx *sql.Tx, from, size int64) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT `+entryColumns+`, hashes
		FROM ledger
		WHERE seq >= $1
		ORDER BY seq`, from)
	if err != nil {
		return err
	}
	defer rows.Close()
	for next := from; rows.Next(); next++ {
		var e ledger.Entry
		var hashes []byte
		if err := scanEntry(rows, &e, &hashes); err != nil {
			return err
		}
		leaf := tlog.RecordHash(e.Bytes())
		switch {
		case e.Seq != next:
			return &ledger.Broken{Seq: next, Why: "it is missing"}
		case len(hashes) < len(leaf) || tlog.Hash(hashes[:len(leaf)]) != leaf:
			return &ledger.Broken{Seq: next, Why: "it is not what was recorded"}
		}
	}
	return rows.Err()
}

// knownVerifiers returns a verifier for each key that the ledger names.
func knownVerifiers(ctx context.Context, tx *sql.Tx) ([]note.Verifier, error) {
	publics, err := publicKeys(ctx, tx)
	if err != nil {
		return nil, err
	}
	var list []note.Verifier
	for _, public := range publics {
		if v, err := note.NewVerifier(public); err == nil {
			list = append(list, v)
		}
	}
	return list, nil
}

// openWithAny opens a checkpoint that one of the public keys signed, and returns which.
func openWithAny(text []byte, publics []string) (c ledger.Checkpoint, public string, err error) {
	public = ledger.SignedWith(text, publics)
	verifier, err := note.NewVerifier(public)
	if err != nil {
		return c, "", ledger.ErrCheckpoint
	}
	c, err = ledger.OpenCheckpoint(text, verifier)
	return c, public, err
}

// openAny opens a checkpoint that one of the keys signed.
func openAny(text []byte, verifiers []note.Verifier) (ledger.Checkpoint, error) {
	for _, v := range verifiers {
		if c, err := ledger.OpenCheckpoint(text, v); err == nil {
			return c, nil
		}
	}
	return ledger.Checkpoint{}, ledger.ErrCheckpoint
}

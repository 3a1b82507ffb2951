package store

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"countersign/internal/ledger"
	"countersign/internal/review"
)

// The checkpoint log is the operator's file to which every checkpoint is written, a line
// of JSON each. The database remembers that it has one: without that, an older database
// could be put in its place together with the log's removal, and nobody would notice.
// What happens to the log stands in the ledger, one entry each time it changes.

// startLog compares the ledger with the checkpoint log, if there is to be one, and says
// when one is missing that was there before. It is called once, when a server starts.
func (s *Store) startLog(ctx context.Context, o Options) error {
	if err := s.checkLogFile(o); err != nil {
		return err
	}
	list, err := readCheckpointLog(s.checkpointLog)
	if err != nil {
		return err
	}
	if err := s.findLogEnd(ctx, list); err != nil {
		return err
	}
	if len(list) > 0 {
		if err := s.compareLog(ctx, list[len(list)-1], o.AcceptOlder); err != nil || s.Halted() {
			return err
		}
	}
	if err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return s.noteLog(ctx, tx, list, o.AcceptMissingLog) }); err != nil {
		if diskFailed(err) || errors.Is(err, review.ErrNotRecorded) {
			s.reportTrouble(err) // it serves all the same, and says that nothing is recorded
			return nil
		}
		return fmt.Errorf("store: look at the checkpoint log: %w", err)
	}
	if s.checkpointLog != "" {
		return s.catchUp(ctx, list)
	}
	return nil
}

// findLogEnd finds the checkpoint up to which a log has all that it gets. One that is begun gets
// none of before.
func (s *Store) findLogEnd(ctx context.Context, list []signedCheckpoint) error {
	return s.read(ctx, func(tx *sql.Tx) error {
		newest, err := newestCheckpoint(ctx, tx)
		s.logSeen = newest.Size
		if len(list) > 0 {
			s.logSeen = min(newest.Size, list[len(list)-1].Size)
		}
		return err
	})
}

// checkLogFile returns an error for a checkpoint log that can be none.
func (s *Store) checkLogFile(o Options) error {
	if s.checkpointLog == "" {
		return nil
	}
	found, err := os.Stat(s.checkpointLog)
	if err == nil && !found.Mode().IsRegular() {
		return fmt.Errorf("the checkpoint log %s %w", s.checkpointLog, ErrNotFile)
	}
	own, err := s.engine.owns(s.checkpointLog)
	if err != nil {
		return describeError("the checkpoint log "+s.checkpointLog, err)
	}
	for _, key := range []string{o.DataKeyFile, o.SigningKeyFile} {
		own = own || key != "" && sameFile(key, s.checkpointLog)
	}
	if own {
		return fmt.Errorf("the checkpoint log %s %w", s.checkpointLog, ErrOwnFile)
	}
	return nil
}

// compareLog compares the ledger with the newest line of the checkpoint log. A file that
// is older than that line was put back from a backup, or was cut.
func (s *Store) compareLog(ctx context.Context, newest signedCheckpoint, acceptOlder bool) error {
	err := s.read(ctx, func(tx *sql.Tx) error {
		size, err := ledgerSize(ctx, tx)
		if err != nil {
			return err
		}
		return checkConsistency(ctx, tx, newest.Text, size)
	})
	var broken *ledger.Broken
	if !errors.As(err, &broken) {
		return err
	}
	if !acceptOlder {
		s.stopRecording(stopReason{review.UnreadyOlder, fmt.Sprintf("This database is not the one of which the checkpoint log tells: that has a checkpoint of %d entries. Nothing is recorded. If an older file was put back on purpose, start once with --accept-older.", newest.Size), broken})
		return nil
	}
	return s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := s.appendEntry(ctx, tx, newEntry{Act: review.Act{At: s.now(), Act: review.ActOlder, Facts: review.Facts{Size: newest.Size}}})
		return err
	})
}

// logFact is the fact that a checkpoint log was in use.
const logFact = "checkpoint log"

// noteLog enters what happened to the checkpoint log since the last start, if anything
// did, and remembers that there is one.
func (s *Store) noteLog(ctx context.Context, tx *sql.Tx, list []signedCheckpoint, accept bool) error {
	had, err := hasFact(ctx, tx, logFact)
	if err != nil {
		return err
	}
	last, err := lastOfLog(ctx, tx)
	if err != nil {
		return err
	}
	missing := last.state == review.LogMissing
	var state review.LogState
	switch {
	case missing && last.isIn(list):
		state = review.LogFound
	case !missing && (!had || len(list) > 0): // as it should be
	case accept:
		state = review.LogAccepted
	case !missing:
		state = review.LogMissing
	default: // it still is, as the ledger says
		s.warnOfLog()
	}
	if state != "" {
		if _, err := s.appendEntry(ctx, tx, newEntry{Act: review.Act{At: s.now(), Act: review.ActLog, Facts: review.Facts{Log: state}}}); err != nil {
			return err
		}
	}
	switch {
	case state == review.LogMissing:
		s.warnOfLog()
	case state == review.LogAccepted:
		return dropLogFact(ctx, tx) // until a log is written again
	case len(list) > 0:
		return keepLogFact(ctx, tx)
	}
	return nil
}

func hasFact(ctx context.Context, tx *sql.Tx, name string) (bool, error) {
	var has bool
	err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM facts WHERE name = $1)`, name).Scan(&has)
	return has, err
}

// keepLogFact remembers that a log is in use.
func keepLogFact(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO facts (name, value)
		VALUES ($1, $2)
		ON CONFLICT (name) DO NOTHING`, logFact, []byte{1})
	return err
}

// dropLogFact forgets that a log was in use.
func dropLogFact(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `
		DELETE FROM facts
		WHERE name = $1`, logFact)
	return err
}

// logEntry is the last entry about the checkpoint log.
type logEntry struct {
	seq   int64
	state review.LogState // empty when there is none
}

func lastOfLog(ctx context.Context, tx *sql.Tx) (logEntry, error) {
	seq, facts, err := newestFacts(ctx, tx, review.ActLog)
	return logEntry{seq, facts.Log}, err
}

// isIn reports whether a log has a checkpoint from before the entry, so that it is not one
// that was begun since.
func (e logEntry) isIn(list []signedCheckpoint) bool {
	for _, c := range list {
		if c.Size <= e.seq {
			return true
		}
	}
	return false
}

func (s *Store) warnOfLog() {
	sentence := "A checkpoint log was kept for this database, and Countersign was started without it, so an older database in the place of a newer one would not be noticed. Start it with --checkpoint-log, or once with --accept-missing-log."
	if s.checkpointLog != "" {
		sentence = "The checkpoint log of this database is missing or empty, so an older database in the place of a newer one would not be noticed. Put the log back and start again, or start once with --accept-missing-log."
	}
	s.warning.Store(&sentence)
}

// warnOfWeakness warns of what weakens the record in the database itself.
func (s *Store) warnOfWeakness(ctx context.Context) error {
	var err error
	s.weakness, err = s.engine.weakness(ctx, s.readers)
	return err
}

// Warning says in a sentence what weakens the record, though it is kept; empty when
// nothing does.
func (s *Store) Warning() string { return strings.TrimSpace(s.missingLog() + " " + s.weakness) }

// missingLog says that the checkpoint log which there was is missing; empty when it is not.
func (s *Store) missingLog() string {
	if sentence := s.warning.Load(); sentence != nil {
		return *sentence
	}
	return ""
}

// catchUp writes the checkpoints that the log lacks: those of a server that was killed, or
// could not write to it. A log that is begun gets the newest, so that the database has one
// from then on; one that is begun in the place of a missing log gets none of before, or it
// would pass for that.
func (s *Store) catchUp(ctx context.Context, list []signedCheckpoint) error {
	begun := len(list) == 0 && s.warning.Load() == nil
	var lacking []signedCheckpoint
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		switch {
		case begun:
			lacking, err = newestCheckpoints(ctx, tx)
		case len(list) > 0:
			lacking, err = checkpointsAfter(ctx, tx, list[len(list)-1].Size)
		}
		return err
	})
	if err != nil {
		return err
	}
	s.turn <- struct{}{}
	s.logCheckpoints(lacking)
	logged := s.isLogged()
	<-s.turn
	if !begun || len(lacking) == 0 || !logged {
		return nil
	}
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return keepLogFact(ctx, tx) })
	if err != nil {
		s.reportTrouble(err) // the next start finds the log, and remembers it then
	}
	return nil
}

// newestCheckpoints returns the newest checkpoint as a list; empty when there is none.
func newestCheckpoints(ctx context.Context, tx *sql.Tx) ([]signedCheckpoint, error) {
	c, err := newestCheckpoint(ctx, tx)
	if err != nil || c.Text == "" {
		return nil, err
	}
	return []signedCheckpoint{c}, nil
}

func checkpointsAfter(ctx context.Context, tx *sql.Tx, size int64) ([]signedCheckpoint, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT size, at, text
		FROM checkpoints
		WHERE size > $1
		ORDER BY size`, size)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []signedCheckpoint
	for rows.Next() {
		var c signedCheckpoint
		var at int64
		if err := rows.Scan(&c.Size, &at, &c.Text); err != nil {
			return nil, err
		}
		c.At = timeOf(at)
		list = append(list, c)
	}
	return list, rows.Err()
}

// logCheckpoints writes checkpoints that are on the disk to the operator's file, after
// those that could not be written before. Without any it only tries to open the file, when
// it is not known to work. Whoever has the turn calls it.
func (s *Store) logCheckpoints(list []signedCheckpoint) {
	s.unlogged = append(s.unlogged, list...)
	for _, c := range list {
		s.logSeen = max(s.logSeen, c.Size)
	}
	if s.checkpointLog == "" {
		s.unlogged = nil
		return
	}
	if len(s.unlogged) == 0 && s.isLogged() {
		return
	}
	s.logTried = true
	err := appendCheckpoints(s.checkpointLog, s.unlogged)
	if err != nil {
		sentence := logSentence(err)
		if s.logFailure() != sentence {
			s.reportTrouble(err)
		}
		s.logFailed.Store(&sentence)
		return
	}
	s.unlogged = nil
	s.logFailed.Store(nil)
}

// isLogged reports whether checkpoints are written to a log. Whoever has the turn calls it.
func (s *Store) isLogged() bool {
	return s.checkpointLog != "" && s.logTried && s.logFailure() == ""
}

// logSentence says what keeps the log from being written, without what is not in our words.
func logSentence(err error) string {
	for _, known := range []error{ErrFull, ErrReadOnly, ErrNoFolder, ErrNotFile} {
		if errors.Is(err, known) {
			return "it " + known.Error()
		}
	}
	return "it " + ErrDisk.Error()
}

// logFailure says why checkpoints are not written to the log, as the end of a sentence;
// empty while they are.
func (s *Store) logFailure() string {
	if sentence := s.logFailed.Load(); sentence != nil {
		return *sentence
	}
	return ""
}

// reportTrouble tells the operator what failed beside a write that succeeded.
func (s *Store) reportTrouble(err error) {
	if s.trouble != nil {
		s.trouble(err)
	}
}

// appendCheckpoints writes a line for each checkpoint to a file, on the disk.
func appendCheckpoints(path string, list []signedCheckpoint) (err error) {
	defer func() { err = describeError("the checkpoint log "+path, err) }()
	var lines bytes.Buffer
	for _, c := range list {
		if err := json.NewEncoder(&lines).Encode(c); err != nil {
			return err
		}
	}
	if found, err := os.Stat(path); err == nil && !found.Mode().IsRegular() {
		return fmt.Errorf("the checkpoint log %s %w", path, ErrNotFile)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if len(list) == 0 {
		return nil
	}
	text := lines.Bytes()
	if brokenOff(file) {
		text = append([]byte("\n"), text...)
	}
	if _, err = file.Write(text); err != nil {
		return err
	}
	return file.Sync()
}

// brokenOff reports whether the last line of a file has no end, which would swallow the
// next.
func brokenOff(file *os.File) bool {
	found, err := file.Stat()
	if err != nil || found.Size() == 0 {
		return false
	}
	var last [1]byte
	_, err = file.ReadAt(last[:], found.Size()-1)
	return err == nil && last[0] != '\n'
}

// maxLogLine is more than a line of a checkpoint log has.
const maxLogLine = 64 << 10

// readCheckpointLog returns the checkpoints of such a file, the oldest first; none when
// there is no file. A line that broke off is passed over. It returns ErrNotLog for a file
// that is something else: nothing should be added to that.
func readCheckpointLog(path string) ([]signedCheckpoint, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path)
	if reasonOf(err) == ErrNoFolder { // whoever writes to it says which is missing
		return nil, nil
	}
	if err != nil {
		return nil, describeError("the checkpoint log "+path, err)
	}
	defer file.Close()
	list, err := parseCheckpointLog(file)
	if errors.Is(err, bufio.ErrTooLong) || err == nil && len(list) == 0 && !mayBeLog(file) {
		return nil, fmt.Errorf("the checkpoint log %s %w", path, ErrNotLog)
	}
	return list, err
}

// mayBeLog reports whether a file without a whole line is empty, or begins as a line does.
func mayBeLog(file *os.File) bool {
	head := make([]byte, len(logHead))
	n, err := file.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return false
	}
	return bytes.HasPrefix([]byte(logHead), bytes.TrimLeft(head[:n], "\r\n"))
}

// logHead is how each line begins.
const logHead = `{"size":`

func parseCheckpointLog(r io.Reader) ([]signedCheckpoint, error) {
	var list []signedCheckpoint
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLogLine)
	for lines.Scan() {
		var c signedCheckpoint
		if json.Unmarshal(lines.Bytes(), &c) == nil && c.Text != "" {
			list = append(list, c)
		}
	}
	return list, lines.Err()
}

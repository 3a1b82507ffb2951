package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"countersign/internal/review"
	"countersign/store"
)

// loggedDesk is a desk that serves with a checkpoint log.
func loggedDesk(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	d.options.Serve = true
	d.options.SigningKeyFile = filepath.Join(t.TempDir(), "signing-key")
	d.options.CheckpointLog = filepath.Join(t.TempDir(), "checkpoints.log")
	d.restart()
	d.sign()
	return d
}

func (d *desk) restart() {
	d.t.Helper()
	must(d.t, d.Store.Close())
	d.Store = mustOpen(d.t, d.options)
}

func (d *desk) sign() {
	d.t.Helper()
	_, err := d.Checkpoint(d.t.Context())
	must(d.t, err)
}

// logStates returns what the ledger says about the checkpoint log, oldest first.
func (d *desk) logStates() string {
	d.t.Helper()
	list, err := d.Ledger(d.t.Context(), review.LedgerQuery{Act: review.ActLog, Limit: 100})
	must(d.t, err)
	slices.Reverse(list)
	var states []string
	for _, e := range list {
		facts, err := review.ParseFacts(e.Entry)
		must(d.t, err)
		states = append(states, string(facts.Log))
	}
	return strings.Join(states, ",")
}

// A database that had a checkpoint log and starts without one says so, at each start and
// once in the ledger, until the log is there again or somebody accepts that it is not.
func TestMissingCheckpointLog(t *testing.T) {
	t.Parallel()
	type step struct {
		lose   string // how the log is lost, or found
		accept bool
		warns  bool
		states string
	}
	for name, steps := range map[string][]step{
		"kept":               {{"", false, false, ""}, {"", false, false, ""}},
		"removed":            {{"remove", false, true, "missing"}, {"", false, true, "missing"}, {"restore", false, false, "missing,found"}, {"", false, false, "missing,found"}},
		"emptied":            {{"empty", false, true, "missing"}, {"", true, false, "missing,accepted"}, {"", false, false, "missing,accepted"}},
		"torn":               {{"tear", false, true, "missing"}},
		"not asked for":      {{"forget", false, true, "missing"}, {"", false, true, "missing"}, {"recall", false, false, "missing,found"}},
		"given up":           {{"forget", true, false, "accepted"}, {"", false, false, "accepted"}, {"recall", false, false, "accepted"}, {"remove", false, true, "accepted,missing"}},
		"removed, not asked": {{"remove", false, true, "missing"}, {"forget", false, true, "missing"}, {"", true, false, "missing,accepted"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := loggedDesk(t)
			path := d.options.CheckpointLog
			text, err := os.ReadFile(path)
			must(t, err)
			for i, step := range steps {
				must(t, d.Store.Close())
				switch step.lose {
				case "remove":
					must(t, os.Remove(path))
				case "empty":
					must(t, os.Truncate(path, 0))
				case "tear":
					must(t, os.Truncate(path, 20))
				case "restore":
					must(t, os.WriteFile(path, text, 0o600))
				case "forget":
					d.options.CheckpointLog = ""
				case "recall":
					d.options.CheckpointLog = path
				}
				d.options.AcceptMissingLog = step.accept
				d.Store = mustOpen(t, d.options)
				if warns := strings.Contains(d.Warning(), "checkpoint log"); warns != step.warns || d.logStates() != step.states || d.WhyNotRecording() != "" {
					t.Errorf("start %d: warns %t, ledger %q, stopped %q, want %+v", i+1, warns, d.logStates(), d.WhyNotRecording(), step)
				}
				must(t, d.Ready(t.Context()))
				d.sign()
			}
		})
	}
}

// A log that is begun has the newest checkpoint at once, so that a copy that is made of the
// database before the next one knows of the log.
func TestBegunLogIsKnownAtOnce(t *testing.T) {
	d := newDesk(t)
	d.options.Serve = true
	d.options.SigningKeyFile = filepath.Join(t.TempDir(), "signing-key")
	d.restart()
	d.sign()
	d.options.CheckpointLog = filepath.Join(t.TempDir(), "checkpoints.log")
	d.restart()
	if list, err := store.ReadCheckpointLog(d.options.CheckpointLog); err != nil || len(list) != 1 {
		t.Errorf("the log has %d checkpoints, error %v", len(list), err)
	}
	must(t, d.Store.Close())
	must(t, os.Remove(d.options.CheckpointLog))
	d.Store = mustOpen(t, d.options)
	if !strings.Contains(d.Warning(), "checkpoint log") || d.logStates() != "missing" {
		t.Errorf("warning %q, ledger %q", d.Warning(), d.logStates())
	}
}

// A log of another database is not taken for this one's.
func TestLogOfAnotherDatabase(t *testing.T) {
	d, other := loggedDesk(t), loggedDesk(t)
	d.options.CheckpointLog = other.options.CheckpointLog
	d.restart()
	wantUnready(t, d.Store, review.UnreadyOlder)
}

// A log that cannot be written is said to be so, and gets every checkpoint later on.
func TestUnwritableCheckpointLog(t *testing.T) {
	d := loggedDesk(t)
	var heard []error
	d.options.Trouble = func(err error) { heard = append(heard, err) }
	d.restart()
	must(t, d.Ready(t.Context()))
	path, size := d.options.CheckpointLog, len(loggedSizes(t, d.options.CheckpointLog))
	must(t, os.Rename(path, path+".away"))
	must(t, os.Mkdir(path, 0o700))
	wantUnready(t, d.Store, review.UnreadyLog)
	for _, name := range []string{"Carol", "Dave"} {
		d.addPerson(name)
		d.sign()
	}
	health, err := d.Health(t.Context())
	must(t, err)
	if health.LogFailure == "" || len(heard) != 1 {
		t.Errorf("the log fails because of %q, and the operator heard %v", health.LogFailure, heard)
	}
	must(t, os.Remove(path))
	must(t, os.Rename(path+".away", path))
	must(t, d.Ready(t.Context()))
	if got := loggedSizes(t, path); len(got) != size+2 {
		t.Errorf("the log has %v, want %d lines", got, size+2)
	}
}

// A log that lacks checkpoints, as one that was cut, gets them at the next start.
func TestLogCatchesUp(t *testing.T) {
	d := loggedDesk(t)
	before, err := os.ReadFile(d.options.CheckpointLog)
	must(t, err)
	d.addPerson("Carol")
	d.sign()
	d.addPerson("Dave")
	d.sign()
	want := loggedSizes(t, d.options.CheckpointLog)
	must(t, d.Store.Close())
	must(t, os.WriteFile(d.options.CheckpointLog, before, 0o600))
	d.Store = mustOpen(t, d.options)
	if got := loggedSizes(t, d.options.CheckpointLog); !slices.Equal(got, want) {
		t.Errorf("the log has %v, want %v", got, want)
	}
}

func loggedSizes(t *testing.T, path string) []int64 {
	t.Helper()
	list, err := store.ReadCheckpointLog(path)
	must(t, err)
	var sizes []int64
	for _, c := range list {
		sizes = append(sizes, c.Size)
	}
	return sizes
}

// A line of the checkpoint log that broke off does not swallow the next one.
func TestCheckpointLogThatBrokeOff(t *testing.T) {
	d := loggedDesk(t)
	before := loggedSizes(t, d.options.CheckpointLog)
	file, err := os.OpenFile(d.options.CheckpointLog, os.O_WRONLY|os.O_APPEND, 0)
	must(t, err)
	_, err = file.WriteString(`{"size":2,"at"`)
	must(t, errors.Join(err, file.Close()))
	for _, name := range []string{"Carol", "Dave"} {
		d.addPerson(name)
		d.sign()
		before = append(before, int64(d.size()))
	}
	if got := loggedSizes(t, d.options.CheckpointLog); !slices.Equal(got, before) {
		t.Errorf("the log has %v, want %v", got, before)
	}
}

package store

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"countersign/internal/account"
	"countersign/internal/review"
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
				if warns := d.Warning() != ""; warns != step.warns || d.logStates() != step.states || d.WhyNotRecording() != "" {
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
	if list, err := readCheckpointLog(d.options.CheckpointLog); err != nil || len(list) != 1 {
		t.Errorf("the log has %d checkpoints, error %v", len(list), err)
	}
	must(t, d.Store.Close())
	must(t, os.Remove(d.options.CheckpointLog))
	d.Store = mustOpen(t, d.options)
	if d.Warning() == "" || d.logStates() != "missing" {
		t.Errorf("warning %q, ledger %q", d.Warning(), d.logStates())
	}
}

// An older database is noticed by its log when only the log is kept, and when the log is
// gone too, that is said.
func TestOlderDatabaseWithoutItsLog(t *testing.T) {
	d := loggedDesk(t)
	must(t, d.Store.Close())
	older, err := os.ReadFile(d.options.Path)
	must(t, err)
	d.Store = mustOpen(t, d.options)
	d.addPerson("Carol")
	d.sign()
	must(t, d.Store.Close())
	must(t, os.WriteFile(d.options.Path, older, 0o600))
	must(t, os.Rename(d.options.CheckpointLog, d.options.CheckpointLog+".away"))
	d.Store = mustOpen(t, d.options)
	if d.Warning() == "" || d.logStates() != "missing" {
		t.Errorf("it warns %q, the ledger says %q", d.Warning(), d.logStates())
	}
	must(t, d.Store.Close())
	must(t, os.Rename(d.options.CheckpointLog+".away", d.options.CheckpointLog))
	d.Store = mustOpen(t, d.options)
	wantUnready(t, d.Store, review.UnreadyOlder)
}

// A log of another database is not taken for this one's.
func TestLogOfAnotherDatabase(t *testing.T) {
	d, other := loggedDesk(t), loggedDesk(t)
	d.options.CheckpointLog = other.options.CheckpointLog
	d.restart()
	wantUnready(t, d.Store, review.UnreadyOlder)
}

// What cannot be a checkpoint log is refused in words, and left as it is.
func TestNoCheckpointLog(t *testing.T) {
	d := loggedDesk(t)
	must(t, d.Store.Close())
	other := writeFile(t, "Dear diary,\n", 0o600)
	long := writeFile(t, strings.Repeat("x", 2*maxLogLine), 0o600)
	link := filepath.Join(t.TempDir(), "link")
	must(t, os.Symlink(d.options.Path, link))
	for path, want := range map[string]error{
		"/dev/full": ErrNotFile, os.DevNull: ErrNotFile, t.TempDir(): ErrNotFile, other: ErrNotLog, long: ErrNotLog,
		d.options.Path: ErrOwnFile, link: ErrOwnFile, d.options.Path + "-journal": ErrOwnFile,
		d.options.DataKeyFile: ErrOwnFile, d.options.SigningKeyFile: ErrOwnFile,
	} {
		o := d.options
		o.CheckpointLog = path
		_, err := Open(t.Context(), o)
		wantErr(t, err, want)
	}
	if text, err := os.ReadFile(other); err != nil || string(text) != "Dear diary,\n" {
		t.Errorf("the file holds %q, error %v", text, err)
	}
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
	list, err := readCheckpointLog(path)
	must(t, err)
	var sizes []int64
	for _, c := range list {
		sizes = append(sizes, c.Size)
	}
	return sizes
}

// Beside a server that records nothing, no command does.
func TestCommandsBesideAHaltedServer(t *testing.T) {
	d := loggedDesk(t)
	beside := Options{Path: d.options.Path, DataKeyFile: d.options.DataKeyFile}
	add := func(name string) error {
		p := account.Account{Person: account.Person{Name: name, Role: account.Reviewer, Created: noon}, Key: name, Password: "hash"}
		_, err := mustOpen(t, beside).AddAccount(t.Context(), p, false, account.ChangedBy{At: noon})
		return err
	}
	must(t, add("carol"))
	d.stopRecording(stopReason{reason: review.UnreadyLedger, sentence: "It was altered."})
	wantErr(t, add("dave"), review.ErrNotRecording)
	must(t, d.Store.Close())
	must(t, add("dave"))
}

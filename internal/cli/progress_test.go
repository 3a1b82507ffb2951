package cli

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"countersign/store"
)

// progressPattern is a line of progress: words and numbers, and nothing that steers a terminal.
var progressPattern = regexp.MustCompile(`^[A-Z][A-Za-z_ ]+(: [0-9a-zA-Z ]+)?\n$`)

// A step has a line when it begins, and then one every few seconds.
func TestProgressPace(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	var said []string
	p := newProgressLines(func(line string) { said = append(said, line) })
	p.now = func() time.Time { return now }
	for done := range int64(12) {
		p.print(store.Progress{Task: "Copying the table ledger", Noun: "rows", Done: done, Total: 11})
		p.print(store.Progress{Task: "Verifying", Noun: "sealed texts", Done: 2 * done})
		now = now.Add(time.Second)
	}
	p.print(store.Progress{Task: "Committing the copy"})
	want := []string{
		"Copying the table ledger: 0 of 11 rows", "Verifying: sealed texts",
		"Copying the table ledger: 5 of 11 rows", "Verifying: 10 sealed texts",
		"Copying the table ledger: 10 of 11 rows", "Verifying: 20 sealed texts",
		"Committing the copy",
	}
	if got := strings.Join(said, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("it says\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

// An upgrade says how many steps there are, whichever command takes them. To make a database takes
// no time, and says nothing.
func TestProgressOfUpgrade(t *testing.T) {
	t.Parallel()
	in := earlier(t, "entries-v2")
	var upgrading, making bytes.Buffer
	if code := runCommand(t.Context(), []string{"user", "list", "--db", in("countersign.db")}, streams{nil, io.Discard, &upgrading}); code != 0 {
		t.Fatal(upgrading.String())
	}
	if text := upgrading.String(); !regexp.MustCompile(`^Upgrading the schema: 0 of [1-9][0-9]* steps\n$`).MatchString(text) {
		t.Errorf("it says %q", text)
	}
	password := strings.NewReader("a horse, a battery, a staple\n")
	if code := runCommand(t.Context(), []string{"user", "add", "Ann", "--db", in("new.db")}, streams{password, io.Discard, &making}); code != 0 || making.Len() > 0 {
		t.Errorf("a new database: exit code %d, %q", code, making.String())
	}
}

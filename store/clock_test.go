package store_test

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
	"countersign/store"
)

// clocked is a desk whose clock is set by hand.
type clocked struct {
	*desk
	now time.Time
}

func newClocked(t *testing.T) *clocked {
	t.Helper()
	c := &clocked{desk: newDesk(t), now: noon}
	must(t, c.Store.Close())
	c.options.Now = func() time.Time { return c.now }
	c.Store = mustOpen(t, c.options)
	return c
}

// set sets the clock to some minutes after noon, and to another year.
func (c *clocked) set(minutes, years int) { c.now = after(minutes).AddDate(years, 0, 0) }

func (c *clocked) noteNow(digest idv.Digest, key string) {
	c.t.Helper()
	must(c.t, c.keepNote(c.t.Context(), review.NewNote{Recipient: c.id, Digest: digest, Author: c.ann, At: c.now, Text: key, Key: key}))
}

// Every entry has the time that the clock showed, stands in the order of its number, and
// says where the clock stood behind the entry before.
func TestClockThatWasWrong(t *testing.T) {
	c := newClocked(t)
	a := c.fetch(c.id, 0, c.ann, decode(t, "COMPLETED", "a"))
	c.set(1, 0)
	c.noteNow(a, "before")
	c.set(2, 1)
	c.noteNow(a, "a year ahead")
	c.set(3, 0)
	c.noteNow(a, "put right")
	c.set(4, 0)
	c.noteNow(a, "afterwards")
	c.set(5, -56) // before there were clocks like this one
	c.noteNow(a, "a dead battery")
	c.set(6, 0)
	c.noteNow(a, "a new battery")
	list, err := c.Ledger(t.Context(), review.LedgerQuery{Recipient: c.id, Limit: 9})
	must(t, err)
	year := func(minutes, years int) time.Time { return after(minutes).AddDate(years, 0, 0) }
	want := []struct {
		at     time.Time
		behind time.Duration
	}{
		{after(6), 0}, {year(5, -56), after(4).Sub(year(5, -56))}, {after(4), 0},
		{after(3), year(2, 1).Sub(after(3))}, {year(2, 1), 0}, {after(1), 0},
	}
	for i, w := range want {
		if e := list[i]; !e.At.Equal(w.at) || e.Behind != w.behind || e.Seq != int64(8-i) || e.Version != ledger.V2 {
			t.Errorf("entry %d is of %s, behind by %s; want %s and %s", e.Seq, e.At, e.Behind, w.at, w.behind)
		}
	}
	v, err := store.Verify(t.Context(), store.VerifyOptions{Path: c.options.Path, Postgres: c.options.Postgres})
	must(t, err)
	if v.Behind != 2 || v.FirstBehind != 5 {
		t.Errorf("the clock was behind %d times, first at entry %d", v.Behind, v.FirstBehind)
	}

	// A day has what was recorded when the clock showed it, by number.
	for _, test := range []struct {
		from, until time.Time
		limit       int
		before      int64
		want        string
	}{
		{noon, after(10), 9, 0, "[8 6 5 3 2 1 0]"},
		{noon, after(10), 2, 0, "[8 6]"},
		{noon, after(10), 9, 6, "[5 3 2 1 0]"},
		{year(0, 1), year(10, 1), 9, 0, "[4]"},
		{after(10), time.Time{}, 9, 0, "[4]"},
		{time.Time{}, noon, 9, 0, "[7]"},
		{year(1, 2), time.Time{}, 9, 0, "[]"},
	} {
		list, err := c.Ledger(t.Context(), review.LedgerQuery{From: test.from, Until: test.until, Limit: test.limit, Before: test.before})
		must(t, err)
		seqs := []int64{}
		for _, e := range list {
			seqs = append(seqs, e.Seq)
		}
		if got := fmt.Sprint(seqs); got != test.want {
			t.Errorf("from %s until %s: %s, want %s", test.from, test.until, got, test.want)
		}
	}
	if at, err := c.NewestEntry(t.Context()); err != nil || !at.Equal(after(6)) {
		t.Errorf("the newest entry is of %s (%v)", at, err)
	}
}

// Whoever looked at the clock first and is written last does not have a clock that is behind.
func TestTwoThatLookedAtTheClock(t *testing.T) {
	c := newClocked(t)
	a := c.fetch(c.id, 0, c.ann, decode(t, "COMPLETED", "a"))
	c.set(10, 0)
	earlier := c.now.Add(-time.Second)
	must(t, c.keepNote(t.Context(), review.NewNote{Recipient: c.id, Digest: a, Author: c.ann, At: c.now, Text: "second", Key: "2"}))
	must(t, c.keepNote(t.Context(), review.NewNote{Recipient: c.id, Digest: a, Author: c.bob, At: earlier, Text: "first", Key: "1"}))
	if n := c.file(c.id, c.ann).Record.Entries; n[1].Behind != 0 || !n[1].At.Equal(c.now) {
		t.Errorf("the entry is of %s, behind by %s", n[1].At, n[1].Behind)
	}
	// What has its time from an entry has that one.
	_, err := c.AddAccount(t.Context(), account.Account{Person: account.Person{Name: "Eve", Role: account.Admin}, Key: "eve"}, false, account.ChangedBy{At: earlier})
	must(t, err)
	must(t, c.DisableAccount(t.Context(), "eve", account.ChangedBy{At: earlier}))
	_, err = store.Verify(t.Context(), store.VerifyOptions{Path: c.options.Path, Postgres: c.options.Postgres})
	must(t, err)
}

// Whether an author was shown the newest act on decisions does not hang on clocks.
func TestShownWhateverTheClock(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		decided, seen int // years by which the clock was wrong
	}{{"ahead when it was decided", 1, 0}, {"behind when it was shown", 0, -1}} {
		t.Run(test.name, func(t *testing.T) {
			c := newClocked(t)
			a := c.fetch(c.id, 0, c.ann, decode(t, "COMPLETED", "a"))
			decide := func(by account.Person, key string, supersedes int64) error {
				_, err := c.keepDecision(t.Context(), review.NewDecision{Recipient: c.id, Digest: a, By: by, Key: key, Statement: review.Statement{
					Version: 1, Verdict: review.Approve, Second: review.NotNeeded, Decided: c.now, Supersedes: supersedes,
				}})
				return err
			}
			c.set(1, test.decided)
			must(t, decide(c.ann, "first", 0))
			first := c.file(c.id, c.ann).Record.Latest().Seq
			c.set(2, test.seen)
			wantErr(t, decide(c.bob, "unseen", first), review.ErrDecided)
			must(t, c.KeepAccess(t.Context(), review.Access{At: c.now, Who: c.bob, Recipient: c.id, Digest: a, What: review.AccessResult}))
			must(t, decide(c.bob, "seen", first))
		})
	}
	t.Run("shown before, by a clock that was ahead", func(t *testing.T) {
		c := newClocked(t)
		a := c.fetch(c.id, 0, c.ann, decode(t, "COMPLETED", "a"))
		c.set(1, 1)
		must(t, c.KeepAccess(t.Context(), review.Access{At: c.now, Who: c.bob, Recipient: c.id, Digest: a, What: review.AccessResult}))
		c.set(2, 0)
		n := review.NewDecision{Recipient: c.id, Digest: a, By: c.ann, Key: "1", Statement: review.Statement{Version: 1, Second: review.NotNeeded, Decided: c.now}}
		first, err := c.keepDecision(t.Context(), n)
		must(t, err)
		n.By, n.Key, n.Statement.Supersedes = c.bob, "2", first
		_, err = c.keepDecision(t.Context(), n)
		wantErr(t, err, review.ErrDecided)
	})
}

// The story of a recipient follows the numbers.
func TestTimelineWhateverTheClock(t *testing.T) {
	c := newClocked(t)
	a := decode(t, "COMPLETED", "a")
	step := func(minutes, years int, do func()) {
		c.set(minutes, years)
		do()
	}
	step(1, 0, func() { must(t, c.KeepResult(t.Context(), c.id, c.ann, c.now, a)) })
	step(2, 1, func() { c.noteNow(a.Digest, "ahead") })
	step(3, 1, func() { must(t, c.KeepResult(t.Context(), c.id, c.ann, c.now, decode(t, "COMPLETED", "b"))) })
	step(4, 0, func() {
		must(t, c.KeepAccess(t.Context(), review.Access{At: c.now, Who: c.bob, Recipient: c.id, Digest: a.Digest, What: review.AccessResult}))
	})
	step(5, 0, func() { c.noteNow(decode(t, "COMPLETED", "b").Digest, "right") })
	step(6, 0, func() {
		must(t, c.KeepFailure(t.Context(), c.id, review.Failure{At: c.now, By: c.bob, Kind: review.TimedOut}))
	})
	file := c.file(c.id, c.ann)
	opened, err := c.ViewSummaries(t.Context(), c.id)
	must(t, err)
	var kinds []review.EventKind
	behind := 0
	for _, e := range review.Timeline(&file, opened) {
		kinds = append(kinds, e.Kind)
		if e.Behind > 0 {
			behind++
		}
	}
	want := []review.EventKind{review.EventFailed, review.EventNoted, review.EventChanged, review.EventOpened, review.EventNoted, review.EventFetched}
	if fmt.Sprint(kinds) != fmt.Sprint(want) || behind != 1 {
		t.Errorf("the story is %v with %d marked, want %v", kinds, behind, want)
	}
}

// Links and sessions from a clock that was ahead are worth nothing when it was put right.
func TestLinkAndSessionFromTheFuture(t *testing.T) {
	c := newClocked(t)
	c.set(0, 1)
	must(t, c.SetLink(t.Context(), "ann", [32]byte{1}, c.now.Add(account.LinkValidity), account.ChangedBy{At: c.now}))
	must(t, c.BeginSession(t.Context(), c.bob.ID, account.Session{Token: [32]byte{2}, Created: c.now}))
	if _, err := c.Link(t.Context(), [32]byte{1}, c.now); err != nil {
		t.Error(err)
	}
	c.set(1, 0)
	_, err := c.Link(t.Context(), [32]byte{1}, c.now)
	wantErr(t, err, account.ErrNoLink)
	wantErr(t, c.UseLink(t.Context(), [32]byte{1}, "hash", c.now), account.ErrNoLink)
	_, err = c.SweepSessions(t.Context(), c.now, account.SessionLimits{Idle: time.Hour, Absolute: time.Hour})
	must(t, err)
	_, err = c.Session(t.Context(), [32]byte{2})
	wantErr(t, err, account.ErrNoSession)
}

// A link that somebody wrote into the file opens nothing.
func TestPlantedLink(t *testing.T) {
	c := newClocked(t)
	plant := func(token byte) {
		exec(t, c.raw(), `INSERT INTO password_links (account, token_hash, until) VALUES ($1, $2, $3)
			ON CONFLICT (account) DO UPDATE SET token_hash = excluded.token_hash`,
			c.ann.ID, append([]byte{token}, make([]byte, 31)...), c.now.Add(time.Hour).UnixMilli())
	}
	plant(9)
	wantErr(t, c.UseLink(t.Context(), [32]byte{9}, "hash", c.now), account.ErrNoLink)
	exec(t, c.raw(), `DELETE FROM password_links`)
	must(t, c.SetLink(t.Context(), "ann", [32]byte{1}, c.now.Add(time.Hour), account.ChangedBy{At: c.now}))
	plant(9)
	wantErr(t, c.UseLink(t.Context(), [32]byte{9}, "hash", c.now), account.ErrNoLink)
	plant(1)
	must(t, c.UseLink(t.Context(), [32]byte{1}, "hash", c.now))
}

// A clock that is ahead for an hour takes no copy of a medium away.
func TestCopiesWhateverTheClock(t *testing.T) {
	c := newClocked(t)
	c.fetch(c.id, 0, c.ann, decode(t, "COMPLETED", "a"))
	medium := mustMedium(t, "1ebfcc7c-9d31-4d2c-8a4b-3f6b0e1d2c3a")
	keep := func(text string, days int) {
		must(t, c.SealMedium(t.Context(), review.NewSealed{
			Recipient: c.id, Medium: medium, SHA256: sha256.Sum256([]byte(text)), At: c.now, Until: c.now.AddDate(0, 0, days), Bytes: []byte(text),
		}))
	}
	copies := func(when string, want int) {
		t.Helper()
		var n int
		must(t, c.raw().QueryRow(`SELECT count(*) FROM sealed_media`).Scan(&n))
		if n != want {
			t.Errorf("%s: %d copies, want %d", when, n, want)
		}
	}
	sweep := func(minutes, years int) {
		c.set(minutes, years)
		must(t, c.SweepMedia(t.Context(), c.now))
	}
	keep("short", 1)
	keep("long", 100)
	sweep(10, 0)
	sweep(20, 1)
	sweep(30, 1)
	copies("while the clock is ahead", 2)
	sweep(40, 0)
	copies("when it was put right", 2)
	const day = 24 * 60
	for minutes := 50; minutes <= day+50; minutes += 50 {
		sweep(minutes, 0)
	}
	copies("a day on", 1)

	// After the server was off, a day more has to pass.
	sweep(200*day, 0)
	sweep(200*day+23*60, 0)
	copies("when the server is back", 1)
	for minutes := 23*60 + 50; minutes <= day+50; minutes += 50 {
		sweep(200*day+minutes, 0)
	}
	copies("a day after that", 0)

	// The newest copy is the one that was kept last.
	c.set(0, 1)
	keep("ahead", 9)
	c.set(0, 0)
	keep("right", 9)
	if text, err := c.SealedMedium(t.Context(), c.id, medium); err != nil || string(text) != "right" {
		t.Errorf("the newest copy is %q (%v)", text, err)
	}
}

// Somebody's password that another could choose is on record with who could.
func TestWhoMadeTheLink(t *testing.T) {
	c := newClocked(t)
	add := func(name string, role account.Role) account.Person {
		p := account.Person{Name: name, Role: role}
		var err error
		p.ID, err = c.AddAccount(t.Context(), account.Account{Person: p, Key: name, Password: "hash"}, false, account.ChangedBy{At: c.now})
		must(t, err)
		return p
	}
	admin, sue := add("admin", account.Admin), add("sue", account.Auditor)
	told := func(want int) account.Notice {
		t.Helper()
		n, err := c.Notice(t.Context(), sue.ID)
		must(t, err)
		if len(n.Changes) != want {
			t.Fatalf("%d changes to tell, want %d: %+v", len(n.Changes), want, n.Changes)
		}
		return n
	}
	told(0)
	must(t, c.SetLink(t.Context(), "sue", [32]byte{1}, c.now.Add(time.Hour), account.ChangedBy{By: admin, At: c.now}))
	must(t, c.UseLink(t.Context(), [32]byte{1}, "chosen", c.now))
	must(t, c.SetRole(t.Context(), "sue", account.Reviewer, account.ChangedBy{By: admin, At: c.now}))
	must(t, c.SetPassword(t.Context(), "sue", "set", account.ChangedBy{At: c.now}))
	n := told(3)
	if r := n.Changes[0]; !r.ByLink || r.LinkBy != "admin" || r.By != "sue" || r.What != account.PasswordChanged {
		t.Errorf("the password that was chosen is %+v", r)
	}
	// What came since the page was shown is not taken for seen, and nothing is seen twice.
	must(t, c.Acknowledge(t.Context(), n.Changes[1].Seq, account.ChangedBy{By: sue, At: c.now}))
	if n := told(1); n.Last.IsZero() {
		t.Error("it is not said when something was seen")
	}
	size := func() int64 {
		h, err := c.Health(t.Context())
		must(t, err)
		return h.Size
	}
	before := size()
	must(t, c.Acknowledge(t.Context(), n.Changes[1].Seq, account.ChangedBy{By: sue, At: c.now}))
	if size() != before {
		t.Error("nothing was seen, and is on record")
	}
	must(t, c.Acknowledge(t.Context(), 1<<40, account.ChangedBy{By: sue, At: c.now}))
	told(0)
	// What somebody does to their own account is no news to them.
	must(t, c.ReplacePassword(t.Context(), account.Account{Person: sue, Password: "set"}, "own", account.ChangedBy{By: sue, At: c.now}))
	told(0)
	_, err := store.Verify(t.Context(), store.VerifyOptions{Path: c.options.Path, Postgres: c.options.Postgres})
	must(t, err)
}

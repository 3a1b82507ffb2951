package store_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/store"
)

const password = "umbrella quarry 47 lanterns"

// newDoor returns a door to a store without accounts, and its clock.
func newDoor(t *testing.T) (*account.Service, *desk, *time.Time) {
	t.Helper()
	d := openDesk(t, t.TempDir())
	now := noon
	door := &account.Service{
		Records: d,
		Now:     func() time.Time { return now },
		Cost:    account.Cost{Memory: 8, Time: 1},
	}
	return door, d, &now
}

func TestSignIn(t *testing.T) {
	door, s, _ := newDoor(t)
	ctx := t.Context()
	made, err := door.SetUp(ctx, "Ann", password, account.Reviewer)
	must(t, err)
	_, err = door.SetUp(ctx, "Bob", password, account.Reviewer)
	wantErr(t, err, account.ErrNotFirst)
	_, err = door.Add(ctx, "ANN", password, account.Reviewer)
	wantErr(t, err, account.ErrNameTaken)

	got, err := door.SignIn(ctx, "ann", password, account.Source{Address: "192.0.2.1"})
	must(t, err)
	wantEqual(t, "person", got.Person, made)
	_, err = door.SignIn(ctx, "Ann", "something else", account.Source{Address: "192.0.2.1"})
	wantErr(t, err, account.ErrWrongPassword)
	_, err = door.SignIn(ctx, "Nobody", password, account.Source{Address: "192.0.2.1"})
	wantErr(t, err, account.ErrWrongPassword)

	must(t, door.Disable(ctx, "Ann", account.Person{}))
	must(t, door.Disable(ctx, "Ann", account.Person{}))
	_, err = door.SignIn(ctx, "Ann", password, account.Source{Address: "192.0.2.9"})
	wantErr(t, err, account.ErrWrongPassword)
	_, err = door.SetUp(ctx, "Bob", password, account.Reviewer)
	wantErr(t, err, account.ErrNotFirst)
	wantErr(t, door.Disable(ctx, "Nobody", account.Person{}), account.ErrNoAccount)
	wantErr(t, door.ChangePassword(ctx, "Nobody", password), account.ErrNoAccount)

	_, err = door.Add(ctx, "aaron", password, account.Reviewer)
	must(t, err)
	people, err := s.Accounts(ctx)
	must(t, err)
	if len(people) != 2 || people[0].Name != "aaron" || people[1].Name != "Ann" || !people[1].Disabled || people[0].Disabled {
		t.Errorf("people are %+v", people)
	}
}

func TestDisabledKeepsItsTime(t *testing.T) {
	door, s, now := newDoor(t)
	_, err := door.SetUp(t.Context(), "Ann", password, account.Reviewer)
	must(t, err)
	must(t, door.Disable(t.Context(), "Ann", account.Person{}))
	*now = after(60)
	must(t, door.Disable(t.Context(), "Ann", account.Person{}))
	var at int64
	must(t, s.raw().QueryRow(`SELECT disabled_at FROM accounts WHERE id > 0`).Scan(&at))
	if at != noon.UnixMilli() {
		t.Errorf("disabled at %s, want %s", time.UnixMilli(at), noon)
	}
}

// Somebody who fails often enough has to wait, and then does not.
func TestSignInDelay(t *testing.T) {
	door, s, now := newDoor(t)
	ctx := t.Context()
	_, err := door.SetUp(ctx, "Ann", password, account.Reviewer)
	must(t, err)
	var wait *account.Wait
	for i := 0; wait == nil; i++ {
		if i == 1000 {
			t.Fatal("no delay after 1000 failures")
		}
		_, err := door.SignIn(ctx, "Ann", "something else", account.Source{Address: "192.0.2.1"})
		if !errors.As(err, &wait) {
			wantErr(t, err, account.ErrWrongPassword)
		}
	}
	if _, err = door.SignIn(ctx, "Ann", password, account.Source{Address: "192.0.2.1"}); !errors.As(err, &wait) {
		t.Errorf("error is %v, want a wait", err)
	}
	*now = wait.Until
	_, err = door.SignIn(ctx, "Ann", password, account.Source{Address: "192.0.2.1"})
	must(t, err)

	var clear int
	must(t, s.raw().QueryRow(`SELECT count(*) FROM sign_in_failures WHERE lower(subject) LIKE '%ann%' OR subject LIKE '%192.0.2.1%'`).Scan(&clear))
	if clear > 0 {
		t.Errorf("%d subjects are kept in the clear", clear)
	}
}

func TestSetUpAtTheSameTime(t *testing.T) {
	door, s, _ := newDoor(t)
	var made atomic.Int32
	var group sync.WaitGroup
	for _, name := range []string{"Ann", "Bob", "Cid", "Dan", "Eve", "Fay"} {
		group.Go(func() {
			_, err := door.SetUp(t.Context(), name, password, account.Reviewer)
			if err == nil {
				made.Add(1)
			} else if !errors.Is(err, account.ErrNotFirst) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	people, err := s.Accounts(t.Context())
	must(t, err)
	if made.Load() != 1 || len(people) != 1 {
		t.Errorf("%d set up, %d accounts, want one", made.Load(), len(people))
	}
}

func TestChangeFailures(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	read := func(since time.Time, subjects ...string) []account.Failures {
		t.Helper()
		var got []account.Failures
		must(t, d.ChangeFailures(ctx, subjects, since, func(list []account.Failures) error {
			got = append(got, list...)
			return nil
		}))
		return got
	}
	must(t, d.ChangeFailures(ctx, []string{"b", "a"}, noon, func(list []account.Failures) error {
		wantEqual(t, "at first", list, []account.Failures{{Subject: "b"}, {Subject: "a"}})
		list[0].Count, list[0].Last = 2, after(1)
		list[1].Count, list[1].Last = 3, after(2)
		return nil
	}))
	wait := &account.Wait{Until: noon}
	err := d.ChangeFailures(ctx, []string{"a"}, after(2), func(list []account.Failures) error {
		list[0].Count = 99
		return wait
	})
	wantErr(t, err, wait)
	wantEqual(t, "after a change that was refused", read(noon, "a", "b"),
		[]account.Failures{{Subject: "a", Count: 3, Last: after(2)}, {Subject: "b", Count: 2, Last: after(1)}})
	wantEqual(t, "after old ones are forgotten", read(after(2), "b", "a"),
		[]account.Failures{{Subject: "b"}, {Subject: "a", Count: 3, Last: after(2)}})
	must(t, d.ChangeFailures(ctx, []string{"a"}, noon, func(list []account.Failures) error {
		list[0].Count = 0
		return nil
	}))
	wantEqual(t, "after success", read(noon, "a"), []account.Failures{{Subject: "a"}})
}

func TestFailuresCountedAtTheSameTime(t *testing.T) {
	d := newDesk(t)
	second := mustOpen(t, d.options)
	var group sync.WaitGroup
	for i := range 20 {
		s := []*store.Store{d.Store, second}[i%2]
		group.Go(func() {
			err := s.ChangeFailures(t.Context(), []string{"a"}, noon, func(list []account.Failures) error {
				list[0].Count, list[0].Last = list[0].Count+1, noon
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	var count int
	must(t, d.raw().QueryRow(`SELECT count FROM sign_in_failures`).Scan(&count))
	if count != 20 {
		t.Errorf("count is %d, want 20", count)
	}
}

// A password that became void while its owner was changing it does not come back.
func TestReplacePassword(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	before, err := d.Account(ctx, "ann")
	must(t, err)
	own := account.ChangedBy{By: d.ann, At: noon}
	must(t, d.ReplacePassword(ctx, before, "second", own))
	wantErr(t, d.ReplacePassword(ctx, before, "third", own), account.ErrWrongPassword)
	before, err = d.Account(ctx, "ann")
	must(t, err)
	token := [32]byte{1}
	must(t, d.SetLink(ctx, "ann", token, after(60), account.ChangedBy{By: d.bob, At: noon}))
	wantErr(t, d.ReplacePassword(ctx, before, "third", own), account.ErrWrongPassword)
	_, err = d.Link(ctx, token, noon)
	must(t, err)
	must(t, d.SetPassword(ctx, "ann", "second", own))
	must(t, d.DisableAccount(ctx, "ann", own))
	wantErr(t, d.ReplacePassword(ctx, before, "third", own), account.ErrWrongPassword)
	a, err := d.Account(ctx, "ann")
	must(t, err)
	if a.Password != "second" {
		t.Errorf("password is %q", a.Password)
	}
}

package store_test

import (
	"sync"
	"testing"

	"countersign/internal/account"
	"countersign/store"
)

func TestSecondServer(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.options.Serve = true
	first := mustOpen(t, d.options)
	_, err := store.Open(t.Context(), d.options)
	wantErr(t, err, store.ErrServed)

	// A command works beside the server, and each sees what the other recorded.
	d.options.Serve = false
	command := mustOpen(t, d.options)
	must(t, command.SetPassword(t.Context(), "ann", "another", account.ChangedBy{At: noon}))
	a, err := first.Account(t.Context(), "ann")
	must(t, err)
	if a.Password != "another" {
		t.Errorf("password is %q", a.Password)
	}

	must(t, first.Close())
	d.options.Serve = true
	mustOpen(t, d.options)
}

// Stores that are opened at the same time on a database that is not there yet make
// it once.
func TestMadeOnce(t *testing.T) {
	folder := t.TempDir()
	var group sync.WaitGroup
	for i := range 6 {
		group.Go(func() {
			o := optionsIn(t, folder)
			o.Serve = i == 0
			s, err := store.Open(t.Context(), o)
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if err := s.Ready(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"countersign/internal/account"
	"countersign/internal/ledger"
)

func newPasskey(id string) account.PasskeyEntry {
	p := account.PasskeyEntry{Name: "Key " + id, Count: 3}
	p.Credential.Site, p.Credential.ID, p.Credential.PublicKey = "localhost", []byte(id), []byte("key")
	return p
}

func TestPasskeys(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	byAnn, byBob := account.ChangedBy{By: d.ann, At: noon}, account.ChangedBy{By: d.bob, At: noon}
	must(t, d.AddPasskey(ctx, newPasskey("a"), byAnn))
	must(t, d.AddPasskey(ctx, newPasskey("b"), byBob))
	wantErr(t, d.AddPasskey(ctx, newPasskey("a"), byBob), account.ErrPasskeyKnown)
	list, err := d.Passkeys(ctx, d.ann.ID)
	must(t, err)
	want := newPasskey("a")
	want.ID, want.Created = 1, noon
	wantEqual(t, "passkeys", list, []account.PasskeyEntry{want})
	found, who, err := d.FindPasskey(ctx, []byte("b"))
	if err != nil || who.ID != d.bob.ID || found.Name != "Key b" {
		t.Errorf("found %+v of %+v, error %v", found, who, err)
	}
	_, _, err = d.FindPasskey(ctx, []byte("c"))
	wantErr(t, err, account.ErrNoPasskey)

	wantErr(t, d.RenamePasskey(ctx, d.bob.ID, 1, "Mine"), account.ErrNoPasskey)
	must(t, d.RenamePasskey(ctx, d.ann.ID, 1, "Old key"))
	allow := func(account.PasskeyEntry, []account.PasskeyEntry, bool) error { return nil }
	wantErr(t, d.RemovePasskey(ctx, 1, [32]byte{}, allow, byBob), account.ErrNoPasskey)
	refuse := func(removed account.PasskeyEntry, left []account.PasskeyEntry, code bool) error {
		if removed.Name != "Old key" || len(left) > 0 || code {
			t.Errorf("asked about %+v, with %d left", removed, len(left))
		}
		return account.ErrLastFactor
	}
	wantErr(t, d.RemovePasskey(ctx, 1, [32]byte{}, refuse, byAnn), account.ErrLastFactor)
	must(t, d.RemovePasskey(ctx, 1, [32]byte{}, allow, byAnn))
	if list, err = d.Passkeys(ctx, d.ann.ID); err != nil || len(list) > 0 {
		t.Errorf("left %+v, error %v", list, err)
	}
	_, err = d.UsePasskey(ctx, 1, 4, noon)
	wantErr(t, err, account.ErrNoPasskey)
}

func TestPasskeysAreNotManyAndNotOfTheDisabled(t *testing.T) {
	d := newDesk(t)
	byAnn := account.ChangedBy{By: d.ann, At: noon}
	for i := range account.MaxPasskeys {
		must(t, d.AddPasskey(t.Context(), newPasskey(fmt.Sprint(i)), byAnn))
	}
	wantErr(t, d.AddPasskey(t.Context(), newPasskey("more"), byAnn), account.ErrManyPasskeys)
	must(t, d.DisableAccount(t.Context(), "bob", account.ChangedBy{At: noon}))
	wantErr(t, d.AddPasskey(t.Context(), newPasskey("b"), account.ChangedBy{By: d.bob, At: noon}), account.ErrNoAccount)
}

// Of many uses at once with one count, which a copy makes, one is taken and each other is on
// record.
func TestPasskeyCountsOnce(t *testing.T) {
	d := newDesk(t)
	must(t, d.AddPasskey(t.Context(), newPasskey("a"), account.ChangedBy{By: d.ann, At: noon}))
	var wait sync.WaitGroup
	results := make(chan bool, 8)
	for range cap(results) {
		wait.Go(func() {
			advanced, err := d.UsePasskey(t.Context(), 1, 4, after(1))
			if err != nil {
				t.Error(err)
			}
			results <- advanced
		})
	}
	wait.Wait()
	close(results)
	taken := 0
	for advanced := range results {
		if advanced {
			taken++
		}
	}
	log, err := d.AccountLog(t.Context(), 100)
	must(t, err)
	refused := 0
	for _, change := range log {
		if change.What == account.FactorRefused {
			refused++
		}
	}
	if taken != 1 || refused != cap(results)-1 {
		t.Errorf("%d of %d were taken, %d are on record as refused", taken, cap(results), refused)
	}
	for _, test := range []struct {
		count uint32
		want  bool
	}{{4, false}, {3, false}, {0, false}, {5, true}, {^uint32(0), true}, {^uint32(0), false}} {
		if got, err := d.UsePasskey(t.Context(), 1, test.count, after(2)); err != nil || got != test.want {
			t.Errorf("count %d: %v, error %v", test.count, got, err)
		}
	}
}

// The record keeps what a passkey is, and not how often it was used; a passkey that was planted
// in the file is found.
func TestVerifyComparesPasskeys(t *testing.T) {
	d := newDesk(t)
	must(t, d.AddPasskey(t.Context(), newPasskey("a"), account.ChangedBy{By: d.ann, At: noon}))
	if advanced, err := d.UsePasskey(t.Context(), 1, 9, after(1)); err != nil || !advanced {
		t.Fatalf("use: %v, error %v", advanced, err)
	}
	must(t, d.RenamePasskey(t.Context(), d.ann.ID, 1, "Other name"))
	if _, err := d.UsePasskey(t.Context(), 1, 9, after(2)); err != nil {
		t.Fatal(err)
	}
	if err := d.verifies(t); err != nil {
		t.Errorf("after it was used: %v", err)
	}
	_, err := d.raw().Exec(`UPDATE passkeys SET credential = '{"site":"localhost"}'`)
	must(t, err)
	if err := d.verifies(t); !errors.Is(err, ledger.ErrBroken) {
		t.Errorf("a planted key: %v", err)
	}
}

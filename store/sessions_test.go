package store

import (
	"testing"
	"time"

	"countersign/internal/account"
)

func TestSessions(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	ann, bob := [32]byte{1}, [32]byte{2}
	_, _, _, err := d.Session(ctx, ann)
	wantErr(t, err, account.ErrNoSession)
	must(t, d.SaveSession(ctx, ann, d.ann.ID, noon, noon))
	must(t, d.SaveSession(ctx, bob, d.bob.ID, after(1), after(1)))
	must(t, d.SaveSession(ctx, ann, d.ann.ID, noon, after(5)))
	must(t, d.SaveSession(ctx, ann, d.ann.ID, noon, after(4))) // a slower request
	d.wantSession(ann, after(5))

	wantErr(t, d.SaveSession(ctx, ann, d.bob.ID, noon, after(6)), account.ErrNoSession)
	wantErr(t, d.SaveSession(ctx, ann, d.bob.ID, noon, noon), account.ErrNoSession)
	d.wantSession(ann, after(5))

	must(t, d.EndSession(ctx, ann))
	must(t, d.EndSession(ctx, ann))
	// A request that was under way does not sign its person in again.
	wantErr(t, d.SaveSession(ctx, ann, d.ann.ID, noon, after(6)), account.ErrNoSession)
	_, _, _, err = d.Session(ctx, ann)
	wantErr(t, err, account.ErrNoSession)
	who, created, _, err := d.Session(ctx, bob)
	must(t, err)
	if who.ID != d.bob.ID || who.Name != "Bob" || who.Role != d.bob.Role || !created.Equal(after(1)) {
		t.Errorf("Bob's session is %+v, %s", who, created)
	}
}

func (d *desk) wantSession(token [32]byte, seen time.Time) {
	d.t.Helper()
	who, created, got, err := d.Session(d.t.Context(), token)
	must(d.t, err)
	if who != d.ann || !created.Equal(noon) || !got.Equal(seen) {
		d.t.Errorf("session of %+v, created %s, seen %s", who, created, got)
	}
}

func TestSessionsEndWithTheAccount(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	ann, bob := [32]byte{1}, [32]byte{2}
	must(t, d.SaveSession(ctx, ann, d.ann.ID, noon, noon))
	must(t, d.SaveSession(ctx, bob, d.bob.ID, noon, noon))
	must(t, d.SetPassword(ctx, "ann", "another", account.Change{At: noon}))
	_, _, _, err := d.Session(ctx, ann)
	wantErr(t, err, account.ErrNoSession)
	_, _, _, err = d.Session(ctx, bob)
	must(t, err)

	must(t, d.DisableAccount(ctx, "bob", account.Change{At: noon}))
	_, _, _, err = d.Session(ctx, bob)
	wantErr(t, err, account.ErrNoSession)
	wantErr(t, d.SaveSession(ctx, bob, d.bob.ID, noon, noon), account.ErrNoSession)

	// Even a session that was left open does not outlive its account.
	must(t, d.SaveSession(ctx, ann, d.ann.ID, noon, noon))
	exec(t, d.writer, `UPDATE accounts SET disabled_at = 1 WHERE id > 0`)
	_, _, _, err = d.Session(ctx, ann)
	wantErr(t, err, account.ErrNoSession)
	wantErr(t, d.SaveSession(ctx, ann, d.ann.ID, noon, after(1)), account.ErrNoSession)
}

func TestSweepSessions(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	idle, old, fresh := [32]byte{1}, [32]byte{2}, [32]byte{3}
	must(t, d.SaveSession(ctx, idle, d.ann.ID, after(600), after(600)))
	must(t, d.SaveSession(ctx, old, d.ann.ID, noon, noon))
	must(t, d.SaveSession(ctx, old, d.ann.ID, noon, after(720)))
	must(t, d.SaveSession(ctx, fresh, d.ann.ID, after(1), after(1)))
	must(t, d.SaveSession(ctx, fresh, d.ann.ID, after(1), after(720)))
	must(t, d.SweepSessions(ctx, after(721), 30*time.Minute, 12*time.Hour))
	for token, want := range map[[32]byte]error{idle: account.ErrNoSession, old: account.ErrNoSession, fresh: nil} {
		_, _, _, err := d.Session(ctx, token)
		wantErr(t, err, want)
	}
}

// A password that became void while it was looked at opens no session.
func TestNoSessionForAVoidPassword(t *testing.T) {
	d := newDesk(t)
	must(t, d.SetLink(t.Context(), "ann", [32]byte{1}, after(60), account.Change{At: noon}))
	wantErr(t, d.SaveSession(t.Context(), [32]byte{9}, d.ann.ID, noon, noon), account.ErrNoSession)
}

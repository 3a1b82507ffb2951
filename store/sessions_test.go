package store_test

import (
	"testing"
	"time"

	"countersign/internal/account"
)

func TestSessions(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	ann, bob := [32]byte{1}, [32]byte{2}
	_, err := d.Session(ctx, ann)
	wantErr(t, err, account.ErrNoSession)
	must(t, d.BeginSession(ctx, d.ann.ID, account.Session{Token: ann, Created: noon}))
	must(t, d.BeginSession(ctx, d.bob.ID, account.Session{Token: bob, Created: after(1)}))
	must(t, d.TouchSession(ctx, ann, d.ann.ID, after(5)))
	must(t, d.TouchSession(ctx, ann, d.ann.ID, after(4))) // a slower request
	d.wantSession(ann, after(5))

	wantErr(t, d.TouchSession(ctx, ann, d.bob.ID, after(6)), account.ErrNoSession)
	if err := d.BeginSession(ctx, d.bob.ID, account.Session{Token: ann, Created: noon}); err == nil {
		t.Error("Ann's token is Bob's too")
	}
	d.wantSession(ann, after(5))

	must(t, d.EndSession(ctx, ann))
	must(t, d.EndSession(ctx, ann))
	// A request that was under way does not sign its person in again.
	wantErr(t, d.TouchSession(ctx, ann, d.ann.ID, after(6)), account.ErrNoSession)
	_, err = d.Session(ctx, ann)
	wantErr(t, err, account.ErrNoSession)
	who, err := d.Session(ctx, bob)
	must(t, err)
	if who.ID != d.bob.ID || who.Name != "Bob" || who.Role != d.bob.Role || !who.Session.Created.Equal(after(1)) {
		t.Errorf("Bob's session is %+v", who)
	}
}

// A session knows how and from where it was begun, and when its person last proved to be there.
func TestSessionKnowsItsProof(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	begun := account.Session{Token: [32]byte{1}, Created: noon, Proof: account.ByPasswordAndCode, Address: "192.0.2.7", Browser: "Firefox on Linux"}
	must(t, d.BeginSession(ctx, d.ann.ID, begun))
	first, second, third := begun.Token, [32]byte{2}, [32]byte{3}
	must(t, d.ProveSession(ctx, first, second, d.ann.ID, after(5)))
	must(t, d.ProveSession(ctx, second, third, d.ann.ID, after(4))) // by a clock that was put right
	must(t, d.TouchSession(ctx, third, d.ann.ID, after(6)))
	wantErr(t, d.ProveSession(ctx, third, [32]byte{4}, d.bob.ID, after(7)), account.ErrNoSession)
	for _, replaced := range [][32]byte{first, second} {
		wantErr(t, d.ProveSession(ctx, replaced, [32]byte{4}, d.ann.ID, after(7)), account.ErrNoSession)
		wantErr(t, d.TouchSession(ctx, replaced, d.ann.ID, after(7)), account.ErrNoSession)
	}
	who, err := d.Session(ctx, third)
	must(t, err)
	want := begun
	want.Token, want.Seen, want.Proved, want.Checked = third, after(6), after(5), noon
	wantEqual(t, "session", who.Session, want)
	list, err := d.Sessions(ctx, d.ann.ID)
	must(t, err)
	wantEqual(t, "sessions", list, []account.Session{want})
}

func (d *desk) wantSession(token [32]byte, seen time.Time) {
	d.t.Helper()
	who, err := d.Session(d.t.Context(), token)
	must(d.t, err)
	if who.Person != d.ann || !who.Session.Created.Equal(noon) || !who.Session.Seen.Equal(seen) {
		d.t.Errorf("session of %+v", who)
	}
}

func TestSessionsEndWithTheAccount(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	ann, bob := [32]byte{1}, [32]byte{2}
	must(t, d.BeginSession(ctx, d.ann.ID, account.Session{Token: ann, Created: noon}))
	must(t, d.BeginSession(ctx, d.bob.ID, account.Session{Token: bob, Created: noon}))
	must(t, d.SetPassword(ctx, "ann", "another", account.ChangedBy{At: noon}))
	_, err := d.Session(ctx, ann)
	wantErr(t, err, account.ErrNoSession)
	_, err = d.Session(ctx, bob)
	must(t, err)

	must(t, d.DisableAccount(ctx, "bob", account.ChangedBy{At: noon}))
	_, err = d.Session(ctx, bob)
	wantErr(t, err, account.ErrNoSession)
	wantErr(t, d.BeginSession(ctx, d.bob.ID, account.Session{Token: bob, Created: noon}), account.ErrNoSession)

	// Even a session that was left open does not outlive its account.
	must(t, d.BeginSession(ctx, d.ann.ID, account.Session{Token: ann, Created: noon}))
	exec(t, d.raw(), `UPDATE accounts SET disabled_at = 1 WHERE id > 0`)
	_, err = d.Session(ctx, ann)
	wantErr(t, err, account.ErrNoSession)
	wantErr(t, d.TouchSession(ctx, ann, d.ann.ID, after(1)), account.ErrNoSession)
}

func TestSweepSessions(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	idle, old, fresh := [32]byte{1}, [32]byte{2}, [32]byte{3}
	must(t, d.BeginSession(ctx, d.ann.ID, account.Session{Token: idle, Created: after(600)}))
	must(t, d.BeginSession(ctx, d.ann.ID, account.Session{Token: old, Created: noon}))
	must(t, d.TouchSession(ctx, old, d.ann.ID, after(720)))
	must(t, d.BeginSession(ctx, d.ann.ID, account.Session{Token: fresh, Created: after(1)}))
	must(t, d.TouchSession(ctx, fresh, d.ann.ID, after(720)))
	ended, err := d.SweepSessions(ctx, after(721), account.StandardLimits())
	must(t, err)
	for _, who := range ended {
		if who.ID != d.ann.ID || who.Role != d.ann.Role || who.Session.Token != idle && who.Session.Token != old {
			t.Errorf("ended: %+v", who)
		}
	}
	if len(ended) != 2 {
		t.Errorf("%d sessions ended, want 2", len(ended))
	}
	for token, want := range map[[32]byte]error{idle: account.ErrNoSession, old: account.ErrNoSession, fresh: nil} {
		_, err := d.Session(ctx, token)
		wantErr(t, err, want)
	}
}

// A password that became void while it was looked at opens no session.
func TestNoSessionForAVoidPassword(t *testing.T) {
	d := newDesk(t)
	must(t, d.SetLink(t.Context(), "ann", [32]byte{1}, after(60), account.ChangedBy{At: noon}))
	wantErr(t, d.BeginSession(t.Context(), d.ann.ID, account.Session{Token: [32]byte{9}, Created: noon}), account.ErrNoSession)
}

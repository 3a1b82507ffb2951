package store_test

import (
	"testing"

	"countersign/internal/account"
)

// What somebody chose comes with their session, and with nobody else's.
func TestPreferences(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	ann, bob := [32]byte{1}, [32]byte{2}
	must(t, d.BeginSession(ctx, d.ann.ID, account.Session{Token: ann, Created: noon}))
	must(t, d.BeginSession(ctx, d.bob.ID, account.Session{Token: bob, Created: noon}))
	for _, choice := range [][2]string{{account.PreferCodes, account.On}, {account.PreferView, account.ViewAll}, {account.PreferCodes, account.Off}} {
		must(t, d.ChangePreferences(ctx, d.ann.ID, func(p account.Preferences) account.Preferences {
			p, _ = p.With(choice[0], choice[1])
			return p
		}))
	}
	for token, want := range map[[32]byte]account.Preferences{ann: {AllChecks: true}, bob: {}} {
		who, err := d.Session(ctx, token)
		must(t, err)
		if who.Preferences != want {
			t.Errorf("%s prefers %+v, want %+v", who.Name, who.Preferences, want)
		}
	}
}

// What a newer program may have kept keeps nobody out.
func TestPreferencesOfANewerProgram(t *testing.T) {
	d := newDesk(t)
	must(t, d.BeginSession(t.Context(), d.ann.ID, account.Session{Token: [32]byte{1}, Created: noon}))
	for _, kept := range []string{`{"codes": true, "colour": "green"}`, `{"codes": "sometimes"}`, `[]`} {
		if _, err := d.raw().Exec(`INSERT INTO preferences (account, chosen) VALUES ($1, $2) ON CONFLICT (account) DO UPDATE SET chosen = excluded.chosen`, d.ann.ID, kept); err != nil {
			t.Fatal(err)
		}
		if who, err := d.Session(t.Context(), [32]byte{1}); err != nil || who.ID != d.ann.ID {
			t.Errorf("with %s: %+v, %v", kept, who, err)
		}
	}
}

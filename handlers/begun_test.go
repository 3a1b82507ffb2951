package handlers

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/securityevent"
)

// What a session that begins is called depends on how, and on what was there before.
func TestBegunSessionsAreEvents(t *testing.T) {
	session := func(id int64, proof account.Proof, factors account.Factors) account.SignedIn {
		return account.SignedIn{Person: account.Person{ID: id, Role: account.Admin}, Session: account.Session{Proof: proof}, Factors: factors}
	}
	nobody, app := account.SignedIn{}, account.Factors{Code: true}
	for _, test := range []struct {
		name                string
		before, begun, asks account.SignedIn // asks: whom guard let through
		policy              account.SecondFactorPolicy
		want                []string
	}{
		{"password", nobody, session(1, account.ByPassword, account.Factors{}), nobody, account.NobodyMust,
			[]string{"sign-in password"}},
		{"password of somebody with a factor", nobody, session(1, account.ByPassword, app), nobody, account.NobodyMust,
			[]string{"first-factor password"}},
		{"second factor", session(1, account.ByPassword, app), session(1, account.ByPasswordAndCode, app), session(1, account.ByPassword, app), account.NobodyMust,
			[]string{"second-factor code", "sign-in password+code"}},
		{"recovery code", session(1, account.ByPassword, app), session(1, account.ByPasswordAndRecovery, app), session(1, account.ByPassword, app), account.NobodyMust,
			[]string{"second-factor recovery", "sign-in password+recovery"}},
		{"factor that was set up on the way", session(1, account.ByPassword, account.Factors{}), session(1, account.ByPasswordAndPasskey, account.Factors{Passkeys: 1}), session(1, account.ByPassword, account.Factors{}), account.EverybodyMust,
			[]string{"second-factor passkey", "sign-in password+passkey"}},
		{"factor that was set up later", session(1, account.ByPassword, account.Factors{}), session(1, account.ByPasswordAndPasskey, account.Factors{Passkeys: 1}), session(1, account.ByPassword, account.Factors{}), account.NobodyMust,
			[]string{"session-ended replaced"}},
		{"passkey alone", nobody, session(1, account.ByPasskey, account.Factors{Passkeys: 1}), nobody, account.EverybodyMust,
			[]string{"sign-in passkey"}},
		{"provider", nobody, session(1, account.ByProvider, account.Factors{}), nobody, account.EverybodyMust,
			[]string{"sign-in provider"}},
		{"somebody else in the same browser", session(2, account.ByPassword, account.Factors{}), session(1, account.ByPassword, account.Factors{}), nobody, account.NobodyMust,
			[]string{"session-ended replaced", "sign-in password"}},
		{"once more in the same browser", session(1, account.ByPassword, account.Factors{}), session(1, account.ByPassword, account.Factors{}), nobody, account.NobodyMust,
			[]string{"session-ended replaced", "sign-in password"}},
		{"under a new token", session(1, account.ByPassword, account.Factors{}), session(1, account.ByPassword, account.Factors{}), session(1, account.ByPassword, account.Factors{}), account.NobodyMust,
			[]string{"session-ended replaced"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var log bytes.Buffer
			s := &Server{SecondFactor: test.policy, Events: &securityevent.Log{Out: &log, Now: time.Now}}
			c := echo.New().NewContext(httptest.NewRequest("POST", "/login", nil), httptest.NewRecorder())
			c.Set(signedInContextKey, test.asks)
			if err := s.reportBegun(c, &test.before, &test.begun); err != nil {
				t.Fatal(err)
			}
			var got []string
			for line := range strings.Lines(log.String()) {
				var e struct{ Event, Outcome, Reason string }
				if err := json.Unmarshal([]byte(line), &e); err != nil || e.Outcome != "success" {
					t.Errorf("%s: %v", line, err)
				}
				got = append(got, e.Event+" "+e.Reason)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("events %q, want %q", got, test.want)
			}
		})
	}
}

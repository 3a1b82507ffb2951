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

// withAdmins is a desk with two admins, whom the operator made, and a supervisor with factors.
func withAdmins(t *testing.T) (d *desk, eve, max, sue account.Person) {
	t.Helper()
	d = newDesk(t)
	add := func(name string, role account.Role) account.Person {
		p := account.Person{Name: name, Role: role}
		id, err := d.AddAccount(t.Context(), account.Account{Person: p, Key: name, Password: "hash"}, false, account.ChangedBy{At: noon})
		must(t, err)
		p.ID = id
		return p
	}
	eve, max, sue = add("eve", account.Admin), add("max", account.Admin), add("sue", account.Supervisor)
	must(t, d.AddPasskey(t.Context(), newPasskey("phone"), account.ChangedBy{By: sue, At: noon}))
	return d, eve, max, sue
}

// What lets anybody act as a supervisor is not done by one admin alone, whichever way it is asked.
func TestNoAdminMakesASupervisorAlone(t *testing.T) {
	d, eve, _, _ := withAdmins(t)
	ctx, by := t.Context(), account.ChangedBy{By: eve, At: noon}
	_, err := d.AddAccount(ctx, account.Account{Person: account.Person{Name: "tom", Role: account.Supervisor}, Key: "tom"}, false, by)
	wantErr(t, err, account.ErrNeedsRequest)
	wantErr(t, d.SetRole(ctx, "ann", account.Supervisor, by), account.ErrNeedsRequest)
	wantErr(t, d.SetLink(ctx, "sue", [32]byte{1}, after(60), by), account.ErrNeedsRequest)
	wantErr(t, d.TakeFactors(ctx, "sue", "lost", by), account.ErrNeedsRequest)
	if sue, err := d.Account(ctx, "sue"); err != nil || sue.Password != "hash" {
		t.Errorf("sue is %+v, %v", sue, err)
	}
	// The operator does.
	must(t, d.SetRole(ctx, "ann", account.Supervisor, account.ChangedBy{At: noon}))
	must(t, d.TakeFactors(ctx, "sue", "lost", account.ChangedBy{At: noon}))
	wantErr(t, d.TakeFactors(ctx, "sue", "lost", account.ChangedBy{At: noon}), account.ErrNoFactors)
	wantErr(t, d.TakeFactors(ctx, "nobody", "lost", account.ChangedBy{At: noon}), account.ErrNoAccount)
	verifies(t, d)
}

func TestRequests(t *testing.T) {
	for name, test := range map[string]struct {
		terms account.RequestTerms
		done  func(*desk) bool
		what  []account.Change // on record at the end, the newest first
	}{
		"a new account": {
			account.RequestTerms{Kind: account.NewSupervisor, Name: "Tom"},
			func(d *desk) bool {
				tom, err := d.Account(d.t.Context(), "tom")
				_, linked := d.Link(d.t.Context(), [32]byte{7}, after(1))
				return err == nil && tom.Role == account.Supervisor && linked == nil
			},
			[]account.Change{account.LinkMade, account.Added, account.RequestConfirmed, account.RequestAsked},
		},
		"a role": {
			account.RequestTerms{Kind: account.BecomeSupervisor, Name: "ANN"},
			func(d *desk) bool {
				ann, err := d.Account(d.t.Context(), "ann")
				return err == nil && ann.Role == account.Supervisor
			},
			[]account.Change{account.RoleChanged, account.RequestConfirmed, account.RequestAsked},
		},
		"a link": {
			account.RequestTerms{Kind: account.SupervisorLink, Name: "sue"},
			func(d *desk) bool {
				who, err := d.Link(d.t.Context(), [32]byte{7}, after(1))
				return err == nil && who.Name == "sue"
			},
			[]account.Change{account.LinkMade, account.RequestConfirmed, account.RequestAsked},
		},
		"factors": {
			account.RequestTerms{Kind: account.SupervisorFactors, Name: "sue", Reason: "The phone was lost."},
			func(d *desk) bool {
				people, err := d.Accounts(d.t.Context())
				return err == nil && !people[len(people)-1].Factors.Any()
			},
			[]account.Change{account.FactorsTaken, account.RequestConfirmed, account.RequestAsked},
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, eve, max, sue := withAdmins(t)
			ctx := t.Context()
			begun := [32]byte{42}
			must(t, d.BeginSession(ctx, sue.ID, account.Session{Token: begun, Created: noon, Proof: account.ByPasskey}))
			r, err := d.AskFor(ctx, test.terms, account.ChangedBy{By: eve, At: noon})
			must(t, err)
			_, err = d.AskFor(ctx, test.terms, account.ChangedBy{By: max, At: noon})
			wantErr(t, err, account.ErrRequestTwice)
			_, err = d.CarryOut(ctx, r.ID, [32]byte{7}, account.ChangedBy{By: eve, At: after(48 * 60)})
			wantErr(t, err, account.ErrOwnRequest)
			if test.done(d) {
				t.Fatal("it is done before anybody confirmed it")
			}
			done, err := d.CarryOut(ctx, r.ID, [32]byte{7}, account.ChangedBy{By: max, At: after(1)})
			must(t, err)
			if done.State != account.RequestDone || done.EndedBy != "max" || !test.done(d) {
				t.Errorf("it is not done: %+v", done)
			}
			_, err = d.CarryOut(ctx, r.ID, [32]byte{8}, account.ChangedBy{By: max, At: after(2)})
			wantErr(t, err, account.ErrRequestOver)
			if _, err := d.Session(ctx, begun); test.terms.Name == "sue" && !errors.Is(err, account.ErrNoSession) {
				t.Errorf("the supervisor's session goes on: %v", err)
			}
			log, err := d.AccountLog(ctx, len(test.what))
			must(t, err)
			for i, want := range test.what {
				if log[i].What != want {
					t.Errorf("on record is %s, want %s", log[i].What, want)
				}
			}
			if log[0].AskedBy != "eve" || log[0].By != "max" {
				t.Errorf("on record is %+v", log[0])
			}
			verifies(t, d)
		})
	}
}

func TestRequestsThatCannotBeAsked(t *testing.T) {
	d, eve, _, sue := withAdmins(t)
	must(t, d.DisableAccount(t.Context(), "bob", account.ChangedBy{At: noon}))
	for name, test := range map[string]struct {
		terms account.RequestTerms
		by    account.Person
		want  error
	}{
		"by a supervisor":              {account.RequestTerms{Kind: account.BecomeSupervisor, Name: "ann"}, sue, account.ErrMayNotConfirm},
		"a name that is taken":         {account.RequestTerms{Kind: account.NewSupervisor, Name: "Ann"}, eve, account.ErrNameTaken},
		"a role of nobody":             {account.RequestTerms{Kind: account.BecomeSupervisor, Name: "tom"}, eve, account.ErrNoAccount},
		"a role of somebody disabled":  {account.RequestTerms{Kind: account.BecomeSupervisor, Name: "bob"}, eve, account.ErrNoAccount},
		"a role that somebody has":     {account.RequestTerms{Kind: account.BecomeSupervisor, Name: "sue"}, eve, account.ErrNoAccount},
		"a link for a reviewer":        {account.RequestTerms{Kind: account.SupervisorLink, Name: "ann"}, eve, account.ErrNoAccount},
		"factors of a reviewer":        {account.RequestTerms{Kind: account.SupervisorFactors, Name: "ann", Reason: "x"}, eve, account.ErrNoAccount},
		"a name that looks like a one": {account.RequestTerms{Kind: account.NewSupervisor, Name: "ѕue"}, eve, account.RefuseLookalike("sue")},
	} {
		_, err := d.AskFor(t.Context(), test.terms, account.ChangedBy{By: test.by, At: noon})
		var refused, wanted *account.Refused
		if errors.As(test.want, &wanted) && errors.As(err, &refused) && *refused == *wanted {
			continue
		}
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	list, err := d.Requests(t.Context(), noon)
	if err != nil || len(list) != 0 {
		t.Errorf("requests: %+v, %v", list, err)
	}
}

// An admin whose only colleague is one that they made a moment ago has nobody to confirm.
func TestConfirmerWhomTheAskerMade(t *testing.T) {
	d, eve, max, _ := withAdmins(t)
	ctx := t.Context()
	puppet := account.Person{Name: "puppet", Role: account.Admin}
	var err error
	puppet.ID, err = d.AddAccount(ctx, account.Account{Person: puppet, Key: "puppet", Password: "hash"}, false, account.ChangedBy{By: eve, At: noon})
	must(t, err)
	r, err := d.AskFor(ctx, account.RequestTerms{Kind: account.BecomeSupervisor, Name: "ann"}, account.ChangedBy{By: eve, At: after(1)})
	must(t, err)
	_, err = d.CarryOut(ctx, r.ID, [32]byte{}, account.ChangedBy{By: puppet, At: after(2)})
	wantErr(t, err, account.ErrConfirmerIsAsker)
	// Nor the one for whom they make a link while the request waits.
	must(t, d.SetLink(ctx, "max", [32]byte{3}, after(60), account.ChangedBy{By: eve, At: after(3)}))
	_, err = d.CarryOut(ctx, r.ID, [32]byte{}, account.ChangedBy{By: max, At: after(4)})
	wantErr(t, err, account.ErrConfirmerIsAsker)
}

// Where there is one admin, a request waits for a day, in which a supervisor may object.
func TestRequestOfOneAdmin(t *testing.T) {
	d, eve, max, sue := withAdmins(t)
	ctx := t.Context()
	must(t, d.DisableAccount(ctx, "max", account.ChangedBy{By: eve, At: noon}))
	_, err := d.AskFor(ctx, account.RequestTerms{Kind: account.BecomeSupervisor, Name: "ann"}, account.ChangedBy{By: max, At: noon})
	wantErr(t, err, account.ErrMayNotConfirm)
	ask := func(minute int) account.Request {
		t.Helper()
		r, err := d.AskFor(ctx, account.RequestTerms{Kind: account.BecomeSupervisor, Name: "ann"}, account.ChangedBy{By: eve, At: after(minute)})
		must(t, err)
		if !r.Alone {
			t.Fatal("somebody else could confirm it")
		}
		return r
	}
	r := ask(0)
	_, err = d.CarryOut(ctx, r.ID, [32]byte{}, account.ChangedBy{By: eve, At: after(24*60 - 1)})
	wantErr(t, err, account.ErrOwnRequest)
	_, err = d.CancelRequest(ctx, r.ID, account.ChangedBy{By: d.ann, At: after(5)})
	wantErr(t, err, account.ErrRequestOver)
	cancelled, err := d.CancelRequest(ctx, r.ID, account.ChangedBy{By: sue, At: after(5)})
	must(t, err)
	wantEqual(t, "what was cancelled", cancelled.RequestTerms, r.RequestTerms)
	_, err = d.CancelRequest(ctx, r.ID, account.ChangedBy{By: sue, At: after(5)})
	wantErr(t, err, account.ErrRequestOver)
	_, err = d.CarryOut(ctx, r.ID, [32]byte{}, account.ChangedBy{By: eve, At: after(24 * 60)})
	wantErr(t, err, account.ErrRequestOver)

	r = ask(10)
	_, err = d.CarryOut(ctx, r.ID, [32]byte{}, account.ChangedBy{By: eve, At: after(10 + 7*24*60)})
	wantErr(t, err, account.ErrRequestOver) // lapsed
	_, err = d.CarryOut(ctx, r.ID, [32]byte{}, account.ChangedBy{By: eve, At: after(10 + 24*60)})
	must(t, err)
	list, err := d.Requests(ctx, after(11+24*60))
	must(t, err)
	if len(list) != 1 || list[0].State != account.RequestDone || list[0].EndedBy != "eve" || list[0].Name != "Ann" {
		t.Errorf("requests: %+v", list)
	}
	verifies(t, d)
}

// A row of the table for which the ledger has no request asks for nothing.
func TestPlantedRequest(t *testing.T) {
	d, eve, max, _ := withAdmins(t)
	r, err := d.AskFor(t.Context(), account.RequestTerms{Kind: account.BecomeSupervisor, Name: "ann"}, account.ChangedBy{By: eve, At: noon})
	must(t, err)
	exec(t, d.raw(), `INSERT INTO account_requests (seq, asked_at, state, ended_by) VALUES ($1, $2, 'open', '')`, r.ID-1, noon.UnixMilli())
	_, err = d.CarryOut(t.Context(), r.ID-1, [32]byte{}, account.ChangedBy{By: max, At: after(1)})
	wantErr(t, err, account.ErrRequestOver)
	var found *store.Inconsistency
	if _, err := store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres}); !errors.As(err, &found) || found.Where != "account_requests" {
		t.Errorf("a planted request: %v", err)
	}
	exec(t, d.raw(), `DELETE FROM account_requests WHERE seq = $1`, r.ID-1)
	verifies(t, d)
	// Nor is one that was carried out opened again.
	_, err = d.CarryOut(t.Context(), r.ID, [32]byte{}, account.ChangedBy{By: max, At: after(1)})
	must(t, err)
	verifies(t, d)
	exec(t, d.raw(), `UPDATE account_requests SET state = 'open'`)
	if _, err := store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres}); !errors.As(err, &found) {
		t.Errorf("a request that was opened again: %v", err)
	}
	exec(t, d.raw(), `DELETE FROM account_requests`)
	if _, err := store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres}); !errors.As(err, &found) {
		t.Errorf("a request that was removed: %v", err)
	}
}

func TestRequestIsCarriedOutOnce(t *testing.T) {
	d, eve, max, _ := withAdmins(t)
	other := mustOpen(t, d.options)
	r, err := d.AskFor(t.Context(), account.RequestTerms{Kind: account.SupervisorLink, Name: "sue"}, account.ChangedBy{By: eve, At: noon})
	must(t, err)
	var done atomic.Int32
	var group sync.WaitGroup
	for i := range 6 {
		s := []*store.Store{d.Store, other}[i%2]
		group.Go(func() {
			_, err := s.CarryOut(t.Context(), r.ID, [32]byte{byte(i)}, account.ChangedBy{By: max, At: after(1)})
			if err == nil {
				done.Add(1)
			} else if !errors.Is(err, account.ErrRequestOver) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	var made int
	must(t, d.raw().QueryRow(`SELECT count(*) FROM ledger WHERE act = 'account' AND facts LIKE '%"deed":"link"%'`).Scan(&made))
	if done.Load() != 1 || made != 1 {
		t.Errorf("%d carried it out, %d links on record, want one", done.Load(), made)
	}
}

// Two admins who disable or demote each other at the same time leave one.
func TestLastAdminStays(t *testing.T) {
	for name, change := range map[string]func(s *store.Store, key string, by account.Person) error{
		"disable": func(s *store.Store, key string, by account.Person) error {
			return s.DisableAccount(t.Context(), key, account.ChangedBy{By: by, At: noon})
		},
		"demote": func(s *store.Store, key string, by account.Person) error {
			return s.SetRole(t.Context(), key, account.Reviewer, account.ChangedBy{By: by, At: noon})
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, eve, max, _ := withAdmins(t)
			other := mustOpen(t, d.options)
			var group sync.WaitGroup
			errs := make([]error, 2)
			group.Go(func() { errs[0] = change(d.Store, "max", eve) })
			group.Go(func() { errs[1] = change(other, "eve", max) })
			group.Wait()
			if failed := errors.Join(errs...); !errors.Is(failed, account.ErrLastAdmin) || errs[0] != nil && errs[1] != nil {
				t.Errorf("errors are %v", errs)
			}
			if n := d.countAdmins(); n != 1 {
				t.Errorf("%d admins are left", n)
			}
			verifies(t, d)
		})
	}
}

// An admin who cannot sign in does not count, and the operator may insist.
func TestLastAdminWhoCanSignIn(t *testing.T) {
	d, eve, max, _ := withAdmins(t)
	ctx := t.Context()
	must(t, d.SetLink(ctx, "max", [32]byte{1}, after(60), account.ChangedBy{By: eve, At: noon}))
	wantErr(t, d.DisableAccount(ctx, "eve", account.ChangedBy{At: after(60)}), account.ErrLastAdmin)
	wantErr(t, d.SetRole(ctx, "eve", account.Auditor, account.ChangedBy{By: max, At: after(60)}), account.ErrLastAdmin)
	must(t, d.DisableAccount(ctx, "max", account.ChangedBy{By: eve, At: after(61)})) // who could not sign in
	wantErr(t, d.DisableAccount(ctx, "eve", account.ChangedBy{At: after(61)}), account.ErrLastAdmin)
	must(t, d.DisableAccount(ctx, "eve", account.ChangedBy{At: after(61), EvenLastAdmin: true}))
	must(t, d.DisableAccount(ctx, "ann", account.ChangedBy{At: after(61)})) // nobody is there to be kept
}

func (d *desk) countAdmins() (n int) {
	d.t.Helper()
	must(d.t, d.raw().QueryRow(`SELECT count(*) FROM accounts WHERE role = 'admin' AND disabled_at IS NULL`).Scan(&n))
	return n
}

func verifies(t *testing.T, d *desk) {
	t.Helper()
	_, err := store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres})
	must(t, err)
}

// A change of role ends the sessions of its account.
func TestSessionsEndWithTheRole(t *testing.T) {
	d := newDesk(t)
	token := [32]byte{1}
	must(t, d.BeginSession(t.Context(), d.ann.ID, account.Session{Token: token, Created: noon}))
	must(t, d.SetRole(t.Context(), "ann", account.Reviewer, account.ChangedBy{At: noon})) // has it
	_, err := d.Session(t.Context(), token)
	must(t, err)
	must(t, d.SetRole(t.Context(), "ann", account.Auditor, account.ChangedBy{At: noon}))
	_, err = d.Session(t.Context(), token)
	wantErr(t, err, account.ErrNoSession)
}

// Sign-ins that wait for their second factor are swept after ten minutes.
func TestUnfinishedSignInsAreSwept(t *testing.T) {
	d, _, _, sue := withAdmins(t)
	begun := map[[32]byte]error{}
	begin := func(token byte, owner int64, proof account.Proof, minute int, want error) {
		must(t, d.BeginSession(t.Context(), owner, account.Session{Token: [32]byte{token}, Created: after(minute), Proof: proof}))
		begun[[32]byte{token}] = want
	}
	begin(1, sue.ID, account.ByPassword, 0, account.ErrNoSession)
	begin(2, sue.ID, account.ByPassword, 2, nil)
	begin(3, sue.ID, account.ByPasswordAndPasskey, 0, nil)
	begin(4, d.ann.ID, account.ByPassword, 0, nil) // who has no factor
	_, err := d.SweepSessions(t.Context(), after(11), account.StandardLimits())
	must(t, err)
	for token, want := range begun {
		_, err := d.Session(t.Context(), token)
		wantErr(t, err, want)
	}
}

// The day of a sign-in that was finished is kept, and no more.
func TestDayOfTheLastSignIn(t *testing.T) {
	d, _, _, sue := withAdmins(t)
	at := noon.Add(72 * time.Hour)
	must(t, d.BeginSession(t.Context(), d.ann.ID, account.Session{Token: [32]byte{1}, Created: at, Proof: account.ByPassword}))
	must(t, d.BeginSession(t.Context(), sue.ID, account.Session{Token: [32]byte{2}, Created: at, Proof: account.ByPassword}))
	people, err := d.Accounts(t.Context())
	must(t, err)
	for _, p := range people {
		want := time.Time{}
		if p.Name == "Ann" {
			want = at.Truncate(24 * time.Hour)
		}
		if !p.SignedIn.Equal(want) {
			t.Errorf("%s signed in on %s, want %s", p.Name, p.SignedIn, want)
		}
	}
}

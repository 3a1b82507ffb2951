package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

func mustMedium(t testing.TB, s string) idv.MediaID {
	t.Helper()
	id, err := idv.ParseMediaID(s)
	must(t, err)
	return id
}

func TestAccessLog(t *testing.T) {
	d := newDesk(t)
	a := d.fetch(d.id, 0, d.ann, decode(t, "ONGOING", "a"))
	b := d.fetch(d.id2, 0, d.ann, decode(t, "COMPLETED", "b"))
	medium := mustMedium(t, "1ebfcc7c-9d31-4d2c-8a4b-3f6b0e1d2c3a")
	d.see(d.id, 1, a)
	d.see(d.id2, 2, b)
	must(t, d.KeepAccess(t.Context(), review.Access{At: after(3), Who: d.bob, Recipient: d.id, Digest: a, What: review.AccessMedium, Medium: medium}))
	for _, test := range []struct {
		query review.AccessQuery
		want  string
	}{
		{review.AccessQuery{Limit: 9}, "3 2 1"},
		{review.AccessQuery{Limit: 2}, "3 2"},
		{review.AccessQuery{Limit: 9, Before: 3}, "2 1"},
		{review.AccessQuery{Limit: 9, Person: "ANN"}, "2 1"},
		{review.AccessQuery{Limit: 9, Person: "nobody"}, ""},
		{review.AccessQuery{Limit: 9, Recipient: d.id}, "3 1"},
		{review.AccessQuery{Limit: 9, Recipient: d.id, Person: "bob"}, "3"},
		{review.AccessQuery{Limit: 9, Recipient: d.id, Before: 3}, "1"},
	} {
		list, err := d.AccessLog(t.Context(), test.query)
		must(t, err)
		var ids []string
		for _, entry := range list {
			ids = append(ids, fmt.Sprint(entry.ID))
		}
		if got := strings.Join(ids, " "); got != test.want {
			t.Errorf("%+v: entries %q, want %q", test.query, got, test.want)
		}
	}
	list, err := d.AccessLog(t.Context(), review.AccessQuery{Limit: 1})
	must(t, err)
	want := review.Access{ID: 3, At: after(3), Who: d.bob, Recipient: d.id, Digest: a, What: review.AccessMedium, Medium: medium}
	wantEqual(t, "entry", list[0], want)
}

func TestNewest(t *testing.T) {
	d := newDesk(t)
	_, err := d.Newest(t.Context(), d.id)
	wantErr(t, err, review.ErrNoSnapshot)
	must(t, d.KeepFailure(t.Context(), d.id, review.Failure{At: noon, By: d.ann, Kind: review.TimedOut}))
	_, err = d.Newest(t.Context(), d.id)
	wantErr(t, err, review.ErrNoSnapshot)
	d.fetch(d.id, 1, d.ann, decode(t, "ONGOING", "a"))
	b := d.fetch(d.id, 2, d.ann, decode(t, "COMPLETED", "b"))
	d.fetch(d.id, 3, d.bob, decode(t, "COMPLETED", "b"))
	must(t, d.KeepFailure(t.Context(), d.id, review.Failure{At: after(4), By: d.ann, Kind: review.TimedOut}))
	newest, err := d.Newest(t.Context(), d.id)
	must(t, err)
	wantEqual(t, "newest", newest, *d.file(d.id, d.ann).Newest)
	if newest.Digest != b || newest.FetchedBy != d.bob.Name {
		t.Errorf("it is %s, fetched by %s", newest.Digest.Short(), newest.FetchedBy)
	}
}

func TestResets(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	reset := review.NewReset{Recipient: d.id, By: d.ann, At: noon, Reason: "the camera\nfailed", Key: "k1"}
	first, err := d.beginReset(ctx, reset)
	must(t, err)
	_, err = d.beginReset(ctx, reset)
	wantErr(t, err, review.ErrKeyUsed)
	reset.Recipient, reset.Reason = d.id2, "another"
	_, err = d.beginReset(ctx, reset)
	wantErr(t, err, review.ErrKeyUsed)
	reset.Recipient, reset.By, reset.At = d.id, d.bob, after(1)
	_, err = d.beginReset(ctx, reset)
	must(t, err)
	end := review.ResetEnd{At: after(2), Outcome: review.ResetRefused, Failure: review.Forbidden}
	must(t, d.endReset(ctx, reset, first, end))
	if err := d.endReset(ctx, reset, first, review.ResetEnd{At: after(3), Outcome: review.ResetDone}); err == nil {
		t.Error("a reset ended twice")
	}
	wantEqual(t, "resets", d.file(d.id, d.ann).Record.Resets, []review.Reset{
		{ID: first + 1, By: d.bob.Name, At: after(1), Reason: "another"},
		{ID: first, By: d.ann.Name, At: noon, Reason: "the camera\nfailed", End: end},
	})
	if list := d.file(d.id2, d.ann).Record.Resets; len(list) != 0 {
		t.Errorf("resets of somebody else: %v", list)
	}
}

func TestLinks(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	token, other := [32]byte{1}, [32]byte{2}
	by := account.ChangedBy{By: d.bob, At: noon}
	must(t, d.BeginSession(ctx, d.ann.ID, account.Session{Token: [32]byte{9}, Created: noon}))
	must(t, d.SetLink(ctx, "ann", other, after(60), by))
	must(t, d.SetLink(ctx, "ann", token, after(60), by))
	_, err := d.Session(ctx, [32]byte{9})
	wantErr(t, err, account.ErrNoSession)
	_, err = d.Link(ctx, other, noon)
	wantErr(t, err, account.ErrNoLink)
	_, err = d.Link(ctx, token, after(60))
	wantErr(t, err, account.ErrNoLink)
	who, err := d.Link(ctx, token, after(59))
	must(t, err)
	wantEqual(t, "whose link", who, d.ann)
	must(t, d.UseLink(ctx, token, "new hash", after(59)))
	wantErr(t, d.UseLink(ctx, token, "newer hash", after(59)), account.ErrNoLink)
	a, err := d.Account(ctx, "ann")
	must(t, err)
	if a.Password != "new hash" {
		t.Errorf("password is %q", a.Password)
	}
	must(t, d.SetLink(ctx, "ann", token, after(60), by))
	must(t, d.DisableAccount(ctx, "ann", by))
	_, err = d.Link(ctx, token, noon)
	wantErr(t, err, account.ErrNoLink)
	wantErr(t, d.SetLink(ctx, "ann", token, after(60), by), account.ErrNoAccount)
	wantErr(t, d.SetLink(ctx, "nobody", token, after(60), by), account.ErrNoAccount)
}

func TestAccountLog(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	by := account.ChangedBy{By: d.bob, At: after(1)}
	must(t, d.SetRole(ctx, "ann", account.Auditor, by))
	must(t, d.SetPassword(ctx, "ann", "hash", account.ChangedBy{At: after(2)}))
	must(t, d.DisableAccount(ctx, "ann", by))                                        // whose clock is behind
	must(t, d.DisableAccount(ctx, "ann", account.ChangedBy{At: after(3)}))           // is so already
	must(t, d.SetRole(ctx, "ann", account.Auditor, account.ChangedBy{At: after(3)})) // is so already
	wantErr(t, d.DisableAccount(ctx, "nobody", by), account.ErrNoAccount)
	wantErr(t, d.SetRole(ctx, "nobody", account.Auditor, by), account.ErrNoAccount)
	list, err := d.AccountLog(ctx, 3)
	must(t, err)
	wantEqual(t, "changes", list, []account.RecordedChange{
		{Seq: 5, At: after(1), By: d.bob.Name, ByID: d.bob.ID, AccountName: d.ann.Name, What: account.Disabled, Role: account.Auditor},
		{Seq: 4, At: after(2), AccountName: d.ann.Name, What: account.PasswordChanged, Role: account.Auditor},
		{Seq: 3, At: after(1), By: d.bob.Name, ByID: d.bob.ID, AccountName: d.ann.Name, What: account.RoleChanged, Role: account.Auditor},
	})
}

func TestSessionsOfAnAccount(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	for i, owner := range []int64{d.ann.ID, d.ann.ID, d.ann.ID, d.bob.ID} {
		at := noon.Add(time.Duration(i) * time.Minute)
		must(t, d.BeginSession(ctx, owner, account.Session{Token: [32]byte{byte(i)}, Created: at}))
	}
	tokens := func(owner int64) string {
		list, err := d.Sessions(ctx, owner)
		must(t, err)
		text := ""
		for _, s := range list {
			text += fmt.Sprint(s.Token[0])
		}
		return text
	}
	if got := tokens(d.ann.ID); got != "210" {
		t.Errorf("sessions %s", got)
	}
	must(t, d.EndSessionOf(ctx, d.bob.ID, [32]byte{0}))
	must(t, d.EndSessionOf(ctx, d.ann.ID, [32]byte{1}))
	if got := tokens(d.ann.ID); got != "20" {
		t.Errorf("after one ended: %s", got)
	}
	must(t, d.EndSessionsBut(ctx, d.ann.ID, [32]byte{0}))
	if got := tokens(d.ann.ID) + tokens(d.bob.ID); got != "03" {
		t.Errorf("after all others ended: %s", got)
	}
}

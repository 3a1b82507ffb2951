package store_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

const pictureID = "1ebfcc7c-9d31-4d2c-8a4b-3f6b0e1d2c3a"

// view opens the page of a recipient and returns its access entry.
func (d *desk) view(who account.Person, id idv.RecipientID, digest idv.Digest, minutes int) int64 {
	d.t.Helper()
	seen, err := d.KeepView(d.t.Context(), review.Access{At: after(minutes), Who: who, Recipient: id, Digest: digest, What: review.AccessResult})
	must(d.t, err)
	return seen
}

// send sends a medium for a page view.
func (d *desk) send(who account.Person, id idv.RecipientID, digest idv.Digest, what review.AccessKind, medium string, view int64) {
	d.t.Helper()
	a := review.Access{At: noon, Who: who, Recipient: id, Digest: digest, What: review.AccessMedium, Medium: mustMedium(d.t, medium), View: view}
	must(d.t, d.KeepAccess(d.t.Context(), a))
	a.What, a.SHA256 = what, sha256.Sum256([]byte(medium))
	must(d.t, d.KeepAccess(d.t.Context(), a))
}

// What is loaded for a page names its entry, where it is one of the same person and
// recipient. Where it names none, it belongs to their newest page of that result.
func TestPageViewOfAnEntry(t *testing.T) {
	d := newDesk(t)
	a, b := d.fetch(d.id, 0, d.ann, decode(t, "ONGOING", "a")), d.fetch(d.id2, 0, d.ann, decode(t, "ONGOING", "b"))
	mine, hers, other := d.view(d.ann, d.id, a, 1), d.view(d.bob, d.id, a, 2), d.view(d.ann, d.id2, b, 3)
	d.send(d.ann, d.id, a, review.AccessThumbnail, pictureID, 0)
	for _, test := range []struct {
		name       string
		view, want int64
	}{
		{"none, after a page", 0, mine}, {"own", mine, mine}, {"of somebody else", hers, 0}, {"of another recipient", other, 0},
		{"that there is not", 1 << 40, 0}, {"of a medium", other + 1, 0}, {"before the first", -1, 0},
	} {
		must(t, d.KeepAccess(t.Context(), review.Access{At: noon, Who: d.ann, Recipient: d.id, Digest: a, What: review.AccessMedium, Medium: mustMedium(t, pictureID), View: test.view}))
		list, err := d.AccessLog(t.Context(), review.AccessQuery{Limit: 1})
		must(t, err)
		if list[0].View != test.want || list[0].Older {
			t.Errorf("%s: page view %d, want %d", test.name, list[0].View, test.want)
		}
	}
}

func TestOnScreen(t *testing.T) {
	d := newDesk(t)
	const opened, unsent = "2ebfcc7c-9d31-4d2c-8a4b-3f6b0e1d2c3a", "3ebfcc7c-9d31-4d2c-8a4b-3f6b0e1d2c3a"
	a := d.fetch(d.id, 0, d.ann, decode(t, "ONGOING", "a"))
	b := d.fetch(d.id, 1, d.ann, decode(t, "COMPLETED", "b"))
	other := d.fetch(d.id2, 0, d.ann, decode(t, "ONGOING", "c"))
	mine, hers, elsewhere := d.view(d.ann, d.id, b, 1), d.view(d.bob, d.id, b, 2), d.view(d.ann, d.id2, other, 3)
	d.send(d.ann, d.id, b, review.AccessThumbnail, pictureID, mine)
	d.send(d.ann, d.id, b, review.AccessOpened, opened, mine)
	d.send(d.bob, d.id, b, review.AccessThumbnail, pictureID, hers)
	report := func(who account.Person, id idv.RecipientID, digest idv.Digest, view int64, media ...string) error {
		n := review.NewOnScreen{Recipient: id, Digest: digest, By: who, View: view}
		for _, medium := range media {
			n.Media = append(n.Media, mustMedium(t, medium))
		}
		return d.KeepOnScreen(t.Context(), after(4), n)
	}
	onScreen := func() (list []string) {
		t.Helper()
		all, err := d.AccessLog(t.Context(), review.AccessQuery{Limit: 100, What: review.AccessOnScreen})
		must(t, err)
		for _, a := range all {
			if a.SHA256 != sha256.Sum256([]byte(a.Medium.String())) || !a.At.Equal(after(4)) || a.Digest != b {
				t.Errorf("entry is %+v", a)
			}
			list = append(list, fmt.Sprint(a.Who.Name, " ", a.Medium, " ", a.View))
		}
		return list
	}
	for _, test := range []struct {
		name   string
		who    account.Person
		id     idv.RecipientID
		digest idv.Digest
		view   int64
	}{
		{"of somebody else", d.ann, d.id, b, hers}, {"of another result", d.ann, d.id, a, mine}, {"of another recipient", d.ann, d.id, b, elsewhere},
		{"with another recipient", d.ann, d.id2, b, mine}, {"that is a medium", d.ann, d.id, b, elsewhere + 2}, {"none", d.ann, d.id, b, 0},
	} {
		if err := report(test.who, test.id, test.digest, test.view, pictureID); err == nil {
			t.Errorf("page view %s: recorded", test.name)
		} else {
			wantErr(t, err, review.ErrNoView)
		}
	}
	must(t, report(d.ann, d.id, b, mine, opened, unsent)) // not sent as thumbnails
	wantEqual(t, "on the screen", onScreen(), []string(nil))
	for range 3 {
		must(t, report(d.ann, d.id, b, mine, unsent, pictureID, pictureID))
	}
	wantEqual(t, "on the screen", onScreen(), []string{fmt.Sprint("Ann ", pictureID, " ", mine)})
	must(t, report(d.bob, d.id, b, hers, pictureID))
	if got := onScreen(); len(got) != 2 {
		t.Errorf("on the screens of two people: %v", got)
	}

	// Each is shown what they had, media of whatever result.
	for who, want := range map[account.Person]string{d.ann: pictureID + " on-screen, " + opened + " opened", d.bob: pictureID + " on-screen"} {
		c, err := d.Coverage(t.Context(), d.id, a, who)
		must(t, err)
		var got []string
		for _, m := range c.Media {
			got = append(got, m.ID+" "+string(m.Grade))
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("%s: %q, want %q", who.Name, text, want)
		}
	}
}

func TestPageViews(t *testing.T) {
	d := newDesk(t)
	a := d.fetch(d.id, 0, d.ann, decode(t, "ONGOING", "a"))
	other := d.fetch(d.id2, 0, d.ann, decode(t, "ONGOING", "b"))
	exec(t, d.raw(), `INSERT INTO access_log (id, at, account, recipient, digest, what) VALUES (1, $1, $2, $3, $4, 'result')`, noon.UnixMilli(), d.ann.ID, d.id.String(), a[:])
	first, second := d.view(d.ann, d.id, a, 1), d.view(d.bob, d.id2, other, 2)
	d.send(d.bob, d.id2, other, review.AccessThumbnail, pictureID, second)
	d.send(d.ann, d.id, a, review.AccessThumbnail, pictureID, first) // page views overlap
	d.send(d.ann, d.id, a, review.AccessOpened, pictureID, 0)
	list := func(q review.AccessQuery) string {
		t.Helper()
		views, err := d.PageViews(t.Context(), q)
		must(t, err)
		var got []string
		for _, v := range views {
			line := fmt.Sprint(v.ID)
			if v.Older {
				line += " older"
			}
			for _, a := range v.Lines {
				line += fmt.Sprint(" +", a.ID)
			}
			got = append(got, line)
		}
		return strings.Join(got, ", ")
	}
	for _, test := range []struct {
		query review.AccessQuery
		want  string
	}{
		{review.AccessQuery{Limit: 9}, "3 +4 +5, 2 +6 +7 +8 +9, 1 older"},
		{review.AccessQuery{Limit: 1}, "3 +4 +5"},
		{review.AccessQuery{Limit: 3, Before: 3}, "2 +6 +7 +8 +9, 1 older"},
		{review.AccessQuery{Limit: 9, Person: "bob"}, "3 +4 +5"},
		{review.AccessQuery{Limit: 9, Recipient: d.id, From: after(1)}, "2 +6 +7 +8 +9"},
	} {
		if got := list(test.query); got != test.want {
			t.Errorf("%+v: %q, want %q", test.query, got, test.want)
		}
	}
}

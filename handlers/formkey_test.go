package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// A key that no database holds as it is would be another when it is read again, so whatever takes
// the key of a form refuses it and records nothing. With one of ours the same form is recorded.
func TestFormKeysThatNoFormSends(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	ann, supervisor := d.signedIn("ann"), d.signedIn("supervisor")
	const id, otherID = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
	const one, other, withHits = "/recipients/" + id, "/recipients/" + otherID, "/recipients/00000000-0000-4000-8000-000000000006"
	part := pageAt(t, ann, withHits).Find("[data-check=WATCHLIST_SCREENING] a[href*=evidence]").AttrOr("href", "")
	hits := pageAt(t, ann, part)
	decision := func(path string) url.Values {
		return url.Values{"snapshot": {snapshotOf(pageAt(t, ann, path))}, "verdict": {"reject"}, "reason": {"fraud"}, "note": {"A forgery."}}
	}
	for number, form := range []struct {
		who    *browser
		path   string // with SEQ in the place of the decision on record
		fields url.Values
	}{
		{ann, one + "/notes", url.Values{"snapshot": {snapshotOf(pageAt(t, ann, one))}, "note": {"Seen."}}},
		{ann, one + "/expected", url.Values{"name": {"Jane Doe"}}},
		{ann, one + "/take", url.Values{}},
		{ann, one + "/tags", url.Values{"tag": {"late"}}},
		{ann, one + "/release", url.Values{}},
		{ann, "/queue", url.Values{"do": {"take"}, "id": {id}}},
		{ann, "/queue", url.Values{"take": {otherID}}},
		{ann, "/queue", url.Values{"do": {"next"}}},
		{supervisor, one + "/assign", url.Values{"to": {"supervisor"}}},
		{ann, hits.Find(".judge-form").AttrOr("action", ""), url.Values{
			"hit": {hits.Find("input[name=hit]").AttrOr("value", "")}, "disposition": {"false-positive"}, "note": {"Another person."}, "rationale": {"other-year"},
		}},
		{ann, one + "/decisions", decision(one)},
		{supervisor, one + "/decisions/SEQ/second", url.Values{"snapshot": {snapshotOf(pageAt(t, ann, one))}, "agree": {"yes"}}},
		{ann, other + "/decisions", decision(other)},
		{ann, other + "/decisions/SEQ/withdraw", url.Values{"reason": {"Not sure."}}},
		{supervisor, one + "/reset-limit", url.Values{"confirm": {"yes"}, "reason": {"The camera broke."}}},
		{ann, "/import/start", url.Values{"ids": {"1 10000000-0000-4000-8000-000000000001"}}},
	} {
		path := form.path
		if about, _, found := strings.Cut(path, "/decisions/"); found {
			path = strings.Replace(path, "SEQ", pageAt(t, ann, about).Find("[data-decision]").AttrOr("data-decision", ""), 1)
		}
		acts := func() int {
			return d.count(`SELECT count(*) FROM ledger WHERE act NOT IN ('access', 'fetches', 'sign-ins')`)
		}
		before := acts()
		for _, key := range []string{"a\x00b", "a\xffb"} {
			form.fields.Set("key", key)
			a, err := form.who.post(path, form.fields)
			if err != nil || a.status != http.StatusBadRequest && a.status != http.StatusUnprocessableEntity || acts() != before {
				t.Errorf("%s with the key %q: status %d, error %v, %d acts", path, key, a.status, err, acts()-before)
			}
		}
		form.fields.Set("key", fmt.Sprint("key ", number))
		if a, err := form.who.post(path, form.fields); err != nil || a.status >= http.StatusBadRequest || acts() == before {
			t.Errorf("%s with a key of ours: status %d, error %v, %d acts", path, a.status, err, acts()-before)
		}
	}
}

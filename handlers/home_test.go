package handlers_test

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// The start page counts a result as its own page does, also after somebody read hits that
// contradict it.
func TestListsCountHitsThatWereRead(t *testing.T) {
	t.Parallel()
	const raw = "9ec77ec6-8913-4377-98ca-50ee001085ca"
	d := newDeskBefore(t, t.TempDir(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.Contains(r.URL.Path, "/media/") {
			found := base64.StdEncoding.EncodeToString([]byte(`{"content":{"data":{"total_hits":1,"hits":[{"doc":{"id":"E1","name":"Alex Sample","types":["sanction"]}}]}}}`))
			_, _ = io.WriteString(w, `[{"raw_output":"`+found+`"}]`)
			return
		}
		_, _ = io.WriteString(w, `{"session_id":"s","state":"COMPLETED","checks":[{"type":"WATCHLIST_SCREENING","state":"DONE","report":{
			"recommendation":{"value":"APPROVE"},"breakdown":[{"sub_check":"sanction","result":"PASS"}],
			"watchlist_summary":{"total_hits":0,"raw_results":{"media":{"id":"`+raw+`","type":"JSON"}}}}}]}`)
	}))
	b := d.signedIn("ann")
	count := func(want string) {
		t.Helper()
		for path, selector := range map[string]string{"/": "[data-visit]", recipientNumber(77): "main"} {
			a, err := b.get(path)
			if err != nil {
				t.Fatal(err)
			}
			page, err := a.document()
			if err != nil {
				t.Fatal(err)
			}
			if got := page.Find(selector).AttrOr("data-assessment", "nothing"); got != want {
				t.Errorf("%s counts it as %s, want %s", path, got, want)
			}
		}
		a, err := b.get(recipientNumber(77) + "/evidence/check-1")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(a.body, "E1") && !strings.Contains(a.body, "Alex Sample") {
			t.Fatalf("the hits are not shown: %.2000s", a.body)
		}
	}
	if a, err := b.get(recipientNumber(77)); err != nil || a.status != http.StatusOK {
		t.Fatal(a.status, err)
	}
	count("clear")
	count("clear-with-notes")
	a, err := b.get(recipientNumber(77) + "/evidence/check-1")
	if err != nil || !strings.Contains(a.body, fmt.Sprintf("<title>Clear, with notes · …%06d", 77)) {
		t.Errorf("the title of the part is another: %v, %.200s", err, a.body)
	}
}

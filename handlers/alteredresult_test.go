package handlers_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
)

// A recipient of whom a result was altered has a page that says so, and shows nothing in its
// place; nor does any other page show it.
func TestAnAlteredResultIsNotShown(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	const somebody = "/recipients/00000000-0000-4000-8000-000000000001"
	ann := d.signedIn("ann")
	snapshot := snapshotOf(pageAt(t, ann, somebody))
	d.alter("snapshots", "snapshots_are_not_changed", `UPDATE snapshots SET body = $1`, bytes.Repeat([]byte{1}, 64))
	for _, path := range []string{somebody, somebody + "/snapshots/" + snapshot, somebody + "/snapshots/" + snapshot + ".json"} {
		a, err := ann.get(path)
		if err != nil || a.status != http.StatusInternalServerError || !strings.Contains(a.body, `data-error="altered"`) {
			t.Errorf("%s: status %d, error %v", path, a.status, err)
		}
	}
}

package store_test

import (
	"errors"
	"fmt"
	"testing"

	"countersign/internal/account"
	"countersign/internal/review"
)

// viewNames are the names of the views that somebody has.
func (d *desk) viewNames(t *testing.T, who account.Person) []string {
	t.Helper()
	list, err := d.SavedViews(t.Context(), who)
	must(t, err)
	var names []string
	for _, v := range list {
		names = append(names, v.Name)
	}
	return names
}

func TestSavedViews(t *testing.T) {
	d, sue := newSigningDesk(t)
	own := review.SavedView{Name: "Mine", Query: "tab=mine"}
	shared := review.SavedView{Name: "Belgian cards", Query: "country=BEL&tab=all", Shared: true}
	must(t, d.SaveView(t.Context(), d.ann, own, noon))
	must(t, d.SaveView(t.Context(), d.ann, shared, noon))
	must(t, d.SaveView(t.Context(), d.ann, shared, noon)) // sent twice
	if got := fmt.Sprint(d.viewNames(t, d.ann), d.viewNames(t, d.bob)); got != "[Belgian cards Mine] [Belgian cards]" {
		t.Errorf("views are %s", got)
	}
	entries, err := d.Ledger(t.Context(), review.LedgerQuery{Act: review.ActViewShared, Limit: 5})
	if err != nil || len(entries) != 1 || review.FactWords(entries[0].Entry) != "Belgian cards" || entries[0].Actor != d.ann.ID {
		t.Errorf("entries of shared views: %+v, error %v", entries, err)
	}
	other := own
	other.Query = "tab=all"
	wantErr(t, d.SaveView(t.Context(), d.ann, other, noon), review.ErrRefused)
	must(t, d.verifies(t))

	list, err := d.SavedViews(t.Context(), d.bob)
	must(t, err)
	must(t, d.RemoveView(t.Context(), d.bob, list[0].ID, noon)) // is not his to remove
	if got := d.viewNames(t, d.bob); len(got) != 1 {
		t.Errorf("somebody else removed it: %v", got)
	}
	must(t, d.RemoveView(t.Context(), sue, list[0].ID, noon))
	must(t, d.RemoveView(t.Context(), d.ann, list[0].ID, noon)) // it is gone
	if got := fmt.Sprint(d.viewNames(t, d.ann)); got != "[Mine]" {
		t.Errorf("after the removal: %s", got)
	}
	entries, err = d.Ledger(t.Context(), review.LedgerQuery{Act: review.ActViewRemoved, Limit: 5})
	if err != nil || len(entries) != 1 || entries[0].Actor != sue.ID {
		t.Errorf("entries of removed views: %+v, error %v", entries, err)
	}
	must(t, d.verifies(t))
	for i := range review.MaxSavedViews + 1 {
		err := d.SaveView(t.Context(), d.bob, review.SavedView{Name: fmt.Sprint("view ", i), Query: "tab=all"}, noon)
		if refused := errors.Is(err, review.ErrRefused); refused != (i == review.MaxSavedViews) {
			t.Fatalf("view %d: %v", i, err)
		}
	}
}

// A view that everybody has is the one that somebody shared.
func TestSharedViewsAreCompared(t *testing.T) {
	for name, change := range map[string]string{
		"renamed":     `UPDATE saved_views SET name = 'Other' WHERE entry IS NOT NULL`,
		"redirected":  `UPDATE saved_views SET query = 'tab=mine' WHERE entry IS NOT NULL`,
		"put in":      `UPDATE saved_views SET entry = (SELECT min(seq) FROM ledger) WHERE entry IS NULL`,
		"removed":     `DELETE FROM saved_views WHERE entry IS NOT NULL`,
		"made secret": `UPDATE saved_views SET entry = NULL`,
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := newSigningDesk(t)
			must(t, d.SaveView(t.Context(), d.ann, review.SavedView{Name: "Own", Query: "tab=mine"}, noon))
			must(t, d.SaveView(t.Context(), d.ann, review.SavedView{Name: "Shared", Query: "tab=all", Shared: true}, noon))
			exec(t, d.raw(), change)
			if err := d.verifies(t); err == nil {
				t.Error("the change is not found")
			}
		})
	}
}

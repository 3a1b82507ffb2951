package views

import (
	"strings"
	"testing"

	"countersign/internal/review"
)

// Each warning about the ledger stands by itself, and only the one about a missing checkpoint log is
// marked as that.
func TestWarningsOfTheLedger(t *testing.T) {
	const missing, weak = "The checkpoint log is missing.", "The role owns the database."
	for _, health := range []review.Health{
		{}, {MissingLog: missing}, {Weakness: weak}, {MissingLog: missing, Weakness: weak},
	} {
		page := rendering(t, ledgerHealth(health))
		if marked := page.Find(`[data-checkpoint-log=missing]`).Text(); marked != health.MissingLog {
			t.Errorf("%+v: what is marked as a missing log says %q", health, marked)
		}
		if marked := page.Find(`[data-weakness]`).Text(); marked != health.Weakness {
			t.Errorf("%+v: what is marked as a weakness says %q", health, marked)
		}
		if text := page.Text(); strings.Contains(text, weak) != (health.Weakness != "") {
			t.Errorf("%+v: the page says %q", health, text)
		}
	}
}

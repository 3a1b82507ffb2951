package store_test

import (
	"testing"

	"countersign/internal/account"
	"countersign/internal/arrivals"
	"countersign/internal/review"
)

// A line of a list for which Yoti gave nothing at first says that it is tried again, and counts
// as fetched once the recipient is had.
func TestImportLinesThatFailedOnce(t *testing.T) {
	d := newDesk(t)
	third := mustID(t, "33333333-3333-4333-8333-333333333333")
	id := d.startImport("k", d.id2, third)
	for range 2 {
		task, _ := d.taken(taking("w", 1))
		if task == nil {
			t.Fatal("there is no task for a line")
		}
		must(t, d.EndTask(t.Context(), *task, arrivals.Ending{At: after(1), Failure: review.NotReady, Again: after(5)}))
	}
	if got, want := d.importOf(id), (arrivals.ImportCounts{Total: 2, Failed: 2}); got.Counts != want || got.State != arrivals.Done {
		t.Fatalf("after the first try it is %+v", got)
	}
	lines, err := d.ImportLines(t.Context(), arrivals.LineQuery{Import: id, Failed: true, Limit: 10})
	must(t, err)
	if len(lines) != 2 || !lines[0].Again || !lines[1].Again {
		t.Errorf("failed lines are %+v", lines)
	}
	for range 2 {
		task, _ := d.taken(taking("w", 6))
		if task == nil {
			t.Fatal("nothing is tried again")
		}
		recipient := mustID(t, task.ID)
		d.fetch(recipient, 6, account.System(), decode(t, "COMPLETED", "a"))
		must(t, d.EndTask(t.Context(), *task, arrivals.Ending{At: after(6)}))
	}
	if got, want := d.importOf(id), (arrivals.ImportCounts{Total: 2, Fetched: 2}); got.Counts != want || got.State != arrivals.Done {
		t.Errorf("after the second try it is %+v", got)
	}
	if lines, err := d.ImportLines(t.Context(), arrivals.LineQuery{Import: id, Failed: true, Limit: 10}); err != nil || len(lines) != 0 {
		t.Errorf("failed lines are %+v, %v", lines, err)
	}
}

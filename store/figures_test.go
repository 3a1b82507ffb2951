package store_test

import (
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/review"
)

func (d *desk) figures(first, last time.Time) *review.Figures {
	d.t.Helper()
	days, err := review.ParseDayRange(first.Format(time.DateOnly), last.Format(time.DateOnly), first)
	must(d.t, err)
	rows, err := d.FigureRows(d.t.Context(), days)
	must(d.t, err)
	return review.CountFigures(days, rows, 0)
}

// Of an erased recipient nothing remains but that it counts.
func TestFiguresOfAnErasedRecipient(t *testing.T) {
	d, sue := newSigningDesk(t)
	d.casework(d.id, sue)
	d.casework(d.id2, sue)
	before := d.figures(noon, noon)
	if l := before.Total; l.Opened != 2 || l.Approved != 2 || l.Asked != 2 || l.Confirmed != 2 || l.Unread != 0 || l.Timed() != 2 || l.Median() != 29*time.Minute {
		t.Errorf("before the erasure: %+v", l)
	}
	if len(before.Reasons) != 1 || before.Reasons[0].Count != 2 || before.Reasons[0].Words != "Verified" {
		t.Errorf("reasons before the erasure: %+v", before.Reasons)
	}
	must(t, d.Erase(t.Context(), d.id, account.Person{}, "Asked for."))
	after := d.figures(noon, noon)
	if l := after.Total; l.Opened != 2 || l.Approved != 2 || l.Asked != 2 || l.Confirmed != 2 || l.Unread != 1 || l.Timed() != 1 {
		t.Errorf("after the erasure: %+v", l)
	}
	if len(after.Reasons) != 1 || after.Reasons[0].Count != 1 {
		t.Errorf("reasons after the erasure: %+v", after.Reasons)
	}
	if l := d.figures(noon.AddDate(0, 0, 1), noon.AddDate(0, 0, 2)).Total; !l.IsEmpty() {
		t.Errorf("the days after have %+v", l)
	}
}

// The time of a decision begins with the first fetch of its result, also where another came
// between, and entries count on the day that the clock showed, in whatever order they stand.
func TestFiguresWhileTheClockIsSet(t *testing.T) {
	c := newClocked(t)
	a := c.fetch(c.id, 0, c.ann, decode(t, "COMPLETED", "a"))
	c.fetch(c.id, 5, c.ann, decode(t, "COMPLETED", "b"))
	c.fetch(c.id, 10, c.ann, decode(t, "COMPLETED", "a"))
	decide := func(minutes int, key string, supersedes int64) int64 {
		c.set(minutes, 0)
		n := c.decision(c.id, a, c.ann, key)
		n.Statement.Decided, n.Statement.Supersedes = c.now, supersedes
		seq, err := c.keepDecision(t.Context(), n)
		must(t, err)
		return seq
	}
	first := decide(30, "today", 0)
	second := decide(24*60+30, "a day ahead", first)
	decide(-30, "put back before the result was there", second)
	total := c.figures(noon, noon).Total
	if total.Approved != 2 || total.Timed() != 1 || total.Median() != 30*time.Minute {
		t.Errorf("today: %+v", total)
	}
	tomorrow := c.figures(noon.AddDate(0, 0, 1), noon.AddDate(0, 0, 1)).Total
	if tomorrow.Approved != 1 || tomorrow.Median() != 24*time.Hour+30*time.Minute {
		t.Errorf("the day ahead: %+v", tomorrow)
	}
}

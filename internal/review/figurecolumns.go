package review

import (
	"strconv"
	"time"
)

// Columns names the values of Row: of every reason that occurs there is one.
func (f *Figures) Columns() []string {
	list := []string{
		"day", "name", "opened", "approved", "rejected", "referred", "timed", "median_seconds", "p90_seconds",
		"second_reviews_asked", "confirmed", "not_confirmed", "withdrawn", "statements_not_read", "against_yoti",
	}
	for _, r := range f.Reasons {
		list = append(list, ReasonKey(r.Verdict, r.Code))
	}
	return list
}

// Row is a line as a row of a table. What is not known is empty.
func (f *Figures) Row(l *FigureLine) []string {
	row := []string{
		l.Day.Format(time.DateOnly), l.Person, strconv.Itoa(l.Opened), strconv.Itoa(l.Approved), strconv.Itoa(l.Rejected), strconv.Itoa(l.Referred),
		strconv.Itoa(l.Timed()), secondsOrNone(l, l.Median()), secondsOrNone(l, l.P90()),
		strconv.Itoa(l.Asked), strconv.Itoa(l.Confirmed), strconv.Itoa(l.NotConfirmed), strconv.Itoa(l.Withdrawn), strconv.Itoa(l.Unread),
	}
	if f.TooSealed {
		return append(row, "")
	}
	row = append(row, strconv.Itoa(l.Against))
	for _, r := range f.Reasons {
		row = append(row, strconv.Itoa(l.Reasons[ReasonKey(r.Verdict, r.Code)]))
	}
	return row
}

func secondsOrNone(l *FigureLine, d time.Duration) string {
	if l.Timed() == 0 {
		return ""
	}
	return strconv.FormatInt(int64(d.Round(time.Second)/time.Second), 10)
}

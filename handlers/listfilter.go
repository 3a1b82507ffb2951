package handlers

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
	"countersign/views"
)

// auditPage is how many entries a page of the ledger or of the access log has.
const auditPage = 100

// listFilter is what of a list is asked for.
type listFilter struct {
	person      string
	recipient   idv.RecipientID
	act         string // what was done, or shown
	from, until time.Time
	before      int64
}

// parseFilter reads what is asked for of a list with such acts, and says what of it cannot be
// understood.
func parseFilter[A ~string](query url.Values, acts []A) (listFilter, views.AuditFilter) {
	p := listFilter{person: strings.TrimSpace(query.Get("person")), act: query.Get("act")}
	f := views.AuditFilter{Person: query.Get("person"), Recipient: query.Get("recipient"), Act: p.act, From: query.Get("from"), Until: query.Get("until")}
	var err error
	if strings.TrimSpace(f.Recipient) != "" {
		if p.recipient, err = idv.FindRecipientID(f.Recipient); err != nil {
			f.Problem = "There is no recipient ID in this field, or more than one. It is a UUID."
		}
	}
	if p.act != "" && !slices.Contains(acts, A(p.act)) {
		f.Problem = "There is no such kind of entry."
	}
	if p.from, err = parseDay(f.From); err != nil {
		f.Problem = "The first day is not a date such as 2026-11-23."
	}
	if p.until, err = parseDay(f.Until); err != nil {
		f.Problem = "The last day is not a date such as 2026-11-23."
	}
	if !p.until.IsZero() {
		p.until = p.until.AddDate(0, 0, 1) // to the end of the day
	}
	if before := query.Get("before"); before != "" {
		if p.before, err = strconv.ParseInt(before, 10, 64); err != nil || p.before <= 0 {
			f.Problem = "The address names no entry to continue from."
		}
	}
	return p, f
}

// parseDay reads a date, in UTC; the zero Time when there is none.
func parseDay(text string) (time.Time, error) {
	if strings.TrimSpace(text) == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.DateOnly, strings.TrimSpace(text))
}

func (p listFilter) ledgerQuery(limit int) review.LedgerQuery {
	return review.LedgerQuery{Person: p.person, Recipient: p.recipient, Act: ledger.Act(p.act), From: p.from, Until: p.until, Before: p.before, Limit: limit}
}

func (p listFilter) accessQuery(limit int) review.AccessQuery {
	return review.AccessQuery{Person: p.person, Recipient: p.recipient, What: review.AccessKind(p.act), From: p.from, Until: p.until, Before: p.before, Limit: limit}
}

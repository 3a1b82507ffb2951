package handlers

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

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
	return review.AccessQuery{Person: p.person, Recipient: p.recipient, What: review.Seen(p.act), From: p.from, Until: p.until, Before: p.before, Limit: limit}
}

// showLedger lists what everybody did, newest first, and says how the ledger is.
func (s *Server) showLedger(c echo.Context) error {
	ctx := c.Request().Context()
	asked, filter := parseFilter(c.QueryParams(), review.Acts())
	page := views.LedgerPage{Frame: s.frame(c, "Ledger"), Filter: filter}
	page.Path = views.AuditPath
	var err error
	if page.Health, err = s.Desk.Health(ctx); err != nil {
		return err
	}
	if filter.Problem != "" {
		return renderPage(c, http.StatusUnprocessableEntity, views.Ledger(page))
	}
	list, err := s.Desk.Ledger(ctx, asked.ledgerQuery(auditPage+1))
	if err != nil {
		return err
	}
	if len(list) > auditPage {
		list = list[:auditPage]
		page.Next = list[auditPage-1].Seq
	}
	page.Entries = list
	return renderPage(c, http.StatusOK, views.Ledger(page))
}

// showAccessLog lists who saw what by page view, newest first.
func (s *Server) showAccessLog(c echo.Context) error {
	asked, filter := parseFilter(c.QueryParams(), review.AllSeen())
	page := views.AccessPage{Frame: s.frame(c, "Access log"), Filter: filter}
	page.Path = views.AccessPath
	if filter.Problem != "" {
		return renderPage(c, http.StatusUnprocessableEntity, views.AccessLog(page))
	}
	var err error
	if page.Views, page.Next, err = s.Desk.PageViews(c.Request().Context(), asked.accessQuery(auditPage)); err != nil {
		return err
	}
	return renderPage(c, http.StatusOK, views.AccessLog(page))
}

// sendLedger sends the entries that are asked for as a file.
func (s *Server) sendLedger(c echo.Context) error {
	form, err := readFields(c)
	if err != nil {
		return err
	}
	asked, filter := parseFilter(form, review.Acts())
	if filter.Problem != "" {
		return &review.Refused{Why: filter.Problem}
	}
	return s.sendList(c, review.LedgerList, review.LedgerColumns(), chunkedRows(c.Request().Context(), &asked.before, func(ctx context.Context) ([][]string, error) {
		list, err := s.Desk.Ledger(ctx, asked.ledgerQuery(csvRows))
		var rows [][]string
		for i := range list {
			rows = append(rows, review.LedgerRow(list[i].Entry))
			asked.before = list[i].Seq
		}
		return rows, err
	}))
}

// sendAccessLog sends the views that are asked for as a file.
func (s *Server) sendAccessLog(c echo.Context) error {
	form, err := readFields(c)
	if err != nil {
		return err
	}
	asked, filter := parseFilter(form, review.AllSeen())
	if filter.Problem != "" {
		return &review.Refused{Why: filter.Problem}
	}
	return s.sendList(c, review.AccessList, review.AccessColumns(), chunkedRows(c.Request().Context(), &asked.before, func(ctx context.Context) ([][]string, error) {
		list, err := s.Desk.AccessLog(ctx, asked.accessQuery(csvRows))
		var rows [][]string
		for i := range list {
			rows = append(rows, review.AccessRow(&list[i]))
			asked.before = list[i].ID
		}
		return rows, err
	}))
}

// chunkedRows reads a list part by part. When before stands at the first entry of all there
// is nothing left to be asked: zero would begin anew.
func chunkedRows(ctx context.Context, before *int64, read func(context.Context) ([][]string, error)) func() ([][]string, error) {
	begun := false
	return func() ([][]string, error) {
		if begun && *before == 0 {
			return nil, nil
		}
		begun = true
		return read(ctx)
	}
}

// sendCheckpoint sends a signed checkpoint of the whole ledger.
func (s *Server) sendCheckpoint(c echo.Context) error {
	signed, err := s.Desk.Checkpoint(c.Request().Context())
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, echo.MIMETextPlainCharsetUTF8, signed)
}

// sendPublicKey sends the key with which checkpoints can be checked.
func (s *Server) sendPublicKey(c echo.Context) error {
	health, err := s.Desk.Health(c.Request().Context())
	if err != nil {
		return err
	}
	if health.Public == "" {
		return echo.ErrNotFound
	}
	return c.String(http.StatusOK, health.Public+"\n")
}

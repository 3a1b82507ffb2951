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

// picked is what of a list is asked for.
type picked struct {
	person      string
	recipient   idv.RecipientID
	act         string // what was done, or shown
	from, until time.Time
	before      int64
}

// pick reads what is asked for of a list with such acts, and says what of it cannot be
// understood.
func pick[A ~string](query url.Values, acts []A) (picked, views.AuditFilter) {
	p := picked{person: strings.TrimSpace(query.Get("person")), act: query.Get("act")}
	f := views.AuditFilter{Person: query.Get("person"), Recipient: query.Get("recipient"), Act: p.act, From: query.Get("from"), Until: query.Get("until")}
	var err error
	if strings.TrimSpace(f.Recipient) != "" {
		if p.recipient, err = idv.ParseRecipientID(f.Recipient); err != nil {
			f.Problem = "There is no recipient ID in this field. It is a UUID."
		}
	}
	if p.act != "" && !slices.Contains(acts, A(p.act)) {
		f.Problem = "Nothing of that kind is ever recorded."
	}
	if p.from, err = day(f.From); err != nil {
		f.Problem = "The first day is no date such as 2026-11-23."
	}
	if p.until, err = day(f.Until); err != nil {
		f.Problem = "The last day is no date such as 2026-11-23."
	}
	if !p.until.IsZero() {
		p.until = p.until.AddDate(0, 0, 1) // to the end of the day
	}
	if before := query.Get("before"); before != "" {
		if p.before, err = strconv.ParseInt(before, 10, 64); err != nil || p.before <= 0 {
			f.Problem = "The address names no entry to go on from."
		}
	}
	return p, f
}

// day reads a date, in UTC; the zero Time when there is none.
func day(text string) (time.Time, error) {
	if strings.TrimSpace(text) == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.DateOnly, strings.TrimSpace(text))
}

func (p picked) entries(limit int) review.LedgerQuery {
	return review.LedgerQuery{Person: p.person, Recipient: p.recipient, Act: ledger.Act(p.act), From: p.from, Until: p.until, Before: p.before, Limit: limit}
}

func (p picked) accesses(limit int) review.AccessQuery {
	return review.AccessQuery{Person: p.person, Recipient: p.recipient, What: review.Seen(p.act), From: p.from, Until: p.until, Before: p.before, Limit: limit}
}

// showLedger lists what everybody did, newest first, and says how the ledger is.
func (s *Server) showLedger(c echo.Context) error {
	ctx := c.Request().Context()
	asked, filter := pick(c.QueryParams(), review.Acts())
	page := views.LedgerPage{Frame: s.frame(c, "Ledger"), Filter: filter}
	page.Path = views.AuditPath
	var err error
	if page.Health, err = s.Desk.Health(ctx); err != nil {
		return err
	}
	if filter.Problem != "" {
		return render(c, http.StatusUnprocessableEntity, views.Ledger(page))
	}
	list, err := s.Desk.Ledger(ctx, asked.entries(auditPage+1))
	if err != nil {
		return err
	}
	if len(list) > auditPage {
		list = list[:auditPage]
		page.Next = list[auditPage-1].Seq
	}
	page.Entries = list
	return render(c, http.StatusOK, views.Ledger(page))
}

// showAccessLog lists who saw what, newest first.
func (s *Server) showAccessLog(c echo.Context) error {
	asked, filter := pick(c.QueryParams(), review.AllSeen())
	page := views.AccessPage{Frame: s.frame(c, "Access log"), Filter: filter}
	page.Path = views.AccessPath
	if filter.Problem != "" {
		return render(c, http.StatusUnprocessableEntity, views.AccessLog(page))
	}
	list, err := s.Desk.AccessLog(c.Request().Context(), asked.accesses(auditPage+1))
	if err != nil {
		return err
	}
	if len(list) > auditPage {
		list = list[:auditPage]
		page.Next = list[auditPage-1].ID
	}
	page.Entries = list
	return render(c, http.StatusOK, views.AccessLog(page))
}

// sendLedger sends the entries that are asked for as a file.
func (s *Server) sendLedger(c echo.Context) error {
	asked, filter := pick(c.QueryParams(), review.Acts())
	if filter.Problem != "" {
		return &review.Refused{Why: filter.Problem}
	}
	head := []string{"entry", "at", "account", "name", "role", "did", "facts", "act", "about", "recipient", "result", "content", "sealed", "clock_behind_ms"}
	return s.sendList(c, review.LedgerList, head, chunks(c.Request().Context(), &asked.before, func(ctx context.Context) ([][]string, error) {
		list, err := s.Desk.Ledger(ctx, asked.entries(csvRows))
		var rows [][]string
		for i := range list {
			rows = append(rows, entryRow(list[i].Entry))
			asked.before = list[i].Seq
		}
		return rows, err
	}))
}

// sendAccessLog sends the views that are asked for as a file.
func (s *Server) sendAccessLog(c echo.Context) error {
	asked, filter := pick(c.QueryParams(), review.AllSeen())
	if filter.Problem != "" {
		return &review.Refused{Why: filter.Problem}
	}
	head := []string{"number", "at", "account", "name", "what", "recipient", "result", "medium", "part", "hits", "sha256"}
	return s.sendList(c, review.AccessList, head, chunks(c.Request().Context(), &asked.before, func(ctx context.Context) ([][]string, error) {
		list, err := s.Desk.AccessLog(ctx, asked.accesses(csvRows))
		var rows [][]string
		for i := range list {
			rows = append(rows, accessRow(&list[i]))
			asked.before = list[i].ID
		}
		return rows, err
	}))
}

// chunks reads a list part by part. When before stands at the first entry of all there
// is nothing left to be asked: zero would begin anew.
func chunks(ctx context.Context, before *int64, read func(context.Context) ([][]string, error)) func() ([][]string, error) {
	begun := false
	return func() ([][]string, error) {
		if begun && *before == 0 {
			return nil, nil
		}
		begun = true
		return read(ctx)
	}
}

// toTheMillisecond is how lists for machines write times.
const toTheMillisecond = "2006-01-02T15:04:05.000Z"

func entryRow(e ledger.Entry) []string {
	about := ""
	if e.About != 0 {
		about = strconv.FormatInt(e.About, 10)
	}
	return []string{
		strconv.FormatInt(e.Seq, 10), e.At.UTC().Format(toTheMillisecond), strconv.FormatInt(e.Actor, 10), review.Actor(e), e.Role,
		review.ActWord(e.Act), review.FactWords(e), string(e.Act), about, e.Recipient, hexOrNone(e.Snapshot), hexOrNone(e.Content), hexOrNone(e.Sealed),
		behindOrNone(e),
	}
}

// behindOrNone is by how many milliseconds the clock stood behind the entry before.
func behindOrNone(e ledger.Entry) string {
	if e.Behind == 0 {
		return ""
	}
	return strconv.FormatInt(e.Behind.Milliseconds(), 10)
}

func hexOrNone(d ledger.Digest) string {
	if d == (ledger.Digest{}) {
		return ""
	}
	return d.String()
}

func accessRow(a *review.Access) []string {
	medium := ""
	if a.Medium != (idv.MediaID{}) {
		medium = a.Medium.String()
	}
	return []string{
		strconv.FormatInt(a.ID, 10), a.At.UTC().Format(toTheMillisecond), strconv.FormatInt(a.Who.ID, 10), a.Who.Name, string(a.What),
		a.Recipient.String(), a.Digest.String(), medium, a.Part, a.Hits, hexOrNone(ledger.Digest(a.SHA256)),
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

package idv

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Ticket is what of a result can be told to others, such as Yoti's support: what was
// checked and how it turned out, in Yoti's own names. Nothing in it is a person's data.
// The user tracking ID, which is the customer's own name for the signer, is left out, and
// so are documents, the details of sub-checks and everything that people wrote. A value
// that Countersign does not know stands in it only where it can be nothing but a code.
type Ticket struct {
	Recipient  RecipientID // the zero ID where it is not known
	Session    *Session
	Assessment Assessment
	Digest     Digest
	First      time.Time // when Yoti first gave the result; zero where that is not known
	Fetched    time.Time // when Yoti last did
	Link       string    // of the page that shows the result; empty where there is none
	Check      string    // key of the check that it is about; empty for all checks
	// Unknown is whether values that Countersign does not know are written out, whatever
	// they are: for whoever has the result at hand anyway.
	Unknown bool
}

// What a ticket lists at most; the page has the rest.
const (
	maxTicketChecks = 100
	maxTicketRows   = 50 // sub-checks of one check
)

// Text writes the ticket: a head, and a paragraph for each check in order of concern.
func (t *Ticket) Text() string {
	w := &ticketWriter{link: t.Link, unknown: t.Unknown}
	t.head(w)
	checks := t.checks()
	for i := range checks[:min(len(checks), maxTicketChecks)] {
		w.check(&checks[i])
	}
	if more := len(checks) - maxTicketChecks; more > 0 {
		w.line("")
		w.line("And %d more checks, not listed here.", more)
	}
	if len(checks) == 0 {
		w.line("")
		w.line("There are no checks in this result.")
	}
	return w.text.String()
}

// checks are those that the ticket is about, superseded attempts behind the one that
// counts.
func (t *Ticket) checks() []AssessedCheck {
	var list []AssessedCheck
	for _, c := range t.Assessment.Checks {
		for _, one := range append([]AssessedCheck{c}, c.Earlier...) {
			if t.Check == "" || one.Key() == t.Check {
				list = append(list, one)
			}
		}
	}
	return list
}

// Names reports whether there is a check with the key.
func (t *Ticket) Names(key string) bool {
	return slices.ContainsFunc(t.Session.Checks, func(c Check) bool { return c.Key() == key })
}

func (t *Ticket) head(w *ticketWriter) {
	if t.Recipient != (RecipientID{}) {
		w.field("Recipient", t.Recipient.String())
	} else {
		w.field("Recipient", "not known")
	}
	w.field("Session", cmp.Or(uuidOnly(t.Session.ID), "no ID")+", "+w.code(string(t.Session.State), t.Session.State.Word().Known))
	w.field("Assessment", t.Assessment.Bucket.Word().Label+" ("+string(t.Assessment.Bucket)+")")
	w.field("Result", "SHA-256 "+t.Digest.String())
	if !t.Fetched.IsZero() {
		w.field("Fetched", ticketTime(t.Fetched)+", first "+ticketTime(t.First))
	}
	if t.Link != "" {
		w.field("Link", t.Link)
	}
	for _, p := range t.Assessment.Profiles {
		text := w.code(string(p.Result), p.Result.Word().Known)
		if p.Failure != nil {
			text += ", " + w.code(p.Failure.Reason, ProfileFailureReason(p.Failure.Reason).Known)
		}
		w.field("Profile", string(p.Kind)+": "+text)
	}
}

// ticketWriter writes lines. Where the ticket has a link, each check has one, and each
// sub-check its place on that page.
type ticketWriter struct {
	text    strings.Builder
	link    string
	unknown bool
}

func (w *ticketWriter) line(format string, args ...any) {
	fmt.Fprintf(&w.text, format+"\n", args...)
}

func (w *ticketWriter) field(name, value string) { w.line("%-11s %s", name+":", value) }

func (w *ticketWriter) check(c *AssessedCheck) {
	w.line("")
	w.line("%s (%s)", w.code(string(c.Type), c.Type.Known()), c.Key())
	verdict := "none"
	if c.Report != nil {
		verdict = w.code(string(c.Recommendation()), c.Recommendation().Word().Known)
	}
	if c.Report != nil && c.Report.Reason != "" {
		verdict += ", " + w.code(c.Report.Reason, c.Type.Reason(c.Report.Reason).Known)
	}
	w.line("  Recommendation: %s", verdict)
	w.line("  State: %s%s%s", w.code(string(c.State), c.State.Word().Known), timeIfExact(", created ", c.Created), timeIfExact(", last updated ", c.LastUpdated))
	if id := uuidOnly(c.ID); id != "" {
		w.line("  Check ID: %s", id)
	}
	w.subChecks(c.Check)
	if w.link != "" {
		w.line("  Link: %s#%s", w.link, c.Key())
	}
}

// subChecks lists those that did not pass.
func (w *ticketWriter) subChecks(c *Check) {
	if c.Report == nil {
		return
	}
	var failed, other []SubCheck
	for _, row := range c.Report.Breakdown {
		switch row.Result {
		case Fail:
			failed = append(failed, row)
		case Pass:
		default:
			other = append(other, row)
		}
	}
	text := fmt.Sprintf("  Sub-checks: %d, %d failed", len(c.Report.Breakdown), len(failed))
	if len(other) > 0 {
		text += fmt.Sprintf(", %d with another result", len(other))
	}
	w.line("%s", text)
	notPassed := append(failed, other...)
	for _, row := range notPassed[:min(len(notPassed), maxTicketRows)] {
		known := c.Type.SubCheck(row.Name).Known
		place := ""
		if w.link != "" && (known || looksLikeCode(row.Name)) {
			place = " (#" + SubCheckKey(c.Key(), row.Name) + ")"
		}
		w.line("  - %s: %s%s", w.code(row.Name, known), w.code(string(row.Result), row.Result.Word().Known), place)
	}
	if more := len(notPassed) - maxTicketRows; more > 0 {
		w.line("  And %d more, not listed here.", more)
	}
}

// maxCode is how long a code of Yoti's can be that Countersign does not know.
const maxCode = 64

// code writes a value of the vocabulary.
func (w *ticketWriter) code(value string, known bool) string {
	if w.unknown && !known && value != "" {
		return labelOf(value) + " (not known to Countersign)"
	}
	return code(value, known)
}

// code writes a value of the vocabulary. One that is not known could be anything, so it
// stands there only where it looks like one of Yoti's: letters of one case, digits, and
// underscores between words.
func code(value string, known bool) string {
	switch {
	case value == "":
		return "none"
	case known:
		return value
	case looksLikeCode(value):
		return value + " (not known to Countersign)"
	}
	return "[unknown value, left out]"
}

func looksLikeCode(value string) bool {
	if len(value) > maxCode || !strings.Contains(value, "_") && strings.ToUpper(value) != value {
		return false
	}
	plain := strings.Trim(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "" || strings.Trim(value, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
	return plain && strings.ContainsFunc(value, func(r rune) bool { return r > '9' && r != '_' })
}

// uuidOnly is an ID of Yoti's as it came; empty for what is not a UUID.
func uuidOnly(id string) string {
	if _, err := uuid.Parse(id); err != nil || len(id) != len(uuid.Nil.String()) {
		return ""
	}
	return id
}

func timeIfExact(before string, t Time) string {
	if !t.Exact() {
		return ""
	}
	return before + ticketTime(t.At)
}

func ticketTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// maxSubCheckKey is how many bytes of the name of a sub-check stand in its key.
const maxSubCheckKey = 60

// SubCheckKey names a sub-check of the check with a key, for links and fragments:
// "check-1-hologram". What an address cannot hold as it is, and what is too long, is left
// out.
func SubCheckKey(check, name string) string {
	return check + "-" + strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '_', r == '-', r == '.':
			return r
		case r == ' ':
			return '-'
		}
		return -1
	}, name[:min(len(name), maxSubCheckKey)])
}

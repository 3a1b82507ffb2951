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
// that Countersign does not know is in it only where it can be nothing but a code.
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
	// they are: for anyone who has the result at hand anyway.
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
	t.writeHead(w)
	checks := t.checksInOrder()
	for i := range checks[:min(len(checks), maxTicketChecks)] {
		w.writeCheck(&checks[i])
	}
	if more := len(checks) - maxTicketChecks; more > 0 {
		w.writeLine("")
		w.writeLine("And %d more checks, not listed here.", more)
	}
	if len(checks) == 0 {
		w.writeLine("")
		w.writeLine("There are no checks in this result.")
	}
	return w.text.String()
}

// checksInOrder are those that the ticket is about, superseded attempts behind the one that
// counts.
func (t *Ticket) checksInOrder() []AssessedCheck {
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

func (t *Ticket) writeHead(w *ticketWriter) {
	if t.Recipient != (RecipientID{}) {
		w.writeField("Recipient", t.Recipient.String())
	} else {
		w.writeField("Recipient", "not known")
	}
	w.writeField("Session", cmp.Or(uuidOnly(t.Session.ID), "no ID")+", "+w.formatCode(string(t.Session.State), t.Session.State.Word().Known))
	w.writeField("Assessment", t.Assessment.Bucket.Word().Label+" ("+string(t.Assessment.Bucket)+")")
	w.writeField("Result", "SHA-256 "+t.Digest.String())
	if !t.Fetched.IsZero() {
		w.writeField("Fetched", ticketTime(t.Fetched)+", first "+ticketTime(t.First))
	}
	if t.Link != "" {
		w.writeField("Link", t.Link)
	}
	for _, p := range t.Assessment.Profiles {
		text := w.formatCode(string(p.Result), p.Result.Word().Known)
		if p.Failure != nil {
			text += ", " + w.formatCode(p.Failure.Reason, ProfileFailureReason(p.Failure.Reason).Known)
		}
		w.writeField("Profile", string(p.Kind)+": "+text)
	}
}

// ticketWriter writes lines. Where the ticket has a link, each check has one, and each
// sub-check its place on that page.
type ticketWriter struct {
	text    strings.Builder
	link    string
	unknown bool
}

func (w *ticketWriter) writeLine(format string, args ...any) {
	fmt.Fprintf(&w.text, format+"\n", args...)
}

func (w *ticketWriter) writeField(name, value string) { w.writeLine("%-11s %s", name+":", value) }

func (w *ticketWriter) writeCheck(c *AssessedCheck) {
	w.writeLine("")
	w.writeLine("%s (%s)", w.formatCode(string(c.Type), c.Type.Known()), c.Key())
	verdict := "none"
	if c.Report != nil {
		verdict = w.formatCode(string(c.Recommendation()), c.Recommendation().Word().Known)
	}
	if c.Report != nil && c.Report.Reason != "" {
		verdict += ", " + w.formatCode(c.Report.Reason, c.Type.Reason(c.Report.Reason).Known)
	}
	w.writeLine("  Recommendation: %s", verdict)
	w.writeLine("  State: %s%s%s", w.formatCode(string(c.State), c.State.Word().Known), timeIfExact(", created ", c.Created), timeIfExact(", last updated ", c.LastUpdated))
	if id := uuidOnly(c.ID); id != "" {
		w.writeLine("  Check ID: %s", id)
	}
	w.writeSubChecks(c.Check)
	if w.link != "" {
		w.writeLine("  Link: %s#%s", w.link, c.Key())
	}
}

// writeSubChecks lists those that did not pass.
func (w *ticketWriter) writeSubChecks(c *Check) {
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
	w.writeLine("%s", text)
	notPassed := append(failed, other...)
	for _, row := range notPassed[:min(len(notPassed), maxTicketRows)] {
		known := c.Type.SubCheck(row.Name).Known
		place := ""
		if w.link != "" && (known || looksLikeCode(row.Name)) {
			place = " (#" + SubCheckKey(c.Key(), row.Name) + ")"
		}
		w.writeLine("  - %s: %s%s", w.formatCode(row.Name, known), w.formatCode(string(row.Result), row.Result.Word().Known), place)
	}
	if more := len(notPassed) - maxTicketRows; more > 0 {
		w.writeLine("  And %d more, not listed here.", more)
	}
}

// maxCode is how long a code of Yoti's can be that Countersign does not know.
const maxCode = 64

// formatCode writes a value of the vocabulary.
func (w *ticketWriter) formatCode(value string, known bool) string {
	if w.unknown && !known && value != "" {
		return labelOf(value) + " (not known to Countersign)"
	}
	return ticketCode(value, known)
}

// ticketCode writes a value of the vocabulary. One that is not known could be anything, so it
// is there only where it looks like one of Yoti's: letters of one case, digits, and
// underscores between words.
func ticketCode(value string, known bool) string {
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

// maxSubCheckKey is how many bytes of the name of a sub-check are in its key.
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

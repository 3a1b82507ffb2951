package views

import (
	"cmp"
	"net/url"
	"strconv"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// CaseQueue is the view of the queue from which a case was opened.
type CaseQueue struct {
	*review.Beside
	Recipient idv.RecipientID
	Query     string           // of the view
	Line      review.QueueLine // of the case in the view, as far as its page knows it
}

// dueWords say when the case is due, or for how long it is overdue; empty when it never is.
func (q *CaseQueue) dueWords() string { return dueSentence(q.View.At, q.Line) }

func (q *CaseQueue) isOverdue() bool { return q.Line.Overdue }

// NextPath is the address of the next case of the view; empty when there is none.
func (q *CaseQueue) NextPath() string { return q.pathOf(q.Next) }

// PreviousPath is the address of the case before in the view; empty when there is none.
func (q *CaseQueue) PreviousPath() string { return q.pathOf(q.Previous) }

// AfterPath is where the reader goes on to: the next case, or the list after the last one.
func (q *CaseQueue) AfterPath() string { return cmp.Or(q.NextPath(), q.ListPath()) }

func (q *CaseQueue) pathOf(line *review.QueueLine) string {
	if line == nil {
		return ""
	}
	return CaseInViewPath(line.Recipient, q.View, review.PageKey{})
}

// ListPath is the address of the view with the line of the case.
func (q *CaseQueue) ListPath() string {
	query := q.View.Query()
	if page := q.Page(); !page.IsZero() {
		query.Set(PageField, page.String())
	}
	return QueuePath + "?" + query.Encode() + "#" + CaseLineID(q.lineToReturnTo())
}

// lineToReturnTo is the line at which the reader goes on in the list: that of the case or, once
// it has left the view, the one that took its place.
func (q *CaseQueue) lineToReturnTo() idv.RecipientID {
	switch {
	case q.Inside:
	case q.Next != nil:
		return q.Next.Recipient
	case q.Previous != nil:
		return q.Previous.Recipient
	}
	return q.Recipient
}

// PagePath is the address of a page of the view, at the line at which the reader goes on.
func (q *CaseQueue) PagePath(page review.PageKey) string {
	return QueuePagePath(q.View, page) + "#" + CaseLineID(q.lineToReturnTo())
}

// CaseForms is what the head of a case needs for taking, assigning and tagging it.
type CaseForms struct {
	Key     string // from which the idempotency keys of the forms are made
	Viewers []review.Viewer
	Tags    []string // that are offered
	Problem string   // why what was sent was not recorded, as a sentence
}

// key is the idempotency key of one of the forms.
func (f CaseForms) key(form string) string { return f.Key + "-" + form }

// untagKey is that of the form that removes a tag.
func (f CaseForms) untagKey(tag review.Tagged) string {
	return f.key("untag-" + strconv.FormatInt(tag.Seq, 10))
}

// mayTake reports whether the reader may take the case, which nobody has.
func (p ReviewPage) mayTake() bool { return p.Record.MayTake(p.Who, p.Newest.Digest) == nil }

// mayRelease reports whether the reader may release the case, which somebody has.
func (p ReviewPage) mayRelease() bool { return p.Record.MayRelease(p.Who) == nil }

// mayAssign reports whether the reader may assign the case.
func (p ReviewPage) mayAssign() bool { return p.Record.MayAssign(p.Who, p.Newest.Digest) == nil }

// mayTag reports whether the reader may add and remove tags.
func (p ReviewPage) mayTag() bool { return p.Who.Role.May(account.TakeCases) }

// isHeldByReader reports whether the reader has the case.
func (p ReviewPage) isHeldByReader() bool {
	return p.Record.Assignee != nil && p.Record.Assignee.Account == p.Who.ID
}

// holderName is the name of who has the case; empty when nobody has it.
func (p ReviewPage) holderName() string {
	if p.Record.Assignee == nil {
		return ""
	}
	return p.Record.Assignee.Name
}

// DoneElsewhere is what the reader has just recorded about another case, before this was opened.
type DoneElsewhere struct {
	*review.OwnEntry
}

// Words say what was recorded.
func (d DoneElsewhere) Words() string {
	return doneWords(d.Act, d.Verdict)
}

// doneWords say what somebody has recorded about a decision; empty for another act.
func doneWords(act ledger.Act, verdict review.Verdict) string {
	switch act {
	case review.ActDecision:
		return verdict.Done() + "."
	case review.ActAgreed:
		return "Second review: confirmed."
	case review.ActDisagreed:
		return "Second review: not confirmed."
	}
	return ""
}

// Path is the address of the case about which it was recorded, which says so.
func (d DoneElsewhere) Path(q *CaseQueue) string {
	path := RecordedPath(d.Recipient, d.Seq)
	if q == nil {
		return path
	}
	return path + "&" + url.Values{CaseViewField: {q.Query}}.Encode()
}

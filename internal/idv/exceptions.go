package idv

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ExceptionKind is what an exception is about.
type ExceptionKind string

// The kinds of exceptions that follow from a result.
const (
	ExceptionSession  ExceptionKind = "session"  // the session as a whole
	ExceptionProfile  ExceptionKind = "profile"  // an identity profile
	ExceptionVerdict  ExceptionKind = "verdict"  // what Yoti recommends for a check, or that it does not
	ExceptionFailed   ExceptionKind = "failed"   // sub-checks that failed
	ExceptionHits     ExceptionKind = "hits"     // hits of a watchlist search
	ExceptionConflict ExceptionKind = "conflict" // sub-checks and hits that contradict each other
	ExceptionUnknown  ExceptionKind = "unknown"  // a value without words, or one that could not be read
	ExceptionNote     ExceptionKind = "note"     // something else to read about a check
	ExceptionResource ExceptionKind = "resource" // something to read about a document or a capture
	ExceptionSigner   ExceptionKind = "signer"   // the expected signer, who is not part of a result
)

// Exception is one thing that keeps a result from being clear, and where it is read.
type Exception struct {
	Kind   ExceptionKind
	Bucket Bucket // into which it puts what it is about
	Title  string // a few words: "Counterfeit"
	Text   string // what the title leaves open: "Document authenticity: Reject"
	Part   string // key of the check, profile or resource; empty for the session
	Row    string // name of the sub-check, the first where there are several; empty where it is none
	// Rows is how many failed sub-checks it stands for; zero for another kind.
	Rows int
}

// reason is why a result falls into a bucket: the sentence that says it, and the exception
// that leads to it.
type bucketReason struct {
	finding
	Exception
}

// maxTitled is how many failed sub-checks of a check have an exception each, and how many
// are named in one for the rest.
const maxTitled = 3

// sessionReason is what is above the single checks.
func sessionReason(b Bucket, title, sentence string) bucketReason {
	e := Exception{Kind: ExceptionSession, Bucket: b, Title: title, Text: sentence}
	if title == "" {
		e.Title, e.Text = strings.TrimSuffix(sentence, "."), "Session"
	}
	return bucketReason{finding{bucket: b, gravity: gravityIn(b), sentence: sentence}, e}
}

// gravityIn is the gravity of what is not a sub-check.
func gravityIn(b Bucket) int {
	if b == ClearWithNotes {
		return minor
	}
	return 0
}

// reasons lists why a check is not clear: its verdict, then its findings.
func (c *AssessedCheck) reasons() []bucketReason {
	var list []bucketReason
	name := c.Name()
	if text := c.verdictText(); text != "" {
		list = append(list, bucketReason{finding{bucket: c.Bucket, gravity: gravityIn(c.Bucket), sentence: name + ": " + text}, c.verdictException()})
	}
	for _, f := range c.findings {
		e := Exception{Kind: cmp.Or(f.kind, ExceptionNote), Bucket: f.bucket, Title: f.shortTitle(), Text: name, Part: c.Key(), Row: f.row}
		if e.Kind == ExceptionFailed {
			e.Rows, e.Text = 1, name+": approved, sub-check failed"
		}
		list = append(list, bucketReason{finding{bucket: f.bucket, gravity: f.gravity, sentence: name + ": " + f.sentence}, e})
	}
	return list
}

// verdictException says what Yoti recommends for a check that it did not approve, for the
// reason that it gives.
func (c *AssessedCheck) verdictException() Exception {
	e := Exception{Kind: ExceptionVerdict, Bucket: c.Bucket, Title: c.Name(), Text: c.Verdict(), Part: c.Key()}
	if c.Report != nil && c.Report.Reason != "" {
		e.Title = labelOrNone(c.Type.Reason(c.Report.Reason).Word)
		e.Text = c.Name() + ": " + labelOrNone(c.Report.Recommendation.Word())
	}
	return e
}

// failedExceptions lists the sub-checks that failed in a check that Yoti did not approve,
// the gravest first: signs of fraud, of forgery and of another person each by itself, the
// others together.
func (c *AssessedCheck) failedExceptions() []Exception {
	if c.Report == nil || c.Recommendation() == Approve {
		return nil // of an approved check each is a finding
	}
	failed := c.Report.Failed()
	slices.SortStableFunc(failed, func(a, b SubCheck) int { return cmp.Compare(gravityOf(a.Name), gravityOf(b.Name)) })
	var list []Exception
	for len(failed) > 0 && len(list) < maxTitled && gravityOf(failed[0].Name) < gravityOf(unknownSubCheck) {
		list = append(list, c.failedException(failed[:1]))
		failed = failed[1:]
	}
	if len(failed) > 0 {
		list = append(list, c.failedException(failed))
	}
	return list
}

func (c *AssessedCheck) failedException(rows []SubCheck) Exception {
	var titles []string
	for _, row := range rows {
		if title := c.Type.FailedWords(row.Name); !slices.Contains(titles, title) {
			titles = append(titles, title)
		}
		if len(titles) == maxTitled {
			break
		}
	}
	for i, title := range titles[1:] {
		titles[i+1] = WithinSentence(title)
	}
	text := fmt.Sprintf("%d sub-checks failed", len(rows))
	if len(rows) == 1 {
		text = "sub-check failed"
		if p := Process(rows[0].Process); rows[0].Process != "" && p.Known {
			text += ", " + WithinSentence(p.Label)
		}
	}
	title := strings.Join(titles, "; ")
	if more := len(rows) - maxTitled; more > 0 {
		title += " and " + strconv.Itoa(more) + " more"
	}
	return Exception{Kind: ExceptionFailed, Bucket: c.Bucket, Title: title, Text: c.Name() + ": " + text, Part: c.Key(), Row: rows[0].Name, Rows: len(rows)}
}

// WithinSentence writes words to go on a sentence with, unless they begin with an abbreviation.
func WithinSentence(text string) string {
	if len(text) < 2 || text[1] < 'a' || text[1] > 'z' {
		return text
	}
	return strings.ToLower(text[:1]) + text[1:]
}

// exceptions lists what keeps a result from being clear, the gravest first. The verdict on a
// check is before the sub-checks that failed in it, and both where the gravest of these
// belongs.
func (a *Assessment) exceptions(reasons []bucketReason) []Exception {
	type placed struct {
		Exception
		gravity, place int
	}
	var list []placed
	gravest := map[string]int{} // failed sub-check, by the key of the check
	place := map[string]int{}   // of the check among all
	failed := map[string][]Exception{}
	for i := range a.Checks {
		c := &a.Checks[i]
		place[c.Key()] = i
		if rows := c.failedExceptions(); len(rows) > 0 {
			gravest[c.Key()], failed[c.Key()] = gravityOf(rows[0].Row), rows
		}
	}
	for _, r := range reasons {
		gravity, found := gravest[r.Part]
		if !found || r.Kind != ExceptionVerdict {
			gravity = r.gravity
		}
		list = append(list, placed{r.Exception, gravity, place[r.Part]})
		if r.Kind == ExceptionVerdict {
			for _, e := range failed[r.Part] {
				list = append(list, placed{e, gravity, place[e.Part]})
			}
			delete(failed, r.Part)
		}
	}
	// What has no verdict in words, such as a recommendation that is unknown, has its rows all
	// the same.
	for i := range a.Checks {
		for _, e := range failed[a.Checks[i].Key()] {
			list = append(list, placed{e, gravityOf(e.Row), i})
		}
	}
	slices.SortStableFunc(list, func(a, b placed) int {
		return cmp.Or(cmp.Compare(attentionRank(a.Bucket), attentionRank(b.Bucket)), cmp.Compare(a.gravity, b.gravity), cmp.Compare(a.place, b.place))
	})
	all := make([]Exception, len(list))
	for i, one := range list {
		all[i] = one.Exception
	}
	return all
}

// OnlySigner reports whether nothing but the expected signer keeps a case from being clear.
func OnlySigner(list []Exception) bool {
	return !slices.ContainsFunc(list, func(e Exception) bool { return e.Kind != ExceptionSigner })
}

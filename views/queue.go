package views

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// QueuePage is a page of the queue.
type QueuePage struct {
	Frame
	review.QueueList
	Place       review.PageKey  // of the page in its view; zero on the first
	Typed       review.CasesAct // what was asked for and not done, to be shown again
	Key         string          // idempotency key of the forms
	Problem     string          // why what was posted was not done, as a sentence
	ViewName    string          // as typed, of a view that was not saved
	ViewShared  bool
	ViewProblem string // why it was not saved, as a sentence
}

// CasesPage says what came of something that was done about several cases.
type CasesPage struct {
	Frame
	Done     string // what was done, in words
	Back     string // address of the view
	Outcomes []CaseOutcome
}

// CaseOutcome is what came of it for one case.
type CaseOutcome struct {
	Recipient idv.RecipientID
	Done      bool
	Text      string // as a sentence
}

// failed counts those for which it was not done.
func (p CasesPage) failed() int {
	n := 0
	for _, o := range p.Outcomes {
		if !o.Done {
			n++
		}
	}
	return n
}

// summary says how many cases it was done for.
func (p CasesPage) summary() string {
	failed := p.failed()
	if failed == 0 {
		return "Done for " + countNoun(len(p.Outcomes), "case", "cases") + "."
	}
	return "Done for " + countNoun(len(p.Outcomes)-failed, "case", "cases") + ", not done for " + strconv.Itoa(failed) + "."
}

// queueTab is a tab in the list beside the queue.
type queueTab struct {
	Label, Path, Count string
	Current            bool
}

func (p QueuePage) tabs() []queueTab {
	var list []queueTab
	for _, tab := range review.TabsFor(p.View.Who) {
		list = append(list, queueTab{shortTabLabel(tab), queueTabPath(p.View, tab), ShortCount(p.Counts[tab]), tab == p.Tab})
	}
	return list
}

// shortTabLabel is a tab in the words that have room beside the queue.
func shortTabLabel(tab review.Tab) string {
	switch tab {
	case review.TabSecond:
		return "Second review"
	case review.TabChanged:
		return "Changed since decision"
	}
	return tab.Label()
}

// ShortCount is a number where there is little room: "43", "1,000+".
func ShortCount(n review.Count) string {
	if n.More {
		return strings.TrimPrefix(n.String(), "more than ") + "+"
	}
	return n.String()
}

// countWords says how many cases the view has.
func (p QueuePage) countWords() string {
	all := p.Counts[p.Tab]
	words := all.String() + oneOf(all.N == 1 && !all.More, " case", " cases")
	if p.Overdue.N > 0 {
		words += ", " + p.Overdue.String() + " overdue"
	}
	return words
}

// setFilter is a value by which the view is narrowed, and the address without it.
type setFilter struct{ Label, Path string }

func (p QueuePage) setFilters() []setFilter {
	var list []setFilter
	query := p.View.Query()
	for _, field := range filterFields() {
		for _, value := range query[field.name] {
			list = append(list, setFilter{field.label + ": " + filterWord(field.name, value), queueWithout(p.View, field.name, value)})
		}
	}
	return list
}

type filterField struct{ name, label string }

// filterFields are the fields of a filter, in the order in which a page offers them.
func filterFields() []filterField {
	return []filterField{
		{"stage", "State"}, {"bucket", "Result"}, {"check", "Check"}, {"reason", "Reason"}, {"document", "Document"}, {"country", "Country"},
		{"assignee", "With"}, {"reviewer", "Reviewer"}, {"tag", "Tag"}, {"from", "Since"}, {"until", "Until"},
	}
}

// filterWord says a value of a filter in words.
func filterWord(field, value string) string {
	switch field {
	case "stage":
		return review.Stage(value).Label()
	case "bucket":
		return idv.Bucket(value).Word().Label
	case "check":
		kind, recommendation, _ := strings.Cut(value, ":")
		label := idv.CheckType(kind).Word().Label
		if recommendation != "" {
			label += ", " + idv.Recommendation(recommendation).Word().Label
		}
		return label
	case "reason":
		for _, c := range idv.ReasonChoices() {
			if c.Value == value {
				return c.Label
			}
		}
		return value
	case "document":
		return idv.DocumentType(value).Label
	case "country":
		return idv.Country(value).Label
	case "assignee":
		if value == review.Nobody {
			return "nobody"
		}
	}
	return visibleText(value)
}

// filterChoice is what a field of a filter can be narrowed to.
type filterChoice struct {
	Name, Label string
	Groups      []choiceGroup
}

// choiceGroup are values under a heading; without one where it is empty.
type choiceGroup struct {
	Label   string
	Choices []idv.Choice
}

// filterChoices are the fields with the values that are not set yet. Tags and dates are typed.
func (p QueuePage) filterChoices() []filterChoice {
	all := []filterChoice{
		{"stage", "State", asOneGroup(stageChoices())}, {"bucket", "Result", asOneGroup(bucketChoices())}, {"check", "Check", checkChoices()},
		{"reason", "Reason", asOneGroup(idv.ReasonChoices())}, {"document", "Document", asOneGroup(idv.DocumentChoices())},
		{"country", "Country", asOneGroup(idv.CountryChoices())}, {"assignee", "With", asOneGroup(p.people(true))}, {"reviewer", "Reviewer", asOneGroup(p.people(false))},
	}
	query := p.View.Query()
	for i := range all {
		for j, group := range all[i].Groups {
			all[i].Groups[j].Choices = notSet(group.Choices, query[all[i].Name])
		}
	}
	return all
}

func notSet(list []idv.Choice, set []string) []idv.Choice {
	var left []idv.Choice
	for _, c := range list {
		if !isOneOf(c.Value, set) {
			left = append(left, c)
		}
	}
	return left
}

func isOneOf(value string, list []string) bool {
	for _, other := range list {
		if other == value {
			return true
		}
	}
	return false
}

func asOneGroup(list []idv.Choice) []choiceGroup { return []choiceGroup{{Choices: list}} }

func stageChoices() []idv.Choice {
	var list []idv.Choice
	for _, s := range review.Stages() {
		list = append(list, idv.Choice{Value: string(s), Label: s.Label()})
	}
	return list
}

func bucketChoices() []idv.Choice {
	var list []idv.Choice
	for _, b := range review.Buckets() {
		list = append(list, idv.Choice{Value: string(b), Label: b.Word().Label})
	}
	return list
}

func checkChoices() []choiceGroup {
	var list []choiceGroup
	for _, t := range idv.CheckTypes() {
		label := t.Word().Label
		group := choiceGroup{Label: label, Choices: []idv.Choice{{Value: string(t), Label: label + ", any recommendation"}}}
		for _, r := range idv.Recommendations() {
			value := review.CheckChoice{Type: t, Recommendation: r}.String()
			group.Choices = append(group.Choices, idv.Choice{Value: value, Label: filterWord("check", value)})
		}
		list = append(list, group)
	}
	return list
}

// people are those who decide; with nobody first where that can be asked for.
func (p QueuePage) people(orNobody bool) []idv.Choice {
	var list []idv.Choice
	if orNobody {
		list = append(list, idv.Choice{Value: review.Nobody, Label: "Nobody"})
	}
	for _, who := range p.People {
		list = append(list, idv.Choice{Value: who.Name, Label: who.Name})
	}
	return list
}

// hiddenPair is a field of a form that nobody types.
type hiddenPair struct{ Name, Value string }

// hiddenFilter is the whole view as fields of a form, but for some fields.
func (p QueuePage) hiddenFilter(but ...string) []hiddenPair {
	list := []hiddenPair{{"tab", string(p.Tab)}}
	query := p.View.Query()
	for _, field := range filterFields() {
		for _, value := range query[field.name] {
			if !isOneOf(field.name, but) {
				list = append(list, hiddenPair{field.name, value})
			}
		}
	}
	return list
}

// query is the view as one text.
func (p QueuePage) query() string { return p.View.Query().Encode() }

// saved are the saved views as links.
func (p QueuePage) savedViewPath(v review.SavedView) string { return QueuePath + "?" + v.Query }

// acts reports whether the reader does something about cases.
func (p QueuePage) acts() bool { return p.May(account.TakeCases) && len(p.Lines) > 0 }

// assigns reports whether the reader assigns cases to others.
func (p QueuePage) assigns() bool { return p.May(account.AssignCases) }

// caseDocument names the document of a line and who issued it.
func caseDocument(l review.QueueLine) string {
	var words []string
	if l.Document != "" {
		words = append(words, idv.DocumentType(l.Document).Label)
	}
	if l.Country != "" {
		words = append(words, idv.Country(l.Country).Label)
	}
	return strings.Join(words, " · ")
}

// shortRecipient is the end of a recipient ID, which tells it from others in a list.
func shortRecipient(id idv.RecipientID) string { return "…" + idTail(id) }

// shortSpan writes a length of time in as little room as it takes: "42 min", "3 h", "2 d".
func shortSpan(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "0 min"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + " h"
	}
	return strconv.Itoa(int(d/(24*time.Hour))) + " d"
}

// dueWords says how much time is left for a case, or by how much it is overdue; empty for one
// that is never due.
func dueWords(now time.Time, l review.QueueLine) string {
	switch {
	case l.Due.IsZero():
		return ""
	case l.Overdue:
		return overdueWords(now.Sub(l.Due))
	}
	return shortSpan(l.Due.Sub(now) + time.Minute - 1)
}

func overdueWords(by time.Duration) string {
	if by < time.Minute {
		return "just overdue"
	}
	return "overdue " + shortSpan(by)
}

// lastDecision says the newest decision about a case in words; empty when there is none.
func lastDecision(l review.QueueLine) string {
	if l.Decision == 0 {
		return ""
	}
	return decisionLabel(l.Verdict, l.State) + " by " + visibleText(l.Reviewer)
}

// whyWords are the reasons for the bucket of a line; what there is to say where there are none.
func whyWords(l review.QueueLine) string {
	switch {
	case l.Why != "":
		return upperFirst(l.Why)
	case l.Bucket == idv.Clear:
		return "Every check passed"
	}
	return ""
}

// NoneUnassigned says that there is no case to take next.
func NoneUnassigned(v review.View) string {
	if len(v.Filter.Query()) > 0 {
		return "No unassigned case fits the filters."
	}
	return "No case is unassigned."
}

// noneWords says in the place of lines why there are none.
func (p QueuePage) noneWords() string {
	switch {
	case p.Partial:
		return "None of the cases looked at so far fits. There may be others further on."
	case len(p.setFilters()) > 0:
		return "No case here fits the filters."
	case p.Tab == review.TabMine:
		return "Nothing is assigned or referred to you."
	}
	return "There is no case here."
}

// dueSentence says when a case is due, or by how much it is overdue; empty for one that is
// never due.
func dueSentence(now time.Time, l review.QueueLine) string {
	words := dueWords(now, l)
	if words == "" || l.Overdue {
		return words
	}
	return "due in " + words
}

// isDecided reports whether nobody has to do anything about the case of a line any more.
func isDecided(l review.QueueLine) bool {
	phase, listed := l.Stage.Phase()
	return listed && phase == review.PhaseDecided
}

// isTicked reports whether a line was ticked when something was asked for that was not done.
func (p QueuePage) isTicked(l review.QueueLine) bool {
	return slices.Contains(p.Typed.Cases, l.Recipient)
}

// mayBeTaken reports whether a line can be taken.
func mayBeTaken(l review.QueueLine) bool {
	phase, listed := l.Stage.Phase()
	return listed && phase != review.PhaseDecided
}

// sharedWords say of a shared view whose it is.
func sharedWords(v review.SavedView) string {
	if v.Own {
		return "shared by you"
	}
	return "shared by " + visibleText(v.OwnerName)
}

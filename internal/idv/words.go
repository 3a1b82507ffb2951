package idv

import (
	"slices"
	"strconv"
	"strings"
)

// Word says a value of Yoti's vocabulary in plain English. A value without words
// has itself as its Label, with every sign of it made visible and cut where it is very
// long, and is not Known.
// Source: Yoti Sign, Get IDV session result; Yoti IDV, results.
type Word struct {
	Label   string // a few words, to be beside the wire name
	Meaning string // one sentence; empty where the label says it all
	Known   bool
}

// CheckWord says what a check is about.
// Source: Yoti Sign, Get IDV session result; Yoti IDV, understanding the report.
type CheckWord struct {
	Word
	Short    string // at most 14 characters, for a tile
	Question string // the question that the check answers; empty when unknown
}

// SubCheckWord says what a row of a breakdown is about. Pass and Fail are what
// the two results mean, and are empty when the row is unknown.
// Source: Yoti IDV, understanding the report.
type SubCheckWord struct {
	Word
	Pass string
	Fail string
}

// ReasonWord says why Yoti did not approve, and in Advice what the reviewer can
// do about it; Advice is empty when the reason is unknown.
// Source: Yoti IDV, understanding the report.
type ReasonWord struct {
	Word
	Advice string
}

// maxLabel is how many characters of a value without words stand where a sentence or a
// name speaks of it. Both are said again and again, and a value may be as long as a result.
const maxLabel = 200

// labelOf is the label of a value without words: itself, with every sign of it made
// visible. What of it is too long for a label stands only where the value is shown.
func labelOf(value string) string {
	begin, rest := cutLabel(value)
	return VisibleWord(begin) + rest
}

// shortLabel is a text of at most maxLabel characters, and "…" where it went on.
func shortLabel(text string) string {
	begin, rest := cutLabel(text)
	return begin + rest
}

// cutLabel cuts a text that is too long for a label; rest is "…" where it was.
func cutLabel(text string) (begin, rest string) {
	n := 0
	for i := range text {
		if n++; n > maxLabel {
			return text[:i], "…"
		}
	}
	return text, ""
}

// Says returns the sentence that tells what the result r of this row means. It
// takes no unknown result, and no unknown row, for good.
// Source: Yoti IDV, understanding the report.
func (w SubCheckWord) Sentence(r Result) string {
	switch {
	case r == "":
		return "No result was given for this sub-check, which is neither a pass nor a fail."
	case r == Pass && w.Known:
		return w.Pass
	case r == Fail && w.Known:
		return w.Fail
	case r == Pass:
		return "Yoti reports a pass; Countersign does not know what this sub-check looks at."
	case r == Fail:
		return "Yoti reports a fail; Countersign does not know what this sub-check looks at."
	case r == "NOT_AVAILABLE":
		return "No result was available for this sub-check, which is neither a pass nor a fail."
	}
	return "Countersign does not know this result, and takes it for neither a pass nor a fail."
}

// Word says the state of a session.
// Source: Yoti Sign, Get IDV session result; Yoti IDV, portal session results.
func (s SessionState) Word() Word { return sessionStates.wordFor(string(s)) }

// Label is the word for the state, or that there is none.
func (s SessionState) Label() string {
	if s == "" {
		return "No state"
	}
	return s.Word().Label
}

// Word says the state of a check. Source: Yoti IDV, results.
func (s CheckState) Word() Word { return checkStates.wordFor(string(s)) }

// Word says the state of a task. Source: Yoti IDV, results.
func (s TaskState) Word() Word { return taskStates.wordFor(string(s)) }

// Word says what Yoti advises. Source: Yoti IDV, understanding the report.
func (r Recommendation) Word() Word { return recommendations.wordFor(string(r)) }

// Word says the outcome of a sub-check. Source: Yoti IDV, understanding the report.
func (r Result) Word() Word { return results.wordFor(string(r)) }

// Label is the word for the result, or that there is none.
func (r Result) Label() string {
	if r == "" {
		return "No result"
	}
	return r.Word().Label
}

// Word says which kind of resource it is, for one of them.
// Source: Yoti Sign, Get IDV session result; Yoti's SDKs.
func (k ResourceKind) Word() Word { return resourceKinds.wordFor(string(k)) }

// Word says what the check is about. A check without a type is said to be one,
// and like an unknown type is not Known.
// Source: Yoti Sign, Get IDV session result; Yoti IDV, understanding the report.
func (t CheckType) Word() CheckWord {
	if t == "" {
		return CheckWord{Word: Word{Label: "Check without a type"}, Short: "No type"}
	}
	i := t.Rank()
	if i == len(checkTypes) {
		return CheckWord{Word: Word{Label: labelOf(string(t))}, Short: "Unknown check"}
	}
	c := checkTypes[i]
	return CheckWord{Word: Word{c.label, c.meaning, true}, Short: c.short, Question: c.question}
}

// Known reports whether there are words for the type.
// Source: Yoti Sign, Get IDV session result; Yoti's SDKs.
func (t CheckType) Known() bool { return t.Rank() < len(checkTypes) }

// Rank is the place of the type where checks are in a fixed order: that of Yoti
// Sign's page, then the types that are not on it, then all unknown ones together.
// Source: Yoti Sign, Get IDV session result.
func (t CheckType) Rank() int {
	i := slices.IndexFunc(checkTypes, func(c checkType) bool { return c.name == t })
	if i < 0 {
		return len(checkTypes)
	}
	return i
}

// SubCheck says what the row of that name is about in a check of this type. A name
// that is known only from other types has their words, as long as they agree: the
// same name can mean two things, and then neither is taken.
// Source: Yoti IDV, understanding the report.
func (t CheckType) SubCheck(name string) SubCheckWord {
	row, ok := wordsOf(t, func(c checkType) (subCheck, bool) { return c.subChecks.find(name) })
	if !ok {
		return SubCheckWord{Word: Word{Label: labelOf(name)}}
	}
	return SubCheckWord{Word: Word{row.label, row.meaning, true}, Pass: row.pass, Fail: row.fail}
}

// SubCheckOf says what a row is about as SubCheck does, and of a face match also who
// decided it, where Yoti says that of the row itself.
// Source: Yoti IDV, portal session results.
func (t CheckType) SubCheckOf(row SubCheck) SubCheckWord {
	w := t.SubCheck(row.Name)
	if !w.Known || !strings.HasSuffix(row.Name, "face_match") && row.Name != "manual_face___match" {
		return w
	}
	switch row.Process {
	case "AUTOMATED":
		w.Label = "Face match (automated)"
	case "EXPERT_REVIEW":
		w.Label = "Face match (by an expert)"
	}
	return w
}

// Reason says why a check of this type was not approved. A reason that is known
// only from other types is taken from them as SubCheck does.
// Source: Yoti IDV, understanding the report.
func (t CheckType) Reason(value string) ReasonWord {
	row, ok := wordsOf(t, func(c checkType) (reason, bool) { return c.reason(value) })
	if !ok {
		return ReasonWord{Word: Word{Label: labelOf(value)}}
	}
	return ReasonWord{Word: Word{row.label, row.meaning, true}, Advice: row.advice}
}

// wordsOf returns what find finds in the words of type t, or else what it finds in
// those of all other types, if that is always the same.
func wordsOf[T comparable](t CheckType, find func(checkType) (T, bool)) (T, bool) {
	if i := t.Rank(); i < len(checkTypes) {
		if row, ok := find(checkTypes[i]); ok {
			return row, true
		}
	}
	var only, none T
	for _, c := range checkTypes {
		row, ok := find(c)
		switch {
		case !ok:
		case only == none:
			only = row
		case only != row:
			return none, false
		}
	}
	return only, only != none
}

// DetailName says what a detail of a sub-check tells.
// Source: Yoti IDV, understanding the report.
func DetailName(name string) Word {
	row, ok := details.find(name)
	if !ok {
		return Word{Label: labelOf(name)}
	}
	return Word{row.label, row.meaning, true}
}

// DetailValue says the value of the detail of that name. Numbers and names are
// their own words and are known in a detail where they belong; a list of match
// types is known when each of them is.
// Source: Yoti IDV, understanding the report; ComplyAdvantage (match types).
func DetailValue(name, value string) Word {
	row, _ := details.find(name)
	switch row.form {
	case detailNumber:
		return Word{Label: VisibleWord(value), Known: isDecimal(value)}
	case detailShare:
		return Word{Label: labelOf(value), Known: isShare(value)}
	case detailText:
		return Word{Label: value, Known: value != ""}
	case detailMatches:
		return matchesWord(value)
	case detailLikelihood:
		return likelihoods.wordFor(value)
	}
	return detailValues.wordFor(value)
}

// isDecimal reports whether text is a plain number such as "13" or "0.68".
func isDecimal(text string) bool {
	whole, fraction, point := strings.Cut(text, ".")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return digits(whole) && (!point || digits(fraction))
}

// isShare reports whether text is a plain number from 0 to 1.
func isShare(text string) bool {
	share, err := strconv.ParseFloat(text, 64)
	return isDecimal(text) && err == nil && share <= 1
}

// isYesOrNo reports whether text is how JSON writes a boolean.
func isYesOrNo(text string) bool { return text == "true" || text == "false" }

// matchesWord says a list of match types with commas between: "Exact name, year
// of birth".
func matchesWord(list string) Word {
	var label strings.Builder
	for value := range strings.SplitSeq(list, ",") {
		w := matchTypes.wordFor(strings.Trim(value, " "))
		if !w.Known {
			return Word{Label: labelOf(list)}
		}
		if label.Len() == 0 {
			label.WriteString(w.Label)
			continue
		}
		label.WriteString(", " + strings.ToLower(w.Label[:1]) + w.Label[1:])
	}
	return Word{Label: label.String(), Known: true}
}

// Process says who or what decided a sub-check.
// Source: Yoti IDV, portal session results.
func Process(value string) Word { return processes.wordFor(value) }

// DocumentType says which document it is.
// Source: Yoti IDV, supported documents and in-branch verification.
func DocumentType(value string) Word { return documentTypes.wordFor(value) }

// CaptureMethod says how a page was captured, in any letter case.
// Source: Yoti IDV, client preferences; Yoti's SDKs.
func CaptureMethod(value string) Word {
	if w := captureMethods.wordFor(strings.ToUpper(value)); w.Known {
		return w
	}
	return Word{Label: labelOf(value)}
}

// SourceType says who supplied a resource. Source: Yoti Sign, Get IDV session
// result; Yoti IDV, in-branch verification.
func SourceType(value string) Word { return sourceTypes.wordFor(value) }

// LivenessType says how the presence of a person was captured.
// Source: Yoti IDV, liveness.
func LivenessType(value string) Word { return livenessTypes.wordFor(value) }

// MediaType says what a medium is declared to be. The declaration is often wrong.
// Source: Yoti Sign, Get IDV session result.
func MediaType(value string) Word { return mediaTypes.wordFor(value) }

// MediaField says what the medium in the field of that name shows.
// Source: Yoti Sign, Get IDV session result; Yoti's SDKs.
func MediaField(name string) Word { return mediaFields.wordFor(name) }

// TaskType says what a task does. Source: Yoti Sign, Get IDV session result.
func TaskType(value string) Word { return taskTypes.wordFor(value) }

// Word says what Yoti advised the signer to do after a task.
// Source: Yoti's SDKs (task recommendation).
func (r *TaskRecommendation) Word() Word { return taskRecommendations.wordFor(r.Value) }

// TaskReason says why Yoti advised the signer so. Source: Yoti's SDKs (task reason).
func TaskReason(value string) Word { return taskReasons.wordFor(value) }

// RecoverySuggestion says what Yoti suggests to make a check succeed. Only one
// value has ever been published. Source: Yoti's SDKs.
func RecoverySuggestion(value string) Word { return recoverySuggestions.wordFor(value) }

// WatchlistCategory says which lists a standard screening was asked to search.
// Source: Yoti Sign, Get IDV session result; Yoti IDV, AML report.
func WatchlistCategory(value string) Word { return watchlistCategories.wordFor(value) }

// WatchlistSource says on which sort of list an advanced search looked.
// Source: Yoti IDV, AML report.
func WatchlistSource(value string) Word { return watchlistSources.wordFor(value) }

// SearchAccount says through whose ComplyAdvantage account a search ran.
// Source: Yoti's SDKs (advanced watchlist search configuration).
func SearchAccount(value string) Word { return searchAccounts.wordFor(value) }

// SearchSource says how the lists of an advanced search were chosen.
// Source: Yoti's SDKs (advanced watchlist search configuration).
func SearchSource(value string) Word { return searchSources.wordFor(value) }

// Matching says how close a name had to be to count as a hit.
// Source: Yoti's SDKs (advanced watchlist search configuration).
func Matching(value string) Word { return matchings.wordFor(value) }

// ApprovalCriteria says which outcome of a familiar face search was wanted.
// Source: Yoti IDV, face check.
func ApprovalCriteria(value string) Word { return approvalCriteria.wordFor(value) }

// find returns the row of a value, and whether there is one.
func (t table[R]) find(value string) (R, bool) {
	i, ok := slices.BinarySearchFunc(t, value, func(row R, value string) int { return strings.Compare(row.key(), value) })
	if !ok {
		var none R
		return none, false
	}
	return t[i], true
}

// wordFor returns the words for a value, or the value itself as unknown.
func (t words) wordFor(value string) Word {
	row, ok := table[wordRow](t).find(value)
	if !ok {
		return Word{Label: labelOf(value)}
	}
	return Word{row.label, row.meaning, true}
}

// reason looks a reason up in the tables of the check type.
func (c checkType) reason(value string) (reason, bool) {
	for _, reasons := range c.reasons {
		if row, ok := reasons.find(value); ok {
			return row, true
		}
	}
	return reason{}, false
}

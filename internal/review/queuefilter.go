package review

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// QueueFilter narrows a list of cases. Of the values of one field a case has at least one; it
// meets every field that has values.
type QueueFilter struct {
	Buckets   []idv.Bucket
	Stages    []Stage
	Checks    []CheckChoice
	Reasons   []string // of checks, as on the wire
	Documents []string // types of the identity document, as on the wire
	Countries []string // ISO 3166-1 alpha-3
	Assignees []string // names of accounts; Nobody for none
	Reviewers []string // names of accounts that made the newest decision
	Tags      []string
	From      time.Time // the first day since which a case may await somebody, or on which it was decided; zero for no bound
	Until     time.Time // the last such day
}

// Nobody stands in a filter for the assignee of a case that nobody has. No account has it for
// its name.
const Nobody = "-"

// CheckChoice is a type of check with what Yoti recommends for it. An empty Recommendation
// is any, or none.
type CheckChoice struct {
	Type           idv.CheckType
	Recommendation idv.Recommendation
}

// String writes the choice as it stands in a filter.
func (c CheckChoice) String() string {
	if c.Recommendation == "" {
		return string(c.Type)
	}
	return string(c.Type) + ":" + string(c.Recommendation)
}

// Values returns what a case can have that the choice names, as facets of FacetCheck.
func (c CheckChoice) Values() []string {
	if c.Recommendation != "" {
		return []string{c.String()}
	}
	list := []string{string(c.Type)} // without a recommendation
	for _, r := range []idv.Recommendation{idv.Approve, idv.Reject, idv.Consider, idv.NotAvailable} {
		list = append(list, CheckChoice{c.Type, r}.String())
	}
	return list
}

// FilterError says that a value of a filter names nothing.
type FilterError struct {
	Field string // as in the query
	Value string
}

func (e *FilterError) Error() string {
	return fmt.Sprintf("the filter %s names nothing that there is: %q", e.Field, e.Value)
}

// maxFilterValues is how many values a field of a filter may have.
const maxFilterValues = 20

// ParseQueueFilter reads a filter from a query. Empty values count as none, and fields that
// are no part of a filter are passed over. It returns a *FilterError for the first value that
// names nothing.
func ParseQueueFilter(query url.Values) (QueueFilter, error) {
	var f QueueFilter
	p := filterParser{query: query}
	for _, text := range p.values("bucket") {
		p.check(isBucket(idv.Bucket(text)), "bucket", text)
		f.Buckets = append(f.Buckets, idv.Bucket(text))
	}
	for _, text := range p.values("stage") {
		p.check(slices.Contains(Stages(), Stage(text)), "stage", text)
		f.Stages = append(f.Stages, Stage(text))
	}
	for _, text := range p.values("check") {
		kind, recommendation, two := strings.Cut(text, ":")
		p.check(wireWord.MatchString(kind) && (!two || wireWord.MatchString(recommendation)), "check", text)
		f.Checks = append(f.Checks, CheckChoice{idv.CheckType(kind), idv.Recommendation(recommendation)})
	}
	f.Reasons = p.words("reason", wireWord)
	f.Documents = p.words("document", wireWord)
	f.Countries = p.words("country", countryCode)
	f.Assignees = p.names("assignee")
	f.Reviewers = p.names("reviewer")
	for _, text := range p.values("tag") {
		tag, err := ParseTag(text)
		p.check(err == nil, "tag", text)
		f.Tags = append(f.Tags, tag)
	}
	f.Tags = sortedUnique(f.Tags)
	f.From, f.Until = p.day("from"), p.day("until")
	if p.err != nil {
		return QueueFilter{}, p.err
	}
	return f, nil
}

// What a value of Yoti's vocabulary looks like: one that is not known yet may stand in
// results, so it can be asked for.
var (
	wireWord    = regexp.MustCompile(`^[A-Z][A-Z0-9_]{0,99}$`)
	countryCode = regexp.MustCompile(`^[A-Z]{3}$`)
)

// filterParser reads the fields of a filter, and keeps what is wrong with the first value.
type filterParser struct {
	query url.Values
	err   error
}

func (p *filterParser) check(ok bool, field, value string) {
	if !ok && p.err == nil {
		p.err = &FilterError{field, value}
	}
}

// values returns the values of a field, each once and in order.
func (p *filterParser) values(field string) []string {
	list := sortedUnique(slices.DeleteFunc(slices.Clone(p.query[field]), func(v string) bool { return v == "" }))
	if len(list) > maxFilterValues {
		p.check(false, field, list[maxFilterValues])
		return nil
	}
	return list
}

// sortedUnique returns the values in order, each once; nil when there are none.
func sortedUnique(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func (p *filterParser) words(field string, form *regexp.Regexp) []string {
	list := p.values(field)
	for _, text := range list {
		p.check(form.MatchString(text), field, text)
	}
	return list
}

// names returns names of accounts. Whether there are such accounts is for the store to say.
func (p *filterParser) names(field string) []string {
	list := p.values(field)
	for _, text := range list {
		ok := utf8.ValidString(text) && utf8.RuneCountInString(text) <= account.MaxNameLength
		p.check(ok && (text != Nobody || field == "assignee"), field, text)
	}
	return list
}

const dayForm = "2006-01-02"

func (p *filterParser) day(field string) time.Time {
	list := p.values(field)
	if len(list) == 0 {
		return time.Time{}
	}
	day, err := time.Parse(dayForm, list[0])
	p.check(err == nil && len(list) == 1 && day.Year() > 0, field, list[len(list)-1])
	return day
}

// Before is the time before which a case that the filter lets pass began to await somebody;
// zero for no bound.
func (f *QueueFilter) Before() time.Time {
	if f.Until.IsZero() {
		return time.Time{}
	}
	return f.Until.AddDate(0, 0, 1)
}

// Query writes the filter as ParseQueueFilter reads it. Filters that let the same pass in the
// same words have the same query.
func (f *QueueFilter) Query() url.Values {
	query := url.Values{}
	put := func(field string, list []string) {
		if list = sortedUnique(slices.Clone(list)); list != nil {
			query[field] = list
		}
	}
	put("bucket", asTexts(f.Buckets))
	put("stage", asTexts(f.Stages))
	var checks []string
	for _, c := range f.Checks {
		checks = append(checks, c.String())
	}
	put("check", checks)
	put("reason", f.Reasons)
	put("document", f.Documents)
	put("country", f.Countries)
	put("assignee", f.Assignees)
	put("reviewer", f.Reviewers)
	put("tag", f.Tags)
	if !f.From.IsZero() {
		query.Set("from", f.From.Format(dayForm))
	}
	if !f.Until.IsZero() {
		query.Set("until", f.Until.Format(dayForm))
	}
	return query
}

func asTexts[T ~string](list []T) []string {
	var all []string
	for _, one := range list {
		all = append(all, string(one))
	}
	return all
}

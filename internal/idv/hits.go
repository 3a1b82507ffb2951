package idv

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// HitList is what the searches of a watchlist check found: the decoded raw_results
// of its summary. A hit says that a list has an entry with a similar name, never
// that the signer is the person on the list.
type HitList struct {
	Searches []Search
	Skipped  int     // answers behind the first MaxSearches
	Unread   *Unread // the whole, when it is not a list of searches; nil when it is one
	Problems []Problem
	More     int // problems that were found and are not kept
}

// Search is the answer of one provider to one search. Nearly all of it is optional
// at the provider, so any field may be empty.
// Source: Yoti IDV, results; public clients of ComplyAdvantage's search API.
type Search struct {
	Index         int // position in the raw results, from 0
	Provider      string
	SearchTypes   []string
	ID            string
	Ref           string
	URL           string // of the provider's own page about the search, as it came
	Term          string // the name that was searched
	SubmittedTerm string
	Status        string // potential_match, no_match
	RiskLevel     string
	ClientRef     string
	TotalHits     *int // nil when absent; at most Limit of them are given
	Limit         *int
	Offset        *int
	Created       Time
	Filters       SearchFilters
	HitsListed    bool           // whether there is a list of hits, be it empty
	Hits          []Hit          // as they came
	Broken        []BrokenHit    // hits of which nothing could be read
	Skipped       int            // hits behind the first MaxHits
	Unread        *Unread        // the provider's answer, when it could not be read; else nil
	Extras        []UnknownField // fields of the search alone; those of hits are in their JSON
	Problems      []Problem
	More          int // extras and problems that were found and are not kept
}

// SearchFilters is how a provider says that it searched.
type SearchFilters struct {
	Types          []string
	Countries      []string
	BirthYear      string
	Fuzziness      string
	ExactMatch     string
	RemoveDeceased string
	EntityType     string
}

// Unread is something that could not be read as what it should be, with the beginning
// of its text.
type Unread struct {
	Why  UnreadReason
	Text string // empty when it may not be shown or there is none
	Size int    // of the whole, in bytes
}

// Cut reports whether Text is only the beginning.
func (u *Unread) Truncated() bool { return len(u.Text) < u.Size }

// UnreadReason is why search results could not be read.
type UnreadReason string

// The reasons.
const (
	UnreadTooLarge UnreadReason = "too-large"  // more bytes or values than are read
	UnreadJSON     UnreadReason = "no-json"    // not JSON, or JSON that could mean two things
	UnreadBase64   UnreadReason = "no-base64"  // the provider's answer is not encoded as it should be
	UnreadShape    UnreadReason = "no-hits"    // JSON, but not that of a search
	UnreadAbsent   UnreadReason = "no-output"  // there is no answer of the provider
	UnreadSecret   UnreadReason = "has-secret" // no JSON, and with what looks like a key
)

// BrokenHit is a hit that is not an object or names no entity, as it came.
type BrokenHit struct {
	Index int
	JSON  string
}

// Hit is an entry of a watchlist, or several about one entity, whose name resembles
// the signer's.
type Hit struct {
	Search     int // index of the search that found it
	Index      int // position among the hits of the search, from 0
	EntityID   string
	Name       string
	EntityType string
	Aliases    []string
	MatchTypes []string
	Matches    []NameMatch
	Types      []string
	Sources    []HitSource
	BirthDates []BirthDate
	Fields     []HitField // all others, as they came
	Associates []Associate
	Articles   []Article
	Score      Score
	Whitelist  *bool // whether the provider's account holds it for settled
	Updated    Time
	JSON       string // all of it, compact
	Problems   []Problem
	More       int // problems that were found and are not kept
}

// Lists returns the sorts of lists on which the entity stands, each once: those of
// the entity, then those that only a source names.
func (h *Hit) Lists() []string {
	lists := slices.Clone(h.Types)
	for i := range h.Sources {
		lists = append(lists, h.Sources[i].Types...)
	}
	seen := make(map[string]bool, len(lists))
	return slices.DeleteFunc(lists, func(list string) bool {
		again := seen[list]
		seen[list] = true
		return again
	})
}

// ExactName reports whether the provider holds a name of the entity for exactly the
// one that was searched.
func (h *Hit) ExactName() bool {
	return slices.Contains(h.MatchTypes, "name_exact") || slices.Contains(h.MatchTypes, "aka_exact")
}

// NameMatch is how the words of a name of the entity match the name that was searched.
type NameMatch struct {
	Name  string
	Kind  string // name, aka; empty when not said
	Words []WordMatch
}

// WordMatch is how one word of the name that was searched matches.
type WordMatch struct {
	Word  string
	Types []string
}

// HitSource is a list on which the entity stands.
type HitSource struct {
	Key         string // the provider's name for it, to which fields refer
	Name        string
	Types       []string
	Countries   []string
	ListedFrom  Time
	ListedUntil Time
	URL         string
}

// SourceName returns the name of the list with that key, or the key.
func (h *Hit) SourceName(key string) string {
	for i := range h.Sources {
		if h.Sources[i].Key == key && h.Sources[i].Name != "" {
			return h.Sources[i].Name
		}
	}
	return key
}

// HitField is something that a list says about the entity.
type HitField struct{ Tag, Name, Value, Source string }

// BirthDate is a date of birth that a list states, in whatever form, and the list.
type BirthDate struct{ Value, Source string }

// Associate is someone with whom the entity is connected, and how.
type Associate struct{ Name, Association string }

// Article is something that was published about the entity. The address is foreign
// text; WebAddress says whether it can be opened.
type Article struct {
	Title   string
	Date    Time
	Snippet string
	URL     string
}

// Score is how good a match the provider thinks a hit is. It orders hits and means
// nothing across searches; Countersign knows no threshold.
type Score struct {
	Text  string // the exact number; empty when absent
	Value float64
}

// WebAddress says where a foreign link leads: open is the address to open and host whose
// it is. It is not ok for anything else than plain http and https with a host, for
// credentials in it, and for characters that are not seen or not ASCII in the host, as
// they can show one place and lead to another.
func WebAddress(text string) (open, host string, ok bool) {
	const maxAddress = 4096
	if len(text) > maxAddress || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) || r == '\\' }) {
		return "", "", false
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Opaque != "" {
		return "", "", false
	}
	host = u.Hostname()
	isPart := func(r rune) bool {
		return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) || strings.ContainsRune(".-_:", r)
	}
	if host == "" || strings.ContainsFunc(host, func(r rune) bool { return !isPart(r) }) {
		return "", "", false
	}
	return u.String(), host, true
}

// HitQuery is which hits someone wants to see.
type HitQuery struct {
	Born    string      // the signer's date of birth; personal, so never a part of an address
	At      time.Time   // when they are looked at; zero when that is not known
	List    string      // a sort of list, with its own sorts; empty for all
	Birth   BirthFilter // how their dates of birth compare
	Country string      // the name of a country, as Countries gives it; empty for all
	Match   string      // a match type; empty for all
	Page    int         // from 1
}

// HitsPerPage is how many hits a page shows.
const HitsPerPage = 1000

// HitPage is a page of hits, and what the form to choose others offers.
type HitPage struct {
	Query     HitQuery // as it was answered: what it asked for and was not there is changed
	Hits      []ComparedHit
	First     int // position of the first of Hits among those chosen, from 1
	Pages     int // at least 1
	Chosen    int // hits that the query chooses, on all pages
	Of        int // all hits
	Differing int // hits whose birth year differs
	Births    map[BirthFilter]int
	Lists     []HitCount
	Countries []HitCount
	Matches   []HitCount
}

// ComparedHit is a hit beside the signer's date of birth.
type ComparedHit struct {
	*Hit
	Birth Birth
	Rank  int // among all hits, the strongest is 1
}

// HitCount is how many hits have something: a list, a country, a way of matching.
type HitCount struct {
	Value string
	Hits  int
}

// View returns the page that q asks for. The strongest hits come first:
//
//   - those with both an exact name and an agreeing birth year, then those with one of
//     the two. Where dates of birth cannot be compared, the provider's word that the
//     year matches (year_of_birth) is taken;
//   - then by the most serious list: sanctions, warnings and fitness and probity,
//     PEP, adverse media. A list that is not known, or not named, stands with the
//     warnings;
//   - then by the provider's score, the highest first;
//   - then as they came.
//
// A page that does not exist becomes the last or the first, and a list, a country or a
// match type of no hit becomes all of them.
func (l *HitList) View(q HitQuery) HitPage {
	return l.ViewWhere(q, func(*Hit) bool { return true })
}

// ViewWhere is View among the hits of which where is true. The counts are of all hits.
func (l *HitList) ViewWhere(q HitQuery, where func(*Hit) bool) HitPage {
	hits := l.comparedHits(q.Born, q.At)
	page := HitPage{Of: len(hits), Lists: countLists(hits), Births: countBirths(hits)}
	page.Differing = page.Births[BirthOnly]
	page.Countries = countHitValues(hits, (*Hit).countryNames)
	page.Matches = countHitValues(hits, func(h *Hit) []string { return h.MatchTypes })
	q.Birth = q.Birth.orAll()
	q.List = ifCounted(page.Lists, q.List)
	q.Country = ifCounted(page.Countries, q.Country)
	q.Match = ifCounted(page.Matches, q.Match)
	var chosen []ComparedHit
	for _, h := range hits {
		if q.matches(h) && where(h.Hit) {
			chosen = append(chosen, h)
		}
	}
	page.Chosen = len(chosen)
	page.Pages = max(1, (len(chosen)+HitsPerPage-1)/HitsPerPage)
	q.Page = min(max(1, q.Page), page.Pages)
	first := (q.Page - 1) * HitsPerPage
	page.First = first + 1
	page.Hits = chosen[first:min(first+HitsPerPage, len(chosen))]
	page.Query = q
	return page
}

// ifCounted returns the value where it is counted, and nothing where it is not.
func ifCounted(counts []HitCount, value string) string {
	if slices.ContainsFunc(counts, func(c HitCount) bool { return c.Value == value }) {
		return value
	}
	return ""
}

func (q HitQuery) matches(h ComparedHit) bool {
	return q.Birth.matches(h) &&
		(q.List == "" || slices.Contains(withParents(h.Lists()), q.List)) &&
		(q.Country == "" || slices.Contains(h.countryNames(), q.Country)) &&
		(q.Match == "" || slices.Contains(h.MatchTypes, q.Match))
}

// isOn reports whether a sort of list is the other one or a sort of it, as
// pep-class-1 is of pep.
func isOn(list, other string) bool {
	rest, ok := strings.CutPrefix(list, other)
	return ok && (rest == "" || rest[0] == '-')
}

// comparedHits returns all hits with their comparison, the strongest first.
func (l *HitList) comparedHits(born string, at time.Time) []ComparedHit {
	type ranked struct {
		ComparedHit
		agreements, weight int
	}
	var hits []ranked
	for i := range l.Searches {
		for j := range l.Searches[i].Hits {
			h := ComparedHit{Hit: &l.Searches[i].Hits[j]}
			h.Birth = h.Hit.Birth(born, at)
			hits = append(hits, ranked{h, h.agreementScore(), mostSerious(h.Lists())})
		}
	}
	slices.SortStableFunc(hits, func(a, b ranked) int {
		return cmp.Or(
			cmp.Compare(b.agreements, a.agreements),
			cmp.Compare(a.weight, b.weight),
			cmp.Compare(b.Score.Value, a.Score.Value),
		)
	})
	compared := make([]ComparedHit, len(hits))
	for i := range hits {
		compared[i] = hits[i].ComparedHit
		compared[i].Rank = i + 1
	}
	return compared
}

// agreementScore counts what speaks for the same person: an exact name, the birth year.
func (h ComparedHit) agreementScore() int {
	n := 0
	if h.ExactName() {
		n++
	}
	switch h.Birth {
	case BirthAgrees, BirthSameYear:
		n++
	case BirthUnknown:
		if slices.Contains(h.MatchTypes, "year_of_birth") {
			n++
		}
	}
	return n
}

// The weights of lists, the most serious first.
const (
	weightSanction = iota
	weightWarning
	weightPEP
	weightMedia
)

func listWeight(list string) int {
	switch {
	case isOn(list, "sanction"):
		return weightSanction
	case isOn(list, "pep"):
		return weightPEP
	case isOn(list, "adverse-media"):
		return weightMedia
	}
	return weightWarning
}

// mostSerious returns the weight of the most serious list.
func mostSerious(lists []string) int {
	if len(lists) == 0 {
		return weightWarning
	}
	least := weightMedia
	for _, list := range lists {
		least = min(least, listWeight(list))
	}
	return least
}

// maxUnknownLists is how many lists without words a choice offers.
const maxUnknownLists = 20

// countLists counts the hits of each sort of list that has any: those with words by
// their weight, then the others by name.
func countLists(hits []ComparedHit) []HitCount {
	var candidates, others []string
	for _, row := range watchlistSources {
		candidates = append(candidates, row.value)
	}
	slices.SortStableFunc(candidates, func(a, b string) int { return cmp.Compare(listWeight(a), listWeight(b)) })
	on := make(map[string]int) // hits by each list that is named, with those it is a sort of
	for _, h := range hits {
		for _, list := range withParents(h.Lists()) {
			on[list]++
		}
	}
	for list := range on {
		if !WatchlistSource(list).Known && list != "" {
			others = append(others, list)
		}
	}
	slices.Sort(others)
	var counts []HitCount
	for _, list := range append(candidates, others[:min(len(others), maxUnknownLists)]...) {
		if on[list] > 0 {
			counts = append(counts, HitCount{list, on[list]})
		}
	}
	return counts
}

// withParents returns the lists and the two that have sorts of their own, each once.
func withParents(lists []string) []string {
	for _, parent := range []string{"pep", "adverse-media"} {
		if !slices.Contains(lists, parent) && slices.ContainsFunc(lists, func(list string) bool { return isOn(list, parent) }) {
			lists = append(lists, parent)
		}
	}
	return lists
}

// Range says which of the chosen hits the page has.
func (p HitPage) Range() string {
	return "Hits " + strconv.Itoa(p.First) + " to " + strconv.Itoa(p.First+len(p.Hits)-1) + " of " + strconv.Itoa(p.Chosen) +
		", page " + strconv.Itoa(p.Query.Page) + " of " + strconv.Itoa(p.Pages)
}

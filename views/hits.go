package views

import (
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// HitsPart is the hits of a watchlist check, one page of them.
type HitsPart struct {
	List         *idv.HitList
	Sheet        *review.HitSheet
	Signer       idv.Signer
	Review       *review.HitReview // nil when nothing is known of how far they were reviewed
	Check        *idv.Check        // whose search it was; nil when that is not known
	Path         string            // of the page with all hits; it has a query
	Snapshot     string            // digest that the form to choose hits sends along; empty for none
	CaseView     string            // view of the queue that it sends along; empty for none
	Digest       idv.Digest        // of the result
	Current      *review.HitRow    // at which the reader is; nil where there is none
	Opened       bool              // whether the details of Current are shown
	Rule         review.HitRule    // by which rows are selected; empty for none
	Recorded     int               // hits of the form that the reader has just sent; 0 for none
	DetailsAlone bool              // whether nothing but the details of Current is wanted
	Judge        *DispositionForm  // nil where hits cannot get a disposition
}

// DispositionForm is the form in which hits get their disposition.
type DispositionForm struct {
	ID          string // of the form, in the page
	Action      string
	Key         string   // idempotency key
	Chosen      []string // IDs of the keys of hits
	Disposition review.Disposition
	Rationale   string // code of the one that was chosen
	Note        string
	Problem     string // why what was sent was not recorded, as a sentence
}

// Choose takes the rationale that a rule itself gives.
func (f *DispositionForm) Choose(rule review.HitRule) {
	for _, r := range review.Rationales() {
		if r.Code == rule.Rationale() {
			f.Rationale, f.Note = r.Code, r.Text
		}
	}
}

// Shown says which hits the page shows, for the record.
func (p HitsPart) Shown() []string {
	var shown []string
	if !p.DetailsAlone {
		shown = append(shown, review.HitsOnPage(p.Sheet.Page))
	}
	if p.Opened {
		shown = append(shown, review.HitInDetail(p.Current.Rank))
	}
	return shown
}

// toneOfDisposition returns the tone of a disposition.
func toneOfDisposition(d review.Disposition) Tone {
	switch d {
	case review.HitFalsePositive:
		return Good
	case review.HitConfirmed:
		return Bad
	}
	return Warn
}

// toneOfReview returns the tone of how far hits were reviewed.
func toneOfReview(r *review.HitReview) Tone {
	if r.Open() > 0 || r.Unread || r.Unknown {
		return Warn
	}
	return Good
}

// keyOfDisposition is the key that chooses a disposition.
func keyOfDisposition(d review.Disposition) string {
	switch d {
	case review.HitFalsePositive:
		return "f"
	case review.HitConfirmed:
		return "m"
	}
	return "i"
}

// HitDetailsID is where the details of a hit stand in the page.
const HitDetailsID = "hit-details"

// The fields of the form that chooses hits, and of the addresses of pages.
const (
	hitListField        = "list"
	hitBirthField       = "birth"
	hitCountryField     = "country"
	hitMatchField       = "match"
	hitDispositionField = "disposition"
	hitPageField        = "page"
	hitField            = "hit"      // ID of the hit whose details are wanted
	hitAtField          = "at"       // ID of the hit at which the reader is
	hitSelectField      = "select"   // rule by which hits are selected
	hitRecordedField    = "recorded" // whether the page comes after a form
	hitDetailsField     = "details"  // whether nothing but the details is wanted
)

// HitRequest is what an address asks of the hits.
type HitRequest struct {
	Query        review.HitQuery
	Hit          string // ID of the one whose details are wanted; empty for none
	At           string // ID of the one at which the reader is
	Rule         review.HitRule
	Recorded     bool
	DetailsAlone bool
}

// ParseHitRequest reads an address. The signer's date of birth is for the caller to set.
func ParseHitRequest(values url.Values) HitRequest {
	return HitRequest{
		Query:        ParseHitQuery(values),
		Hit:          values.Get(hitField),
		At:           values.Get(hitAtField),
		Rule:         review.HitRule(values.Get(hitSelectField)),
		Recorded:     values.Has(hitRecordedField),
		DetailsAlone: values.Has(hitDetailsField),
	}
}

// ParseHitQuery reads what the form sent. Born is for the caller to set.
func ParseHitQuery(values url.Values) review.HitQuery {
	page, _ := strconv.Atoi(values.Get(hitPageField)) // no number is the first page
	return review.HitQuery{
		HitQuery: idv.HitQuery{
			List:    values.Get(hitListField),
			Birth:   idv.BirthFilter(values.Get(hitBirthField)),
			Country: values.Get(hitCountryField),
			Match:   values.Get(hitMatchField),
			Page:    page,
		},
		Disposition: review.DispositionFilter(values.Get(hitDispositionField)),
	}
}

// HitQueryString writes what ParseHitQuery reads, without a question mark: empty for
// the first page of all hits. The date of birth is not part of it.
func HitQueryString(q review.HitQuery) string { return hitValues(q).Encode() }

func hitValues(q review.HitQuery) url.Values {
	values := url.Values{}
	for field, value := range map[string]string{
		hitListField: q.List, hitBirthField: string(q.Birth), hitCountryField: q.Country, hitMatchField: q.Match,
		hitDispositionField: string(q.Disposition),
	} {
		if value != "" {
			values.Set(field, value)
		}
	}
	if q.Page > 1 {
		values.Set(hitPageField, strconv.Itoa(q.Page))
	}
	return values
}

// href is the address of the page with these hits.
func (p HitsPart) href(values url.Values) string {
	if len(values) == 0 {
		return p.Path
	}
	return p.Path + "&" + values.Encode()
}

// hrefOf is the address of another page of the same choice.
func (p HitsPart) hrefOf(page int) string {
	q := p.Sheet.Query
	q.Page = page
	return p.href(hitValues(q))
}

// selectHref is the same page with the hits selected that a rule selects.
func (p HitsPart) selectHref(rule review.HitRule) string {
	values := hitValues(p.Sheet.Query)
	values.Set(hitSelectField, string(rule))
	return p.href(values)
}

// RecordedHref is the page after hits got their disposition: the same choice, at the hit
// to go on with.
func (p HitsPart) RecordedHref(next *review.HitRow) string {
	values := hitValues(p.Sheet.Query)
	values.Set(hitRecordedField, "1")
	if next == nil {
		return p.href(values)
	}
	values.Set(hitAtField, next.ID)
	return p.href(values) + "#" + hitKey(next.Hit)
}

// hitOption is a choice of the form that chooses hits.
type hitOption struct{ Value, Label string }

func countedOption(value, label string, n int) hitOption {
	return hitOption{value, label + " (" + strconv.Itoa(n) + ")"}
}

func (p HitsPart) listOptions() []hitOption {
	var list []hitOption
	for _, c := range p.Sheet.Page.Lists {
		list = append(list, countedOption(c.Value, idv.WatchlistSource(c.Value).Label, c.Hits))
	}
	return list
}

func (p HitsPart) countryOptions() []hitOption {
	var list []hitOption
	for _, c := range p.Sheet.Page.Countries {
		list = append(list, countedOption(c.Value, excerptName(c.Value), c.Hits))
	}
	return list
}

func (p HitsPart) matchOptions() []hitOption {
	var list []hitOption
	for _, c := range p.Sheet.Page.Matches {
		list = append(list, countedOption(c.Value, matchLabel(c.Value), c.Hits))
	}
	return list
}

func (p HitsPart) birthOptions() []hitOption {
	var list []hitOption
	for _, f := range idv.BirthFilters() {
		if n := p.Sheet.Page.Births[f]; n > 0 || p.Sheet.Query.Birth == f {
			list = append(list, countedOption(string(f), f.Label(), n))
		}
	}
	return list
}

func (p HitsPart) dispositionOptions() []hitOption {
	var list []hitOption
	for _, f := range review.DispositionFilters() {
		if n := p.Sheet.Dispositions[f]; n > 0 || p.Sheet.Query.Disposition == f {
			list = append(list, countedOption(string(f), f.Label(), n))
		}
	}
	return list
}

// quickFilter is a choice of hits that is made by a link.
type quickFilter struct {
	Href, Label string
	Current     bool
}

// quickFilters are the choices that are made most.
func (p HitsPart) quickFilters() []quickFilter {
	shown := p.Sheet.Query
	shown.HitQuery = idv.HitQuery{List: shown.List, Birth: shown.Birth, Country: shown.Country, Match: shown.Match}
	one := func(q review.HitQuery, label string) quickFilter {
		return quickFilter{p.href(hitValues(q)), label, q == shown}
	}
	left := strconv.Itoa(p.Sheet.Dispositions[review.OpenHits]) + " inconclusive or not reviewed"
	return []quickFilter{
		one(review.HitQuery{}, "all "+countNoun(p.Sheet.Page.Of, "hit", "hits")),
		one(review.HitQuery{Disposition: review.OpenHits}, left),
	}
}

// selectedIDs are the IDs of the hits that are selected.
func (p HitsPart) selectedIDs() map[string]bool {
	ticked := map[string]bool{}
	if p.Judge == nil {
		return ticked
	}
	for _, id := range p.Judge.Chosen {
		ticked[id] = true
	}
	for _, row := range p.Sheet.Rows {
		if p.Rule != "" && p.Sheet.Selects(p.Rule, row) {
			ticked[row.ID] = true
		}
	}
	return ticked
}

// recordedText says what the reviewer has just recorded, and what is left; empty where that
// is not known.
func (p HitsPart) recordedText() string {
	if p.Recorded == 0 || p.Review == nil {
		return ""
	}
	return strconv.Itoa(p.Recorded) + " recorded, " + strconv.Itoa(p.Review.Open()) + " left"
}

// conflictTexts say where the sub-checks and the hits contradict each other.
func (p HitsPart) conflictTexts() []string {
	if p.Check == nil {
		return nil
	}
	var texts []string
	for _, c := range p.Check.Conflicts(p.List) {
		texts = append(texts, p.Check.ConflictText(c))
	}
	return texts
}

// positionOf says which of the chosen hits a row is.
func (p HitsPart) positionOf(h review.HitRow) string {
	for i := range p.Sheet.Rows {
		if p.Sheet.Rows[i].Hit == h.Hit {
			return strconv.Itoa(p.Sheet.Page.First+i) + " of " + strconv.Itoa(p.Sheet.Page.Chosen)
		}
	}
	return strconv.Itoa(h.Rank) + " of " + strconv.Itoa(p.Sheet.Page.Of)
}

// hitRows is what all rows of a table have in common, found out once.
type hitRows struct {
	sheet   *review.HitSheet
	tick    bool // whether rows can be selected
	ticked  map[string]bool
	current string // ID of the hit at which the reader is
	path    string // with the choice; the ID of a hit completes it
	born    signerBorn
	digest  idv.Digest
}

// signerBorn is the signer's date of birth, and when it is looked at.
type signerBorn struct {
	Date string
	At   time.Time
}

func (p HitsPart) tableRows() hitRows {
	rows := hitRows{
		sheet: p.Sheet, tick: p.Judge != nil, ticked: p.selectedIDs(), digest: p.Digest,
		path: p.href(hitValues(p.Sheet.Query)) + "&" + hitField + "=",
		born: signerBorn{p.Signer.Born, p.Sheet.Page.Query.At},
	}
	if p.Current != nil {
		rows.current = p.Current.ID
	}
	return rows
}

// href is the page with the details of a hit.
func (r hitRows) href(h review.HitRow) string { return r.path + h.ID + "#" + HitDetailsID }

// matchingRules are those that select the row.
func (r hitRows) matchingRules(h review.HitRow) string {
	var rules []string
	for _, rule := range review.HitRules() {
		if r.sheet.Selects(rule, h) {
			rules = append(rules, string(rule))
		}
	}
	return strings.Join(rules, " ")
}

// The limits of what a row of the table shows; the details have the rest.
const (
	maxChips    = 22 // characters of lists
	maxRowName  = 80 // characters of a name
	maxRowPlace = 2  // countries
)

// listChips are the lists of a hit for which there is room in its row, and how many there are
// behind them.
func listChips(h *idv.Hit) (shown []idv.ListLabel, more int) {
	labels, room := h.ListLabels(), maxChips
	for i, l := range labels {
		if room -= utf8.RuneCountInString(l.Label) + 1; room < 0 && i > 0 {
			return labels[:i], len(labels) - i
		}
	}
	return labels, 0
}

// excerptName is the begin of a name that is longer than any.
func excerptName(text string) string {
	n := 0
	for i := range text {
		if n++; n > maxRowName {
			return text[:i] + "…"
		}
	}
	return text
}

// nameOf is the name of a hit in its row.
func nameOf(h *idv.Hit) string {
	if strings.TrimSpace(h.Name) == "" {
		return "name not given"
	}
	return excerptName(h.Name)
}

// kindShort says what a hit is about where that is not a person.
func kindShort(h *idv.Hit) string {
	if h.EntityType == "" || h.EntityType == "person" {
		return ""
	}
	return excerptName(idv.EntityType(h.EntityType).Label)
}

// furtherNames says how many aliases are not in the row; nothing where all are.
func furtherNames(n int) string {
	if n == 0 {
		return ""
	}
	return ", " + strconv.Itoa(n) + " more"
}

// commaAfter separates the items of a list of n.
func commaAfter(i, n int) string {
	if i == n-1 {
		return ""
	}
	return ","
}

func matchLabel(match string) string {
	w := idv.MatchType(match)
	if !w.Known {
		return excerptName(w.Label) + " (unknown)"
	}
	return w.Label
}

// dayText writes a date of birth as people read it, and what is not a date as it came.
func dayText(value string) string {
	d, ok := idv.ParseDate(strings.TrimSpace(value))
	switch {
	case !ok:
		return value
	case d.Exact():
		return d.At.Format("2 Jan 2006")
	}
	return d.String()
}

// scoreShort is the score to two decimals; the details have it as it came.
func scoreShort(h *idv.Hit) string {
	if _, err := strconv.ParseFloat(h.Score.Text, 64); err != nil {
		return excerptName(h.Score.Text)
	}
	return strconv.FormatFloat(math.Round(h.Score.Value*100)/100, 'f', -1, 64)
}

// dayOf is the day on which a disposition was set, with its year where that is not the
// present one; the details have the moment.
func dayOf(t, now time.Time) string {
	t, now = t.UTC(), now.UTC()
	if t.Year() == now.Year() {
		return t.Format("2 Jan")
	}
	return t.Format("2 Jan 2006")
}

// The limits of what one hit shows of itself; its JSON has the rest.
const (
	maxFirstAliases = 5
	maxHitItems     = 100
	maxHitNested    = 20       // items of a list within a list
	maxHitJSON      = 64 << 10 // bytes of compact JSON
	maxHitPretty    = 4        // times as long it may become by indenting
	maxBrokenHits   = 20
)

// firstItems returns at most n items, and how many there are behind them.
func firstItems[T any](n int, items []T) ([]T, int) {
	shown := items[:min(n, len(items))]
	return shown, len(items) - len(shown)
}

// hitKey names a hit in its page by its position.
func hitKey(h *idv.Hit) string {
	return "hit-" + strconv.Itoa(h.Search+1) + "-" + strconv.Itoa(h.Index+1)
}

// searchTitle names the answer of a provider.
func searchTitle(s idv.Search) string {
	if s.Provider == "" {
		return "Search " + positionText(s.Index)
	}
	return "Search " + positionText(s.Index) + " by " + s.Provider
}

// toneOfBirth returns the tone of a comparison. None is good or bad: it is not a verdict.
func toneOfBirth(b idv.Birth) Tone {
	if b == idv.BirthAgrees || b == idv.BirthSameYear {
		return Warn
	}
	return Mute
}

// hitJSON indents the JSON of a hit. What is long stays compact and loses its end,
// and then cut is true.
func hitJSON(text string) (shown string, cut bool) {
	if len(text) > maxHitJSON {
		return strings.ToValidUTF8(text[:maxHitJSON], ""), true
	}
	if indented := indentJSON([]byte(text)); len(indented) <= maxHitPretty*len(text)+1<<10 {
		return indented, false
	}
	return text, false
}

// textSize writes a size, rounded up.
func textSize(n int) string { return strconv.Itoa((n+1023)/1024) + " KB" }

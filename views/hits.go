package views

import (
	"net/url"
	"strconv"
	"strings"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// HitsPart is the hits of a watchlist check, one page of them.
type HitsPart struct {
	List     *idv.HitList
	Page     idv.HitPage
	Check    *idv.Check                // whose search it was; nil when that is not known
	Action   string                    // where the form to choose hits leads, by GET
	Snapshot string                    // digest that the form sends along; empty for none
	Href     func(idv.HitQuery) string // the address of another page of hits
	Digest   idv.Digest                // of the result
	Standing map[string]*review.JudgedHit
	Judge    *JudgeForm // nil where hits cannot be judged
}

// JudgeForm is the form in which hits are judged.
type JudgeForm struct {
	ID          string // of the form, in the page
	Action      string
	Key         string   // idempotency key
	Chosen      []string // IDs of the keys of hits
	Disposition review.Disposition
	Note        string
	Problem     string // why what was sent was not recorded, as a sentence
}

// standing returns what a hit is held for; nil when nobody has said.
func (p HitsPart) standing(h *idv.Hit) *review.JudgedHit { return p.Standing[review.KeyOf(h).ID()] }

// ShownHits says which hits a page shows, for the record.
func ShownHits(p idv.HitPage) string {
	if len(p.Hits) == 0 {
		return "none of " + strconv.Itoa(p.Of)
	}
	return strconv.Itoa(p.First) + " to " + strconv.Itoa(p.First+len(p.Hits)-1) + " of " + strconv.Itoa(p.Chosen)
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

// The fields of the form that chooses hits, and of the addresses of pages.
const (
	hitListField  = "list"
	hitBirthField = "birth"
	hitPageField  = "page"
)

// ParseHitQuery reads what the form sent. Born is for the caller to set.
func ParseHitQuery(values url.Values) idv.HitQuery {
	page, _ := strconv.Atoi(values.Get(hitPageField)) // no number is the first page
	return idv.HitQuery{
		List:  values.Get(hitListField),
		Birth: idv.BirthFilter(values.Get(hitBirthField)),
		Page:  page,
	}
}

// HitQueryString writes what ParseHitQuery reads, without a question mark: empty for
// the first page of all hits. The date of birth is not part of it.
func HitQueryString(q idv.HitQuery) string {
	values := url.Values{}
	if q.List != "" {
		values.Set(hitListField, q.List)
	}
	if q.Birth != idv.BirthAny {
		values.Set(hitBirthField, string(q.Birth))
	}
	if q.Page > 1 {
		values.Set(hitPageField, strconv.Itoa(q.Page))
	}
	return values.Encode()
}

// hrefOf is the address of another page of the same choice.
func (p HitsPart) hrefOf(page int) string {
	q := p.Page.Query
	q.Page = page
	return p.Href(q)
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

// leading returns at most n items, and how many there are behind them.
func leading[T any](n int, items []T) ([]T, int) {
	shown := items[:min(n, len(items))]
	return shown, len(items) - len(shown)
}

// hitsSummary says how many hits there are and where they come from.
func hitsSummary(p HitsPart) string {
	if p.List.Unread != nil {
		return "The search results could not be read, so nothing can be said about hits."
	}
	if len(p.List.Searches) == 0 {
		return strings.TrimSpace("The search results hold no answer of any provider. " + uncounted(p))
	}
	answers := "in " + count(len(p.List.Searches), "answer of a provider", "answers of providers")
	if p.Page.Of == 0 && len(missingHits(p)) > 0 {
		return "No hit could be read " + answers + "."
	}
	if p.Page.Of == 0 {
		return "There is no hit " + answers + "."
	}
	text := count(p.Page.Of, "hit was read", "hits were read") + " " + answers
	if p.Page.Chosen == p.Page.Of {
		return text + "."
	}
	return text + "; " + strconv.Itoa(p.Page.Chosen) + " of them " + isAre(p.Page.Chosen) + " shown."
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// unreadHits counts what the searches hold and nobody sees as a hit.
func unreadHits(l *idv.HitList) (unread, broken, skipped int) {
	for _, s := range l.Searches {
		if s.Unread != nil {
			unread++
		}
		broken += len(s.Broken)
		skipped += s.Skipped
	}
	return unread, broken, skipped
}

// lackingHits counts the hits that answers count themselves and do not hold, and the
// answers that do not say how many there are.
func lackingHits(l *idv.HitList) (lacking, unknown int) {
	for i := range l.Searches {
		n, known := l.Searches[i].Lacking()
		lacking += n
		if !known && l.Searches[i].Unread == nil {
			unknown++
		}
	}
	return lacking, unknown
}

// uncounted says that a check counts hits of which none was found; empty where it does
// not.
func uncounted(p HitsPart) string {
	total := totalHits(p.Check)
	if total == nil || *total <= 0 || p.Page.Of > 0 {
		return ""
	}
	return "The check counts " + count(*total, "hit", "hits") + ", which cannot be seen here."
}

// missingHits says, as sentences, what is missing among the hits.
func missingHits(p HitsPart) []string {
	var missing []string
	l := p.List
	unread, broken, skipped := unreadHits(l)
	if unread > 0 {
		missing = append(missing, count(unread, "answer of a provider", "answers of providers")+" could not be read; the text stands below.")
	}
	if l.Skipped > 0 {
		missing = append(missing, count(l.Skipped, "more answer of a provider was", "more answers of providers were")+" counted and not read: Countersign reads at most "+strconv.Itoa(idv.MaxSearches)+".")
	}
	if broken > 0 {
		missing = append(missing, count(broken, "hit", "hits")+" could not be read; the JSON stands below.")
	}
	if skipped > 0 {
		missing = append(missing, count(skipped, "more hit was", "more hits were")+" counted and not read: Countersign reads at most "+strconv.Itoa(idv.MaxHits)+".")
	}
	lacking, unknown := lackingHits(l)
	if lacking > 0 {
		missing = append(missing, count(lacking, "hit is", "hits are")+" counted by the provider and not in its answer.")
	}
	if unknown > 0 {
		missing = append(missing, count(unknown, "answer of a provider has", "answers of providers have")+" no list of hits that could be read, and no number of them.")
	}
	if text := uncounted(p); text != "" {
		missing = append(missing, text)
	}
	return missing
}

// listHits returns the numbers of hits that the check gives for each sort of list.
func listHits(c *idv.Check) []idv.Detail {
	if c == nil || c.Report == nil {
		return nil
	}
	var counts []idv.Detail
	for _, row := range c.Report.Breakdown {
		for _, d := range row.Details {
			if d.Name == "number_of_hits" {
				counts = append(counts, idv.Detail{Name: c.Type.SubCheck(row.Name).Label, Value: d.Value})
			}
		}
	}
	return counts
}

// totalHits is the number of hits that the check gives; nil when it gives none.
func totalHits(c *idv.Check) *int {
	if c == nil || c.Report == nil || c.Report.Watchlist == nil {
		return nil
	}
	return c.Report.Watchlist.TotalHits
}

// listOption names a sort of list in the form, with its hits.
func listOption(c idv.HitCount) string {
	return idv.WatchlistSource(c.Value).Label + " (" + strconv.Itoa(c.Hits) + ")"
}

// hitKey names a hit in its page by its position.
func hitKey(h *idv.Hit) string {
	return "hit-" + strconv.Itoa(h.Search+1) + "-" + strconv.Itoa(h.Index+1)
}

// searchTitle names the answer of a provider.
func searchTitle(s idv.Search) string {
	if s.Provider == "" {
		return "Search " + position(s.Index)
	}
	return "Search " + position(s.Index) + " by " + s.Provider
}

// toneOfBirth returns the tone of a comparison. None is good or bad: it is no verdict.
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
	if indented := pretty([]byte(text)); len(indented) <= maxHitPretty*len(text)+1<<10 {
		return indented, false
	}
	return text, false
}

// listDay writes a time of a list, of which only the day means something, and what names
// no day as it came.
func listDay(t idv.Time) string {
	day, ok := t.Day()
	if !ok {
		return t.Wire
	}
	return day.Format("2 Jan 2006")
}

// listedSpan says since when and until when an entity stands on a list.
func listedSpan(s idv.HitSource) string {
	var parts []string
	if s.ListedFrom.Wire != "" {
		parts = append(parts, "from "+listDay(s.ListedFrom))
	}
	if s.ListedUntil.Wire != "" {
		parts = append(parts, "until "+listDay(s.ListedUntil))
	}
	if len(parts) == 0 {
		return ""
	}
	return "listed " + strings.Join(parts, " ")
}

// textSize writes a size, rounded up.
func textSize(n int) string { return strconv.Itoa((n+1023)/1024) + " KB" }

// hitRange says which of the chosen hits a page shows.
func hitRange(p idv.HitPage) string {
	return "Hits " + strconv.Itoa(p.First) + " to " + strconv.Itoa(p.First+len(p.Hits)-1) + " of " + strconv.Itoa(p.Chosen) +
		", page " + strconv.Itoa(p.Query.Page) + " of " + strconv.Itoa(p.Pages)
}

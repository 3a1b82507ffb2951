package views

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// hitsMedium is a raw_results medium with these provider answers.
func hitsMedium(t *testing.T, outputs ...string) []byte {
	t.Helper()
	var list []map[string]string
	for _, output := range outputs {
		list = append(list, map[string]string{"provider": "Made-up Lists", "raw_output": base64.StdEncoding.EncodeToString([]byte(output))})
	}
	body, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func hitsAnswer(hits ...string) string {
	return `{"content":{"data":{"hits":[` + strings.Join(hits, ",") + `]}}}`
}

// showHits renders a page of hits as a browser reads it, with the details of the first.
func showHits(t *testing.T, medium []byte, q idv.HitQuery, c *idv.Check) *goquery.Document {
	t.Helper()
	return renderHits(t, partOf(medium, q, c))
}

// partOf is a page of hits, with the details of the first.
func partOf(medium []byte, q idv.HitQuery, c *idv.Check) HitsPart {
	l := idv.ReadHits(medium)
	part := HitsPart{
		List: l, Sheet: new(review.CheckDispositions).Sheet(l, review.HitQuery{HitQuery: q}), Check: c, Path: "/hits?all",
		Signer: idv.Signer{Born: q.Born},
	}
	part.Current = part.Sheet.Next(nil)
	part.Opened = part.Current != nil
	return part
}

func renderHits(t *testing.T, part HitsPart) *goquery.Document {
	t.Helper()
	var b bytes.Buffer
	if err := hits(part).Render(WithCodes(t.Context(), true), &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// textOf is what a part of the page says, with a space between any two of its texts.
func textOf(s *goquery.Selection) string {
	if goquery.NodeName(s) == "#text" {
		return strings.Join(strings.Fields(s.Text()), " ")
	}
	texts := s.Contents().Map(func(_ int, s *goquery.Selection) string { return textOf(s) })
	return strings.Join(strings.Fields(strings.Join(texts, " ")), " ")
}

const sampleHit = `{"score":1.7,"is_whitelisted":true,"match_types":["name_exact","made_up_match"],
 "match_types_details":{"Alex Sample":{"match_types":{"alex":["exact_match"]},"type":"name"}},
 "doc":{"id":"E1","name":"Alex Sample","entity_type":"person","types":["sanction","made-up-list"],"sources":["s"],
  "aka":[{"name":"א"},{"name":"B"},{"name":"C"},{"name":"D"},{"name":"E"},{"name":"F"},{"name":"G"}],
  "fields":[{"tag":"date_of_birth","name":"Date of Birth","value":"1988","source":"s"},{"name":"Gender","value":"male","source":"s"}],
  "associates":[{"name":"Sam Sample","association":"spouse"}],
  "media":[{"title":"Elected","date":"2022-01-01T00:00:00Z","snippet":"Sample elected","url":"https://news.example/a"},{"title":"Bad","url":"javascript:alert(1)"},{"title":"Login","url":"https://u:p@news.example/"}],
  "source_notes":{"s":{"name":"Made-up sanctions","aml_types":["sanction"],"country_codes":["GB","IRN"],"listing_started_utc":"2019-01-01T00:00:00Z"}}}}`

func TestHitShowsWhatTheListSays(t *testing.T) {
	doc := showHits(t, hitsMedium(t, hitsAnswer(sampleHit)), idv.HitQuery{Born: "1988-02-03"}, nil)
	row := doc.Find(`tr[data-hit="E1"][data-birth="same-year"][aria-current="true"]`)
	if got, want := textOf(row), "Alex Sample aka א , 6 more Exact name +1 Sanctions +1 1988 = year only GB , IRN (list) 1.7 not reviewed"; got != want {
		t.Errorf("the row says %q, want %q", got, want)
	}
	hit := doc.Find("#" + HitDetailsID)
	got := textOf(hit)
	for _, want := range []string{
		"Alex Sample 1 of 1 · Person", "Same birth year", "1988 Made-up sanctions", "Signer: 1988-02-03",
		"Sanctions sanction", "made-up-list unknown", "Exact name name_exact", "made_up_match unknown", "1.7",
		"2 more names", "United Kingdom GB", "Iran", "listed from 1 Jan 2019", "Sam Sample spouse", "Gender", "male",
		"Whitelisted", "Same word exact_match", "Elected 1 Jan 2022 · news.example", "Sample elected",
		"https://news.example/a", "Opens outside Countersign: news.example can see the visit.",
		"javascript:alert(1) Shown as text only", "https://u:p@news.example/ Shown as text only",
		`"is_whitelisted": true`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the hit does not say %q: %s", want, got)
		}
	}
	if n := hit.Find(".verdict svg").Length(); n != hit.Find(".verdict").Length() {
		t.Error("a comparison has no icon")
	}
	if n := hit.Find("dd > ul > li > bdi").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.Text() == "א" }).Length(); n != 1 {
		t.Error("a name in another script is not kept apart")
	}
}

// The only links out are those to plain web addresses, and they tell as little as can be.
func TestHitLinks(t *testing.T) {
	doc := showHits(t, hitsMedium(t, hitsAnswer(sampleHit)), idv.HitQuery{}, nil)
	links := doc.Find(`a:not([href^="/hits?"])`)
	if links.Length() != 1 {
		t.Fatalf("%d links", links.Length())
	}
	for name, want := range map[string]string{"href": "https://news.example/a", "rel": "noopener noreferrer", "target": "_blank", "referrerpolicy": "no-referrer"} {
		if got := links.AttrOr(name, ""); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if got := textOf(links); got != "Open on the web" {
		t.Errorf("the link says %q", got)
	}
}

// Nothing that stands in a list becomes a part of the page.
func TestHitsEscape(t *testing.T) {
	const evil = `<script>alert(1)</script>\"><img src=x onerror=alert(1)>\u202e\u0000`
	hit := `{"score":"E","match_types":["E"],"match_types_details":{"E":{"type":"E","match_types":{"E":["E"]}}},"E":"E","doc":{"id":"E","name":"E","entity_type":"E","types":["E"],"aka":[{"name":"E"}],` +
		`"fields":[{"tag":"E","name":"E","value":"E","source":"E"},{"tag":"date_of_birth","value":"E","source":"E"}],"associates":[{"name":"E","association":"E"}],"last_updated_utc":"E",` +
		`"media":[{"title":"E","date":"E","snippet":"E","url":"E"}],"sources":["E"],"source_notes":{"E":{"name":"E","aml_types":["E"],"country_codes":["E"],"listing_started_utc":"E","url":"E"}}}}`
	data := `{"content":{"data":{"id":"E","ref":"E","search_term":"E","submitted_term":"E2","match_status":"E","created_at":"E","total_hits":"E","share_url":"E","client_ref":"E","risk_level":"E","other":"E","filters":{"types":["E"],"country_codes":["E"],"birth_year":"E","entity_type":"E"},"hits":[` + hit + `,"E"]}}}`
	data = strings.ReplaceAll(strings.ReplaceAll(data, `E2`, evil+"2"), `"E"`, `"`+evil+`"`)
	for name, medium := range map[string][]byte{
		"answer":     hitsMedium(t, data),
		"unread":     []byte(`[{"provider":"` + evil + `","raw_output":"` + evil + `"}]`),
		"whole":      []byte(strings.ReplaceAll(evil, `\u202e`, "\u202e")),
		"wrong type": []byte(`["` + evil + `"]`),
	} {
		doc := showHits(t, medium, idv.HitQuery{Born: evil}, nil)
		if n := doc.Find(`script, img, a:not([href^="/hits?"]), [onerror]`).Length(); n > 0 {
			t.Errorf("%s: %d elements out of a list", name, n)
		}
		if !strings.Contains(doc.Text(), "<script>alert(1)</script>") {
			t.Errorf("%s: the text is not shown as it came", name)
		}
	}
}

func TestHitsForm(t *testing.T) {
	medium := hitsMedium(t, hitsAnswer(
		`{"match_types":["name_exact"],"doc":{"name":"A","types":["pep-class-1"],"fields":[{"tag":"date_of_birth","value":"1970"}]}}`,
		`{"doc":{"name":"B","types":["sanction"],"source_notes":{"s":{"country_codes":["MT"]}}}}`,
	))
	doc := showHits(t, medium, idv.HitQuery{Born: "1988", List: "pep", Birth: idv.BirthOnly}, nil)
	form := doc.Find(`form[method="get"][action="/hits?all"]`)
	var options []string
	form.Find("option").Each(func(_ int, s *goquery.Selection) {
		_, selected := s.Attr("selected")
		options = append(options, fmt.Sprintf("%s=%s:%v", s.AttrOr("value", "?"), s.Text(), selected))
	})
	if got, want := strings.Join(options, "\n"), strings.Join([]string{
		"=All:false", "sanction=Sanctions (1):false", "pep=PEP (politically exposed person) (1):true", "pep-class-1=PEP class 1 (1):false",
		"=All:false", "only=Another year (1):true", "hide=All but another year (1):false", "absent=Not given (1):false",
		"=All:false", "Malta=Malta (1):false",
		"=All:false", "name_exact=Exact name (1):false",
		"=All:false", "open=Inconclusive or not reviewed (2):false", "none=Not reviewed (2):false",
	}, "\n"); got != want {
		t.Errorf("the form offers\n%s\nwant\n%s", got, want)
	}
	if form.Find("label[for=hit-list], label[for=hit-birth], label[for=hit-country], label[for=hit-match], label[for=hit-disposition], button[type=submit]").Length() != 6 {
		t.Error("the form has no labels or no button")
	}
	if got := textOf(doc.Find(".hits-summary")); got != "2 hits were read in 1 provider answer; 1 of them is shown." {
		t.Errorf("summary: %s", got)
	}
	if n := doc.Find("[data-hit]").Length(); n != 1 || doc.Find(`[data-birth="differs"]`).Length() != 1 {
		t.Errorf("%d hits are shown", n)
	}
	doc = showHits(t, medium, idv.HitQuery{Born: "1988", List: "sanction", Birth: idv.BirthOnly}, nil)
	if !strings.Contains(textOf(doc.Selection), "No hit matches these filters.") || doc.Find("form").Length() != 1 {
		t.Error("a choice without hits does not say so, or cannot be changed")
	}
}

// Hits are selected by rule without a script, with the rationale that the rule gives.
func TestHitsSelectedByRule(t *testing.T) {
	medium := hitsMedium(t, hitsAnswer(
		`{"doc":{"id":"E1","name":"A","fields":[{"tag":"date_of_birth","value":"1970"}]}}`,
		`{"doc":{"id":"E2","name":"B","fields":[{"tag":"date_of_birth","value":"1971-01-01"}]}}`,
		`{"doc":{"id":"E3","name":"C"}}`,
		`{"doc":{"id":"E4","name":"D","fields":[{"tag":"date_of_birth","value":"1988-02-03"}]}}`,
		`{"doc":{"id":"E5","name":"E","fields":[{"tag":"date_of_birth","value":"unknown"}]}}`,
	))
	part := partOf(medium, idv.HitQuery{Born: "1988-02-03"}, nil)
	part.Rule = review.RuleOtherYear
	part.Judge = &DispositionForm{ID: "judge", Action: "/judge"}
	part.Judge.Choose(part.Rule)
	doc := renderHits(t, part)
	if got := textOf(doc.Find("[data-select]")); got != "Select: all 5 · 2 with another year of birth · 1 without a birth date" {
		t.Errorf("rules: %s", got)
	}
	if got := doc.Find("[data-select] [data-rule=other-year]").AttrOr("href", ""); got != "/hits?all&select=other-year" {
		t.Errorf("the rule is at %s", got)
	}
	if n := doc.Find("[data-birth=differs] input[name=hit][checked]").Length(); n != 2 || doc.Find("input[name=hit][checked]").Length() != 2 {
		t.Errorf("%d hits of another year are selected", n)
	}
	if got := doc.Find("output").Text(); got != "2 selected" {
		t.Errorf("the bar says %q", got)
	}
	if got := doc.Find("textarea[name=note]").Text(); !strings.Contains(got, "the year of birth on the list differs") || doc.Find("option[value=other-year][selected]").Length() != 1 {
		t.Errorf("the rationale is %q", got)
	}
	if doc.Find("[data-hit=E4]").AttrOr("data-rules", "") != "all" || doc.Find("[data-hit=E3]").AttrOr("data-rules", "") != "all no-birth-date" {
		t.Error("rows do not say by which rules they are selected")
	}
}

// A row stays small, so that a thousand are quick.
func TestHitRowsAreSmall(t *testing.T) {
	render := func(n int) int {
		list := make([]string, n)
		for i := range list {
			list[i] = strings.Replace(sampleHit, `"E1"`, fmt.Sprintf(`"E%d"`, i), 1)
		}
		part := partOf(hitsMedium(t, hitsAnswer(list...)), idv.HitQuery{Born: "1988-02-03"}, nil)
		part.Path = PartPath(idv.RecipientID{}, idv.Digest{}, "check-1")
		part.Judge = &DispositionForm{ID: "judge", Action: "/judge"}
		var b bytes.Buffer
		if err := hits(part).Render(t.Context(), &b); err != nil {
			t.Fatal(err)
		}
		return b.Len()
	}
	if row := (render(1000) - render(500)) / 500; row > 1400 {
		t.Errorf("a row has %d bytes, want at most 1400", row)
	} else {
		t.Logf("a row has %d bytes", row)
	}
}

func TestHitsPages(t *testing.T) {
	var list []string
	for i := range 2300 {
		list = append(list, fmt.Sprintf(`{"doc":{"id":"E%d","name":"N","types":["pep"]}}`, i))
	}
	medium := hitsMedium(t, hitsAnswer(list...))
	doc := showHits(t, medium, idv.HitQuery{List: "pep", Born: "1988-02-03", Page: 2}, nil)
	if got := textOf(doc.Find(".hit-pager")); got != "First page Previous page Hits 1001 to 2000 of 2300, page 2 of 3 Next page Last page" {
		t.Errorf("pager: %s", got)
	}
	if doc.Find("[data-hit]").Length() != 1000 || doc.Find(`[data-hit="E1000"]`).Length() != 1 {
		t.Error("the second page does not show the second thousand")
	}
	if got := doc.Find("a[rel=next]").AttrOr("href", ""); got != "/hits?all&list=pep&page=3" {
		t.Errorf("next page: %s", got)
	}
	html, err := doc.Html()
	if err != nil || strings.Contains(html, "href=\"/hits?all&born") || strings.Contains(html, "1988-02-03&") {
		t.Errorf("the date of birth stands in an address: %v", err)
	}
	ids := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		if id := s.AttrOr("id", ""); ids[id] {
			t.Errorf("two elements are called %s", id)
		} else {
			ids[id] = true
		}
	})
}

// What is not among the hits is said before they are counted.
func TestHitsUnread(t *testing.T) {
	doc := showHits(t, []byte(`[{"provider":"Comply Advantage","raw_output":"base64_encoded_string"}]`), idv.HitQuery{}, nil)
	unread := doc.Find(`[data-unread="no-base64"]`)
	if got := textOf(unread); !strings.Contains(got, "Search 1 by Comply Advantage : It is not base64") || !strings.HasSuffix(got, "All of it, as text: base64_encoded_string") {
		t.Errorf("unread answer: %s", got)
	}
	if got := textOf(doc.Selection); !strings.Contains(got, "Some of the results were not read. 1 provider answer could not be read") || !strings.Contains(got, "No hit could be read in 1 provider answer") {
		t.Errorf("page: %s", got)
	}
	if got := textOf(showHits(t, hitsMedium(t, hitsAnswer()), idv.HitQuery{}, nil).Find(".hits-summary")); got != "There is no hit in 1 provider answer." {
		t.Errorf("summary without hits: %s", got)
	}
	doc = showHits(t, []byte("["+strings.Repeat("{},", idv.MaxSearches)+"{}]"), idv.HitQuery{}, nil)
	if !strings.Contains(textOf(doc.Find(".message")), "1 more provider answer was counted but not read") {
		t.Error("answers that were not read are not counted")
	}
	doc = showHits(t, []byte(strings.Repeat("x", 20<<10)), idv.HitQuery{}, nil)
	if got := textOf(doc.Find(`[data-unread="no-json"]`)); !strings.Contains(got, "Only the first 16 KB of 20 KB are shown, as text: xxx") {
		t.Errorf("unread medium: %.300s", got)
	}
	doc = showHits(t, hitsMedium(t, hitsAnswer(`7`, sampleHit)), idv.HitQuery{}, nil)
	if doc.Find("[data-broken-hit]").Length() != 1 || doc.Find("[data-hit]").Length() != 1 || !strings.Contains(textOf(doc.Selection), "1 hit could not be read") {
		t.Error("a broken hit is not shown beside a good one")
	}
}

func TestHitsNumbersOfTheCheck(t *testing.T) {
	total := 100
	check := &idv.Check{Type: idv.WatchlistScreening, Report: &idv.Report{
		Watchlist: &idv.WatchlistSummary{TotalHits: &total},
		Breakdown: []idv.SubCheck{
			{Name: "sanction", Result: idv.Fail, Details: []idv.Detail{{Name: "number_of_hits", Value: "251"}, {Name: "closest_match", Value: "name_exact"}}},
			{Name: "pep", Result: idv.Pass},
		},
	}}
	doc := showHits(t, hitsMedium(t, hitsAnswer(sampleHit)), idv.HitQuery{}, check)
	got := textOf(doc.Find(".hit-counts"))
	if !strings.HasPrefix(got, "Total hits of the check 100") || !strings.HasSuffix(got, "251") || strings.Contains(got, "name_exact") {
		t.Errorf("numbers: %s", got)
	}
	if !strings.Contains(textOf(doc.Selection), "These numbers do not add up") {
		t.Error("nothing says why the numbers do not add up")
	}
	doc = showHits(t, hitsMedium(t, hitsAnswer(sampleHit)), idv.HitQuery{}, nil)
	if strings.Contains(textOf(doc.Selection), "These numbers") {
		t.Error("numbers are explained that are not there")
	}
}

func TestHitQueryString(t *testing.T) {
	for _, q := range []review.HitQuery{
		{HitQuery: idv.HitQuery{Page: 1}},
		{HitQuery: idv.HitQuery{List: "pep&page=7", Page: 3}},
		{HitQuery: idv.HitQuery{Birth: idv.BirthHide, Country: "Côte d'Ivoire", Match: "name_exact", Page: 1}, Disposition: review.OpenHits},
	} {
		values, err := url.ParseQuery(HitQueryString(q))
		got := ParseHitQuery(values)
		got.Page = max(1, got.Page)
		if err != nil || got != q {
			t.Errorf("%+v becomes %+v, %v", q, got, err)
		}
	}
	if got := HitQueryString(review.HitQuery{HitQuery: idv.HitQuery{Born: "1988-02-03", Page: 1}}); got != "" {
		t.Errorf("the date of birth is in %q", got)
	}
	if got := ParseHitQuery(url.Values{"page": {"x"}}); got != (review.HitQuery{}) {
		t.Errorf("no number: %+v", got)
	}
}

// Deep JSON does not become a page of white space.
func TestHitJSONIsBounded(t *testing.T) {
	deep := strings.Repeat("[", 60) + strings.Repeat("1,", 20_000) + "1" + strings.Repeat("]", 60)
	for _, text := range []string{deep, `"` + strings.Repeat("é", 100_000) + `"`} {
		if shown, _ := hitJSON(text); len(shown) > 5*maxHitJSON {
			t.Errorf("%d bytes become %d", len(text), len(shown))
		}
	}
	if shown, cut := hitJSON(`{"a":1}`); cut || shown != "{\n  \"a\": 1\n}" {
		t.Errorf("hitJSON = %q, %v", shown, cut)
	}
}

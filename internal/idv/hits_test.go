package idv

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// rawResults wraps answers as Yoti does: each in base64, in a list.
func rawResults(t testing.TB, outputs ...string) []byte {
	t.Helper()
	var list []map[string]any
	for i, output := range outputs {
		list = append(list, map[string]any{
			"provider": "Comply Advantage", "search_types": []string{"sanction"}, "search_id": fmt.Sprint(i), "search_ref": "r", "url": "",
			"raw_output": base64.StdEncoding.EncodeToString([]byte(output)),
		})
	}
	body, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// answer is a provider's answer with these hits.
func answer(hits ...string) string {
	return `{"content":{"data":{"total_hits":` + fmt.Sprint(len(hits)) + `,"hits":[` + strings.Join(hits, ",") + `]}}}`
}

func sampleSearch(t testing.TB) string {
	t.Helper()
	body, err := os.ReadFile("testdata/hits/search.json")
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestReadHits(t *testing.T) {
	l := ReadHits(rawResults(t, sampleSearch(t)))
	if l.Unread != nil || len(l.Problems) > 0 || len(l.Searches) != 1 {
		t.Fatalf("ReadHits = %+v", l)
	}
	s := l.Searches[0]
	if len(s.Hits) != 1 {
		t.Fatalf("search = %+v", s)
	}
	h := s.Hits[0]
	if !json.Valid([]byte(h.JSON)) || !strings.Contains(h.JSON, "MADEUP1") {
		t.Errorf("JSON of the hit = %s", h.JSON)
	}
	h.JSON = ""
	no, total, limit, offset := false, 251, 100, 0
	listed := func(wire string) Time {
		at, _ := time.Parse(time.RFC3339, wire)
		return Time{Wire: wire, At: at}
	}
	if diff := cmp.Diff(Hit{
		EntityID: "MADEUP1", Name: "Alex Sample", EntityType: "person",
		Aliases:    []string{"A. Sample", "Ալեքս Սեմփլ"},
		MatchTypes: []string{"name_exact", "year_of_birth"},
		Matches: []NameMatch{
			{"ALEX SAMPLE", "aka", []WordMatch{{"alex", []string{"exact_match"}}}},
			{"Alex Sample", "name", []WordMatch{{"alex", []string{"exact_match"}}, {"sample", []string{"name_exact"}}}},
		},
		Types: []string{"pep", "pep-class-2"},
		Sources: []HitSource{
			{Key: "example-pep-list", Name: "Example list", Types: []string{"pep"}, Countries: []string{"GB"}, ListedFrom: listed("2019-01-01T00:00:00Z"), URL: "https://lists.example/"},
			{Key: "example-sanctions", Name: "Example sanctions", Types: []string{"sanction"}, ListedUntil: listed("2020-02-02T00:00:00Z")},
		},
		BirthDates: []BirthDate{{"1988", "example-pep-list"}},
		Fields:     []HitField{{Name: "Country", Value: "United Kingdom", Source: "example-pep-list"}},
		Associates: []Associate{{"Sam Sample", "spouse"}},
		Articles:   []Article{{"Sample elected", listed("2022-01-01T00:00:00Z"), "A. Sample was elected.", "https://news.example/sample"}},
		Score:      Score{"1.7", 1.7},
		Whitelist:  &no,
		Updated:    listed("2026-05-01T00:00:00Z"),
	}, h); diff != "" {
		t.Errorf("hit (-want +got):\n%s", diff)
	}
	if got := h.Lists(); !slices.Equal(got, []string{"pep", "pep-class-2", "sanction"}) {
		t.Errorf("the entity stands on lists of %q", got)
	}
	s.Hits = nil
	if diff := cmp.Diff(Search{
		Provider: "Comply Advantage", SearchTypes: []string{"sanction"}, ID: "0", Ref: "r", URL: "https://lists.example/public/search/1",
		Term: "Alex Sample", SubmittedTerm: "Alex Sample", Status: "potential_match", RiskLevel: "unknown",
		TotalHits: &total, Limit: &limit, Offset: &offset, Created: Time{Wire: "2026-11-11 15:52:40", At: time.Date(2026, time.November, 11, 15, 52, 40, 0, time.UTC)},
		HitsListed: true,
		Filters:    SearchFilters{Types: []string{"sanction", "pep"}, Countries: []string{"GB"}, BirthYear: "1988", Fuzziness: "0.5", ExactMatch: "false", RemoveDeceased: "1"},
		Extras:     []UnknownField{{"content.data.labels", `["made up"]`}},
	}, s); diff != "" {
		t.Errorf("search (-want +got):\n%s", diff)
	}
}

func TestReadHitsEncodings(t *testing.T) {
	// The text has bytes whose base64 differs between the two alphabets.
	text := strings.Replace(sampleSearch(t), "Sample elected", "Sample \u07ff\u07ff\u07ff\uffff elected???>>>", 1)
	std := base64.StdEncoding.EncodeToString([]byte(text))
	for name, raw := range map[string]string{
		"standard":                        std,
		"without end":                     strings.TrimRight(std, "="),
		"URL":                             base64.URLEncoding.EncodeToString([]byte(text)),
		"URL, no end":                     base64.RawURLEncoding.EncodeToString([]byte(text)),
		"in lines":                        " " + std[:76] + "\r\n" + std[76:152] + "\n\t" + std[152:] + "\n",
		"JSON as text":                    text,
		"JSON, indented":                  "\n  " + text,
		"JSON behind a byte order mark":   "\ufeff" + text,
		"base64 behind a byte order mark": "\ufeff" + std,
		"a byte order mark within":        base64.StdEncoding.EncodeToString([]byte("\ufeff" + text)),
	} {
		quoted, err := json.Marshal(raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, body := range []string{`[{"raw_output":` + string(quoted) + `}]`, `{"raw_output":` + string(quoted) + `}`} {
			l := ReadHits([]byte(body))
			if len(l.Searches) != 1 || l.Searches[0].Unread != nil || len(l.Searches[0].Hits) != 1 {
				t.Errorf("%s: %+v", name, l)
			}
		}
	}
	l := ReadHits([]byte("\ufeff" + `[{"raw_output":` + text + `}]`))
	if len(l.Searches) != 1 || len(l.Searches[0].Hits) != 1 {
		t.Errorf("JSON without base64: %+v", l)
	}
}

func TestReadHitsUnread(t *testing.T) {
	output := func(text string) string {
		return `[{"provider":"P","raw_output":"` + base64.StdEncoding.EncodeToString([]byte(text)) + `"}]`
	}
	many := answer("[" + strings.Repeat("0,", maxHitValues) + "0]")
	tests := []struct {
		name, body string
		whole      bool
		why        UnreadReason
		text       string
	}{
		{"documented sample", `[{"provider":"Comply Advantage","search_types":["sanction"],"search_id":"1","search_ref":"2","url":"","raw_output":"base64_encoded_string"}]`, false, UnreadBase64, "base64_encoded_string"},
		{"absent", `[{"provider":"P"}]`, false, UnreadAbsent, ""},
		{"null", `[{"raw_output":null}]`, false, UnreadAbsent, ""},
		{"empty", `[{"raw_output":" "}]`, false, UnreadAbsent, ""},
		{"no text", `[{"raw_output":7}]`, false, UnreadShape, "7"},
		{"picture", `[{"raw_output":"iVBORw0KGgo="}]`, false, UnreadBase64, "iVBORw0KGgo="},
		{"no JSON", output("<html>Sorry</html>"), false, UnreadJSON, "<html>Sorry</html>"},
		{"other JSON", output(`{"b":1,"a":[]}`), false, UnreadShape, `{"a":[],"b":1}`},
		{"error", output(`{"code":401,"content":{"data":"no"}}`), false, UnreadShape, `{"code":401,"content":{"data":"no"}}`},
		{"same member twice", output(`{"content":{},"content":{"data":{}}}`), false, UnreadJSON, `{"content":{},"content":{"data":{}}}`},
		{"goes on", output(`{"content":{"data":{}}} {}`), false, UnreadJSON, `{"content":{"data":{}}} {}`},
		{"key in what is no JSON", output(`{"x":1,"x":1,"Api-Key":"` + plant + `"}`), false, UnreadSecret, ""},
		{"key in other JSON", output(`{"api_key":"` + plant + `","a":1}`), false, UnreadShape, `{"a":1}`},
		{"too many values", output(many), false, UnreadTooLarge, many[:maxUnreadText]},
		{"whole no JSON", "Not found", true, UnreadJSON, "Not found"},
		{"whole empty", "", true, UnreadJSON, ""},
		{"whole too deep", strings.Repeat("[", 65), true, UnreadJSON, strings.Repeat("[", 65)},
		{"with a member twice", `[{"provider":"a","Provider":"b"}]`, false, UnreadJSON, `{"Provider":"b","provider":"a"}`},
		{"bytes that are nothing", `[{"raw_output":"` + base64.StdEncoding.EncodeToString([]byte("{\xff")) + `"}]`, false, UnreadBase64, base64.StdEncoding.EncodeToString([]byte("{\xff"))},
		{"key in bytes that are nothing", `[{"raw_output":"` + base64.StdEncoding.EncodeToString([]byte(`{"api_key":"`+plant+"\xff")) + `"}]`, false, UnreadSecret, ""},
		{"whole binary", "\xff\x00é", true, UnreadJSON, "\uFFFD\x00é"},
		{"whole too large", strings.Repeat("é", MaxHitsBytes/2) + "x", true, UnreadTooLarge, strings.Repeat("é", maxUnreadText/2)},
	}
	for _, test := range tests {
		l := ReadHits([]byte(test.body))
		got := l.Unread
		if !test.whole {
			if len(l.Searches) != 1 {
				t.Errorf("%s: %d searches", test.name, len(l.Searches))
				continue
			}
			got = l.Searches[0].Unread
		}
		if got == nil || got.Why != test.why || got.Text != test.text {
			t.Errorf("%s: unread = %.200v, want %s %.100q", test.name, got, test.why, test.text)
			continue
		}
		if w := got.Why.Word(); !w.Known {
			t.Errorf("%s: no words for %s", test.name, got.Why)
		}
		if strings.Contains(fmt.Sprintf("%+v", *l), plant) {
			t.Errorf("%s: the key survives", test.name)
		}
	}
}

// Hits that are not listed are not no hits.
func TestHitsThatAreNotListed(t *testing.T) {
	const one, two = `{"doc":{"id":"A"}}`, `{"doc":{"id":"B"}}`
	tests := []struct {
		name, data string
		hits       string // ids of those that are read
		lacking    int
		known      bool
	}{
		{"none", `"hits":[],"total_hits":0`, "", 0, true},
		{"none, uncounted", `"hits":[]`, "", 0, true},
		{"none, and three counted", `"hits":[],"total_hits":3`, "", 3, true},
		{"absent", `"ref":"r"`, "", 0, false},
		{"absent, and three counted", `"total_hits":3`, "", 3, true},
		{"absent, and none counted", `"total_hits":0`, "", 0, true},
		{"null", `"hits":null,"total_hits":3`, "", 3, true},
		{"a text", `"hits":"none"`, "", 0, false},
		{"an object with numbers for names", `"hits":{"10":` + two + `,"2":` + one + `}`, "A B", 0, true},
		{"an object with other names", `"hits":{"first":` + one + `},"total_hits":1`, "", 1, true},
		{"an empty object", `"hits":{},"total_hits":2`, "", 2, true},
		{"numbers that are none", `"hits":{"01":` + one + `}`, "", 0, false},
		{"fewer than counted", `"hits":[` + one + `],"total_hits":130`, "A", 129, true},
		{"more than counted", `"hits":[` + one + `,` + two + `],"total_hits":1`, "A B", 0, true},
		{"a broken one counts", `"hits":[7],"total_hits":1`, "", 0, true},
	}
	for _, test := range tests {
		s := ReadHits(rawResults(t, `{"content":{"data":{`+test.data+`}}}`)).Searches[0]
		var ids []string
		for _, h := range s.Hits {
			ids = append(ids, h.EntityID)
		}
		lacking, known := s.Lacking()
		if got := strings.Join(ids, " "); got != test.hits || lacking != test.lacking || known != test.known {
			t.Errorf("%s: hits %q, %d lacking, known %t; want %q, %d, %t", test.name, got, lacking, known, test.hits, test.lacking, test.known)
		}
	}
}

// One answer, or one hit, that cannot be read leaves the others alone.
func TestReadHitsTolerates(t *testing.T) {
	good := `{"doc":{"id":"GOOD","name":"Good"}}`
	l := ReadHits([]byte(`[7,{"raw_output":"?"},` + string(rawResults(t, answer(
		`7`, `null`, `[]`, `{}`, `{"doc":[]}`, `{"doc":null,"score":1}`,
		`{"doc":{}}`,
		`{"score":"NaN","match_types":"name_exact","match_types_details":[],"is_whitelisted":"no","doc":{"id":12,"name":["x"],"types":7,"sources":"one","aka":["Bare",{"name":7},null,{}],"fields":{"a":1},"associates":[7],"media":[{"url":7,"date":"yesterday"}],"source_notes":[]}}`,
		`{"match_types":[1,"aka_exact"],"match_types_details":[{"matching_name":"G","name_matches":[{"query_term":"g","match_types":["exact_match"]}],"secondary_matches":[{"query_term":"1988","match_types":["exact_birth_year_match"]}]},7],"doc":{"id":"LIST","name":"List","source_notes":{"a":7,"b":{"url":"javascript:alert(1)"}}}}`,
		good,
	))[1:])))
	if len(l.Problems) != 1 || l.Problems[0].Path != "[0]" || len(l.Searches) != 2 || l.Searches[0].Unread == nil {
		t.Fatalf("ReadHits = %+v", l)
	}
	s := l.Searches[1]
	if s.Index != 2 || len(s.Hits) != 4 || len(s.Broken) != 6 {
		t.Fatalf("search %d has %d hits and %d broken ones: %+v", s.Index, len(s.Hits), len(s.Broken), s.Broken)
	}
	for i, b := range s.Broken {
		if b.Index != i || b.JSON == "" {
			t.Errorf("broken hit %d: %+v", i, b)
		}
	}
	odd := s.Hits[1]
	if odd.EntityID != "12" || !odd.ExactName() || odd.Score != (Score{Text: "NaN"}) || !slices.Equal(odd.Aliases, []string{"Bare"}) ||
		odd.Sources[0].Key != "one" || odd.Articles[0].Date.Wire != "yesterday" || len(odd.Problems) != 8 {
		t.Errorf("hit of wrong types: %+v", odd)
	}
	listed := s.Hits[2]
	if want := []NameMatch{{"G", "", []WordMatch{{"g", []string{"exact_match"}}, {"1988", []string{"exact_birth_year_match"}}}}}; !cmp.Equal(listed.Matches, want) {
		t.Errorf("matches of the second form: %+v", listed.Matches)
	}
	if len(listed.Sources) != 1 || listed.Sources[0].Key != "b" {
		t.Errorf("sources of notes alone: %+v", listed.Sources)
	}
	if s.Hits[3].EntityID != "GOOD" || s.Hits[3].Index != 9 || len(s.Hits[3].Problems) > 0 {
		t.Errorf("the good hit: %+v", s.Hits[3])
	}
}

func TestReadHitsRemovesKeys(t *testing.T) {
	key := `"api_key":"` + plant + `"`
	l := ReadHits(rawResults(t, `{`+key+`,"content":{"data":{`+key+`,"filters":{`+key+`},"hits":[{`+key+`,"doc":{`+key+`,"name":"x"}},{`+key+`}]}}}`))
	if s := l.Searches[0]; len(s.Hits) != 1 || len(s.Broken) != 1 || strings.Contains(fmt.Sprintf("%+v", s), plant) {
		t.Errorf("the key survives: %+v", s)
	}
}

func TestReadHitsLimits(t *testing.T) {
	hits := slices.Repeat([]string{`{"doc":{}}`}, MaxHits-1)
	l := ReadHits(rawResults(t, answer(hits...), answer(`{"doc":{}}`, `7`, `{"doc":{}}`)))
	if len(l.Searches) != 2 || len(l.Searches[0].Hits) != MaxHits-1 || len(l.Searches[1].Hits) != 1 || l.Searches[1].Skipped != 2 {
		t.Errorf("%d and %d hits are read, %d are skipped", len(l.Searches[0].Hits), len(l.Searches[1].Hits), l.Searches[1].Skipped)
	}
	l = ReadHits([]byte("[" + strings.Repeat("{},", MaxSearches) + "{},{}]"))
	if len(l.Searches) != MaxSearches || l.Skipped != 2 {
		t.Errorf("%d searches are read, %d are skipped", len(l.Searches), l.Skipped)
	}
	l = ReadHits(rawResults(t, answer(`{"match_types":[`+strings.Repeat(`1,`, 99)+`["`+strings.Repeat("é", 5000)+`"]],"doc":{}}`)))
	h := l.Searches[0].Hits[0]
	if len(h.Problems) != maxHitProblems || h.More != 100-maxHitProblems {
		t.Errorf("%d problems are kept and %d counted", len(h.Problems), h.More)
	}
}

// lookedAt is when hits are looked at.
var lookedAt = time.Date(2026, time.November, 23, 12, 0, 0, 0, time.UTC)

func TestCompareBirth(t *testing.T) {
	tests := []struct {
		subject, stated string
		want            Birth
	}{
		{"1988-02-03", "1988-02-03", BirthAgrees},
		{"1988-02-03", " 1988-02-03T00:00:00Z ", BirthAgrees},
		{"1988-02-03", "1988", BirthSameYear},
		{"1988-02-03", "1988-02", BirthSameYear},
		{"1988-02-03", "1988-03-02", BirthSameYear},
		{"1988", "1988", BirthSameYear},
		{"1988-02", "1988-02-01", BirthSameYear},
		{"1988-02-03", "1987-02-03", BirthDiffers},
		{"1988", "1989-01", BirthDiffers},
		{"", "1988", BirthUnknown},
		{"1988", "", BirthUnknown},
		{"1988", "circa 1988", BirthUnknown},
		{"1988", "03/02/1988", BirthUnknown},
		{"1988-02-03", "1988-02-30", BirthUnknown},
		{"1988", "0000", BirthUnknown},
		{"1988", "19880", BirthUnknown},
		{"1988-02-03", "1988-02-03T23:00:00Z", BirthUnknown},
		{"1988-02-03", "1700", BirthUnknown}, // nobody who was born then is alive
		{"1988-02-03", "1900-01-01", BirthUnknown},
		{"1988-02-03", "1903", BirthUnknown},
		{"1988-02-03", "1904", BirthDiffers},
		{"1988-02-03", "0001-01-01", BirthUnknown},
		{"1988-02-03", "2026-11-23", BirthDiffers},
		{"1988-02-03", "2026-11-24", BirthUnknown}, // nor of those who are to come
		{"1988-02-03", "2027", BirthUnknown},
		{"1988-02-03", "9999-12-31", BirthUnknown},
		{"1700-01-01", "1700-01-01", BirthUnknown},
		{"2090-01-01", "1988", BirthUnknown},
		{"1988-04-03", "03/04/1988", BirthUnknown}, // the third of April, or the fourth of March
		{"1988-04-03", "03-04-1988", BirthUnknown},
		{"1988-04-03", "3.4.1988", BirthUnknown},
		{"1988-04-03", "03/04/88", BirthUnknown},
		{"1988-04-03", "19880403", BirthUnknown},
		{"1988-04-03", "1988-4-3", BirthUnknown},
		{"1988-04-03", "1988/1989", BirthUnknown},
		{"1988-04-03", "1980s", BirthUnknown},
		{"1988-04-03", "1988-00-00", BirthUnknown},
		{"1988-04-03", "April 1988", BirthUnknown},
	}
	for _, test := range tests {
		if got := CompareBirth(test.subject, test.stated, lookedAt); got != test.want || !got.Word().Known {
			t.Errorf("CompareBirth(%q, %q) = %s, want %s", test.subject, test.stated, got, test.want)
		}
	}
}

// The year of a hit differs only when nothing that is stated could be the signer's.
func TestHitBirth(t *testing.T) {
	tests := []struct {
		stated []string
		want   Birth
	}{
		{nil, BirthUnknown},
		{[]string{"1970", "1971-05-05"}, BirthDiffers},
		{[]string{"1970", "about 1988"}, BirthUnknown},
		{[]string{"1970", "1988-01-01", "?"}, BirthSameYear},
		{[]string{"1988", "1988-02-03"}, BirthAgrees},
		{[]string{"1970", "1700"}, BirthUnknown},
	}
	for _, test := range tests {
		var h Hit
		for _, value := range test.stated {
			h.BirthDates = append(h.BirthDates, BirthDate{Value: value})
		}
		if got := h.Birth("1988-02-03", lookedAt); got != test.want {
			t.Errorf("dates %q: %s, want %s", test.stated, got, test.want)
		}
	}
}

func TestWebAddress(t *testing.T) {
	for text, host := range map[string]string{
		"https://news.example/a?b=c#d":                      "news.example",
		"http://news.example:8080":                          "news.example",
		"HTTPS://News.example/":                             "News.example",
		"https://xn--bcher-kva.example/":                    "xn--bcher-kva.example",
		"https://news.example/größe":                        "news.example",
		"javascript:alert(1)":                               "",
		"JaVaScRiPt://news.example/%0aa":                    "",
		"data:text/html,x":                                  "",
		"//news.example":                                    "",
		"/recipients":                                       "",
		"https:news.example":                                "",
		"https:///news":                                     "",
		"https://user@news.example/":                        "",
		"https://news.example:x@evil.test/":                 "",
		"https://@evil.test/":                               "",
		"https://news.example\\@evil.test":                  "",
		"https://n\u202eews.example/":                       "",
		"https://news.example/\u202egpj":                    "",
		"https://nеws.example/":                             "", // a Cyrillic letter
		"https://news.example/a b":                          "",
		" https://news.example/":                            "",
		"https://news.example/\n":                           "",
		"https://news.example/\x00":                         "",
		"ftp://news.example/":                               "",
		"":                                                  "",
		"https://news.example/" + strings.Repeat("a", 5000): "",
	} {
		open, got, ok := WebAddress(text)
		if ok != (host != "") || got != host && ok || ok && !strings.HasPrefix(open, "http") || !ok && open != "" {
			t.Errorf("WebAddress(%.60q) = %q, %q, %v, want host %q", text, open, got, ok, host)
		}
	}
}

// hitsOf reads hits that are given as name, birth date, lists, match types and score.
func hitsOf(t *testing.T, rows ...[5]string) *HitList {
	t.Helper()
	var hits []string
	for _, r := range rows {
		list := func(s string) string {
			if s == "" {
				return "[]"
			}
			return `["` + strings.ReplaceAll(s, " ", `","`) + `"]`
		}
		hits = append(hits, fmt.Sprintf(`{"score":%s,"match_types":%s,"doc":{"name":%q,"types":%s,"fields":[{"tag":"date_of_birth","value":%q}]}}`, r[4], list(r[3]), r[0], list(r[2]), r[1]))
	}
	return ReadHits(rawResults(t, answer(hits...)))
}

func names(hits []ComparedHit) string {
	var list []string
	for _, h := range hits {
		list = append(list, h.Name)
	}
	return strings.Join(list, " ")
}

func TestHitOrder(t *testing.T) {
	l := hitsOf(t,
		[5]string{"media", "", "adverse-media-fraud", "name_fuzzy", "9"},
		[5]string{"pep", "", "pep-class-1", "name_fuzzy", "9"},
		[5]string{"pep-higher", "", "pep", "name_fuzzy", "10.5"},
		[5]string{"pep-again", "", "pep", "name_fuzzy", "9"},
		[5]string{"unheard", "", "made-up-list", "name_fuzzy", "2"},
		[5]string{"listless", "", "", "name_fuzzy", "1"},
		[5]string{"warning", "", "warning", "name_fuzzy", "3"},
		[5]string{"both-lists", "", "adverse-media sanction", "name_fuzzy", "0"},
		[5]string{"exact", "1970", "adverse-media", "aka_exact", "0"},
		[5]string{"year", "1988", "sanction", "name_fuzzy", "0"},
		[5]string{"told", "about 1988", "warning", "year_of_birth", "0"},
		[5]string{"not-so", "1970", "adverse-media", "year_of_birth", "99"},
		[5]string{"both", "1988-02-03", "adverse-media", "name_exact", "0"},
	)
	got := names(l.View(HitQuery{Born: "1988-02-03"}).Hits)
	want := "both year told exact both-lists warning unheard listless pep-higher pep pep-again not-so media"
	if got != want {
		t.Errorf("order:\n%s, want\n%s", got, want)
	}
}

func TestHitFilter(t *testing.T) {
	l := hitsOf(t,
		[5]string{"a", "1988", "sanction", "", "4"},
		[5]string{"b", "1970", "pep-class-1", "", "3"},
		[5]string{"c", "", "pep pep-class-2", "", "2"},
		[5]string{"d", "1970", "odd pepper odd-kind", "", "1"},
	)
	const born = "1988"
	tests := []struct {
		query HitQuery
		want  string
	}{
		{HitQuery{}, "a d b c"},
		{HitQuery{List: "pep"}, "b c"},
		{HitQuery{List: "pep-class-1"}, "b"},
		{HitQuery{List: "odd"}, "d"},
		{HitQuery{Birth: BirthHide}, "a c"},
		{HitQuery{Birth: BirthOnly}, "d b"},
		{HitQuery{List: "pep", Birth: BirthOnly}, "b"},
		{HitQuery{List: "sanction", Birth: BirthOnly}, ""},
		{HitQuery{List: "warning"}, "a d b c"}, // nothing is on it
		{HitQuery{Birth: "sideways"}, "a d b c"},
	}
	for _, test := range tests {
		test.query.Born = born
		page := l.View(test.query)
		if got := names(page.Hits); got != test.want || page.Of != 4 || page.Differing != 2 || page.Chosen != len(page.Hits) {
			t.Errorf("%+v: %q, want %q: %+v", test.query, got, test.want, page)
		}
		if want := []HitCount{{"sanction", 1}, {"pep", 2}, {"pep-class-1", 1}, {"pep-class-2", 1}, {"odd", 1}, {"odd-kind", 1}, {"pepper", 1}}; !slices.Equal(page.Lists, want) {
			t.Errorf("%+v: lists %v, want %v", test.query, page.Lists, want)
		}
	}
	if page := l.View(HitQuery{List: "warning", Birth: "sideways", Page: -7}); page.Query != (HitQuery{Page: 1}) {
		t.Errorf("what was asked in vain stays: %+v", page.Query)
	}
}

func TestHitPages(t *testing.T) {
	var rows [][5]string
	for i := range 1030 {
		rows = append(rows, [5]string{fmt.Sprint(i), "", "pep", "", "1"})
	}
	l := hitsOf(t, rows...)
	for _, test := range []struct{ page, is, first, hits int }{{0, 1, 1, 1000}, {1, 1, 1, 1000}, {2, 2, 1001, 30}, {3, 2, 1001, 30}, {1 << 62, 2, 1001, 30}} {
		p := l.View(HitQuery{Page: test.page})
		if p.Query.Page != test.is || p.First != test.first || len(p.Hits) != test.hits || p.Pages != 2 || p.Chosen != 1030 || p.Of != 1030 {
			t.Errorf("page %d: %d of %d, %d hits from %d", test.page, p.Query.Page, p.Pages, len(p.Hits), p.First)
		}
		if got := p.Hits[0].Name; got != fmt.Sprint(test.first-1) {
			t.Errorf("page %d begins with hit %s", test.page, got)
		}
	}
	if p := (&HitList{}).View(HitQuery{Page: 9}); p.Pages != 1 || p.Query.Page != 1 || p.Of != 0 || len(p.Hits) != 0 || p.First != 1 {
		t.Errorf("without hits: %+v", p)
	}
}

func TestHitWords(t *testing.T) {
	for _, table := range []words{births, entityTypes, searchStatuses, unreadReasons, wordMatchTypes} {
		if !slices.IsSortedFunc(table, func(a, b wordRow) int { return strings.Compare(a.value, b.value) }) {
			t.Errorf("not sorted, so not all are found: %v", table)
		}
	}
	for value, words := range map[string]func(string) Word{
		"name_exact": MatchType, "exact_match": WordMatchType, "phonetic_aka": WordMatchType, "person": EntityType, "no_match": SearchStatus,
	} {
		if !words(value).Known {
			t.Errorf("no words for %s", value)
		}
		for _, value := range unheard() {
			if w := words(value); w != (Word{Label: visibleLabel(value)}) {
				t.Errorf("words of %.40q = %.80v", value, w)
			}
		}
	}
}

// FuzzReadHits holds every medium to what ReadHits promises: what could not be read
// is said, and of the hits that were read every choice leaves out just those it should.
func FuzzReadHits(f *testing.F) {
	f.Add([]byte(`[{"provider":"Comply Advantage","raw_output":"base64_encoded_string"}]`), "1988-02-03", "pep")
	f.Add(rawResults(f, sampleSearch(f), answer(`7`, `{"doc":{"types":["pep-class-1"]}}`)), "1988", "pep")
	f.Add([]byte(`{"raw_output":{"content":{"data":{"hits":[{"doc":{"fields":[{"tag":"date_of_birth","value":1988}],"media":[{"url":"https://a.example"}]}}],"api_key":"`+plant+`"}}}}`), "1988", "")
	f.Fuzz(func(t *testing.T, body []byte, born, list string) {
		l := ReadHits(body)
		all := 0
		for _, s := range l.Searches {
			if s.Unread != nil && len(s.Hits)+len(s.Broken) > 0 {
				t.Errorf("a search of %q is unread and has hits", body)
			}
			all += len(s.Hits)
			for i := range s.Hits {
				for _, a := range s.Hits[i].Articles {
					if open, host, ok := WebAddress(a.URL); ok && (!strings.HasPrefix(open, "http") || host == "") {
						t.Errorf("%q opens %q", a.URL, open)
					}
				}
			}
		}
		if l.Unread != nil && (len(l.Searches) > 0 || len(l.Unread.Text) > 3*maxUnreadText) {
			t.Errorf("%q is unread, with searches or all its text", body)
		}
		page := l.View(HitQuery{Born: born})
		differ := l.View(HitQuery{Born: born, Birth: BirthOnly})
		hide := l.View(HitQuery{Born: born, Birth: BirthHide})
		if page.Of != all || page.Chosen != all || differ.Chosen+hide.Chosen != all || differ.Chosen != page.Differing {
			t.Errorf("of %d hits of %q %d are chosen, %d and %d by birth year", all, body, page.Chosen, differ.Chosen, hide.Chosen)
		}
		for _, c := range page.Lists {
			if got := l.View(HitQuery{Born: born, List: c.Value}).Chosen; got != c.Hits {
				t.Errorf("list %q of %q has %d hits, and %d are shown", c.Value, body, c.Hits, got)
			}
		}
		if got := l.View(HitQuery{Born: born, List: list}); got.Chosen > all || got.Query.List != "" && got.Query.List != list {
			t.Errorf("list %q of %q: %+v", list, body, got.Query)
		}
	})
}

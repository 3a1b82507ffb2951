package views

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"countersign/internal/idv"
)

// showPart renders a component as a browser reads it.
func showPart(t *testing.T, part templ.Component) *goquery.Document {
	t.Helper()
	var b bytes.Buffer
	if err := part.Render(WithCodes(t.Context(), true), &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

var sessionTime = time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)

func TestExtractedFields(t *testing.T) {
	doc := showPart(t, extractedFields(idv.ReadFields([]byte(`{
		"full_name":"ALEX <b>SPECIMEN</b>","given_names":"","family_name":true,"middle_name":"\u202eEVIL",
		"first_name_alias":"שרה","date_of_birth":"1985-03","nationality":"GBR","document_number":"P 1",
		"structured_postal_address":{"formatted_address":"1 Road\nLeeds","address_format":1},
		"mrz":{"type":2,"line1":"P<GBRSPECIMEN<<ALEX<<<"},"blood_group":"0"}`)), []string{"expiration_date"}, sessionTime))
	for field, want := range map[string]string{
		"full_name":        "Full name full_name ALEX <b>SPECIMEN</b>",
		"given_names":      "Given names given_names empty",
		"family_name":      "Family name family_name true",
		"middle_name":      "Middle name middle_name EVIL With hidden characters shown: ⟨U+202E⟩EVIL",
		"first_name_alias": "First name, other form first_name_alias שרה",
		"date_of_birth":    "Date of birth date_of_birth 1985-03 March 1985 about 41 years old at the time of the session",
		"nationality":      "Nationality nationality GBR United Kingdom",
		"document_number":  "Document number document_number P 1",
		"structured_postal_address.address_format":    "Form of the address address_format 1 United Kingdom",
		"structured_postal_address.formatted_address": "Address as written formatted_address 1 Road Leeds",
		"mrz.type":    "Size type 2 Two lines (TD3)",
		"mrz.line1":   "First line line1 P<GBRSPECIMEN<<ALEX<<<",
		"blood_group": "blood_group unknown 0",
	} {
		if got := textOf(doc.Find(`[data-field="` + field + `"]`)); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
	if raw := doc.Find(`[data-field$="formatted_address"] bdi.raw`).Text(); raw != "1 Road\nLeeds" {
		t.Errorf("the address loses its lines: %q", raw)
	}
	if got := textOf(doc.Selection); !strings.Contains(got, "Not extracted from this document: Valid until.") {
		t.Errorf("nothing says what is missing: %s", got)
	}
	if got := doc.Find("b").Length(); got != 0 {
		t.Error("a value became markup")
	}
}

func TestExpiryIsSaidInWords(t *testing.T) {
	for value, want := range map[string]string{
		`"2025-08-14"`:  "2025-08-14 14 August 2025 Expired",
		`"2026-11-20"`:  "2026-11-20 20 November 2026 About to expire",
		`"2030-01-01"`:  "2030-01-01 1 January 2030 Valid at the time",
		`"2026"`:        "2026 Not clear from this date",
		`"LIFETIME"`:    "LIFETIME Does not expire",
		`"NOT_PRESENT"`: "NOT_PRESENT Not stated",
		`"14/08/2031"`:  "14/08/2031 Could not be read as a date",
		`20310814`:      "20310814 Could not be read as a date",
		`""`:            "empty",
		`null`:          "empty",
	} {
		doc := showPart(t, extractedFields(idv.ReadFields([]byte(`{"expiration_date":`+value+`}`)), nil, sessionTime))
		if got := textOf(doc.Find(`[data-field="expiration_date"] dd`)); got != want {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
		good := doc.Find(".tone-good").Length() > 0
		if good != (value == `"2030-01-01"` || value == `"LIFETIME"`) {
			t.Errorf("%s looks good: %v", value, good)
		}
	}
	doc := showPart(t, extractedFields(idv.ReadFields([]byte(`{"expiration_date":"2020-01-01","date_of_birth":"1985-03-12"}`)), nil, time.Time{}))
	if got := textOf(doc.Selection); strings.Contains(got, "Expired") || strings.Contains(got, "years old") {
		t.Errorf("judged without the time of a session: %s", got)
	}
}

func TestBirthAfterTheSession(t *testing.T) {
	doc := showPart(t, extractedFields(idv.ReadFields([]byte(`{"date_of_birth":"2062-03-12"}`)), nil, sessionTime))
	if got := textOf(doc.Find("dd")); got != "2062-03-12 12 March 2062 after the time of the session" {
		t.Error(got)
	}
}

func TestExpandedFields(t *testing.T) {
	doc := showPart(t, expandedFields(idv.ReadExpanded([]byte(`{"fields":[
		{"name":"full_name","value":"Zoë Specimen","source":"VIZ","locale":"fr-CA"},
		{"name":"full_name","value":"Зоя","source":"VIZ","is_non_latin":true},
		{"name":"full_name","value":"SPECIMEN<<ZOE","source":"MRZ","is_transliteration":true},
		{"name":"document_number","value":"P1","source":"VIZ"},{"name":"document_number","value":"P2","source":"MRZ"},
		{"name":"gender","value":"","source":"CHIP"},{"name":"height","value":{"cm":180}},7],"more":1}`))))
	var heads []string
	doc.Find("thead th").Each(func(_ int, s *goquery.Selection) { heads = append(heads, textOf(s)) })
	if got := strings.Join(heads, "|"); got != "Field|Printed VIZ|Machine-readable zone MRZ|CHIP CHIP|No source given|Compared" {
		t.Errorf("columns %s", got)
	}
	for field, want := range map[string]string{
		"full_name":       "Full name full_name Zoë Specimen locale fr-CA Зоя not in Latin letters SPECIMEN<<ZOE transliterated none none Differs",
		"document_number": "Document number document_number P1 P2 none none Differs",
		"gender":          "Sex gender none none empty none Missing",
	} {
		row := doc.Find(`tr[data-field="` + field + `"]`)
		if got := textOf(row); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
		if cells := row.Children().Length(); cells != len(heads) {
			t.Errorf("%s has %d cells for %d columns", field, cells, len(heads))
		}
	}
	if got := textOf(doc.Selection); !strings.Contains(got, `"cm": 180`) || !strings.Contains(got, "fields[7]") || !strings.Contains(got, "more 1") {
		t.Errorf("what was odd is not shown: %s", got)
	}
	if doc.Find(".table-frame[tabindex] > table").Length() != 1 {
		t.Error("a wide table cannot be scrolled with keys")
	}
}

// What could not be read is said even where nothing else could be.
func TestExpandedFieldsWithoutRows(t *testing.T) {
	doc := showPart(t, expandedFields(idv.ReadExpanded([]byte(`{"fields":"none","other":true}`))))
	if got := textOf(doc.Selection); !strings.Contains(got, "It has no expanded fields") || !strings.Contains(got, "should be a list") || !strings.Contains(got, "other true") {
		t.Error(got)
	}
}

func TestComparisonIsNoVerdict(t *testing.T) {
	licence := idv.ReadFields([]byte(`{"full_name":"ALEX SPECIMEN","structured_postal_address":{"formatted_address":"1 EXAMPLE ROAD\nLEEDS","postal_code":"LS1 1AA","town_city":"LEEDS"}}`))
	bill := idv.ReadFields([]byte(`{"full_name":"Sam Specimen","structured_postal_address":{"formatted_address":"1 Example Rd, Leeds","town_city":"LEEDS"}}`))
	doc := showPart(t, comparison("Driving licence", "Bank statement", idv.CompareDocuments(licence, bill)))
	for field, want := range map[string]string{
		"full_name":                             "differs Differs",
		"structured_postal_address":             "normalised Same, written differently",
		"structured_postal_address.town_city":   "same Same",
		"structured_postal_address.postal_code": "missing Missing",
	} {
		row := doc.Find(`tr[data-field="` + field + `"]`)
		if got := row.AttrOr("data-compared", "") + " " + textOf(row.Children().Last()); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
	got := textOf(doc.Selection)
	if !strings.Contains(got, "Field Driving licence Bank statement Compared") || !strings.Contains(got, "not a verdict") {
		t.Error(got)
	}
	if doc.Find(".tone-bad").Length() > 0 {
		t.Error("a difference looks like a rejection")
	}
	if got := textOf(showPart(t, comparison("A", "B", nil)).Selection); !strings.Contains(got, "Neither document gives") {
		t.Error(got)
	}
}

func TestUnreadFieldsShowTheirText(t *testing.T) {
	body := []byte("<html>\u202e" + strings.Repeat("x", 1<<20))
	for name, part := range map[string]templ.Component{
		"fields":   extractedFields(idv.ReadFields(body), []string{"full_name"}, sessionTime),
		"expanded": expandedFields(idv.ReadExpanded(body)),
	} {
		doc := showPart(t, part)
		text := doc.Find(".unread pre").Text()
		if !strings.HasPrefix(text, "<html>⟨U+202E⟩xx") || len(text) >= len(body) {
			t.Errorf("%s: %.40q, %d bytes", name, text, len(text))
		}
		if got := textOf(doc.Find(".unread p")); !strings.Contains(got, "Only the first") {
			t.Errorf("%s does not say that it is cut: %s", name, got)
		}
		if doc.Find("[data-field]").Length() > 0 {
			t.Errorf("%s shows fields", name)
		}
	}
}

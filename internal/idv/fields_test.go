package idv

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestReadFields(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"a document", `{"date_of_birth":"1988-02-03","full_name":"ALEX SPECIMEN","document_number":"P1","expiration_date":"LIFETIME"}`,
			"full_name=ALEX SPECIMEN|date_of_birth=1988-02-03|document_number=P1|expiration_date=LIFETIME"},
		{"an address", `{"structured_postal_address":{"postal_code":"LS1 1AA","address_line2":"b","address_line1":"a","formatted_address":"a\nb"}}`,
			"structured_postal_address.formatted_address=a\nb|structured_postal_address.address_line1=a|structured_postal_address.address_line2=b|structured_postal_address.postal_code=LS1 1AA"},
		{"lines to be read by machines", `{"mrz":{"type":2,"line1":"P<GBRSPECIMEN<<ALEX<<<<","line2":" x "}}`,
			"mrz.line1=P<GBRSPECIMEN<<ALEX<<<<|mrz.line2= x |mrz.type=2"},
		{"other scripts", `{"full_name":"Шевченко Тарас","family_name":"שֶׁבְצֶ'נְקוֹ"}`, "full_name=Шевченко Тарас|family_name=שֶׁבְצֶ'נְקוֹ"},
		{"empty", `{"full_name":"","gender":null}`, "full_name=(empty)|gender=(empty)"},
		{"wrong types", `{"full_name":["A","B"],"date_of_birth":{"year":1988},"gender":true,"mrz":"P<","structured_postal_address":[],"height":1.8e0}`,
			"gender=?true|height=1.8|structured_postal_address=?[]|date_of_birth.year=1988|full_name.1=A|full_name.2=B|mrz=P<"},
		{"unknown", `{"blood_group":"0","type":"x"}`, "blood_group=0|type=x"},
		{"a name with a dot", `{"mrz.line1":"A","mrz":{"line1":"B"}}`, `mrz.line1=B|"mrz.line1"=A`},
		{"blanks", `{"full_name":" \t"}`, "full_name=(empty)"},
		{"lines of an address in their order", `{"structured_postal_address":{"address_line10":"j","address_line2":"b","address_line":"a"}}`,
			"structured_postal_address.address_line=a|structured_postal_address.address_line2=b|structured_postal_address.address_line10=j"},
		{"nothing", `{}`, ""},
		{"a list", `[{"full_name":"A"}]`, "value.1.full_name=A"},
		{"a text", `"A"`, "value=A"},
	}
	for _, test := range tests {
		var got []string
		f := ReadFields([]byte(test.body))
		for _, field := range f.List {
			switch {
			case field.Empty:
				field.Value = "(empty)"
			case field.Odd:
				field.Value = "?" + field.Value
			}
			got = append(got, field.Path+"="+field.Value)
		}
		if f.Unread != nil || strings.Join(got, "|") != test.want {
			t.Errorf("%s: %q, unread %v; want %q", test.name, strings.Join(got, "|"), f.Unread, test.want)
		}
	}
}

func TestReadFieldsThatCannotBeRead(t *testing.T) {
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)
	for body, want := range map[string]UnreadReason{
		"":                                    UnreadJSON,
		"<html>":                              UnreadJSON,
		`{"full_name":"A"`:                    UnreadJSON,
		`{"full_name":"A"} x`:                 UnreadJSON,
		`{"full_name":"A","Full_Name":"B"}`:   UnreadJSON,
		`{"a":` + deep + `}`:                  UnreadJSON,
		strings.Repeat(" ", MaxFieldsBytes+1): UnreadTooLarge,
	} {
		if f := ReadFields([]byte(body)); f.Unread == nil || f.Unread.Why != want || len(f.List) > 0 {
			t.Errorf("%.40q: %+v", body, f.Unread)
		}
		if e := ReadExpanded([]byte(body)); e.Unread == nil || e.Unread.Why != want {
			t.Errorf("expanded %.40q: %+v", body, e.Unread)
		}
	}
}

func TestManyFieldsAreCounted(t *testing.T) {
	var b strings.Builder
	for i := range 700 {
		fmt.Fprintf(&b, `,"f%d":1`, i)
	}
	f := ReadFields([]byte("{" + b.String()[1:] + "}"))
	if len(f.List) != 500 || f.More != 200 {
		t.Errorf("%d fields and %d more", len(f.List), f.More)
	}
}

// A long name around many fields must not be kept once for each of them.
func TestLongNamesAreCut(t *testing.T) {
	name := strings.Repeat("é", 1000)
	f := ReadFields([]byte(`{"` + name + `":{"` + name + `":{"a":1}}}`))
	if len(f.List) != 1 || len(f.List[0].Path) > 2*(maxNameBytes+len("…."))+1 || !strings.HasSuffix(f.List[0].Path, "é….a") {
		t.Errorf("%+v", f.List)
	}
}

func TestFieldName(t *testing.T) {
	for path, want := range map[string]string{
		"full_name":       "Full name",
		"expiration_date": "Valid until",
		"structured_postal_address.address_line1":   "Address line 1",
		"structured_postal_address.address_line_12": "Address line 12",
		"postal_address":                   "Address",
		"mrz.type":                         "Size",
		"document_template.back_page_name": "Template of the back",
	} {
		if w := FieldName(path); w.Label != want || !w.Known {
			t.Errorf("%s is %+v", path, w)
		}
	}
	for _, path := range []string{"type", "line1", "blood_group", "structured_postal_address.planet", "mrz.full_name", "full_name.1", "", `"mrz.line1"`, "address_line_of_evil", "structured_postal_address.address_line123"} {
		if w := FieldName(path); w.Known || w.Label != path {
			t.Errorf("%q is %+v", path, w)
		}
	}
}

func TestFieldValue(t *testing.T) {
	tests := []struct{ path, value, want string }{
		{"nationality", "GBR", "United Kingdom"},
		{"structured_postal_address.country_iso", "IND", "India"},
		{"structured_postal_address.address_format", "1", "United Kingdom"},
		{"document_type", "PASSPORT", "Passport"},
		{"mrz.type", "1", "Three lines (TD1)"},
	}
	for _, test := range tests {
		if w := FieldValue(test.path, test.value); !w.Known || w.Label != test.want {
			t.Errorf("%s %s is %+v", test.path, test.value, w)
		}
	}
	for _, path := range []string{"type", "mrz.nationality", "full_name", "address.country_iso", ""} {
		if w := FieldValue(path, "1"); w != (Word{Label: "1"}) {
			t.Errorf("%s is %+v", path, w)
		}
	}
	for _, path := range []string{"nationality", "document_type", "mrz.type", "structured_postal_address.address_format"} {
		if w := FieldValue(path, "9"); w != (Word{Label: "9"}) {
			t.Errorf("%s is %+v", path, w)
		}
	}
}

func TestMissing(t *testing.T) {
	f := ReadFields([]byte(`{"full_name":"","date_of_birth":"1988","structured_postal_address":{"postal_code":"LS1"}}`))
	if got := fmt.Sprint(f.Missing(IDDocuments)); got != "[full_name document_number expiration_date issuing_country]" {
		t.Error(got)
	}
	if got := fmt.Sprint(f.Missing(SupplementaryDocuments)); got != "[full_name date_of_issue]" {
		t.Error(got)
	}
	f = ReadFields([]byte(`{"full_name":{},"date_of_birth":" ","document_number":7,"expiration_date":null,"issuing_country":[]}`))
	if got := fmt.Sprint(f.Missing(IDDocuments)); got != "[full_name date_of_birth expiration_date issuing_country]" {
		t.Error(got)
	}
	if got := f.Missing(ApplicantProfiles); got != nil {
		t.Error(got)
	}
}

func TestGroups(t *testing.T) {
	f := ReadFields([]byte(`{"x":1,"mrz":{"line1":"P<"},"postal_address":"a","document_number":"n","full_name":"A"}`))
	var got []string
	for _, g := range f.Groups() {
		got = append(got, fmt.Sprintf("%s:%d", g.Name, len(g.List)))
	}
	if strings.Join(got, " ") != "Person:1 Document:1 Address:1 Machine-readable zone:1 Other:1" {
		t.Error(got)
	}
}

// What is in one part of a document alone misses nothing.
func TestExpandedLikeness(t *testing.T) {
	e := ReadExpanded([]byte(`{"fields":[
		{"name":"gender","value":"M","source":"MRZ"},{"name":"gender","value":"F","source":"MRZ"},
		{"name":"full_name","value":"Zoe","source":"MRZ"},{"name":"full_name","value":"Зоя","source":"VIZ","is_non_latin":true},
		{"name":"height","value":" ","source":"VIZ"},
		{"name":"weight","value":"7","source":"VIZ"},{"name":"weight","value":"","source":"MRZ"}]}`))
	var got []string
	for _, row := range e.Rows {
		got = append(got, row.Name+":"+string(row.Likeness))
		if !row.Likeness.Word().Known {
			t.Errorf("there are no words for %q", row.Likeness)
		}
	}
	if list := strings.Join(got, " "); list != "full_name:other-script gender:one-source height:missing weight:missing" {
		t.Errorf("rows %s", list)
	}
}

func TestReadExpanded(t *testing.T) {
	e := ReadExpanded([]byte(`{"fields":[
		{"name":"document_number","value":"P1","source":"VIZ"},
		{"name":"document_number","value":"P2","source":"MRZ"},
		{"name":"full_name","value":"Zoë  Specimen","source":"VIZ","locale":"la"},
		{"name":"full_name","value":"ZOE SPECIMEN","source":"MRZ"},
		{"name":"full_name","value":"Зоя","source":"VIZ","is_non_latin":true},
		{"name":"family_name","value":"Specimen","source":"VIZ"},
		{"name":"family_name","value":"SPECIMEN","source":"MRZ"},
		{"name":"gender","value":"FEMALE","source":"CHIP"},
		{"name":"issuing_country","value":"GBR","source":"VIZ"},
		{"name":"issuing_country","value":"GBR","source":"BARCODE"},
		{"name":"height","value":180},
		"odd"
	]}`))
	var got []string
	for _, row := range e.Rows {
		got = append(got, fmt.Sprintf("%s:%d:%s", row.Name, len(row.Values), row.Likeness))
	}
	want := "full_name:3:accents family_name:2:normalised gender:1:one-source height:1:one-source document_number:2:differs issuing_country:2:same"
	if strings.Join(got, " ") != want {
		t.Errorf("rows %v", got)
	}
	if fmt.Sprintf("%q", e.Sources) != `["VIZ" "MRZ" "BARCODE" "CHIP" ""]` || len(e.Problems) != 1 {
		t.Errorf("sources %q, problems %v", e.Sources, e.Problems)
	}
}

// A small answer must not become a large table, nor one that takes long to compare.
func TestExpandedFieldsAreBounded(t *testing.T) {
	tests := map[string]struct {
		entry                       string // of the number i
		sources, rows, values, more int
	}{
		"one field":      {`{"name":"n","source":"VIZ","value":"%d"}`, 1, 1, 500, 1500},
		"many fields":    {`{"name":"n%d","source":"MRZ","value":"v"}`, 1, 500, 500, 1500},
		"many sources":   {`{"name":"n","source":"s%d","value":"v"}`, 5, 1, 5, 1995},
		"only mistakes":  {`"%d"`, 0, 0, 0, 2000 - maxHitProblems},
		"unknown extras": {`{"name":"n","source":"VIZ","x%d":1}`, 1, 1, 500, 1500 + 2000 - maxHitProblems},
	}
	for name, test := range tests {
		var entries []string
		for i := range 2000 {
			entries = append(entries, fmt.Sprintf(test.entry, i))
		}
		e := ReadExpanded([]byte(`{"fields":[` + strings.Join(entries, ",") + `]}`))
		values := 0
		for _, row := range e.Rows {
			values += len(row.Values)
		}
		if e.Unread != nil || len(e.Sources) != test.sources || len(e.Rows) != test.rows || values != test.values || e.More != test.more {
			t.Errorf("%s: %d sources, %d rows, %d values, %d more, unread %v", name, len(e.Sources), len(e.Rows), values, e.More, e.Unread)
		}
	}
}

func TestCompare(t *testing.T) {
	tests := []struct {
		a, b string
		want TextComparison
	}{
		{"A", "A", Same},
		{"", "A", Missing},
		{" ", "A", Missing},
		{"Alex Specimen", "ALEX  SPECIMEN", Alike},
		{"1 Example Road\nLEEDS", "1 EXAMPLE RD, Leeds", Alike},
		{"Flat 2, 10 Saint James Street", "FLT 2 10 ST JAMES ST", Alike},
		{"O'Neill-Specimen", "ONEILL SPECIMEN", Alike},
		{"SPECIMEN<<ALEX", "SPECIMEN ALEX", Alike},
		{"Straße", "STRASSE", Alike},
		{"José Núñez", "JOSE NUNEZ", Accents},
		{"Alex", "Alix", Differs},
		{"10 Example Road", "1 Example Road", Differs},
		{"1980-01-02", "1980-02-01", Differs},
		{"Іван", "Ivan", Differs},
		{"Flat 1, 2 High Street", "Flat 12 High Street", Differs},
		{"Nguyễn", "NGUYEN", Accents},
		{"सुमन", "समन", Differs}, // marks that are vowels
		{"か", "が", Differs},
		{"<<<", "...", Differs},
		{"<<<", "<<<", Same},
		{"****1234", "1234", Differs},
		{"a\u200bb", "ab", Differs},
		{"e\u0301", "\u00e9", Alike}, // two ways to store one letter
	}
	for _, test := range tests {
		if got := Compare(test.a, test.b); got != test.want {
			t.Errorf("Compare(%q, %q) = %s, want %s", test.a, test.b, got, test.want)
		}
		if got := Compare(test.b, test.a); got != test.want {
			t.Errorf("Compare(%q, %q) = %s, want %s", test.b, test.a, got, test.want)
		}
	}
}

func TestCompareDocuments(t *testing.T) {
	licence := ReadFields([]byte(`{"given_names":"ALEX","family_name":"SPECIMEN","structured_postal_address":{"address_line1":"1 EXAMPLE ROAD","town_city":"LEEDS","postal_code":"LS1 1AA","country_iso":"GBR","address_format":1}}`))
	bill := ReadFields([]byte(`{"full_name":"Alex Specimen","structured_postal_address":{"formatted_address":"1 Example Rd\nLeeds\nLS1 1AA","town_city":"York"}}`))
	var got []string
	for _, c := range CompareDocuments(licence, bill) {
		got = append(got, c.Name+":"+string(c.Likeness))
	}
	want := "full_name:normalised structured_postal_address:normalised structured_postal_address.postal_code:missing " +
		"structured_postal_address.town_city:differs structured_postal_address.country_iso:missing"
	if strings.Join(got, " ") != want {
		t.Errorf("%v", got)
	}
	odd := ReadFields([]byte(`{"full_name":{},"family_name":"SPECIMEN","structured_postal_address":"1 Example Rd, Leeds, LS1 1AA"}`))
	got = nil
	for _, c := range CompareDocuments(odd, licence) {
		got = append(got, fmt.Sprintf("%s=%q:%s", c.Name, c.First, c.Likeness))
	}
	want = `full_name="SPECIMEN":differs structured_postal_address="1 Example Rd, Leeds, LS1 1AA":normalised ` +
		`structured_postal_address.postal_code="":missing structured_postal_address.town_city="":missing structured_postal_address.country_iso="":missing`
	if strings.Join(got, " ") != want {
		t.Errorf("%v", got)
	}
	code := func(s string) *Fields {
		return ReadFields([]byte(`{"structured_postal_address":{"postal_code":"` + s + `"}}`))
	}
	for other, want := range map[string]TextComparison{"LS1 1AA": Same, "LS11AA": Alike, "ls1 1aa": Alike, "LS1 1AB": Differs} {
		list := CompareDocuments(code("LS1 1AA"), code(other))
		if got := list[len(list)-1].Likeness; got != want {
			t.Errorf("postal code %s: %s, want %s", other, got, want)
		}
	}
	if list := CompareDocuments(&Fields{}, &Fields{}); list != nil {
		t.Errorf("of nothing: %v", list)
	}
}

func TestDates(t *testing.T) {
	session := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	tests := []struct {
		text, words string
		age         int
		exact       bool
	}{
		{"1985-03-12", "12 March 1985", 41, true},
		{"1985-11-02", "2 November 1985", 41, true},
		{"1985-11-03", "3 November 1985", 40, true},
		{"2008-02-29", "29 February 2008", 18, true},
		{"1985-12", "December 1985", 40, false},
		{"1985", "1985", 41, false},
	}
	for _, test := range tests {
		d, ok := ParseDate(test.text)
		age, exact := d.Age(session)
		if !ok || d.String() != test.words || age != test.age || exact != test.exact {
			t.Errorf("%s: %s, %d, %v, %v", test.text, d, age, exact, ok)
		}
	}
	for _, text := range []string{"", "12/03/1985", "1985-13-01", "1985-02-30", "LIFETIME", "85", " 1985", "1985-3-1"} {
		if d, ok := ParseDate(text); ok {
			t.Errorf("%q is read as %s", text, d)
		}
	}
}

func TestExpiryOf(t *testing.T) {
	at := func(text string) time.Time {
		moment, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	tests := []struct {
		value string
		at    string
		want  Expiry
	}{
		{"2026-11-02", "2026-11-02T10:00:00Z", ExpiresSoon},
		{"2026-11-02", "2026-11-03T11:59:59Z", ExpiresSoon}, // where the day is not over yet
		{"2026-11-02", "2026-11-03T12:00:00Z", Expired},
		{"2025-08-14", "2026-11-02T10:00:00Z", Expired},
		{"2027-01-01", "2026-11-02T10:00:00Z", Valid},
		{"2026-11", "2026-11-02T10:00:00Z", UnclearExpiry},
		{"2026-12", "2026-11-02T12:00:00Z", UnclearExpiry}, // the first of December may be the last day
		{"2027-01", "2026-11-02T10:00:00Z", Valid},
		{"2026-10", "2026-11-02T10:00:00Z", Expired},
		{"2026", "2026-06-02T10:00:00Z", UnclearExpiry},
		{"2027", "2026-11-02T10:00:00Z", Valid},
		{"2025", "2026-11-02T10:00:00Z", Expired},
		{"LIFETIME", "2026-11-02T10:00:00Z", NeverExpires},
		{"NOT_PRESENT", "2026-11-02T10:00:00Z", NoExpiry},
		{"", "2026-11-02T10:00:00Z", NoExpiry},
		{"02/11/2026", "2026-11-02T10:00:00Z", UnreadExpiry},
	}
	for _, test := range tests {
		if got := ExpiryOf(test.value, at(test.at)); got != test.want || !got.Word().Known {
			t.Errorf("%s at %s: %s, want %s", test.value, test.at, got, test.want)
		}
	}
}

func FuzzReadFields(f *testing.F) {
	f.Add([]byte(`{"full_name":"A","structured_postal_address":{"address_line1":"1 Example Road"},"mrz":{"line1":"P<"}}`))
	f.Add([]byte(`{"fields":[{"name":"full_name","value":"A","source":"MRZ","is_non_latin":true}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		fields := ReadFields(body)
		if fields.Unread == nil {
			n := 0
			for _, g := range fields.Groups() {
				n += len(g.List)
			}
			if n != len(fields.List) || n > maxFields {
				t.Errorf("%d fields, %d of them in groups", len(fields.List), n)
			}
		}
		paths := map[string]bool{}
		for _, field := range fields.List {
			if len(field.Path) > maxDepth*(maxNameBytes*4+10) {
				t.Errorf("a path of %d bytes", len(field.Path))
			}
			if FieldName(field.Path).Known && paths[field.Path] {
				t.Errorf("two fields are %s", field.Path)
			}
			paths[field.Path] = true
			if name, hidden := Visible(field.Value); hidden == (name == field.Value) {
				t.Errorf("%q is visible as %q", field.Value, name)
			}
		}
		for _, c := range CompareDocuments(fields, fields) {
			if c.Likeness != Same && c.Likeness != Missing {
				t.Errorf("%+v differs from itself", c)
			}
		}
		expanded, values := ReadExpanded(body), 0
		for _, row := range expanded.Rows {
			values += len(row.Values)
			for _, v := range row.Values {
				if !slices.Contains(expanded.Sources, v.Source) {
					t.Errorf("%q has a value of %q, which has no column", row.Name, v.Source)
				}
			}
			if len(row.Values) == 0 {
				t.Errorf("%q has no value", row.Name)
			}
		}
		if values > maxExpandedValues || len(expanded.Sources) > maxExpandedSources {
			t.Errorf("%d values of %d sources", values, len(expanded.Sources))
		}
	})
}

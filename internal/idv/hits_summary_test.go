package idv

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A date is said to agree, or to differ, only as far as both dates go.
func TestAgreementOf(t *testing.T) {
	for _, test := range []struct {
		subject, stated string
		want            Agreement
	}{
		{"1984-06-22", "1984-06-22", SameDay},
		{"1984-06-22", "1984-06-22T00:00:00Z", SameDay},
		{"1984-06-22", "1984-06", SameMonth},
		{"1984-06", "1984-06-22", SameMonth},
		{"1984-06", "1984-06", SameMonth},
		{"1984-06-22", "1984", SameYear},
		{"1984", "1984-06-22", SameYear},
		{"1984", "1984", SameYear},
		{"1984-06-22", "1984-06-23", OtherDay},
		{"1984-06-22", "1984-07", OtherDay},
		{"1984-06-22", "1951", OtherYear},
		{"1984", "1983-12-31", OtherYear},
		{"1984-06-22", "", UnknownBirth},
		{"", "1984-06-22", UnknownBirth},
		{"1984-06-22", "22/06/1984", UnknownBirth},
		{"1984-06-22", "circa 1984", UnknownBirth},
		{"1984-06-22", "1984-06-31", UnknownBirth},
		{"1984-06-22", "1700", UnknownBirth},
		{"unreadable", "unreadable", UnknownBirth},
	} {
		if got := AgreementOf(test.subject, test.stated, lookedAt); got != test.want {
			t.Errorf("AgreementOf(%q, %q) = %s, want %s", test.subject, test.stated, got, test.want)
		}
	}
}

// Of several dates the one that agrees most is told, and none is hidden by one that differs.
func TestTellingBirth(t *testing.T) {
	for _, test := range []struct {
		stated []string
		want   string
	}{
		{nil, " unknown 0"},
		{[]string{"1951"}, "1951 other-year 0"},
		{[]string{"1951", "1984"}, "1984 same-year 1"},
		{[]string{"1984-06-22", "1951", "1984"}, "1984-06-22 same-day 2"},
		{[]string{"1951", "about 1984"}, "about 1984 unknown 1"},
		{[]string{"1951", "1962"}, "1951 other-year 1"},
		{[]string{"1984-01-01", "?"}, "1984-01-01 other-day 1"},
	} {
		var h Hit
		for _, value := range test.stated {
			h.BirthDates = append(h.BirthDates, BirthDate{Value: value})
		}
		date, agreement, others := h.ClosestBirthDate("1984-06-22", lookedAt)
		if got := fmt.Sprint(date.Value, " ", agreement, " ", others); got != test.want {
			t.Errorf("dates %q: %q, want %q", test.stated, got, test.want)
		}
	}
}

func TestListLabels(t *testing.T) {
	for lists, want := range map[string]string{
		"":                                     "",
		"pep":                                  "PEP/pep",
		"adverse-media pep pep-class-2":        "PEP class 2/pep, Adverse media/other",
		"pep-class-2 pep-class-1":              "PEP class 1/pep, PEP class 2/pep",
		"adverse-media-fraud adverse-media":    "Adverse media/other",
		"pepper warning sanction":              "Sanctions/sanctions, pepper/other, Warnings/other",
		"fitness-probity adverse-media-fraud":  "Fitness and probity/other, Adverse media/other",
		"adverse-media-fraud sanction-made-up": "sanction-made-up/sanctions, Adverse media/other",
	} {
		var got []string
		for _, l := range (&Hit{Types: strings.Fields(lists)}).ListLabels() {
			got = append(got, l.Label+"/"+string(l.Sort))
		}
		if got := strings.Join(got, ", "); got != want {
			t.Errorf("lists %q: %s, want %s", lists, got, want)
		}
	}
}

// The country of a list is not that of everyone on it.
func TestHitCountries(t *testing.T) {
	sources := []HitSource{{Countries: []string{"US", "FR"}}, {Countries: []string{"US", "XX"}}}
	for name, test := range map[string]struct {
		hit  Hit
		want string
	}{
		"none":              {Hit{}, ""},
		"of the lists":      {Hit{Sources: sources}, "US list, FR list, XX list"},
		"of the entity":     {Hit{Sources: sources, Fields: []HitField{{Tag: "country_names", Value: "Malta, Libya"}}}, "Malta, Libya"},
		"by code and twice": {Hit{Fields: []HitField{{Tag: "nationality", Value: "MLT"}, {Name: "Countries", Value: "Malta"}}}, "MLT"},
		"other details":     {Hit{Fields: []HitField{{Tag: "gender", Value: "MT"}}}, ""},
		"nothing but a tag": {Hit{Sources: sources[:1], Fields: []HitField{{Tag: "country", Value: " , "}}}, "US list, FR list"},
	} {
		var got []string
		for _, c := range test.hit.Countries() {
			text := c.Short()
			if c.OfList {
				text += " list"
			}
			got = append(got, text)
		}
		if got := strings.Join(got, ", "); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestStrongestMatch(t *testing.T) {
	for types, want := range map[string]string{
		"":                                   " 0",
		"year_of_birth name_fuzzy":           "name_fuzzy 1",
		"phonetic_name aka_exact name_fuzzy": "aka_exact 2",
		"unheard_of":                         "unheard_of 0",
		"unheard_of year_of_birth":           "unheard_of 1",
	} {
		match, others := (&Hit{MatchTypes: strings.Fields(types)}).StrongestMatch()
		if got := fmt.Sprint(match, " ", others); got != want {
			t.Errorf("match types %q: %s, want %s", types, got, want)
		}
	}
}

// What a hit is chosen by: its date of birth, its countries, how it matches.
func TestHitChoice(t *testing.T) {
	l := &HitList{Searches: []Search{{Hits: []Hit{
		{Name: "a", BirthDates: []BirthDate{{Value: "1984-06-22"}}, MatchTypes: []string{"name_exact"}, Sources: []HitSource{{Countries: []string{"MT"}}}},
		{Name: "b", BirthDates: []BirthDate{{Value: "1984"}}, MatchTypes: []string{"name_exact", "odd"}},
		{Name: "c", BirthDates: []BirthDate{{Value: "1951"}}, Fields: []HitField{{Tag: "country", Value: "Malta"}}},
		{Name: "d", MatchTypes: []string{"odd"}},
		{Name: "e", BirthDates: []BirthDate{{Value: "?"}}},
	}}}}
	for _, test := range []struct {
		query HitQuery
		want  string
	}{
		{HitQuery{}, "a b c d e"},
		{HitQuery{Birth: BirthSame}, "a"},
		{HitQuery{Birth: BirthYear}, "b"},
		{HitQuery{Birth: BirthOnly}, "c"},
		{HitQuery{Birth: BirthHide}, "a b d e"},
		{HitQuery{Birth: BirthAbsent}, "d"},
		{HitQuery{Birth: BirthUnclear}, "e"},
		{HitQuery{Country: "Malta"}, "a c"},
		{HitQuery{Country: "Atlantis"}, "a b c d e"},
		{HitQuery{Match: "odd"}, "b d"},
		{HitQuery{Match: "odd", Birth: BirthYear}, "b"},
		{HitQuery{Country: "Malta", Birth: BirthAbsent}, ""},
	} {
		test.query.Born = "1984-06-22"
		page := l.View(test.query)
		if got := names(page.Hits); got != test.want {
			t.Errorf("%+v: %q, want %q", test.query, got, test.want)
		}
		if want := []HitCount{{"name_exact", 2}, {"odd", 2}}; !slices.Equal(page.Matches, want) {
			t.Errorf("match types %v, want %v", page.Matches, want)
		}
		if want := []HitCount{{"Malta", 2}}; !slices.Equal(page.Countries, want) {
			t.Errorf("countries %v, want %v", page.Countries, want)
		}
	}
	page := l.ViewWhere(HitQuery{Born: "1984-06-22"}, func(h *Hit) bool { return h.Name > "c" })
	if names(page.Hits) != "d e" || page.Of != 5 || page.Chosen != 2 || page.Hits[0].Rank != 4 {
		t.Errorf("where: %+v", page)
	}
}

func TestSignerOf(t *testing.T) {
	profile := ReadFields([]byte(`{"full_name": "MARTA SPECIMEN", "structured_postal_address": {"formatted_address": "1 Square\nValletta", "town_city": "Valletta"}}`))
	document := ReadFields([]byte(`{"full_name": "M. SPECIMEN", "date_of_birth": "1984-06-22", "nationality": "MLT", "structured_postal_address": {"town_city": "Mdina"}}`))
	searches := &HitList{Searches: []Search{{Term: "Marta S", Filters: SearchFilters{BirthYear: "1984"}}, {Unread: &Unread{}}, {Term: "Marta S", Filters: SearchFilters{BirthYear: "1985"}}}}
	for name, test := range map[string]struct {
		profile, document *Fields
		hits              *HitList
		want              Signer
	}{
		"nothing":              {nil, nil, nil, Signer{}},
		"profile":              {profile, nil, nil, Signer{Name: "MARTA SPECIMEN", Address: "1 Square, Valletta"}},
		"profile before both":  {profile, document, searches, Signer{"MARTA SPECIMEN", "1984-06-22", "MLT", "1 Square, Valletta"}},
		"document":             {nil, document, searches, Signer{"M. SPECIMEN", "1984-06-22", "MLT", "Mdina"}},
		"searches that differ": {nil, nil, searches, Signer{Name: "Marta S"}},
		"a search":             {nil, nil, &HitList{Searches: searches.Searches[:1]}, Signer{Name: "Marta S", Born: "1984"}},
		"parts of a name":      {ReadFields([]byte(`{"given_names": "MARTA", "family_name": "SPECIMEN"}`)), nil, nil, Signer{Name: "MARTA SPECIMEN"}},
	} {
		if got := SignerOf(test.profile, test.document, test.hits); got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

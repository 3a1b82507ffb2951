package views

import (
	"strings"
	"testing"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// Each comparison with the expected signer has its word and tone, both values where they are
// not the same, and names what was not extracted.
func TestExpectedAgainst(t *testing.T) {
	born, err := idv.ReadTypedDate("1985-03-12")
	if err != nil {
		t.Fatal(err)
	}
	signer := &review.ExpectedSigner{Expected: idv.Expected{Name: "Anna Kovács", BirthDate: born}}
	for fields, want := range map[string][2]string{ // name, date of birth
		`{"full_name":"Anna Kovács","date_of_birth":"1985-03-12"}`: {"good Same", "good Same"},
		`{"full_name":"KOVACS ANNA","date_of_birth":"12 MAR 1985"}`: {
			"minor Same, written differently Expected: Anna Kovács Extracted: KOVACS ANNA", "minor Same, written differently Expected: 1985-03-12 Extracted: 12 MAR 1985",
		},
		`{"full_name":"BEA","date_of_birth":"1985-12-03"}`: {"bad Differs Expected: Anna Kovács Extracted: BEA", "bad Differs Expected: 1985-03-12 Extracted: 1985-12-03"},
		`{"full_name":"Άννα","date_of_birth":"1985"}`:      {"warn Not comparable Expected: Anna Kovács Extracted: Άννα", "warn Not comparable Expected: 1985-03-12 Extracted: 1985"},
		`{}`: {"warn Not comparable Expected: Anna Kovács Nothing extracted", "warn Not comparable Expected: 1985-03-12 Nothing extracted"},
	} {
		page := rendering(t, expectedAgainst(signer, idv.ReadFields([]byte(fields))))
		for i, field := range []string{"full_name", "date_of_birth"} {
			line := page.Find(`[data-expected-field="` + field + `"] dd`)
			got := strings.TrimPrefix(line.Find(".verdict").AttrOr("class", ""), "verdict tone-") + " " + strings.Join(strings.Fields(line.Text()), " ")
			if got != want[i] {
				t.Errorf("%s of %s: %q, want %q", field, fields, got, want[i])
			}
		}
	}
	if page := rendering(t, expectedAgainst(nil, &idv.Fields{})); page.Find("dl").Length() != 0 {
		t.Error("nobody is expected, and yet something is compared")
	}
}

package review

import (
	"errors"
	"strings"
	"testing"
	"time"

	"countersign/internal/idv"
	"countersign/internal/ledger"
)

func TestReadExpected(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 2, 0, 0, time.UTC)
	tests := []struct {
		name, typed, born string
		want              string // the signer, or what is wrong with each field
	}{
		{"both", " Anna\u00a0Kovács\r\n", "12 March 1985", "Anna Kovács, born 12 March 1985"},
		{"only a name", "Anna Kovács", " ", "Anna Kovács"},
		{"only a date", "", "1985-03-12", "born 12 March 1985"},
		{"nothing", " \u200b ", "\n", ""},
		{"today", "", "23 November 2026", "born 23 November 2026"},
		{"a control character", "Anna\x00", "", "refused: The name holds characters that cannot be recorded as text. Please remove them and send it again. | "},
		{"no UTF-8", "Anna\xff", "", "refused: The name holds characters that cannot be recorded as text. Please remove them and send it again. | "},
		{"too long", strings.Repeat("ä", 301), "", "refused: The name has 301 characters; at most 300 can be recorded. Please shorten it. | "},
		{"ambiguous", "Anna", "03/04/1985", "refused:  | This date can be 3 April 1985 or 4 March 1985. Please write the month as a word, or the date as year, month, day."},
		{"short year", "Anna", "12 March 85", "refused:  | Please write the year of birth with four digits."},
		{"no date", "Anna", "in spring", "refused:  | This is not a date. Please write it as in 1985-03-12 or 12 March 1985."},
		{"future", "Anna", "25 November 2026", "refused:  | This date is in the future."},
		{"too old", "Anna", "12 March 1885", "refused:  | Nobody alive was born on this date."},
		{"both wrong", "\x00", "soon", "refused: The name holds characters that cannot be recorded as text. Please remove them and send it again. | This is not a date. Please write it as in 1985-03-12 or 12 March 1985."},
	}
	for _, test := range tests {
		got, err := readExpected(ExpectedForm{Name: test.typed, BirthDate: test.born}, now)
		said := got.String()
		var refused *RefusedExpected
		if errors.As(err, &refused) {
			said = "refused: " + refused.Name + " | " + refused.BirthDate
		}
		if said != test.want {
			t.Errorf("%s: %q, want %q", test.name, said, test.want)
		}
		if plain := (*Refused)(nil); err != nil && !errors.As(err, &plain) {
			t.Errorf("%s: %v is no *Refused", test.name, err)
		}
	}
}

func TestExpectedExceptions(t *testing.T) {
	born, err := idv.ReadTypedDate("1985-03-12")
	if err != nil {
		t.Fatal(err)
	}
	anna := &ExpectedSigner{Expected: idv.Expected{Name: "Anna Kovács", BirthDate: born}}
	tests := []struct {
		name   string
		signer *ExpectedSigner
		fields string // empty where nothing was extracted
		want   string
	}{
		{"nobody expected", nil, `{"full_name":"BEA"}`, ""},
		{"as expected", anna, `{"full_name":"KOVACS ANNA","date_of_birth":"1985-03-12"}`, ""},
		{"another name", anna, `{"full_name":"BEA MARIA KOVACS","date_of_birth":"1985-03-12"}`,
			"Full name differs from what was expected: Expected “Anna Kovács”, extracted “BEA MARIA KOVACS”. Only expected: Anna. Only extracted: BEA, MARIA."},
		{"another date", anna, `{"full_name":"ANNA KOVACS","date_of_birth":"1985-12-03"}`,
			"Date of birth differs from what was expected: Expected “1985-03-12”, extracted “1985-12-03”."},
		{"differences first", anna, `{"full_name":"","date_of_birth":"1985-12-03"}`,
			"Date of birth differs from what was expected: Expected “1985-03-12”, extracted “1985-12-03”.\n" +
				"Full name not compared with what was expected: Expected “Anna Kovács”, nothing extracted."},
		{"another script", anna, `{"full_name":"Άννα","date_of_birth":"1985-03-12"}`,
			"Full name not compared with what was expected: Expected “Anna Kovács”, extracted “Άννα”. The values are written in different scripts."},
		{"a year alone", anna, `{"full_name":"ANNA KOVACS","date_of_birth":"1985"}`,
			"Date of birth not compared with what was expected: Expected “1985-03-12”, extracted “1985”. One of them says less than the other, and nothing against it."},
		{"nothing extracted", anna, "", "Full name not compared with what was expected: Expected “Anna Kovács”, nothing extracted.\n" +
			"Date of birth not compared with what was expected: Expected “1985-03-12”, nothing extracted."},
	}
	for _, test := range tests {
		var fields *idv.Fields
		if test.fields != "" {
			fields = idv.ReadFields([]byte(test.fields))
		}
		var got []string
		for _, e := range ExpectedExceptions(test.signer, fields) {
			got = append(got, e.Title+": "+e.Explanation)
			if e.Differs() != strings.Contains(e.Title, "differs") {
				t.Errorf("%s: Differs() = %t for %q", test.name, e.Differs(), e.Title)
			}
		}
		if text := strings.Join(got, "\n"); text != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, text, test.want)
		}
	}
}

// The record has every expected signer, and which one stood before an entry.
func TestExpectedInTheRecord(t *testing.T) {
	set := func(seq, about int64, content string) Recorded {
		return Recorded{Entry: ledger.Entry{Seq: seq, Act: ActExpectedSet, About: about, Name: "ann", Facts: "{}"}, Content: []byte(content)}
	}
	cleared := Recorded{Entry: ledger.Entry{Seq: 7, Act: ActExpectedCleared, About: 5, Name: "bob", Facts: "{}"}}
	r, err := ReadRecord([]Recorded{set(2, 0, `{"name":"Anna"}`), set(5, 2, `{"name":"Bea","birth_date":"1985-03-12"}`), cleared})
	if err != nil {
		t.Fatal(err)
	}
	for seq, want := range map[int64]string{0: "", 2: "", 3: "Anna", 5: "Anna", 6: "Bea, born 12 March 1985", 7: "Bea, born 12 March 1985", 8: ""} {
		got := ""
		if s := r.ExpectedBefore(seq); s != nil {
			got = s.Expected.String()
		}
		if got != want {
			t.Errorf("before entry %d it is %q, want %q", seq, got, want)
		}
	}
	var story []string
	for _, e := range r.events() {
		story = append(story, e.By+" "+e.Words+": "+e.Text)
	}
	want := "bob cleared the expected signer: \nann replaced the expected signer: Bea, born 12 March 1985\nann set the expected signer: Anna"
	if text := strings.Join(story, "\n"); text != want {
		t.Errorf("the timeline says\n%s\nwant\n%s", text, want)
	}
	if words := FactWords(cleared.Entry); words != "the one in entry 5" {
		t.Errorf("the facts say %q", words)
	}
	for _, content := range []string{`[]`, `{"birth_date":"1985"}`, `{"birth_date":"soon"}`} {
		if _, err := ReadRecord([]Recorded{set(2, 0, content)}); err == nil {
			t.Errorf("%s is read", content)
		}
	}
}

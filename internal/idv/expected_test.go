package idv

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func day(year int, month time.Month, d int) Date {
	return Date{time.Date(year, month, d, 0, 0, 0, 0, time.UTC), dayForm}
}

func TestReadTypedDate(t *testing.T) {
	want := day(1985, time.March, 12)
	for _, text := range []string{
		"1985-03-12", "1985-3-12", " 1985-03-12\n", "1985/03/12", "1985.03.12.", "19850312", "1985 Mar 12", "1985‑03‑12", "1985–03–12", "１９８５-０３-１２",
		"12 March 1985", "12 march 1985", "12 MAR 1985", "12-Mar-1985", "12/mar/1985", "12mar1985", "12. March 1985", "12 March, 1985",
		"12th March 1985", "the 12th of March 1985", "March 12, 1985", "March 12th, 1985", "Mar. 12 1985", "12\u00a0March\u00a01985", "\ufeff12 March 1985",
	} {
		if got, err := ReadTypedDate(text); err != nil || got != want {
			t.Errorf("ReadTypedDate(%q) = %v, %v", text, got, err)
		}
	}
	for text, want := range map[string]Date{
		"31/12/1985": day(1985, time.December, 31), "12/31/1985": day(1985, time.December, 31), "31.12.1985": day(1985, time.December, 31),
		"05/05/1985": day(1985, time.May, 5), "31121985": day(1985, time.December, 31), "3 Sept 2001": day(2001, time.September, 3),
		"29 February 2000": day(2000, time.February, 29), "21st June 1990": day(1990, time.June, 21), "2nd May 1990": day(1990, time.May, 2),
	} {
		if got, err := ReadTypedDate(text); err != nil || got != want {
			t.Errorf("ReadTypedDate(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
}

// What leaves a choice is refused with the choices, and nothing is made up.
func TestReadTypedDateGuessesNothing(t *testing.T) {
	for _, text := range []string{"03/04/1985", "3.4.1985", "03-04-1985", "03041985"} {
		_, err := ReadTypedDate(text)
		var ambiguous *AmbiguousDate
		if !errors.As(err, &ambiguous) || !slices.Equal(ambiguous.Readings, []Date{day(1985, time.April, 3), day(1985, time.March, 4)}) {
			t.Errorf("ReadTypedDate(%q): %v", text, err)
		}
	}
	for _, text := range []string{"12/03/85", "12 March 85", "March 12, 85", "31.12.85"} {
		if got, err := ReadTypedDate(text); !errors.Is(err, ErrShortYear) {
			t.Errorf("ReadTypedDate(%q) = %v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", " ", "1985", "March 1985", "1985-03", "30 February 1985", "29 February 1985", "31/13/1985", "0000-00-00", "1985-00-12", "1985-13-12",
		"12 March", "12 March 1985 BC", "1985-03-12T00:00:00Z", "12 Mars 1985", "Ma 12 1985", "0985-03-12", "9999-03-12", "12 March 19855",
		"12 12 March 1985", "March March 1985", "12 1985 March", "+1985-03-12", "-", "00/03/1985", "(1985-03-12)", strings.Repeat("1", 200), "１2345678901234567890-03-12",
	} {
		if got, err := ReadTypedDate(text); !errors.Is(err, ErrNoDate) {
			t.Errorf("ReadTypedDate(%q) = %v, %v", text, got, err)
		}
	}
}

// A date that was read and written is the same day again.
func FuzzReadTypedDate(f *testing.F) {
	for _, text := range []string{"1985-03-12", "12 March 1985", "March 12th, 1985", "31/12/1985", "03/04/1985", "１９８５-０３-１２", "19850312"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ReadTypedDate(text)
		if err != nil {
			return
		}
		for _, again := range []string{got.Wire(), got.String()} {
			if d, err := ReadTypedDate(again); err != nil || d != got {
				t.Errorf("ReadTypedDate(%q) = %v, of which %q is %v, %v", text, got, again, d, err)
			}
		}
	})
}

func TestCompareNames(t *testing.T) {
	tests := []struct {
		name, a, b string
		want       TextComparison
	}{
		{"letter for letter", "Anna Kovács", "Anna Kovács", Same},
		{"case", "Anna Kovacs", "ANNA KOVACS", Alike},
		{"accents", "Anna Kovács", "ANNA KOVACS", Accents},
		{"accents of Vietnamese", "Nguyễn Thị Hồng", "NGUYEN THI HONG", Accents},
		{"family name first", "Anna Kovacs", "KOVACS ANNA", Alike},
		{"family name first, accents", "Anna Kovács", "KOVACS ANNA", Alike},
		{"family name first, comma", "Kovács, Anna Maria", "Anna Maria Kovács", Alike},
		{"double name", "Anna-Maria Smith-Jones", "ANNA MARIA SMITH JONES", Alike},
		{"double name as one", "Anna-Maria Jones", "ANNAMARIA JONES", Alike},
		{"double name as one, turned", "Jones Annamaria", "ANNA MARIA JONES", Alike},
		{"apostrophe", "Sean O'Neill", "SEAN ONEILL", Alike},
		{"blank for an apostrophe", "Sean O'Neill", "O NEILL SEAN", Alike},
		{"particle", "Jan van der Berg", "VANDERBERG JAN", Alike},
		{"machine-readable zone", "KOVACS<<ANNA<MARIA", "Anna Maria Kovacs", Alike},
		{"saint", "Chloe Saint John", "CHLOE ST JOHN", Alike},
		{"umlaut written out", "Jörg Müller", "JOERG MUELLER", Alike},
		{"umlaut bare", "Jörg Müller", "JORG MULLER", Accents},
		{"umlauts in both ways", "Jörg Müller", "JOERG MULLER", Alike},
		{"umlaut written out by hand", "Joerg Mueller", "Jörg Müller", Alike},
		{"umlaut of two signs", "Jo\u0308rg Mu\u0308ller", "JOERG MUELLER", Alike},
		{"sharp s", "Anna Strauß", "ANNA STRAUSS", Alike},
		{"Norwegian", "Søren Ødegård", "SOEREN OEDEGAARD", Alike},
		{"Norwegian, bare", "Søren Ødegård", "SOREN ODEGARD", Alike},
		{"Icelandic", "Þórður Æsa", "THORDUR AESA", Alike},
		{"Polish", "Łukasz Żółć", "LUKASZ ZOLC", Alike},
		{"Croatian", "Đorđe Đurić", "DORDE DURIC", Alike},
		{"Turkish", "Işıl Yıldız", "ISIL YILDIZ", Alike},
		{"Turkish, capital with a dot", "İlker Çağlar", "ILKER CAGLAR", Accents},
		{"Cyrillic, written out", "Юлия Щербакова", "IULIIA SHCHERBAKOVA", Alike},
		{"Cyrillic, family name first", "Иван Петров", "PETROV IVAN", Alike},
		{"Cyrillic, another way to write it out", "Юлия Щербакова", "YULIYA SHCHERBAKOVA", OtherScript},
		{"Cyrillic, somebody else", "Юлия Щербакова", "ANNA KOVACS", OtherScript},
		{"Chinese", "王小明", "WANG XIAOMING", OtherScript},
		{"Greek", "Άννα Παππά", "ANNA PAPPA", OtherScript},
		{"Greek, accents", "Άννα Παππά", "ΑΝΝΑ ΠΑΠΠΑ", Accents},
		{"a Cyrillic letter among Latin ones", "Аnna Kovacs", "Anna Kovacs", Differs},
		{"no name", "", "ANNA KOVACS", Missing},
		{"fillers", "<<<", "ANNA", Differs},
		{"a letter is lost", "Anna Kov\ufffdcs", "ANNA KOVACS", Damaged},
		{"middle name", "Anna Kovács", "ANNA MARIA KOVACS", Differs},
		{"one of two family names", "Ana García López", "ANA GARCIA", Differs},
		{"a word twice", "Anna Anna", "ANNA KOVACS", Differs},
		{"a word once too often", "Anna Anna Kovacs", "ANNA KOVACS", Differs},
		{"another letter", "Anna Kovacs", "ANNA KOVACZ", Differs},
		{"initial", "A Kovacs", "ANNA KOVACS", Differs},
		{"abbreviation of addresses", "Oliver North", "OLIVER N", Differs},
		{"another abbreviation of addresses", "Lois Lane", "LOIS LN", Differs},
		{"two that both could be Müller", "Muller", "MUELLER", Differs},
		{"words that only touch", "Anna Lee", "ANNAL EE", Differs},
		{"long", strings.Repeat("a ", 600), strings.Repeat("b ", 600), Differs},
		{"many words, turned", "a b c d e f g h i j", "j i h g f e d c b a", Alike},
	}
	for _, test := range tests {
		if got := compareNames(test.a, test.b); got != test.want {
			t.Errorf("%s: compareNames(%q, %q) = %s, want %s", test.name, test.a, test.b, got, test.want)
		}
		if got := compareNames(test.b, test.a); got != test.want {
			t.Errorf("%s: compareNames(%q, %q) = %s, want %s", test.name, test.b, test.a, got, test.want)
		}
	}
}

func TestCompareExpected(t *testing.T) {
	tests := []struct {
		name     string
		expected Expected
		fields   string
		want     string
	}{
		{"the same", Expected{"ANNA KOVACS", day(1985, time.March, 12)}, `{"full_name":"ANNA KOVACS","date_of_birth":"1985-03-12"}`, "full_name:same date_of_birth:same"},
		{"accents are another way to write it", Expected{"Anna Kovács", Date{}}, `{"full_name":"ANNA KOVACS","date_of_birth":"1985-03-12"}`, "full_name:normalised"},
		{"parts of a name", Expected{"Kovács Anna Mária", Date{}}, `{"given_names":"ANNA MARIA","family_name":"KOVACS"}`, "full_name:normalised"},
		{"first and middle name", Expected{"Anna Mária Kovács", Date{}}, `{"first_name":"ANNA","middle_name":"MARIA","family_name":"KOVACS"}`, "full_name:normalised"},
		{"somebody else", Expected{"Anna Kovács", day(1985, time.March, 12)}, `{"full_name":"BEA KOVACS","date_of_birth":"1985-12-03"}`, "full_name:differs date_of_birth:differs"},
		{"only the day", Expected{"", day(1985, time.March, 12)}, `{"full_name":"BEA KOVACS","date_of_birth":"1985-03-12"}`, "date_of_birth:same"},
		{"a year alone", Expected{"", day(1985, time.March, 12)}, `{"date_of_birth":"1985"}`, "date_of_birth:partial"},
		{"a month alone", Expected{"", day(1985, time.March, 12)}, `{"date_of_birth":"1985-03"}`, "date_of_birth:partial"},
		{"another year alone", Expected{"", day(1985, time.March, 12)}, `{"date_of_birth":"1986"}`, "date_of_birth:differs"},
		{"another month alone", Expected{"", day(1985, time.March, 12)}, `{"date_of_birth":"1985-04"}`, "date_of_birth:differs"},
		{"a date in words", Expected{"", day(1985, time.March, 12)}, `{"date_of_birth":"12 MAR 1985"}`, "date_of_birth:normalised"},
		{"another date in words", Expected{"", day(1985, time.March, 12)}, `{"date_of_birth":"13 MAR 1985"}`, "date_of_birth:differs"},
		{"a date that can be two", Expected{"", day(1985, time.March, 12)}, `{"date_of_birth":"12/03/1985"}`, "date_of_birth:no-date"},
		{"no date", Expected{"", day(1985, time.March, 12)}, `{"date_of_birth":"UNKNOWN"}`, "date_of_birth:no-date"},
		{"a lost character", Expected{"", day(1985, time.March, 12)}, `{"date_of_birth":"1985-03-1\ufffd"}`, "date_of_birth:damaged"},
		{"nothing extracted", Expected{"Anna Kovács", day(1985, time.March, 12)}, `{"full_name":"","date_of_birth":null}`, "full_name:missing date_of_birth:missing"},
		{"no fields", Expected{"Anna Kovács", day(1985, time.March, 12)}, `{}`, "full_name:missing date_of_birth:missing"},
		{"unreadable", Expected{"Anna Kovács", Date{}}, `{"full_name":`, "full_name:missing"},
		{"odd", Expected{"Anna Kovács", Date{}}, `{"full_name":{}}`, "full_name:missing"},
		{"nothing expected", Expected{}, `{"full_name":"ANNA KOVACS"}`, ""},
	}
	for _, test := range tests {
		var got []string
		for _, c := range CompareExpected(test.expected, ReadFields([]byte(test.fields))) {
			got = append(got, c.Name+":"+string(c.Likeness))
			if !c.Likeness.Word().Known {
				t.Errorf("%s: there are no words for %q", test.name, c.Likeness)
			}
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %v, want %s", test.name, got, test.want)
		}
	}
	if list := CompareExpected(Expected{Name: "Anna"}, nil); len(list) != 1 || list[0].Likeness != Missing {
		t.Errorf("without fields: %v", list)
	}
}

func TestOnlyIn(t *testing.T) {
	for _, test := range []struct {
		name, other string
		want        []string
	}{
		{"ANNA MARIA KOVACS", "Anna Kovács", []string{"MARIA"}},
		{"Anna Kovács", "ANNA MARIA KOVACS", nil},
		{"Jörg Müller-Lüdenscheidt", "MUELLER JOERG", []string{"Lüdenscheidt"}},
		{"BEA KOVACS", "Anna Kovács", []string{"BEA"}},
		{"", "Anna", nil},
		{"Anna, <<", "", []string{"Anna"}},
	} {
		if got := WordsOnlyIn(test.name, test.other); !slices.Equal(got, test.want) {
			t.Errorf("OnlyIn(%q, %q) = %q, want %q", test.name, test.other, got, test.want)
		}
	}
}

func TestTypedName(t *testing.T) {
	for text, want := range map[string]string{
		"  Anna\u00a0Kovács\r\n":        "Anna Kovács",
		"Anna\n\tKovács":                "Anna Kovács",
		"\ufeffAnna\u200b Kova\u0301cs": "Anna Kovács",
		"\u202eAnna":                    "Anna",
		"نیم\u200cفاصله":                "نیم\u200cفاصله", // part of how it is written
		"A\x00nna":                      "A\x00nna",       // to be refused
		"Anna\xff ":                     "Anna\xff ",      // to be refused
		" \u200b ":                      "",
	} {
		if got := TypedName(text); got != want {
			t.Errorf("TypedName(%q) = %q, want %q", text, got, want)
		}
	}
	for e, want := range map[Expected]string{
		{"Anna", day(1985, time.March, 12)}: "Anna, born 12 March 1985",
		{"Anna", Date{}}:                    "Anna",
		{"", day(1985, time.March, 12)}:     "born 12 March 1985",
		{}:                                  "",
	} {
		if got := e.String(); got != want || e.Empty() != (want == "") {
			t.Errorf("%#v is %q, empty %t", e, got, e.Empty())
		}
	}
}

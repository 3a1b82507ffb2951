package review

import (
	"slices"
	"strings"
	"testing"
	"time"
)

var today = time.Date(2026, 11, 23, 14, 2, 0, 0, time.UTC)

func TestGuard(t *testing.T) {
	const (
		card, account, passport, birth = "card", "account", "passport", "birth"
	)
	tests := []struct {
		text string
		want []string
	}{
		{"", nil},
		{"Seen and compared; the customer phoned at 14:02 on 2026-11-23 about £1,250.00.", nil},
		{"Recipient 7c9e6679-7425-40de-944b-e07fc1f90ae7, result 5f3a2c1b9d8e7f60112233445566778899aabbccddeeff00112233445566778a.", nil},
		{"Session 4111111111111111-not: 4111 1111 1111 1112 fails its check digit.", []string{card}},
		{"Order 4111 1111 1111 1112", nil},
		{"4111 1111 1111 1111", []string{card}},
		{"4111-1111-1111-1111 was in the picture", []string{card}},
		{"amex 378282246310005", []string{card}},
		{"IBAN GB82 WEST 1234 5698 7654 32", []string{account}},
		{"GB82WEST12345698765433 has a wrong check digit", nil},
		{"sort code 20-00-00, number 55779911", []string{account}},
		{"account 55779911", []string{account}},
		{"accounted for 3 of 12 hits", nil},
		{"Passport number 533380006 agrees", []string{passport}},
		{"passport AB1234567", []string{passport}},
		{"Passport, page 1; expires 2031-04-02", nil},
		{"P<GBREXAMPLE<<JANE<<<<<<<<<<<<<<<<<<<<<<<<<<", []string{passport}},
		{"case 533380006", nil},
		{"born 12/03/1985", []string{birth}},
		{"DOB 1985-03-12", []string{birth}},
		{"the date is 12 March 1985", []string{birth}},
		{"March 12, 1985", []string{birth}},
		{"born on 3.4.15", []string{birth}},
		{"expires 12 March 2031", nil},
		{"renewed 02/04/2026", nil},
		{"4111 1111 1111 1111, born 12/03/1985", []string{card, birth}},

		{"At 14:02 4111 1111 1111 1111 was read out", []string{card}},
		{"1 4111 1111 1111 1111 2", []string{card}},
		{"4111\u00a01111\u00a01111\u00a01111", []string{card}},
		{"4111‑1111‑1111‑1111", []string{card}},
		{"4111111111111111.", []string{card}},
		{"5555 5555 5555 4444, 3056 9309 0259 04, 6011 1111 1111 1117", []string{card}},
		{"4222222222222", []string{card}},
		{"Recipient 41111111-1111-1111-8111-111111111111, passport page in 533380006abc4111111111111111aaaaaaaaa.", nil},
		{"tracking 1111 1111 1111 1117", nil},
		{"4111 1111 1111 111", nil},
		{"411 1111 1111 11111", nil},
		{"20261123140207 to 20261123140315", nil},
		{"phone +44 20 7946 0958 or 07700 900123", nil},
		{"+1 (202) 555-0143", nil},
		{"checks 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", nil},

		{"gb82 west 1234 5698 7654 32 was shown", []string{account}},
		{"GB82-WEST-1234-5698-7654-32", []string{account}},
		{"GB82WEST12345698765432, on a statement", []string{account}},
		{"BE68 5390 0754 7034 paid from home", []string{account}},
		{"DE89370400440532013000", []string{account}},
		{"GB82WEST123456987654321 has one too many", nil},
		{"GB82  WEST  1234  5698  7654  32", nil},
		{"ZZ82WEST12345698765432", nil},
		{"lives at LS11 4AB, and wrote that the bill is older", nil},
		{"GB82", nil},
		{"20 00 00 / 55779911", []string{account}},
		{"55779911 at 20-00-00", []string{account}},
		{"a/c 55779911", []string{account}},
		{"the account was opened on 2026-11-23", nil},
		{"account holder phoned at 14:02", nil},
		{"account holder has 07700900123", nil},

		{"533380006 is the number of the passport", []string{passport}},
		{"PASSPORT: ab1234567.", []string{passport}},
		{"driving licence SAMPL852038A99XX", []string{passport}},
		{"L898902C36UTO7408122F1204159ZE184226B<<<<<10", []string{passport}},
		{"IDGBR1234567897<<<<<<<<<<<<<<<", []string{passport}},
		{"a << b, and if x<y", nil},
		{"passport seen on 23.11.2026 at 14:02", nil},
		{"passport, see case 533380 of 20261123", nil},
		{"The document in result 5f3a2c1b9d8e is a passport", nil},
		{"document_in_date, check 3 of 9", nil},

		{"d.o.b. 3/4/15", []string{birth}},
		{"DOB 19850312", []string{birth}},
		{"date of birth: 120385", []string{birth}},
		{"1985/3/12", []string{birth}},
		{"12th of March 1985", []string{birth}},
		{"12-Mar-1985", []string{birth}},
		{"Sept. 1st, 1985", []string{birth}},
		{"3.4.2015", []string{birth}},
		{"3.4.2016 is when it was issued", nil},
		{"dob agrees in MRZ and print", nil},
		{"birthday party on the picture", nil},
		{"stubborn 3/4/15", nil},
		{"page 1/2/33", nil},
	}
	for _, test := range tests {
		warnings := NoteWarnings(test.text, today)
		if len(warnings) != len(test.want) {
			t.Errorf("Guard(%q) = %q, want %q", test.text, warnings, test.want)
			continue
		}
		for i, word := range test.want {
			if !strings.Contains(warnings[i], word) {
				t.Errorf("Guard(%q) = %q, want %q", test.text, warnings, test.want)
			}
		}
	}
}

// Long texts of half-finished numbers take no more than their share: this is felt at
// once where time grows with the square of the length.
func TestGuardLongTexts(t *testing.T) {
	for _, part := range []string{"1", "4 ", "4111-", "GB82", "GB82 ", "20-00-00 ", "account ", "passport ", "P<<", "born ", "1.1.", "Mar 1, ", "a-", "\u00a0", "\xff"} {
		NoteWarnings(strings.Repeat(part, 1<<16/len(part)), today)
	}
}

func FuzzGuard(f *testing.F) {
	f.Add("4111 1111 1111 1111 GB82WEST12345698765432 20-00-00 55779911 born 12/03/1985 P<GBR<<")
	f.Fuzz(func(t *testing.T, text string) {
		once := NoteWarnings(text, today)
		for _, warning := range once {
			if n := len(warning); n == 0 || strings.Count(strings.Join(once, "\n"), warning) != 1 {
				t.Errorf("warnings %q", once)
			}
		}
		if again := NoteWarnings(text, today); !slices.Equal(once, again) {
			t.Errorf("first %q, then %q", once, again)
		}
	})
}

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
	}
	for _, test := range tests {
		warnings := Guard(test.text, today)
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

func FuzzGuard(f *testing.F) {
	f.Add("4111 1111 1111 1111 GB82WEST12345698765432 20-00-00 55779911 born 12/03/1985 P<GBR<<")
	f.Fuzz(func(t *testing.T, text string) {
		once := Guard(text, today)
		for _, warning := range once {
			if n := len(warning); n == 0 || strings.Count(strings.Join(once, "\n"), warning) != 1 {
				t.Errorf("warnings %q", once)
			}
		}
		if again := Guard(text, today); !slices.Equal(once, again) {
			t.Errorf("first %q, then %q", once, again)
		}
	})
}

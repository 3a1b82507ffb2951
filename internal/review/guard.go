package review

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Guard returns warnings, as sentences, about what a note seems to hold and need not:
// numbers of cards, accounts and passports, and dates of birth. A note is kept for
// years, so it should not repeat what the documents say. Nothing is refused for it.
func NoteWarnings(text string, now time.Time) []string {
	text = normalizeForGuard(text)
	var warnings []string
	for _, g := range []struct {
		holds   func(string, time.Time) bool
		warning string
	}{
		{holdsCard, "This seems to hold a payment card number. The note does not need it."},
		{holdsAccount, "This seems to hold a bank account number. The note does not need it."},
		{holdsPassport, "This seems to hold a passport or identity card number. The note can name the document without it."},
		{holdsBirth, "This seems to hold a date of birth. The note can say that it fits without giving it."},
	} {
		if g.holds(text, now) {
			warnings = append(warnings, g.warning)
		}
	}
	return warnings
}

// names are UUIDs and digests: long, but nobody's number.
var names = regexp.MustCompile(`(?i)\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{32,}\b`)

// normalizeForGuard returns the text with one kind of blank and of dash, and without names.
func normalizeForGuard(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Zs, r):
			return ' '
		case unicode.Is(unicode.Pd, r):
			return '-'
		}
		return r
	}, text)
	return names.ReplaceAllString(text, " … ")
}

// groups finds groups of digits with one blank or dash between them.
var groups = regexp.MustCompile(`\b\d+(?:[ -]\d+)*\b`)

// longestCard is how many digits a card number has at most. Source: ISO/IEC 7812-1.
const longestCard = 19

// holdsCard looks for groups that make up a card number, whatever numbers stand
// before and behind them.
func holdsCard(text string, _ time.Time) bool {
	for _, found := range groups.FindAllString(text, -1) {
		parts := strings.FieldsFunc(found, func(r rune) bool { return r == ' ' || r == '-' })
		for i := range parts {
			if beginsCard(parts[i:]) {
				return true
			}
		}
	}
	return false
}

// beginsCard reports whether the first of the groups make up a card number: in one
// piece, or four digits first and no single ones before the last.
func beginsCard(parts []string) bool {
	number := ""
	for i, part := range parts {
		if len(number)+len(part) > longestCard || i == 0 && len(part) < 4 {
			return false
		}
		number += part
		if hasIssuerPrefix(number) && luhnValid(number) {
			return true
		}
		if len(part) < 3 {
			return false
		}
	}
	return false
}

// issuers are the beginnings of card numbers and how many digits those have.
// Source: the card schemes' published ranges of issuer identification numbers.
var issuers = regexp.MustCompile(`^(?:4(?:\d{12}|\d{15}|\d{18})` + // Visa
	`|(?:5[1-5]|2[2-7])\d{14}` + // Mastercard
	`|3[47]\d{13}` + // American Express
	`|3(?:0|[689])\d{12}` + // Diners Club
	`|35\d{14}` + // JCB
	`|(?:50|5[6-9]|6\d)\d{11,17})$`) // Maestro, Discover, UnionPay

func hasIssuerPrefix(number string) bool { return issuers.MatchString(number) }

// luhnValid checks the last digit of a card number. Source: ISO/IEC 7812-1, annex B.
func luhnValid(number string) bool {
	sum := 0
	for i := range len(number) {
		d := int(number[len(number)-1-i] - '0')
		if i%2 == 1 {
			d = d*2/10 + d*2%10
		}
		sum += d
	}
	return sum%10 == 0
}

var (
	// A British sort code with an account number near it.
	sortCode  = regexp.MustCompile(`\b\d{2}[- ]\d{2}[- ]\d{2}\b\D{1,30}\b\d{8}\b|\b\d{8}\b\D{1,30}\b\d{2}[- ]\d{2}[- ]\d{2}\b`)
	accountNo = regexp.MustCompile(`(?i)\b(?:account|a/c|acct)\b\D{0,20}\b\d{8}\b`)
	iban      = regexp.MustCompile(`\b[A-Za-z]{2}\d{2}`)
)

func holdsAccount(text string, _ time.Time) bool {
	if sortCode.MatchString(text) || accountNo.MatchString(text) {
		return true
	}
	for _, at := range iban.FindAllStringIndex(text, -1) {
		if beginsIBAN(text[at[0]:]) {
			return true
		}
	}
	return false
}

// ibanLengths are the countries that have IBANs, each with the length of its own.
// Source: SWIFT, IBAN registry.
const ibanLengths = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 " +
	"EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 " +
	"LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 " +
	"SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20"

// beginsIBAN reports whether the text begins with an IBAN, in one piece or in groups
// with one blank or dash between them.
func beginsIBAN(text string) bool {
	country := strings.ToUpper(text[:2])
	_, length, known := strings.Cut(ibanLengths, country)
	if !known {
		return false
	}
	want, _ := strconv.Atoi(length[:2]) // two digits, by the table
	var number []byte
	for i := 0; i < len(text) && len(number) < want; i++ {
		switch c := text[i]; {
		case isAlphanumeric(c):
			number = append(number, c)
		case c != ' ' && c != '-' || !isAlphanumeric(text[i-1]):
			return false
		}
		if len(number) == want && i+1 < len(text) && isAlphanumeric(text[i+1]) {
			return false
		}
	}
	return len(number) == want && validIBAN(strings.ToUpper(string(number)))
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

// validIBAN checks the two digits after the country. Source: ISO 13616, ISO 7064.
func validIBAN(s string) bool {
	rest := 0
	for _, c := range []byte(s[4:] + s[:4]) {
		if c >= 'A' {
			rest = (rest*100 + int(c-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	return rest == 1
}

var (
	// A line of a machine-readable zone. Source: ICAO 9303, parts 3 to 6.
	machineLine = regexp.MustCompile(`[A-Z0-9]{5,}<{2,}[A-Z0-9<]*|[A-Z]<[A-Z]{3}[A-Z<]{5,}`)
	// The number of a passport, a card or a British driving licence near the word.
	number     = `\b(?:(?i:[A-Z]{1,3})\d{6,8}|[A-Z]{1,2} \d{6,8}|\d{9}|\d{2}[A-Z]{2}\d{5}|[A-Z9]{5}\d{6}[A-Z0-9]{5})\b`
	document   = `(?i:\b(?:passport|identity card|id card|driving licen[cs]e|licen[cs]e|document)\b)`
	documentNo = regexp.MustCompile(document + `[^\n]{0,40}?` + number + `|` + number + `[^\n]{0,40}?` + document)
)

func holdsPassport(text string, _ time.Time) bool {
	return machineLine.MatchString(text) || documentNo.MatchString(text)
}

const month = `(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?`

// date finds dates as people write them.
var date = regexp.MustCompile(`(?i)\b(?:\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|` +
	`\d{1,2}(?:st|nd|rd|th)?(?: of)?[ -]` + month + `,?[ -]\d{4}|` + month + ` \d{1,2}(?:st|nd|rd|th)?,? \d{4})\b`)

const birthWord = `(?i)\b(?:born|birth|birthday|birthdate|d\.?o\.?b\.?)(?:\W|$)`

var (
	year  = regexp.MustCompile(`(?:19|20)\d{2}`)
	birth = regexp.MustCompile(birthWord)
	// A date in digits alone is one only behind such a word.
	birthDigits = regexp.MustCompile(birthWord + `\D{0,12}\b(?:\d{6}|\d{8})\b`)
)

// longAgo is how many years back a date must be to be somebody's birth even where no
// word says so: the documents and checks of which notes speak are younger.
const longAgo = 10

func holdsBirth(text string, now time.Time) bool {
	for _, at := range date.FindAllStringIndex(text, -1) {
		if y, err := strconv.Atoi(year.FindString(text[at[0]:at[1]])); err == nil && y < now.Year()-longAgo {
			return true
		}
		around := text[max(0, at[0]-40):min(len(text), at[1]+20)]
		if birth.MatchString(around) {
			return true
		}
	}
	return birthDigits.MatchString(text)
}

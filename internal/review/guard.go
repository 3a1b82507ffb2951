package review

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Guard returns warnings, as sentences, about what a note seems to hold and need not:
// numbers of cards, accounts and passports, and dates of birth. A note is kept for
// years, so it should not repeat what the documents say. Nothing is refused for it.
func Guard(text string, now time.Time) []string {
	text = withoutNames(text)
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

func withoutNames(text string) string { return names.ReplaceAllString(text, " … ") }

// digits finds runs of digits, in groups with one blank or dash between them.
var digits = regexp.MustCompile(`\b\d(?:[ -]?\d){12,18}\b`)

func holdsCard(text string, _ time.Time) bool {
	for _, found := range digits.FindAllString(text, -1) {
		number := onlyDigits(found)
		if strings.ContainsRune("23456", rune(number[0])) && luhn(number) {
			return true
		}
	}
	return false
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// luhn checks the last digit of a card number. Source: ISO/IEC 7812-1, annex B.
func luhn(number string) bool {
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
	ibans = regexp.MustCompile(`\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b`)
	// A British sort code with an account number near it.
	sortCode = regexp.MustCompile(`\b\d{2}-\d{2}-\d{2}\b\D{1,30}\b\d{8}\b|\b\d{8}\b\D{1,30}\b\d{2}-\d{2}-\d{2}\b`)
	named    = regexp.MustCompile(`(?i)\b(?:account|a/c|acct)\b\D{0,20}\d(?:[ -]?\d){5,16}\b`)
)

func holdsAccount(text string, _ time.Time) bool {
	if sortCode.MatchString(text) || named.MatchString(text) {
		return true
	}
	for _, found := range ibans.FindAllString(text, -1) {
		if validIBAN(strings.ReplaceAll(found, " ", "")) {
			return true
		}
	}
	return false
}

// validIBAN checks the two digits after the country. Source: ISO 13616, ISO 7064.
func validIBAN(s string) bool {
	if len(s) < 15 || len(s) > 34 {
		return false
	}
	var number strings.Builder
	for _, r := range s[4:] + s[:4] {
		if r >= 'A' {
			number.WriteString(strconv.Itoa(int(r-'A') + 10))
		} else {
			number.WriteRune(r)
		}
	}
	n, ok := new(big.Int).SetString(number.String(), 10)
	return ok && n.Mod(n, big.NewInt(97)).Int64() == 1
}

var (
	// A line of a machine-readable zone. Source: ICAO 9303, parts 3 to 6.
	machineLine = regexp.MustCompile(`[A-Z0-9]{5,}<{2,}[A-Z0-9<]*|[A-Z]<[A-Z]{3}[A-Z<]{5,}`)
	documentNo  = regexp.MustCompile(`(?i)\b(?:passport|identity card|id card|licen[cs]e|document)\b[^\n]{0,40}?\b(?:[A-Z]{1,3} ?\d{6,8}|\d{8,9}|\d{2}[A-Z]{2}\d{5})\b`)
)

func holdsPassport(text string, _ time.Time) bool {
	return machineLine.MatchString(text) || documentNo.MatchString(text)
}

// date finds dates as people write them.
var date = regexp.MustCompile(`(?i)\b(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|` +
	`\d{1,2}(?:st|nd|rd|th)? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,? \d{4}|` +
	`(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2},? \d{4})\b`)

var (
	year  = regexp.MustCompile(`(?:19|20)\d{2}`)
	birth = regexp.MustCompile(`(?i)\b(?:born|birth|birthday|birthdate|d\.?o\.?b\.?)(?:\W|$)`)
)

// grownUp is how long ago a date must be to be somebody's birth even where no word
// says so: whoever signs is not a child.
const grownUp = 14

func holdsBirth(text string, now time.Time) bool {
	for _, at := range date.FindAllStringIndex(text, -1) {
		if y, err := strconv.Atoi(year.FindString(text[at[0]:at[1]])); err == nil && y <= now.Year()-grownUp {
			return true
		}
		around := text[max(0, at[0]-40):min(len(text), at[1]+20)]
		if birth.MatchString(around) {
			return true
		}
	}
	return false
}

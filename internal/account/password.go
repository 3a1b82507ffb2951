package account

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"countersign/internal/breached"
)

// MinPasswordLength is how short a password may be, in characters (Unicode code
// points).
const MinPasswordLength = 12

// maxPasswordBytes bounds what is hashed.
const maxPasswordBytes = 1024

// minUnguessable is how many characters a password needs besides a name or a common
// password in it.
const minUnguessable = 8

// minPieces is how many pieces a password needs at least when runs of keys count as
// one: qwertyuiop123 has two.
const minPieces = 5

// checkPassword returns a *Refused when password cannot be that of someone called
// name.
func checkPassword(password, name string) error {
	if why := passwordWeakness(password, name); why != "" {
		return &Refused{FieldPassword, why}
	}
	return nil
}

func passwordWeakness(password, name string) string {
	if len(password) > maxPasswordBytes {
		return fmt.Sprintf("The password is too long; it may have %d bytes.", maxPasswordBytes)
	}
	if !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl) {
		return "The password holds characters that a keyboard cannot type again. Please choose another."
	}
	if n := utf8.RuneCountInString(norm.NFC.String(password)); n < MinPasswordLength {
		return fmt.Sprintf("The password is too short; it needs %d characters. A few words in a row are easy to remember.", MinPasswordLength)
	}
	plain := strings.ReplaceAll(NameKey(password), " ", "")
	switch {
	case isRepetition([]rune(plain)):
		return "The password is the same short piece over and over. Please choose one that is harder to guess."
	case !hasPieces(plain, minPieces):
		return "The password is made of characters or keys that follow each other. Please choose one that is harder to guess."
	case isCommon(plain):
		return "The password is one of those that are tried first. Please choose one that is harder to guess."
	case breached.IsCommon(password):
		return knownBreached
	case isMostlyName(plain, NameKey(name)):
		return "The password is little more than your name. Please choose one that has nothing to do with it."
	}
	return ""
}

// knownBreached is what is wrong with a password that was found in a breach.
const knownBreached = "The password is known from data breaches, and is among those that are tried first. Please choose another."

// BreachedPasswords are passwords that were found in breaches, besides the most common ones that
// the program knows: *breached.List.
type BreachedPasswords interface {
	// Has reports whether a password is one of them.
	Has(password string) (bool, error)
}

// refuseBreached returns a *Refused for a password that the operator's list has.
func (s *Service) refuseBreached(password string) error {
	if s.Breached == nil {
		return nil
	}
	found, err := s.Breached.Has(password)
	if err != nil {
		return fmt.Errorf("look the password up: %w", err)
	}
	if found {
		return &Refused{FieldPassword, knownBreached}
	}
	return nil
}

// isRepetition reports whether p is a piece that would itself be too short, over and over.
func isRepetition(p []rune) bool {
	for length := 1; length < MinPasswordLength && 2*length <= len(p); length++ {
		if slices.Equal(p[length:], p[:len(p)-length]) {
			return true
		}
	}
	return false
}

// rows are characters in the order in which people think of them or find them on a
// keyboard, each as a ring, so that it can be entered anywhere.
var rows = ringsOf(
	"1234567890",
	"abcdefghijklmnopqrstuvwxyz",
	"qwertyuiopasdfghjklzxcvbnm",
	"qwertzuiopasdfghjklyxcvbnm",
	"azertyuiopqsdfghjklmwxcvbn",
	"qazwsxedcrfvtgbyhnujmikolp",
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
	"1q2w3e4r5t6y7u8i9o0p",
	"1a2b3c4d5e6f7g8h9i0j",
	"!@#$%^&*()",
	`!"§$%&/()=`,
)

func ringsOf(sequences ...string) []string {
	var rings []string
	for _, s := range sequences {
		back := []rune(s)
		slices.Reverse(back)
		rings = append(rings, s+s, string(back)+string(back))
	}
	return rings
}

// hasPieces reports whether p has at least so many pieces. A piece is a run of three
// or more characters that are the same or follow each other in a row; a character
// that is in no run is a piece by itself.
func hasPieces(p string, least int) bool {
	for rest := []rune(p); len(rest) > 0 && least > 0; least-- {
		rest = rest[runLength(rest):]
	}
	return least == 0
}

func runLength(p []rune) int {
	n := 1
	for n < len(p) && isSequence(p[:n+1]) {
		n++
	}
	if n < 3 {
		return 1
	}
	return n
}

func isSequence(p []rune) bool {
	if !slices.ContainsFunc(p, func(r rune) bool { return r != p[0] }) {
		return true
	}
	s := string(p)
	return slices.ContainsFunc(rows, func(row string) bool { return strings.Contains(row, s) })
}

//go:embed common.txt
var commonText string

var commonPasswords = func() map[string]bool {
	set := make(map[string]bool)
	for line := range strings.Lines(commonText) {
		if word := strings.TrimSpace(line); word != "" && !strings.HasPrefix(word, "#") {
			set[word] = true
		}
	}
	return set
}()

// disguises are the characters that are typed for letters they look like.
var disguises = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "8", "b", "9", "g",
	"@", "a", "$", "s", "!", "i", "€", "e", "|", "l")

// isCommon reports whether p is a common password, as it is or in disguise, perhaps
// with few digits or signs around it.
func isCommon(p string) bool {
	runes := []rune(p)
	for before := 0; before < minUnguessable; before++ {
		for after := 0; before+after < minUnguessable && before+after < len(runes); after++ {
			word := string(runes[before : len(runes)-after])
			if commonPasswords[word] || commonPasswords[disguises.Replace(word)] {
				return true
			}
			if unicode.IsLetter(runes[len(runes)-1-after]) {
				break
			}
		}
		if before == len(runes) || unicode.IsLetter(runes[before]) {
			break
		}
	}
	return false
}

// isMostlyName reports whether too little is left of p without the words of a name.
func isMostlyName(p, nameKey string) bool {
	words := strings.FieldsFunc(nameKey, func(r rune) bool { return !isWordRune(r) })
	words = append(words, strings.ReplaceAll(nameKey, " ", ""))
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	for _, word := range words {
		// Two letters are in many words by chance.
		if utf8.RuneCountInString(word) > 2 {
			p = strings.ReplaceAll(p, word, "")
		}
	}
	return utf8.RuneCountInString(p) < minUnguessable
}

package account

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// MaxNameLength is how long a name may be, in characters (Unicode code points).
const MaxNameLength = 64

// NameKey returns what all spellings of a name have in common: the name without its
// letter case, without blanks around it or doubled in it, and with characters that
// Unicode holds to be the same made one (NFKC). Two accounts never share a key.
func NameKey(name string) string {
	// What is no text stops the normal form halfway.
	name = strings.ToValidUTF8(name, "\uFFFD")
	folded := cases.Fold().String(norm.NFKC.String(name))
	// Fold of golang.org/x/text v0.43.0 gives Cherokee letters the other case.
	name = norm.NFKC.String(strings.ToLower(folded))
	return strings.Join(strings.Fields(name), " ")
}

// signInKey is the key of a name that somebody typed to sign in, whatever it was.
// What is too long for any name is the empty name, which nobody has.
func signInKey(name string) string {
	if len(name) > MaxNameLength*utf8.UTFMax {
		return ""
	}
	return NameKey(name)
}

// checkName returns a *Refused when name cannot be that of a new account.
func checkName(name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return &Refused{FieldName, "The name is empty."}
	case !utf8.ValidString(name) || strings.ContainsFunc(name, invisible):
		return &Refused{FieldName, "The name holds characters that cannot be seen. Please type it with letters, digits and signs only."}
	case strings.TrimSpace(name) != name:
		return &Refused{FieldName, "The name begins or ends with a blank. Please remove it."}
	case utf8.RuneCountInString(name) > MaxNameLength:
		return &Refused{FieldName, fmt.Sprintf("The name is too long; it may have %d characters.", MaxNameLength)}
	case NameKey(name) == NameKey(SystemName):
		return &Refused{FieldName, "Countersign itself has this name. Please choose another."}
	case !strings.ContainsFunc(name, wordRune):
		return &Refused{FieldName, "The name needs a letter or a digit."}
	}
	return nil
}

// invisible finds what a page shows as nothing, as a blank, or by moving other
// characters: control and format characters, among them those that change the
// direction of text, and letters that Unicode says to draw as nothing.
func invisible(r rune) bool {
	const brailleBlank = '\u2800' // a symbol by its category
	return !unicode.IsPrint(r) || r == brailleBlank ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

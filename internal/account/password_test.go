package account

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCheckPassword(t *testing.T) {
	tests := []struct {
		name     string
		password string
		of       string
		ok       bool
	}{
		{"words", "gravel otter lantern", "", true},
		{"words without blanks", "gravelotterlantern", "", true},
		{"other letters", "жёлтая лодка у реки", "", true},
		{"random", "xK4!vQz9#mLp", "", true},
		{"random digits", "830274619258", "", true},
		{"shortest", "qzvtmhxbwkpc", "", true},
		{"counted composed", "zoe\u0308 gravel o", "", true}, // 12 in NFC
		{"longest", strings.Repeat("gravel otter lanterns; mild soup", 32), "", true},
		{"common word among others", "welcome gravel otter", "", true},
		{"name among others", "ada has an orange kettle", "Ada", true},
		{"letters of a short name", "joxkqjozvbjow", "Jo", true},

		{"empty", "", "", false},
		{"eleven", "qzvtmhxbwkp", "", false},
		{"eleven composed", "zoe\u0308 gravel ", "", false},
		{"too long", strings.Repeat("gravel otter lanterns; mild soup", 32) + "x", "", false},
		{"line end", "gravel otter lantern\n", "", false},
		{"not text", "gravel otter \xff lantern", "", false},

		{"blanks", "            ", "", false},
		{"one character", "aaaaaaaaaaaaaaa", "", false},
		{"one character in two cases", "aAaAaAaAaAaA", "", false},
		{"piece repeated", "xq7xq7xq7xq7", "", false},
		{"piece repeated and cut", "gravelgravelgra", "", false},
		{"piece repeated with blanks", "otter otter otter", "", false},

		{"digits", "123456789012", "", false},
		{"digits back", "210987654321", "", false},
		{"digits from the middle", "5678901234567", "", false},
		{"alphabet", "abcdefghijklm", "", false},
		{"alphabet round the end", "tuvwxyzabcdef", "", false},
		{"keys", "QwertyUiopAsdf", "", false},
		{"keys and digits", "qwertyuiop123", "", false},
		{"keys down and up", "1qaz2wsx3edc", "", false},
		{"keys and sign", "1q2w3e4r5t6y!", "", false},
		{"runs", "111222333444", "", false},

		{"common", "correcthorsebatterystaple", "", false},
		{"common with blanks", "Correct Horse Battery Staple", "", false},
		{"common with digits", "password2026!", "", false},
		{"common between signs", "***Welcome***1", "", false},
		{"common in disguise", "P@ssw0rd2026", "", false},
		{"common all in disguise", "!l0v3y0uf0r3v3r", "", false},
		{"full width", "ｐａｓｓｗｏｒｄ１２３４", "", false},
		{"ours", "Countersign-2026", "", false},

		{"known from breaches", "leavemealone", "", false},
		{"known from breaches in other case", "MailCreated5240", "", false},
		{"known from breaches with blanks", "leave me alone", "", false},

		{"name", "Maria Schmidt", "Maria Schmidt", false},
		{"name with digits", "maria.schmidt.99", "Maria Schmidt", false},
		{"name the other way", "SchmidtMaria2026", "maria schmidt", false},
		{"name in other form", "Zoe\u0308-Zoë-1234", "Zoë", false},
		{"name twice", "lovelace7lovelace", "lovelace", false},
		{"name of an address", "ada.lovelace@1", "ada.lovelace@example.com", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			checkRefusal(t, checkPassword(test.password, test.of), test.ok, FieldPassword)
		})
	}
}

// Each rule has its own words, so that people know what to do otherwise.
func TestWeaknessSaysWhich(t *testing.T) {
	tests := []struct{ password, of, want string }{
		{"short", "", "too short"},
		{strings.Repeat("x", maxPasswordBytes+1), "", "too long"},
		{"gravel\totterlantern", "", "keyboard"},
		{"xq7xq7xq7xq7", "", "over and over"},
		{"qwertyuiop123", "", "follow each other"},
		{"password2026!", "", "tried first"},
		{"maria.schmidt.99", "Maria Schmidt", "your name"},
		{"leavemealone", "", "data breaches"},
	}
	for _, test := range tests {
		if got := passwordWeakness(test.password, test.of); !strings.Contains(got, test.want) {
			t.Errorf("passwordWeakness(%.20q, %q) = %q, want something with %q", test.password, test.of, got, test.want)
		}
	}
}

func TestCommonPasswords(t *testing.T) {
	var words []string
	for line := range strings.Lines(commonText) {
		if word := strings.TrimSuffix(line, "\n"); !strings.HasPrefix(word, "#") {
			words = append(words, word)
		}
	}
	if !slices.IsSorted(words) {
		t.Error("common.txt is not sorted")
	}
	if compact := slices.Compact(slices.Clone(words)); len(compact) != len(words) {
		t.Errorf("common.txt has %d lines twice", len(words)-len(compact))
	}
	var long int
	for _, word := range words {
		if plain := strings.ReplaceAll(NameKey(word), " ", ""); plain != word || word == "" {
			t.Errorf("common.txt has %q, which is compared as %q", word, plain)
		}
		if utf8.RuneCountInString(word) < MinPasswordLength {
			continue
		}
		long++
		if checkPassword(word, "") == nil || checkPassword(strings.ToUpper(word)+"1!", "") == nil {
			t.Errorf("%q may be a password, or may with a digit and a sign", word)
		}
	}
	if long < 300 {
		t.Errorf("common.txt has %d lines of at least %d characters, want 300", long, MinPasswordLength)
	}
}

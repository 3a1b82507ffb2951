package account

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestNameKey(t *testing.T) {
	tests := []struct {
		name string
		a, b string
		same bool
	}{
		{"letter case", "Ada Lovelace", "ADA lovelace", true},
		{"blanks around", "ada", " ada\t", true},
		{"blanks doubled", "ada lovelace", "ada  lovelace", true},
		{"no-break space", "ada lovelace", "ada\u00a0lovelace", true},
		{"composed and not", "Zoë", "Zoe\u0308", true},
		{"sharp s", "Strauß", "STRAUSS", true},
		{"final sigma", "ΟΔΟΣ", "οδος", true},
		{"Cherokee", "ᎠᏓ", "ꭰꮣ", true},
		{"full width", "ａｄａ", "ada", true},
		{"ligature", "ﬁona", "Fiona", true},
		{"other letter", "ada", "adá", false},
		{"blank or none", "ada lovelace", "adalovelace", false},
		{"sign or none", "ada.l", "adal", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if a, b := NameKey(test.a), NameKey(test.b); (a == b) != test.same {
				t.Errorf("NameKey(%q) = %q, NameKey(%q) = %q; same %v, want %v", test.a, a, test.b, b, a == b, test.same)
			}
		})
	}
}

// A key is its own key, or who signs in could miss the account that they made.
func TestNameKeyOfEveryCharacter(t *testing.T) {
	for r := range rune(0x20000) {
		key := NameKey(string(r))
		if again := NameKey(key); again != key {
			t.Errorf("NameKey(%U) = %+q, whose own key is %+q", r, key, again)
		}
		lower, upper := NameKey(string(unicode.ToLower(r))), NameKey(string(unicode.ToUpper(r)))
		// The dotted and the dotless i are other letters in Turkish.
		if lower != upper && r != 'İ' && r != 'ı' {
			t.Errorf("%U has the key %+q in lower and %+q in upper case", r, lower, upper)
		}
	}
}

func FuzzNameKey(f *testing.F) {
	for _, s := range []string{"", "Ada", "Zoë", "\u0345", "İ", "ﬁ", "\u1e9e", "\u03d2\u0301", " \u0308", "\u00a8", "\xff", "A\xcf\xc1\xbd\x81\xf7ϲ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		key := NameKey(name)
		if again := NameKey(key); again != key {
			t.Errorf("NameKey(%q) = %q, whose own key is %q", name, key, again)
		}
		if checkName(name) == nil && (key == "" || signInKey(name) != key) {
			t.Errorf("%q may be a name, but has the key %q and signs in as %q", name, key, signInKey(name))
		}
	})
}

func TestCheckName(t *testing.T) {
	tests := []struct {
		name string
		in   string
		ok   bool
	}{
		{"plain", "Ada Lovelace", true},
		{"one letter", "a", true},
		{"address", "ada.lovelace+desk@example.com", true},
		{"letters of the world", "Владимир 王小明 محمد", true},
		{"combining mark", "Zoe\u0308", true},
		{"longest", strings.Repeat("ж", MaxNameLength), true},
		{"empty", "", false},
		{"blank", "  ", false},
		{"too long", strings.Repeat("ж", MaxNameLength+1), false},
		{"blank first", " ada", false},
		{"blank last", "ada ", false},
		{"no-break space", "ada\u00a0l", false},
		{"line end", "ada\nadmin", false},
		{"nul", "ada\x00", false},
		{"right-to-left override", "ada\u202enimda", false},
		{"right-to-left isolate", "ada\u2067x\u2069", false},
		{"arabic letter mark", "ada\u061c", false},
		{"zero width space", "ada\u200b", false},
		{"zero width joiner", "a\u200dda", false},
		{"byte order mark", "\ufeffada", false},
		{"soft hyphen", "a\u00adda", false},
		{"hangul filler", "ada\u3164", false},
		{"grapheme joiner", "ada\u034f", false},
		{"variation selector", "ada\ufe0f", false},
		{"braille blank", "ada\u2800", false},
		{"private use", "ada\ue000", false},
		{"not text", "ada\xff", false},
		{"signs only", "---", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			checkRefusal(t, checkName(test.in), test.ok, FieldName)
		})
	}
}

// checkRefusal checks that err is nil, or a sentence about the field.
func checkRefusal(t *testing.T, err error, ok bool, field string) {
	t.Helper()
	if ok {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	var refused *Refused
	if !errors.As(err, &refused) {
		t.Fatalf("got %v, want a *Refused", err)
	}
	if refused.Field != field || !strings.HasSuffix(refused.Why, ".") {
		t.Errorf("refused with %q about %q, want a sentence about %q", refused.Why, refused.Field, field)
	}
}

func TestSignInKeyIsBounded(t *testing.T) {
	long := strings.Repeat("a", MaxNameLength*utf8.UTFMax+1)
	if got := signInKey(long); got != "" {
		t.Errorf("a name of %d bytes has a key of %d", len(long), len(got))
	}
}

package idv

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"":                  "",
		"1 Road\r\n\tLeeds": "1 Road\r\n\tLeeds",
		"Шевченко שֶׁבְצֶ सुमन": "Шевченко שֶׁבְצֶ सुमन",
		"P<GBR<<":          "P<GBR<<",
		"\u202eXELA":       "⟨U+202E⟩XELA",
		"A\x00\u200bB\x7f": "A⟨U+0000⟩⟨U+200B⟩B⟨U+007F⟩",
		"A\u3164\u2028":    "A⟨U+3164⟩⟨U+2028⟩",
		"\U000e0041":       "⟨U+E0041⟩",
	} {
		if got, hidden := Visible(text); got != want || hidden != (got != text) {
			t.Errorf("Visible(%q) = %q, %v", text, got, hidden)
		}
	}
}

func TestVisibleWord(t *testing.T) {
	for word, want := range map[string]string{
		"":               "",
		"APPROVE":        "APPROVE",
		"PARTLY CLOUDY":  "PARTLY CLOUDY",
		" APPROVE\n\t ":  "⟨U+0020⟩APPROVE⟨U+000A⟩⟨U+0009⟩⟨U+0020⟩",
		"A  B":           "A⟨U+0020⟩⟨U+0020⟩B",
		"APPROVE\u00a0":  "APPROVE⟨U+00A0⟩",
		"\u2003PASS":     "⟨U+2003⟩PASS",
		"PASS\u200b\x00": "PASS⟨U+200B⟩⟨U+0000⟩",
		"ＰＡＳＳ":           "Ｐ⟨U+FF30⟩Ａ⟨U+FF21⟩Ｓ⟨U+FF33⟩Ｓ⟨U+FF33⟩",
		"АPPROVE":        "А⟨U+0410⟩PPROVE",
		"nо_sign":        "nо⟨U+043E⟩_sign",
		"Müller":         "Müller",
		"\u202eEVORPPA":  "⟨U+202E⟩EVORPPA",
		"PASS\u0301":     "PASS⟨U+0301⟩",
		"Zoe\u0308":      "Zoe⟨U+0308⟩",
	} {
		if got := VisibleWord(word); got != want {
			t.Errorf("VisibleWord(%q) = %q, want %q", word, got, want)
		}
	}
}

// Nothing but the very words of Yoti counts as one, and what does not is told apart by
// the eye.
func TestVerdictsCountAsYotiWritesThem(t *testing.T) {
	blanks := []string{" ", "\n\t ", "\r\n", "\v", "\f", "\x00", "\u0085", "\u00a0", "\u00ad", "\u1680", "\u180e", "\u2000", "\u2003", "\u2007", "\u200b", "\u200d", "\u2028", "\u2029", "\u202e", "\u202f", "\u205f", "\u2060", "\u3000", "\u3164", "\ufe0f", "\ufeff"}
	variants := func(word string) []string {
		list := []string{strings.ToLower(word), word[:1] + strings.ToLower(word[1:]), word + ".", strings.Replace(word, "A", "А", 1), strings.Replace(word, "E", "\u0415", 1)}
		list = append(list, strings.Map(func(r rune) rune { return r - '!' + '！' }, word))
		for _, blank := range blanks {
			list = append(list, blank+word, word+blank, blank+word+blank, word[:2]+blank+word[2:])
		}
		return slices.DeleteFunc(list, func(variant string) bool { return variant == word })
	}
	const result = `{"state":%q,"checks":[{"type":%q,"state":%q,"report":{"recommendation":{"value":%q},"breakdown":[{"sub_check":%q,"result":%q,"process":"AUTOMATED"}]}}]}`
	words := []string{"COMPLETED", "ID_DOCUMENT_AUTHENTICITY", "DONE", "APPROVE", "no_sign_of_forgery", "PASS"}
	read := func(words []string) (*Session, Assessment) {
		args := make([]any, len(words))
		for i, word := range words {
			text, err := json.Marshal(word)
			if err != nil {
				t.Fatal(err)
			}
			args[i] = text
		}
		s := decode(t, fmt.Sprintf(strings.ReplaceAll(result, "%q", "%s"), args...)).Session
		return &s, Assess(&s)
	}
	if _, a := read(words); a.Bucket != Clear {
		t.Fatalf("as Yoti writes it: %s", a.Bucket)
	}
	for i := range words {
		for _, variant := range variants(words[i]) {
			changed := slices.Clone(words)
			changed[i] = variant
			_, a := read(changed)
			if a.Bucket != Investigate {
				t.Errorf("%q: %s", changed, a.Bucket)
			}
			if said := strings.Join(a.Reasons, " "); !strings.Contains(said, VisibleWord(variant)) {
				t.Errorf("%q: the reasons do not show %s: %s", changed, VisibleWord(variant), said)
			}
		}
	}
	for _, bad := range []string{"REJECT", "FAIL"} {
		for _, variant := range variants(bad) {
			if Recommendation(variant).Word().Known || Result(variant).Word().Known || VisibleWord(variant) == bad {
				t.Errorf("%q is taken for %s", variant, bad)
			}
		}
	}
}

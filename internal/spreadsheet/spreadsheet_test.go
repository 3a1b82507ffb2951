package spreadsheet

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"countersign/internal/idv"
)

func TestCell(t *testing.T) {
	for value, want := range map[string]string{
		"":                      "",
		"ann":                   "ann",
		"Zoë O'Neill-Ray":       "Zoë O'Neill-Ray",
		"2026-11-23":            "2026-11-23",
		`{"account":1}`:         `{"account":1}`,
		"=1+1":                  "'=1+1",
		"+1":                    "'+1",
		"-1+1":                  "'-1+1",
		"@sum":                  "'@sum",
		"\tx":                   "'\tx",
		"\rx":                   "'\rx",
		"\nx":                   "'\nx",
		"'x":                    "''x",
		"＝1+1":                  "'＝1+1",
		"＋1":                    "'＋1",
		"－1":                    "'－1",
		"＠sum":                  "'＠sum",
		"﹦1":                    "'﹦1",
		"\u22121":               "'\u22121",
		"  =1":                  "'  =1",
		"\u00a0=1":              "'\u00a0=1",
		"\u3000＝1":              "'\u3000＝1",
		`"=1`:                   `'"=1`,
		`" '=1`:                 `'" '=1`,
		"“=1":                   "'“=1",
		"\u200b=1":              "⟨U+200B⟩=1",
		"\ufeff=1":              "⟨U+FEFF⟩=1",
		"a\x00b\u202ec":         "a⟨U+0000⟩b⟨U+202E⟩c",
		"\x1b[31mred":           "⟨U+001B⟩[31mred",
		"a;=cmd|'/c'!A0;b":      "a;'=cmd|'/c'!A0;b",
		"a; -b":                 "a;' -b",
		"a\n=1":                 "a\n'=1",
		"a\t＝1":                 "a\t'＝1",
		"Approved; all is well": "Approved; all is well",
	} {
		if got := Cell(value); got != want {
			t.Errorf("Cell(%q) = %q, want %q", value, got, want)
		}
	}
}

// However a cell is parted, no part is a formula, and what was there can be read.
func FuzzCell(f *testing.F) {
	for _, s := range []string{"=1", "a;=1", " \u3000\"＝1", "\u200b=1", "'x", "a\r\n\t-1", "\xff=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		var file strings.Builder
		w := NewWriter(&file)
		if err := w.Write([]string{value, value}); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(file.String())).ReadAll()
		if value == "" || err != nil || len(rows) != 1 || len(rows[0]) != 2 {
			if value != "" {
				t.Fatalf("%q becomes %q, %v", value, rows, err)
			}
			return
		}
		for part := range strings.FieldsFuncSeq(rows[0][0], func(r rune) bool { return strings.ContainsRune(";\t\r\n", r) }) {
			bare := strings.TrimLeft(norm.NFKC.String(part), " \"")
			if strings.IndexAny(bare, "=+-@") == 0 && strings.IndexAny(part, "=+-@＝＋－＠ \"") == 0 {
				t.Errorf("%q becomes %q, of which %q is a formula", value, rows[0][0], part)
			}
		}
		letters := func(s string) []rune {
			return slices.DeleteFunc([]rune(s), func(r rune) bool { return r == '\'' || r == '\r' })
		}
		if shown, _ := idv.Visible(strings.ToValidUTF8(value, "\uFFFD")); string(letters(rows[0][0])) != string(letters(shown)) {
			t.Errorf("%q becomes %q", value, rows[0][0])
		}
	})
}

package views

import (
	"strings"
	"testing"
)

func TestReveal(t *testing.T) {
	for page, want := range map[string]string{
		"":                                                  "",
		"<p>plain, Zoë, सुमन\n\t</p>":                       "<p>plain, Zoë, सुमन\n\t</p>",
		"<p>a\x00b\x1b[2J\u009b</p>":                        "<p>a⟨U+0000⟩b⟨U+001B⟩[2J⟨U+009B⟩</p>",
		"<p>\u202eXELA\u202c</p>":                           "<p>⟨U+202E⟩XELA⟨U+202C⟩</p>",
		"<p title=\"\u2066a\u2069\">b</p>":                  "<p title=\"⟨U+2066⟩a⟨U+2069⟩\">b</p>",
		"<p>a\u200bb\ufeffc\u00add</p>":                     "<p>a⟨U+200B⟩b⟨U+FEFF⟩c⟨U+00AD⟩d</p>",
		"<p>نمی\u200cخواهم, 👩\u200d⚕</p>":                   "<p>نمی\u200cخواهم, 👩\u200d⚕</p>",
		"<input name=\"a\" value=\"\u202ex\"><p>\u202e</p>": "<input name=\"a\" value=\"\u202ex\"><p>⟨U+202E⟩</p>",
		"<p>\u202e</p><textarea id=\"note\">\n\u202ex\x00</textarea>\u202e":    "<p>⟨U+202E⟩</p><textarea id=\"note\">\n\u202ex\uFFFD</textarea>⟨U+202E⟩",
		"<p>value=&#34;\u202e&#34;</p>":                                        "<p>value=&#34;⟨U+202E⟩&#34;</p>",
		"<option value=\"\u202e\">\u202e</option><textarea>a</textarea>\u202e": "<option value=\"\u202e\">⟨U+202E⟩</option><textarea>a</textarea>⟨U+202E⟩",
	} {
		if got := string(Reveal([]byte(page))); got != want {
			t.Errorf("Reveal(%q) = %q, want %q", page, got, want)
		}
	}
}

func BenchmarkReveal(b *testing.B) {
	page := []byte(strings.Repeat("<td class=\"wire\">ID_DOCUMENT_AUTHENTICITY · passed</td>\n", 3_000))
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		Reveal(page)
	}
}

package idv

import "testing"

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

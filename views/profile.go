package views

import "countersign/internal/idv"

// toneOfScheme returns the tone of whether requirements are met.
func toneOfScheme(s idv.Scheme) Tone {
	if s.IsMet() {
		return Good
	}
	return Warn
}

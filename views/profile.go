package views

import "countersign/internal/idv"

// metWord says whether the requirements of a scheme are met.
func metWord(s idv.Scheme) string {
	switch {
	case s.Met == nil:
		return "Not said"
	case *s.Met:
		return "Requirements met"
	}
	return "Requirements not met"
}

// metValue is the same as Yoti writes it; empty where it is not said.
func metValue(s idv.Scheme) string {
	switch {
	case s.Met == nil:
		return ""
	case *s.Met:
		return "true"
	}
	return "false"
}

// isNotMet reports whether the requirements of a scheme are not met, or nobody says so.
func isNotMet(s idv.Scheme) bool { return s.Met == nil || !*s.Met }

// toneOfScheme returns the tone of whether requirements are met.
func toneOfScheme(s idv.Scheme) Tone {
	if s.Met != nil && *s.Met {
		return Good
	}
	return Warn
}

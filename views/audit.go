package views

import "countersign/internal/review"

// seenLabel says what somebody saw.
func seenLabel(s review.Seen) string {
	switch s {
	case review.SeenResult:
		return "Result"
	case review.SeenSnapshot:
		return "Earlier result"
	case review.SeenJSON:
		return "Stored JSON"
	case review.SeenDiff:
		return "Two results compared"
	case review.SeenPart:
		return "Part of a result"
	case review.SeenMedium:
		return "Medium"
	case review.SeenReport:
		return "Yoti's report"
	}
	return string(s)
}

package views

import (
	"countersign/internal/review"
)

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
		return "Comparison of results"
	case review.SeenPart:
		return "Part of a result"
	case review.SeenDetails:
		return "Details of a part"
	case review.SeenPerson:
		return "Name and document"
	case review.SeenNumber:
		return "Document number"
	case review.SeenSigner:
		return "Comparison with the expected signer"
	case review.SeenMedium:
		return "Medium requested"
	case review.SeenThumbnail:
		return "Thumbnail sent"
	case review.SeenOnScreen:
		return "Thumbnail on screen"
	case review.SeenOpened:
		return "Opened"
	case review.SeenConsulted:
		return "Text consulted"
	case review.SeenBundled:
		return "Medium in a bundle"
	case review.SeenWhole:
		return "Medium, complete"
	case review.SeenHitPage:
		return "Watchlist hits"
	case review.SeenReplay:
		return "Page at the time of a decision"
	case review.SeenReceipt:
		return "Decision receipt"
	case review.SeenBundle:
		return "Evidence bundle"
	case review.SeenReport:
		return "Yoti's report requested"
	case review.SeenReportSent:
		return "Yoti's report"
	case review.SeenTicket:
		return "Text for a ticket"
	case review.SeenFile:
		return "Result from a file"
	}
	return string(s)
}

// accessLabel says what a line of the access log is about: "Opened: Passport, Denmark, page
// 1".
func accessLabel(a review.Access) string {
	label := seenLabel(a.What)
	if a.Name != "" {
		label += ": " + a.Name
	}
	if a.Hits != "" {
		label += ", " + a.Hits
	}
	return label
}

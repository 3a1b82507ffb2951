package views

import (
	"strings"

	"countersign/internal/idv"
	"countersign/internal/ledger"
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

// healthWord is how the ledger is, for tests and scripts.
func healthWord(h review.Health) string {
	switch {
	case h.Broken != nil:
		return "broken"
	case h.Stopped != "":
		return "stopped"
	}
	return "whole"
}

// healthLabel is how the ledger is, for people: of a whole one only what is known.
func healthLabel(h review.Health) string {
	switch {
	case h.Broken != nil:
		return "Broken"
	case h.Stopped != "":
		return "Nothing is recorded"
	}
	return "Verified at last start"
}

func toneOfHealth(h review.Health) Tone {
	if h.Broken != nil || h.Stopped != "" {
		return Bad
	}
	return Good
}

// keyName is the name in the text of a public key, which is that of the ledger.
func keyName(public string) string {
	name, _, _ := strings.Cut(public, "+")
	return name
}

// receiptOf is the page of the decision that an entry makes or answers; empty when it is
// about none.
func receiptOf(e ledger.Entry) string {
	id, ok := recipientOf(e)
	if !ok {
		return ""
	}
	switch e.Act {
	case review.ActDecision:
		return DecisionPath(id, e.Seq)
	case review.ActAgreed, review.ActDisagreed, review.ActWithdrawn:
		return DecisionPath(id, e.About)
	}
	return ""
}

// recipientOf returns the recipient that an entry is about, and whether there is one.
func recipientOf(e ledger.Entry) (idv.RecipientID, bool) {
	id, err := idv.ParseRecipientID(e.Recipient)
	return id, err == nil
}

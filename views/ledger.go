package views

import (
	"strings"

	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

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

package views

import (
	"strconv"
	"strings"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// EnvelopeTitle is the title of the page of an envelope, which begins with what tells tabs apart.
func EnvelopeTitle(id idv.EnvelopeID) string {
	text := id.String()
	return "Envelope …" + text[len(text)-6:]
}

// memberID is the ID of a recipient of an envelope; empty where it cannot be read.
func memberID(m *review.EnvelopeMember) string {
	if m.ID == (idv.RecipientID{}) {
		return ""
	}
	return m.ID.String()
}

// noNameWords say why there is no name.
func noNameWords(m *review.EnvelopeMember) string {
	switch {
	case m.Erased:
		return "Erased here, so the name is not shown"
	case m.ID == idv.RecipientID{}:
		return "A recipient whose ID cannot be read, so nothing personal is shown"
	}
	return "No name"
}

// askedWords say what identity verification a recipient was asked for.
func askedWords(m *review.EnvelopeMember) string {
	asks, known := m.AsksIDV()
	switch {
	case !known:
		return "Yoti Sign does not say whether identity verification was asked for"
	case !asks:
		return "No identity verification"
	case !m.Asked():
		return "Identity verification"
	}
	return "Identity verification: " + verificationWords(m.Verification)
}

// verificationWords say what was asked for.
func verificationWords(v idv.Verification) string {
	var words []string
	if v.SessionConfig != "" {
		words = append(words, visibleText(v.SessionConfig))
	}
	if v.When != "" {
		words = append(words, strings.ReplaceAll(visibleText(v.When), "_", " "))
	}
	if v.SessionLimit != nil {
		words = append(words, "up to "+countNoun(*v.SessionLimit, "session", "sessions"))
	}
	if len(v.BlocksSigning) > 0 {
		words = append(words, "blocks signing on "+strings.ReplaceAll(visibleText(strings.Join(v.BlocksSigning, " and ")), "_", " "))
	}
	return strings.Join(words, ", ")
}

func (p EnvelopePage) outcomeTone() Tone {
	if p.Outcome.Failed+p.Outcome.Left > 0 {
		return Warn
	}
	return Good
}

func (p EnvelopePage) outcomeTitle() string {
	if p.Outcome.Fetched == 0 {
		return "No results were fetched."
	}
	return countNoun(p.Outcome.Fetched, "result was", "results were") + " fetched."
}

// fetchRestWords say when to fetch what was not asked for, as a sentence.
func (p EnvelopePage) fetchRestWords() string {
	wait := RetryAfter{Now: p.At, Until: p.Outcome.Until}
	if wait.Over() {
		return "Fetch the rest now."
	}
	return "Fetch the rest in " + wait.spanAndTime() + "."
}

// outcomeRest says what was not fetched; empty where that is nothing.
func (p EnvelopePage) outcomeRest() string {
	var sentences []string
	if n := p.Outcome.Failed; n > 0 {
		sentences = append(sentences, "Yoti gave no result for "+strconv.Itoa(n)+": open the recipient to read why.")
	}
	if n := p.Outcome.Left; n > 0 {
		sentences = append(sentences, countNoun(n, "recipient was", "recipients were")+" not asked for, since Yoti may be asked only so often. "+p.fetchRestWords())
	}
	return strings.Join(sentences, " ")
}

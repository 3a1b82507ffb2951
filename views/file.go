package views

import "countersign/internal/review"

// secretsRemoved says how many tokens and keys were taken out, as a sentence.
func secretsRemoved(n int) string {
	if n == 0 {
		return "It held no token and no key."
	}
	return countNoun(n, "secret was removed", "secrets were removed") + " (tokens and keys)."
}

// withoutMedia says why there are no pictures and texts.
func withoutMedia(c *review.Case) string {
	if c.Source != nil {
		return "Pictures, texts, hits and Yoti's report are not in the file and cannot be fetched for it."
	}
	return "Your role reads results; pictures, texts and Yoti's report are for reviewers."
}

// rawMeaning says what the JSON of a result is.
func rawMeaning(c *review.Case) string {
	if c.Source != nil {
		return "The result in the file, without the signer's token and without keys."
	}
	return "The stored result: what Yoti sent, without the signer's token and without keys."
}

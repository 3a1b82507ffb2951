package views

import "countersign/internal/review"

// toneOfReset returns the tone of what came of a reset.
func toneOfReset(e review.ResetEnd) Tone {
	switch e.Outcome {
	case review.ResetDone:
		return Good
	case review.ResetRefused:
		return Mute
	}
	return Warn
}

// resetWord says what came of a reset.
func resetWord(e review.ResetEnd) string {
	switch e.Outcome {
	case review.ResetDone:
		return "Done at Yoti"
	case review.ResetRefused:
		return "Not done"
	}
	return "Unknown"
}

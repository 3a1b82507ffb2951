package idv

import (
	"strconv"
	"strings"
)

// Summary says how many hits of the check c there are, where they come from, and how many of
// them the page shows.
func (l *HitList) Summary(page HitPage, c *Check) string {
	if l.Unread != nil {
		return "The search results could not be read, so nothing can be said about hits."
	}
	if len(l.Searches) == 0 {
		return strings.TrimSpace("The search results hold no answer from a provider. " + uncountedText(c, page.Of))
	}
	answers := "in " + countWords(len(l.Searches), "provider answer", "provider answers")
	if page.Of == 0 && len(l.MissingTexts(page.Of, c)) > 0 {
		return "No hit could be read " + answers + "."
	}
	if page.Of == 0 {
		return "There is no hit " + answers + "."
	}
	text := countWords(page.Of, "hit was read", "hits were read") + " " + answers
	if page.Chosen == page.Of {
		return text + "."
	}
	return text + "; " + strconv.Itoa(page.Chosen) + " of them " + isAre(page.Chosen) + " shown."
}

// isAre is the verb that goes with a number.
func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// uncountedText says that a check counts hits of which none was found; empty where it does
// not.
func uncountedText(c *Check, of int) string {
	total := c.TotalHits()
	if total == nil || *total <= 0 || of > 0 {
		return ""
	}
	return "The check counts " + countWords(*total, "hit", "hits") + ", which cannot be seen here."
}

// MissingTexts says, as sentences, what is missing among the hits that the check c found, of
// which so many could be read.
func (l *HitList) MissingTexts(of int, c *Check) []string {
	var missing []string
	unread, broken, skipped := l.CountUnread()
	if unread > 0 {
		missing = append(missing, countWords(unread, "provider answer", "provider answers")+" could not be read; the text is below.")
	}
	if l.Skipped > 0 {
		missing = append(missing, countWords(l.Skipped, "more provider answer was", "more provider answers were")+" counted but not read: Countersign reads at most "+strconv.Itoa(MaxSearches)+".")
	}
	if broken > 0 {
		missing = append(missing, countWords(broken, "hit", "hits")+" could not be read; the JSON is below.")
	}
	if skipped > 0 {
		missing = append(missing, countWords(skipped, "more hit was", "more hits were")+" counted but not read: Countersign reads at most "+strconv.Itoa(MaxHits)+".")
	}
	lacking, unknown := l.CountLacking()
	if lacking > 0 {
		missing = append(missing, countWords(lacking, "hit is", "hits are")+" counted by the provider but not in its answer.")
	}
	if unknown > 0 {
		missing = append(missing, countWords(unknown, "provider answer has", "provider answers have")+" no list of hits that could be read, and no number of them.")
	}
	if text := uncountedText(c, of); text != "" {
		missing = append(missing, text)
	}
	return missing
}

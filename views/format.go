package views

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"countersign/internal/idv"
)

// formatTime writes a time for people, in UTC to the minute.
func formatTime(t time.Time) string { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }

// formatMachineTime writes a time for programs, in UTC to the second.
func formatMachineTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// countNoun writes a number with its noun: "1 note", "3 notes".
func countNoun(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// Span writes how long it is from now until then, rounded up to what people would
// say: "40 seconds".
func Span(now, then time.Time) string {
	d := then.Sub(now)
	if d <= 90*time.Second {
		return countNoun(max(1, int((d+time.Second-1)/time.Second)), "second", "seconds")
	}
	if d <= 90*time.Minute {
		return countNoun(int((d+time.Minute-1)/time.Minute), "minute", "minutes")
	}
	if d <= 36*time.Hour {
		return countNoun(int((d+time.Hour-1)/time.Hour), "hour", "hours")
	}
	return countNoun(int((d+24*time.Hour-1)/(24*time.Hour)), "day", "days")
}

// Ago says how long ago something was, as people would: "3 hours ago".
func Ago(now, then time.Time) string {
	d := now.Sub(then)
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return countNoun(int(d/time.Minute), "minute", "minutes") + " ago"
	case d < 48*time.Hour:
		return countNoun(int(d/time.Hour), "hour", "hours") + " ago"
	}
	return countNoun(int(d/(24*time.Hour)), "day", "days") + " ago"
}

// indentJSON indents JSON text. What is not JSON stays as it is.
func indentJSON(text []byte) string {
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", "  "); err != nil {
		return string(text)
	}
	return b.String()
}

// yesNo writes an optional truth value.
func yesNo(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "yes"
	}
	return "no"
}

// optionalNumber writes an optional number.
func optionalNumber(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// upperFirst writes words at the begin of a line.
func upperFirst(text string) string {
	if text == "" || text[0] < 'a' || text[0] > 'z' {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// oneOf chooses between two values.
func oneOf[T any](first bool, yes, no T) T {
	if first {
		return yes
	}
	return no
}

// ariaPressed writes a truth value for aria-pressed.
func ariaPressed(b bool) string { return strconv.FormatBool(b) }

// onOrOff says whether something is switched on.
func onOrOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// tokenLifetime writes how long the signer's session token was still good for.
func tokenLifetime(seconds int64) string {
	if seconds <= 0 {
		return "ended"
	}
	now := time.Time{}
	return "open for another " + Span(now, now.Add(time.Duration(seconds)*time.Second)) + " (" + strconv.FormatInt(seconds, 10) + " s)"
}

// maxFirstChanges is how many changes are shown without asking; verdicts come first.
const maxFirstChanges = 5

func firstChanges(changes []idv.Change) []idv.Change {
	return changes[:min(maxFirstChanges, len(changes))]
}

// formatShortTime writes a time as it is told on a day: the minute on that day, else the date.
func formatShortTime(t, day time.Time) string {
	t, day = t.UTC(), day.UTC()
	switch {
	case t.Year() == day.Year() && t.YearDay() == day.YearDay():
		return t.Format("15:04 UTC")
	case t.Year() == day.Year():
		return t.Format("2 Jan")
	}
	return t.Format("2 Jan 2006")
}

// Package views holds the pages: each takes one struct of domain values and
// returns HTML that is complete without script.
//
// What a value of a session result is called comes from idv, what a failure is
// called from review, how a time or a number is written from format.go, where a
// page lives from links.go. A page chooses what to show and decides nothing.
package views

//go:generate go tool templ generate

import (
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// Frame is what every page has around it.
type Frame struct {
	Title   string         // of the browser's tab and of bookmarks; nothing personal
	Who     account.Person // who is signed in; the zero Person when nobody is
	Theme   Theme
	Path    string // of the page itself, to return to after a switch of theme
	Search  string // what stands in the search field
	Demo    bool   // whether the data is made up
	Form    string // id of the form whose text signing out keeps; empty when there is none
	Stopped string // why nothing is recorded, as a sentence; empty when it is
	Warning string // what weakens the record, as a sentence; empty when nothing does

	Subject string    // what the page is about, for each sheet of a print
	Made    time.Time // when it was rendered

	ClockWarning string         // that the server's clock is behind, in sentences; empty when it is not
	Notice       account.Notice // what the reader has to be told about their account

	PasskeySite PasskeySite // whose passkeys work here, or why none do

	SessionLeft    time.Duration // how long the reader's session goes on without another use
	SessionWarning time.Duration // how long before its end the reader is told

	Requests []account.Request // that the reader, a supervisor, is told of on this page

	BreakGlass []account.RecordedChange // uses of the account for emergencies; on start pages only

	Awaiting string // how many cases await the reader; empty when none do, or nobody knows

	OwnSearch bool // whether the page has a search field of its own, so that the header needs none

	listStyle bool
}

// withListStyle is the frame of a page that lists cases or what comes in, or is about second
// factors, which has styles of its own.
func (f Frame) withListStyle() Frame {
	f.listStyle = true
	return f
}

// SignedIn reports whether the page is shown to somebody who signed in.
func (f Frame) SignedIn() bool { return f.Who.Name != "" }

// hasAnnouncements reports whether something above the page is to be read before it.
func (f Frame) hasAnnouncements() bool {
	return f.Stopped != "" || f.Warning != "" || f.ClockWarning != "" || len(f.Notice.Changes) > 0 || len(f.Requests) > 0 || len(f.BreakGlass) > 0
}

// printedBy is the beginning of what each sheet of a print says, before the time.
func (f Frame) printedBy() string {
	if !f.SignedIn() {
		return "Printed"
	}
	return "Printed by " + visibleText(f.Who.Name)
}

// May reports whether the reader may do something.
func (f Frame) May(a account.Action) bool { return f.SignedIn() && f.Who.Role.May(a) }

// Theme is the colour scheme that somebody chose.
type Theme string

// The themes. Auto follows the browser.
const (
	Auto  Theme = "auto"
	Light Theme = "light"
	Dark  Theme = "dark"
)

// ParseTheme reads a theme, taking everything unknown as Auto.
func ParseTheme(s string) Theme {
	if t := Theme(s); t == Light || t == Dark {
		return t
	}
	return Auto
}

// attribute is the value of the document's data-theme; browsers need none for Auto.
func (t Theme) attribute() string {
	if t == "" {
		return string(Auto)
	}
	return string(t)
}

// Tone is how loud a verdict is. Each has a colour, an icon and a place in the
// stylesheet; a word always stands beside it.
type Tone string

// The tones.
const (
	Good  Tone = "good"
	Minor Tone = "minor" // good, with something to read
	Warn  Tone = "warn"
	Bad   Tone = "bad"
	Mute  Tone = "mute" // nothing was found out
	Wait  Tone = "wait"
)

// toneOf returns the tone of a bucket.
func toneOf(b idv.Bucket) Tone {
	switch b {
	case idv.Clear:
		return Good
	case idv.ClearWithNotes:
		return Minor
	case idv.Adverse:
		return Bad
	case idv.NotCleared, idv.Incomplete:
		return Mute
	case idv.NotReady:
		return Wait
	}
	return Warn
}

// toneOfResult returns the tone of a row of a breakdown.
func toneOfResult(r idv.Result) Tone {
	switch r {
	case idv.Pass:
		return Good
	case idv.Fail:
		return Bad
	}
	return Warn
}

// toneOfState returns the tone of a session's state.
func toneOfState(s idv.SessionState) Tone {
	switch s {
	case idv.SessionCompleted:
		return Good
	case idv.SessionOngoing:
		return Wait
	case idv.SessionExpired:
		return Mute
	}
	return Warn
}

// icon is the sprite's symbol that goes with the tone.
func (t Tone) icon() string {
	switch t {
	case Good:
		return "check"
	case Minor:
		return "circle-check"
	case Bad:
		return "x"
	case Mute:
		return "circle-minus"
	case Wait:
		return "hourglass"
	}
	return "triangle-alert"
}

package account

// Preferences are how someone wants pages to be. The zero value is how pages are for
// everyone who chose nothing. They are kept with the account and are not secret; what they
// hide or show changes nothing of what is recorded.
//
// A new one is a field here and a line in choices.
type Preferences struct {
	Codes     bool `json:"codes,omitempty"`      // whether Yoti's names are beside our words
	AllChecks bool `json:"all_checks,omitempty"` // whether a case shows all of its checks below each other
	Stay      bool `json:"stay,omitempty"`       // whether a decision leads back to its case, and not on to the next of the queue
	KeysOff   bool `json:"keys_off,omitempty"`   // whether keys without Ctrl or Alt do nothing
}

// The names of preferences in forms, and what can be chosen.
const (
	PreferCodes = "codes" // On or Off
	PreferView  = "view"  // ViewWorkspace or ViewAll
	PreferKeys  = "keys"  // On or Off: shortcuts of a single key

	PreferNext = "next" // NextOpen or NextStay: what follows a decision on a case of the queue

	On            = "on"
	Off           = "off"
	ViewWorkspace = "workspace"
	ViewAll       = "all"
	NextOpen      = "open"
	NextStay      = "stay"
)

// choices are the two values of each preference, that of everyone who chose nothing first, and
// how the other is kept.
var choices = map[string]struct {
	off, on string
	field   func(*Preferences) *bool
}{
	PreferCodes: {Off, On, func(p *Preferences) *bool { return &p.Codes }},
	PreferView:  {ViewWorkspace, ViewAll, func(p *Preferences) *bool { return &p.AllChecks }},
	PreferNext:  {NextOpen, NextStay, func(p *Preferences) *bool { return &p.Stay }},
	PreferKeys:  {On, Off, func(p *Preferences) *bool { return &p.KeysOff }},
}

// Value returns what is chosen of the preference with the name; empty when there is none.
func (p Preferences) Value(name string) string {
	c, known := choices[name]
	switch {
	case !known:
		return ""
	case *c.field(&p):
		return c.on
	}
	return c.off
}

// With returns the preferences with one changed, and whether there is such a preference and
// such a value of it.
func (p Preferences) With(name, value string) (Preferences, bool) {
	c, known := choices[name]
	if !known || value != c.off && value != c.on {
		return p, false
	}
	*c.field(&p) = value == c.on
	return p, true
}

package review

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"countersign/internal/account"
)

// SavedView is a view of the queue that somebody gave a name.
type SavedView struct {
	ID        int64
	Name      string
	Query     string // as View.Query
	Owner     int64  // account
	OwnerName string
	Shared    bool // whether everybody who reads the queue has it
	Own       bool // whether it is the reader's
}

// MayRemove reports whether somebody may remove the view: its owner, and of a shared one any
// supervisor, since owners leave.
func (v *SavedView) MayRemove(who account.Person) bool {
	return v.Owner == who.ID || v.Shared && who.Role == account.Supervisor
}

// Bounds of saved views.
const (
	MaxSavedViews     = 50 // of one person
	MaxViewNameLength = 40 // in characters (Unicode code points)
	maxViewQuery      = 4000
)

// ViewStore keeps saved views.
type ViewStore interface {
	// SavedViews returns somebody's own views and those that are shared, by name.
	SavedViews(ctx context.Context, who account.Person) ([]SavedView, error)
	// SaveView keeps a view of somebody. One that is shared is an entry of the ledger. It
	// returns a *Refused where there is another view with the name, or there are too many;
	// where there is the same one already, nothing is done.
	SaveView(ctx context.Context, who account.Person, v SavedView, at time.Time) error
	// RemoveView removes a view, if there is such a one that somebody may remove. One that was
	// shared makes an entry.
	RemoveView(ctx context.Context, who account.Person, id int64, at time.Time) error
}

// ParseViewName reads the name of a view. It returns a *Refused for what is none. The name of a
// shared view stays in the ledger for good, so it must not be able to hold a number or a date.
func ParseViewName(text string) (string, error) {
	name := strings.Join(strings.Fields(text), " ")
	digits := 0
	for _, r := range name {
		switch {
		case unicode.IsDigit(r):
			digits++
		case !unicode.IsLetter(r) && !strings.ContainsRune(" -,.&+/()", r):
			return "", &Refused{"The name of a view has letters, digits, blanks and simple marks only."}
		}
	}
	switch {
	case !utf8.ValidString(text) || name == "":
		return "", &Refused{"Give the view a name."}
	case utf8.RuneCountInString(name) > MaxViewNameLength:
		return "", &Refused{fmt.Sprintf("The name is too long; it may have %d characters.", MaxViewNameLength)}
	case digits > maxTagDigits:
		return "", &Refused{"The name has at most four digits, so that no date of birth or number of a document becomes one."}
	}
	return name, nil
}

// SaveView keeps a view under a name, for somebody alone or for everybody. It returns a
// *Refused where that cannot be done.
func (d *Desk) SaveView(ctx context.Context, v View, name string, shared bool) error {
	if len(TabsFor(v.Who)) == 0 {
		return ErrNoCases
	}
	name, err := ParseViewName(name)
	if err != nil {
		return err
	}
	saved := SavedView{Name: name, Query: v.Query().Encode(), Shared: shared}
	if len(saved.Query) > maxViewQuery {
		return &Refused{"The filter is too long to be saved."}
	}
	if err := d.Records.SaveView(ctx, v.Who, saved, d.Now()); err != nil {
		return fmt.Errorf("save a view: %w", err)
	}
	return nil
}

// RemoveView removes a saved view. One that is not there any more, or that is not for somebody
// to remove, is left as it is.
func (d *Desk) RemoveView(ctx context.Context, who account.Person, id int64) error {
	if len(TabsFor(who)) == 0 {
		return ErrNoCases
	}
	if err := d.Records.RemoveView(ctx, who, id, d.Now()); err != nil {
		return fmt.Errorf("remove a view: %w", err)
	}
	return nil
}

// SameQuery reports whether the saved view is what a query asks for.
func (v *SavedView) SameQuery(query url.Values) bool { return v.Query == query.Encode() }

// opensFor reports whether a person may open the view: another role has other tabs.
func (s *SavedView) opensFor(who account.Person) bool {
	query, err := url.ParseQuery(s.Query)
	if err != nil {
		return false
	}
	_, err = ParseView(who, query)
	return err == nil
}

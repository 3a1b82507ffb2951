package review

import (
	"context"
	"errors"
	"fmt"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// CaseFinder finds cases by what somebody typed.
type CaseFinder interface {
	// Search returns the cases that a text names, those that it fits best first. It returns a
	// *SearchError for a text that nothing can be searched for.
	Search(ctx context.Context, s Search) (Found, error)
	// KnowsRecipient reports whether an ID is known to be that of a recipient: because a result
	// of theirs came, or an envelope names them.
	KnowsRecipient(ctx context.Context, id idv.RecipientID) (bool, error)
}

// searchLimit is how many cases a search returns.
const searchLimit = 50

// Lookup is what somebody's text leads to: a recipient to open at once, or else cases, and IDs
// that may stand for something that is not known here.
type Lookup struct {
	Text  string
	Open  idv.RecipientID   // the zero ID when there are several ways to go, or none
	IDs   []idv.RecipientID // different UUIDs in the text, whatever they name
	Found Found
}

// Lookup looks up what somebody typed. A text with the ID of a known recipient leads to that
// recipient. Any other UUID may be that of a session or an envelope that is known here. One of
// which nothing is known is taken for a recipient's: that is what people have most often, and
// where Yoti does not know it either, the page says that it may be an envelope's. It returns a
// *SearchError for a text that nothing can be searched for. Cases hold nothing of a person.
func (d *Desk) Lookup(ctx context.Context, who account.Person, text string) (Lookup, error) {
	l := Lookup{Text: text, IDs: idv.FindRecipientIDs(text)}
	if len(l.IDs) > 1 {
		return l, nil
	}
	if len(l.IDs) == 1 {
		known, err := d.Records.KnowsRecipient(ctx, l.IDs[0])
		if err != nil {
			return Lookup{}, fmt.Errorf("look up a recipient: %w", err)
		}
		if known {
			l.Open = l.IDs[0]
			return l, nil
		}
	}
	if err := d.searchTextOrID(ctx, who, &l); err != nil {
		return Lookup{}, err
	}
	if len(l.IDs) == 1 && len(l.Found.Lines) == 0 {
		l.Open = l.IDs[0]
	}
	return l, nil
}

// searchTextOrID searches for the text, and for the UUID in it where that gives nothing.
func (d *Desk) searchTextOrID(ctx context.Context, who account.Person, l *Lookup) (err error) {
	search := Search{Who: who, Text: l.Text, Limit: searchLimit, Due: d.Due, At: d.Now()}
	l.Found, err = d.Records.Search(ctx, search)
	if len(l.IDs) == 1 && (errors.As(err, new(*SearchError)) || err == nil && len(l.Found.Lines) == 0) {
		search.Text = l.IDs[0].String()
		l.Found, err = d.Records.Search(ctx, search)
	}
	if err != nil {
		return fmt.Errorf("search: %w", err)
	}
	return nil
}

package views

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"strconv"

	"github.com/a-h/templ"

	"countersign/internal/review"
)

// Evidence is what of a review page follows from the result alone. It is the same for
// everybody and at all times, so it is rendered once and sent again as it is.
type Evidence struct {
	findings rendered // checks, documents and captures
	json     rendered
}

// NewEvidence renders the evidence of the result that c shows, for somebody who may
// see media or for somebody who may not.
func NewEvidence(ctx context.Context, c *review.Case, media bool) (*Evidence, error) {
	shown := newShownCase(c, media)
	shown.view = rand.Text() // which nobody who wrote a part of the result could know
	findings, err := render(ctx, findings(shown), shown.view)
	if err != nil {
		return nil, err
	}
	json, err := render(ctx, rawJSON(c), shown.view)
	if err != nil {
		return nil, err
	}
	return &Evidence{findings, json}, nil
}

// rendered is a component of this package that was rendered before, for any page view:
// between the pieces stands which it is. Only render makes one, so all of it has been
// escaped like any page.
type rendered struct{ pieces [][]byte }

func render(ctx context.Context, c templ.Component, view string) (rendered, error) {
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		return rendered{}, err
	}
	return rendered{bytes.Split(b.Bytes(), []byte(view))}, nil
}

// in returns it as part of one page view.
func (r rendered) in(view int64) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		name := []byte(viewName(view))
		for i, piece := range r.pieces {
			if i > 0 {
				if _, err := w.Write(name); err != nil {
					return err
				}
			}
			if _, err := w.Write(piece); err != nil {
				return err
			}
		}
		return nil
	})
}

// viewName names a page view in addresses.
func viewName(view int64) string { return strconv.FormatInt(view, 10) }

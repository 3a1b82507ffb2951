package views

import (
	"bytes"
	"context"
	"io"

	"github.com/a-h/templ"

	"countersign/internal/review"
)

// Evidence is what of a review page follows from the result alone. It is the same for
// everybody and at all times, so it is rendered once and sent again as it is.
type Evidence struct {
	faces    rendered // the two in the head
	nav      rendered // what leads through it
	findings rendered // checks, documents and captures
}

// NewEvidence renders the evidence of the result that c shows, for somebody who may
// see media or for somebody who may not.
func NewEvidence(ctx context.Context, c *review.Case, media bool) (*Evidence, error) {
	shown := newCaseView(c, media)
	findings, err := prerender(ctx, findings(shown))
	if err != nil {
		return nil, err
	}
	shown.room = newPageRoom(c)
	nav, err := prerender(ctx, findingsNav(shown))
	if err != nil {
		return nil, err
	}
	faces, err := prerender(ctx, headFaces(shown))
	if err != nil {
		return nil, err
	}
	return &Evidence{faces, nav, findings}, nil
}

// Findings is the HTML of the checks, documents and captures as it stands in the page.
func (e *Evidence) Findings() []byte { return e.findings.html }

// rendered is a component of this package that was rendered before. Only render makes
// one, so all of it has been escaped like any page.
type rendered struct{ html []byte }

func prerender(ctx context.Context, c templ.Component) (rendered, error) {
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		return rendered{}, err
	}
	return rendered{Reveal(b.Bytes())}, nil
}

// Render writes it again.
func (r rendered) Render(_ context.Context, w io.Writer) error {
	_, err := w.Write(r.html)
	return err
}

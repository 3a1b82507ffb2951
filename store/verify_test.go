package store

import (
	"testing"
)

func TestVerifySmall(t *testing.T) {
	d := newDesk(t)
	digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	must(t, d.note(digest, "k", "kept"))
	must(t, d.EnterLogs(t.Context(), after(1)))
	v, err := Verify(t.Context(), VerifyOptions{Path: d.options.Path})
	must(t, err)
	t.Logf("%+v", v)
	must(t, d.Store.Close())
	v, err = Verify(t.Context(), VerifyOptions{Path: d.options.Path})
	must(t, err)
	t.Logf("%+v", v)
}

package review

import (
	"testing"
	"time"

	"countersign/internal/idv"
)

// What an envelope is called may name a person, so it is shown only where there is an access
// entry for everybody in it.
func TestNameOfAnEnvelope(t *testing.T) {
	here, erased := recipientIn(t, "7c9e6679-7425-40de-944b-e07fc1f90ae7"), recipientIn(t, "0b6f3f4e-4a43-4d0e-8a55-3f1a4a4b9c11")
	known := map[idv.RecipientID]EnvelopeCase{here: {}, erased: {Erased: true}}
	for name, test := range map[string]struct {
		ids  []idv.RecipientID
		want string
	}{
		"with entries for all":       {[]idv.RecipientID{here}, "Lease of Elise"},
		"with nobody in it":          {nil, "Lease of Elise"},
		"beside an erased recipient": {[]idv.RecipientID{here, erased}, ""},
		"beside an unreadable ID":    {[]idv.RecipientID{here, {}}, ""},
	} {
		envelope := idv.Envelope{Name: "Lease of Elise"}
		for _, id := range test.ids {
			envelope.Recipients = append(envelope.Recipients, idv.EnvelopeRecipient{ID: id, Name: "Elise", Email: "elise@example.org"})
		}
		opened := openedEnvelope(&envelope, known, time.Time{})
		if opened.Name != test.want {
			t.Errorf("%s: %q, want %q", name, opened.Name, test.want)
		}
		for _, m := range opened.Members {
			if named := m.Name != "" || m.Email != ""; named != (m.ID == here) {
				t.Errorf("%s: %v is named: %t", name, m.ID, named)
			}
		}
	}
}

func recipientIn(t *testing.T, text string) idv.RecipientID {
	t.Helper()
	id, err := idv.ParseRecipientID(text)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

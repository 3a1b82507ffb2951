package views

import (
	"testing"

	"countersign/internal/idv"
)

func TestCaseTitle(t *testing.T) {
	id, err := idv.ParseRecipientID("7c9e6679-7425-40de-944b-e07fc1bf9ae7")
	if err != nil {
		t.Fatal(err)
	}
	for want, got := range map[string]string{
		"Adverse · …bf9ae7":                    CaseTitle(idv.Adverse, id),
		"Clear, with notes · …bf9ae7 · Result": CaseTitle(idv.ClearWithNotes, id, "Result"),
		"…bf9ae7 · Session limit":              CaseTitle("", id, "Session limit"),
	} {
		if got != want {
			t.Errorf("the title is %q, want %q", got, want)
		}
	}
}

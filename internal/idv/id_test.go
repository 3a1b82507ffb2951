package idv

import (
	"errors"
	"slices"
	"testing"
)

const someID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"

func TestParseRecipientID(t *testing.T) {
	for _, s := range []string{
		someID, " " + someID + "\n", "7C9E6679-7425-40DE-944B-E07FC1F90AE7", "{" + someID + "}",
		"urn:uuid:" + someID, "URN:UUID:" + someID, "7c9e6679742540de944be07fc1f90ae7",
	} {
		if id, err := ParseRecipientID(s); err != nil || id.String() != someID {
			t.Errorf("ParseRecipientID(%q) = %s, %v", s, id, err)
		}
	}
	for _, s := range []string{
		"", "x", someID[1:], someID + "0", "{" + someID, someID + "}", "(" + someID + ")", "../" + someID,
		"00000000-0000-0000-0000-000000000000", "{" + someID + "0", someID + "\x00", "urn:uuid:{" + someID,
		"7c9e6679-7425-40de-944b-e07fc1f90aeg", someID + " " + someID, "7c9e6679_7425_40de_944b_e07fc1f90ae7",
	} {
		if id, err := ParseRecipientID(s); !errors.Is(err, ErrNoRecipientID) {
			t.Errorf("ParseRecipientID(%q) = %s, %v", s, id, err)
		}
	}
}

func TestFindRecipientIDs(t *testing.T) {
	const other = "00000000-0000-4000-8000-000000000001"
	for text, want := range map[string][]string{
		"": nil,
		"Please look at https://example.org/e/" + someID + "?tab=idv, thanks.":  {someID},
		"{\"id\":\"7C9E6679-7425-40DE-944B-E07FC1F90AE7\"}":                     {someID},
		"7c9e6679742540de944be07fc1f90ae7":                                      {someID},
		someID + " and again " + someID:                                         {someID},
		someID + ", " + other:                                                   {someID, other},
		"https://example.org/login?next=%2Frecipients%2F" + someID + "%3Ftab=1": {someID},
		"recipient_" + someID + "_result.json":                                  {someID},
		"(" + someID + ") and [" + other + "].":                                 {someID, other},
		"URN:UUID:7C9E6679-7425-40DE-944B-E07FC1F90AE7":                         {someID},
		"0" + someID: nil, "7c9e6679-7425-40de-944b-e07fc1f90ae": nil, "7c9e6679-7425-40de-944b-e07fc1f90aeg": nil,
		"00000000-0000-0000-0000-000000000000": nil, "7c9e6679742540de944be07fc1f90ae": nil,
		"a longer token " + someID + "0":                                          nil,
		"sha256:7c9e6679742540de944be07fc1f90ae77c9e6679742540de944be07fc1f90ae7": nil,
	} {
		var got []string
		for _, id := range FindRecipientIDs(text) {
			got = append(got, id.String())
		}
		if !slices.Equal(got, want) {
			t.Errorf("FindRecipientIDs(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzParseRecipientID(f *testing.F) {
	f.Add(someID)
	f.Add("{7C9E6679-7425-40DE-944B-E07FC1F90AE7}")
	f.Add("urn:uuid:7c9e6679742540de944be07fc1f90ae7")
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseRecipientID(s)
		if err != nil {
			return
		}
		again, err := ParseRecipientID(id.String())
		if err != nil || again != id || len(id.String()) != len(someID) {
			t.Errorf("ParseRecipientID(%q) = %s, and of that %s, %v", s, id, again, err)
		}
	})
}

package idv

import "testing"

func TestInShortNamesTheGravest(t *testing.T) {
	exception := func(b Bucket, title string) Exception { return Exception{Bucket: b, Title: title} }
	for name, test := range map[string]struct {
		list []Exception
		want string
	}{
		"none":                   {nil, ""},
		"one":                    {[]Exception{exception(Adverse, "Counterfeit")}, "Counterfeit"},
		"two":                    {[]Exception{exception(Adverse, "Counterfeit"), exception(Adverse, "On the fraud list")}, "Counterfeit; on the fraud list"},
		"an abbreviation":        {[]Exception{exception(Adverse, "Counterfeit"), exception(Adverse, "PEP")}, "Counterfeit; PEP"},
		"twice the same":         {[]Exception{exception(Adverse, "Counterfeit"), exception(Adverse, "Counterfeit")}, "Counterfeit"},
		"more":                   {[]Exception{exception(Adverse, "A"), exception(Adverse, "B"), exception(Adverse, "C"), exception(Adverse, "D")}, "A; B and 2 more"},
		"only of its own bucket": {[]Exception{exception(Adverse, "Counterfeit"), exception(ClearWithNotes, "Unknown field")}, "Counterfeit"},
	} {
		a := Assessment{Bucket: Adverse, Exceptions: test.list}
		if got := a.InShort(); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

package review

import "testing"

// Everything that can be viewed has words of its own in the access log.
func TestAccessWordsHaveNoGap(t *testing.T) {
	for _, s := range AccessKinds() {
		if accessWords[s] == "" {
			t.Errorf("there are no words for %q", s)
		}
	}
	if got := AccessKind("of another version").Label(); got != "of another version" {
		t.Errorf("an unknown access is called %q", got)
	}
}

func TestAccessLabel(t *testing.T) {
	for want, a := range map[string]Access{
		"Result":                                 {What: AccessResult},
		"Opened: Passport, Denmark, page 1":      {What: AccessOpened, Name: "Passport, Denmark, page 1"},
		"Watchlist hits: Watchlist, 1 to 2 of 2": {What: AccessHitPage, Name: "Watchlist", Hits: "1 to 2 of 2"},
	} {
		if got := a.Label(); got != want {
			t.Errorf("Label() = %q, want %q", got, want)
		}
	}
}

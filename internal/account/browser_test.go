package account

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestBrowsers(t *testing.T) {
	ours := Browsers{Key: []byte("made up for this test")}
	token := ours.Remember("", "Ann", noon)
	if strings.Contains(strings.ToLower(token), "ann") {
		t.Errorf("the token names somebody: %s", token)
	}
	id := ours.ID(token, "Ann", noon)
	for _, test := range []struct {
		name     string
		browsers Browsers
		token    string
		who      string
		at       time.Time
		known    bool
	}{
		{"as it was", ours, token, "Ann", noon, true},
		{"in another spelling", ours, token, " aNN ", noon, true},
		{"somebody else", ours, token, "Bob", noon, false},
		{"nobody", ours, token, "", noon, false},
		{"on the last day", ours, token, "Ann", noon.Add(BrowserKnownFor), true},
		{"later", ours, token, "Ann", noon.Add(BrowserKnownFor + 24*time.Hour), false},
		{"another key", Browsers{Key: []byte("another")}, token, "Ann", noon, false},
		{"no key", Browsers{}, token, "Ann", noon, false},
		{"no token", ours, "", "Ann", noon, false},
		{"an ID alone", ours, id, "Ann", noon, false},
		{"another ID", ours, strings.Repeat("A", browserID) + token[browserID:], "Ann", noon, false},
		{"two people", ours, ours.Remember(token, "Bob", noon), "Ann", noon, true},
		{"seen again, later", ours, ours.Remember(token, "Ann", noon.Add(BrowserKnownFor)), "Ann", noon.Add(2 * BrowserKnownFor), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := test.browsers.ID(test.token, test.who, test.at)
			if known := got != ""; known != test.known || known && got != id {
				t.Errorf("ID is %q, want it known: %t", got, test.known)
			}
		})
	}
	for n := range 3 * maxKnownNames {
		token = ours.Remember(token, fmt.Sprint("colleague ", n), noon)
	}
	if ours.ID(token, "Ann", noon) != "" || ours.ID(token, "colleague 23", noon) != id || len(token) > maxBrowserToken {
		t.Errorf("after many people the token is %s", token)
	}
}

// Whatever a browser sends, it is known for nobody who did not sign in, and can be made
// known for someone.
func FuzzBrowsers(f *testing.F) {
	ours := Browsers{Key: []byte("made up for this test")}
	good := ours.Remember(strings.Repeat("A", browserID), "Ann", noon) // the same in every process
	for _, seed := range []string{"", good, good + ".", good + "." + good, good[:browserID], strings.Repeat("a", 5000), good[:browserID] + ".-1-xxxxxxxxxxxxxxxxxxxxxx"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		if ours.ID(token, "Eve", noon) != "" {
			t.Errorf("%q is known for somebody who never signed in", token)
		}
		if ours.ID(token, "Ann", noon) != "" && !strings.HasPrefix(token, good[:browserID]+".") {
			t.Errorf("%q is known for Ann", token)
		}
		next := ours.Remember(token, "Bob", noon)
		if ours.ID(next, "Bob", noon) == "" || len(next) > maxBrowserToken {
			t.Errorf("after %q Bob is not known: %q", token, next)
		}
	})
}

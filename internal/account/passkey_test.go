package account

import (
	"errors"
	"strings"
	"testing"

	"countersign/internal/passkey"
)

func TestLastFactorStays(t *testing.T) {
	here, before := passkey.Site{Host: "new.example"}, passkey.Site{Host: "old.example"}
	at := func(s passkey.Site) PasskeyEntry {
		return PasskeyEntry{Credential: passkey.Credential{Site: s.Host}}
	}
	for _, test := range []struct {
		name    string
		removed PasskeyEntry
		left    []PasskeyEntry
		code    bool
		want    bool
	}{
		{"the only one", at(here), nil, false, true},
		{"one of two", at(here), []PasskeyEntry{at(here)}, false, false},
		{"beside one that does not work", at(here), []PasskeyEntry{at(before)}, false, true},
		{"beside an app", at(here), nil, true, false},
		{"one that does not work", at(before), nil, false, false},
	} {
		if got := isLastFactor(test.removed, test.left, test.code, here); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestPasskeyNames(t *testing.T) {
	for typed, want := range map[string]string{
		" Work laptop ": "Work laptop", "Schlüssel": "Schlüssel", "🔑": "🔑",
		"": "", " ": "", "a\u202eb": "", "a\x00b": "", strings.Repeat("x", 65): "", "\xff": "",
	} {
		got, err := passkeyName(typed)
		if refused := (*Refused)(nil); got != want || (want == "") != errors.As(err, &refused) {
			t.Errorf("passkeyName(%q) = %q, %v; want %q", typed, got, err, want)
		}
	}
}

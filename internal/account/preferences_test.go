package account

import (
	"encoding/json"
	"testing"
)

func TestPreferences(t *testing.T) {
	var p Preferences
	for _, test := range []struct {
		name, value string
		known       bool
	}{
		{PreferCodes, On, true}, {PreferView, ViewAll, true}, {PreferView, ViewWorkspace, true},
		{PreferCodes, "perhaps", false}, {PreferCodes, "", false}, {"colour", On, false}, {"", "", false},
	} {
		before := p
		after, known := p.With(test.name, test.value)
		if known != test.known || !known && after != before || known && after.Value(test.name) != test.value {
			t.Errorf("with %s %q: %+v, %v", test.name, test.value, after, known)
		}
		p = after
	}
	if p != (Preferences{Codes: true}) || p.Value("colour") != "" {
		t.Errorf("in the end %+v", p)
	}
}

// Whatever is chosen is kept as it was chosen, each by itself.
func TestPreferencesAreKept(t *testing.T) {
	for name, c := range choices {
		p, known := Preferences{}.With(name, c.on)
		if !known || p == (Preferences{}) || (Preferences{}).Value(name) != c.off {
			t.Errorf("%s: %+v", name, p)
		}
		kept, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var again Preferences
		if err := json.Unmarshal(kept, &again); err != nil || again != p {
			t.Errorf("%s: %s becomes %+v, %v", name, kept, again, err)
		}
	}
}

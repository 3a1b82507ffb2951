package idv

import "testing"

// Every value that a list offers has words, and is offered once.
func TestChoicesHaveWords(t *testing.T) {
	for name, list := range map[string][]Choice{"reasons": ReasonChoices(), "documents": DocumentChoices(), "countries": CountryChoices()} {
		seen := map[string]bool{}
		for _, c := range list {
			if c.Value == "" || c.Label == "" || c.Label == c.Value || seen[c.Value] {
				t.Errorf("%s: %+v", name, c)
			}
			seen[c.Value] = true
		}
	}
	for _, code := range []string{"GBR", "BEL", "MLT", "COD", "XKX", "GBD"} {
		if !containsChoice(CountryChoices(), code) {
			t.Errorf("the country %s is not offered", code)
		}
	}
	if n := len(CountryChoices()); n < 240 || n > 320 {
		t.Errorf("%d countries", n)
	}
	for _, c := range CheckTypes() {
		if !c.Known() {
			t.Errorf("the check %s has no words", c)
		}
	}
	for _, r := range Recommendations() {
		if !r.Word().Known {
			t.Errorf("the recommendation %s has no words", r)
		}
	}
}

func containsChoice(list []Choice, value string) bool {
	for _, c := range list {
		if c.Value == value {
			return true
		}
	}
	return false
}

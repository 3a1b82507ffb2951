package idv

import (
	"cmp"
	"slices"
	"strings"
)

// ListSort is how serious it is to be on a list.
type ListSort string

// The sorts of lists that are told apart at a glance.
const (
	SanctionsList ListSort = "sanctions"
	PEPList       ListSort = "pep"
	OtherList     ListSort = "other"
)

// ListLabel is a list in a word or two.
type ListLabel struct {
	Label string
	Sort  ListSort
}

// ListLabels returns the lists on which the entity is, in a word or two, the most
// serious first. A list of which a sort of its own is named as well is left out, and all
// sorts of adverse media are one.
func (h *Hit) ListLabels() []ListLabel {
	lists := h.Lists()
	slices.SortStableFunc(lists, func(a, b string) int {
		return cmp.Or(cmp.Compare(listWeight(a), listWeight(b)), cmp.Compare(a, b))
	})
	var labels []ListLabel
	for _, list := range lists {
		narrower := func(other string) bool { return other != list && isOn(other, list) }
		if list == "pep" && slices.ContainsFunc(lists, narrower) {
			continue
		}
		if label := listLabel(list); !slices.Contains(labels, label) {
			labels = append(labels, label)
		}
	}
	return labels
}

func listLabel(list string) ListLabel {
	switch {
	case list == "pep":
		return ListLabel{"PEP", PEPList}
	case isOn(list, "pep"):
		return ListLabel{WatchlistSource(list).Label, PEPList}
	case isOn(list, "adverse-media"):
		return ListLabel{WatchlistSource("adverse-media").Label, OtherList}
	case isOn(list, "sanction"):
		return ListLabel{WatchlistSource(list).Label, SanctionsList}
	}
	return ListLabel{WatchlistSource(list).Label, OtherList}
}

// HitCountry is a country with which a list connects the entity.
type HitCountry struct {
	Name   string
	Code   string // empty where the list gives a name
	OfList bool   // whether it is that of the list, which says little of the entity
}

// Short is the code of the country, or its name.
func (c HitCountry) Short() string { return cmp.Or(c.Code, c.Name) }

// Countries returns the countries that the lists state for the entity, each once. Where
// they state none, it returns those of the lists themselves.
func (h *Hit) Countries() []HitCountry {
	var countries []HitCountry
	add := func(c HitCountry) {
		if !slices.ContainsFunc(countries, func(other HitCountry) bool { return other.Name == c.Name }) {
			countries = append(countries, c)
		}
	}
	for _, f := range h.Fields {
		if f.isCountry() {
			for name := range strings.SplitSeq(f.Value, ",") {
				if name = strings.TrimSpace(name); name != "" {
					add(countryOf(name))
				}
			}
		}
	}
	if len(countries) > 0 {
		return countries
	}
	for i := range h.Sources {
		for _, code := range h.Sources[i].Countries {
			c := countryOf(code)
			c.OfList = true
			add(c)
		}
	}
	return countries
}

// countryOf reads a country that is given by its code or by its name.
func countryOf(text string) HitCountry {
	if w := Country(text); w.Known {
		return HitCountry{Name: w.Label, Code: text}
	}
	return HitCountry{Name: text}
}

func (h *Hit) countryNames() []string {
	var names []string
	for _, c := range h.Countries() {
		names = append(names, c.Name)
	}
	return names
}

// isCountry reports whether the field says to which countries the entity belongs: by its
// tag, or by its name where there is no tag.
func (f HitField) isCountry() bool {
	switch strings.ToLower(strings.TrimSpace(orElse(f.Tag, f.Name))) {
	case "country_names", "countries", "country", "nationality", "citizenship":
		return true
	}
	return false
}

// matchesByStrength are the match types that say most about a name, the strongest first.
// Source: ComplyAdvantage (match types).
var matchesByStrength = []string{
	"name_exact", "aka_exact", "equivalent_name", "equivalent_aka", "name_variations_removal",
	"name_fuzzy", "aka_fuzzy", "phonetic_name", "phonetic_aka",
}

// StrongestMatch returns the match type that says most, and how many others there are. The
// match type is empty where none is given.
func (h *Hit) StrongestMatch() (match string, others int) {
	if len(h.MatchTypes) == 0 {
		return "", 0
	}
	for _, match := range matchesByStrength {
		if slices.Contains(h.MatchTypes, match) {
			return match, len(h.MatchTypes) - 1
		}
	}
	return h.MatchTypes[0], len(h.MatchTypes) - 1
}

// maxHitCounts is how many different values a choice offers.
const maxHitCounts = 100

// countHitValues counts the hits that have each value, those with the most first.
func countHitValues(hits []ComparedHit, of func(*Hit) []string) []HitCount {
	on := map[string]int{}
	for _, h := range hits {
		seen := map[string]bool{}
		for _, value := range of(h.Hit) {
			if value != "" && !seen[value] {
				seen[value] = true
				on[value]++
			}
		}
	}
	counts := make([]HitCount, 0, len(on))
	for value, n := range on {
		counts = append(counts, HitCount{value, n})
	}
	slices.SortFunc(counts, func(a, b HitCount) int {
		return cmp.Or(cmp.Compare(b.Hits, a.Hits), cmp.Compare(a.Value, b.Value))
	})
	return counts[:min(len(counts), maxHitCounts)]
}

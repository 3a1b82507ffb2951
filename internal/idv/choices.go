package idv

import (
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Choice is a value that can be asked for in a list, and what it is called.
type Choice struct{ Value, Label string }

// CheckTypes returns every type of check there are words for, in the order of
// CheckType.Rank.
func CheckTypes() []CheckType {
	var list []CheckType
	for _, c := range checkTypes {
		list = append(list, c.name)
	}
	return list
}

// Recommendations returns every recommendation there are words for.
func Recommendations() []Recommendation {
	return []Recommendation{Reject, Consider, NotAvailable, Approve}
}

// ReasonChoices returns the reasons that checks can have, by label. One that means different
// things in different checks has all of its labels.
func ReasonChoices() []Choice {
	labels := map[string][]string{}
	for _, c := range checkTypes {
		for _, rows := range c.reasons {
			for _, r := range rows {
				if !slices.Contains(labels[r.value], r.label) {
					labels[r.value] = append(labels[r.value], r.label)
				}
			}
		}
	}
	var list []Choice
	for value, all := range labels {
		list = append(list, Choice{value, strings.Join(all, " / ")})
	}
	return byLabel(list)
}

// DocumentChoices returns the types of identity documents, by label.
func DocumentChoices() []Choice {
	var list []Choice
	for _, row := range documentTypes {
		list = append(list, Choice{row.value, row.label})
	}
	return byLabel(list)
}

// CountryChoices returns the codes of three letters that documents name their issuer by, by
// label. A code that was withdrawn is among them: old documents carry it.
func CountryChoices() []Choice {
	var list []Choice
	for _, row := range travelCodes {
		if len(row.value) == 3 {
			list = append(list, Choice{row.value, row.label})
		}
	}
	for first := 'A'; first <= 'Z'; first++ {
		for second := 'A'; second <= 'Z'; second++ {
			region, err := language.ParseRegion(string([]rune{first, second}))
			if err != nil || !region.IsCountry() || region.String() != string([]rune{first, second}) {
				continue
			}
			code := region.ISO3()
			word := Country(code)
			if word.Known && code != "ZZZ" && !slices.ContainsFunc(list, func(c Choice) bool { return c.Value == code }) {
				list = append(list, Choice{code, word.Label})
			}
		}
	}
	return byLabel(list)
}

func byLabel(list []Choice) []Choice {
	slices.SortFunc(list, func(a, b Choice) int {
		return strings.Compare(strings.ToLower(a.Label)+a.Value, strings.ToLower(b.Label)+b.Value)
	})
	return list
}

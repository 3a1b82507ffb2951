package idv

import (
	"strconv"
	"strings"
)

// maxNamed is how many documents the name of a check lists.
const maxNamed = 3

// Title names a document or capture: "Passport, United Kingdom". One that has the same
// words as another of its session has its place among them: "Passport, Japan (2 of 2)".
func (r *Resource) Title() string {
	title := r.plainTitle()
	if r.Turn == "" {
		return title
	}
	return title + " (" + r.Turn + ")"
}

func (r *Resource) plainTitle() string {
	if r.DocumentType == "" {
		return r.Kind.Word().Label + " " + strconv.Itoa(r.Index+1)
	}
	title, _ := Visible(DocumentType(r.DocumentType).Label)
	if r.IssuingCountry != "" {
		country, _ := Visible(Country(r.IssuingCountry).Label)
		title += ", " + country
	}
	return title
}

// Name is what the check is called where others of its session are beside it: "Face
// match", or "Face match (Passport, United Kingdom)" where there are two of the type.
func (c *Check) Name() string {
	label, _ := Visible(c.Type.Word().Label)
	if c.Subject == "" {
		return label
	}
	return label + " (" + c.Subject + ")"
}

// setNames gives everything that stands more than once in the session what tells it
// from its like.
func (s *Session) setNames() {
	titles := counter{}
	for i := range s.Resources {
		titles.add(s.Resources[i].plainTitle())
	}
	for i := range s.Resources {
		s.Resources[i].Turn = titles.nextTurn(s.Resources[i].plainTitle())
	}
	types := counter{}
	for i := range s.Checks {
		types.add(string(s.Checks[i].Type))
	}
	used := titlesByID(s.Resources)
	short := counter{}
	for i := range s.Checks {
		if c := &s.Checks[i]; types.of[string(c.Type)] > 1 {
			c.Subject = used.subjectTitles(c.ResourcesUsed)
			short.add(c.Name())
		}
	}
	names := counter{}
	for i := range s.Checks {
		if c := &s.Checks[i]; types.of[string(c.Type)] > 1 {
			if short.of[c.Name()] > 1 { // documents alone do not tell them apart
				c.Subject = used.allTitles(c.ResourcesUsed)
			}
			names.add(c.Name())
		}
	}
	for i := range s.Checks {
		c := &s.Checks[i]
		if turn := names.nextTurn(c.Name()); turn != "" {
			c.Subject = strings.TrimPrefix(c.Subject+", "+turn, ", ")
		}
	}
}

// counter counts names, and then numbers those that occur more than once.
type counter struct{ of, given map[string]int }

func (c *counter) add(name string) {
	if c.of == nil {
		c.of, c.given = map[string]int{}, map[string]int{}
	}
	c.of[name]++
}

// nextTurn returns the next place of a name, as "2 of 3"; empty where there is but one.
func (c *counter) nextTurn(name string) string {
	if c.of[name] < 2 {
		return ""
	}
	c.given[name]++
	return strconv.Itoa(c.given[name]) + " of " + strconv.Itoa(c.of[name])
}

// usedTitles are the titles of resources by their ids, documents apart from captures. An
// id may be that of several, of which no more are kept than a name lists.
type usedTitles struct{ documents, others map[string][]string }

func titlesByID(resources []Resource) usedTitles {
	u := usedTitles{map[string][]string{}, map[string][]string{}}
	for i := range resources {
		r := &resources[i]
		titles := u.others
		if r.Kind == IDDocuments || r.Kind == SupplementaryDocuments {
			titles = u.documents
		}
		if r.ID != "" && len(titles[r.ID]) <= maxNamed {
			titles[r.ID] = append(titles[r.ID], r.Title())
		}
	}
	return u
}

// subjectTitles names what a check looked at: its documents, or else its captures.
func (u usedTitles) subjectTitles(ids []string) string {
	if documents := joinTitles(titlesOf(ids, u.documents)); documents != "" {
		return documents
	}
	return joinTitles(titlesOf(ids, u.others))
}

// allTitles names everything that a check looked at, the documents first.
func (u usedTitles) allTitles(ids []string) string {
	return joinTitles(append(titlesOf(ids, u.documents), titlesOf(ids, u.others)...))
}

// titlesOf returns the titles of the ids, and no more of them than tell that there are
// others.
func titlesOf(ids []string, titles map[string][]string) []string {
	var list []string
	for _, id := range ids {
		if list = append(list, titles[id]...); len(list) > maxNamed {
			break
		}
	}
	return list
}

// joinTitles lists titles as people do, the first of many.
func joinTitles(list []string) string {
	switch n := len(list); {
	case n > maxNamed:
		return strings.Join(list[:maxNamed], ", ") + " and others"
	case n > 1:
		return strings.Join(list[:n-1], ", ") + " and " + list[n-1]
	case n == 1:
		return list[0]
	}
	return ""
}

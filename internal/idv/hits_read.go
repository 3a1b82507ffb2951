package idv

import (
	"bytes"
	"encoding/base64"
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The limits of search results.
const (
	MaxHitsBytes    = 8 << 20  // of a raw_results medium
	MaxHits         = 10_000   // that are read, over all searches
	MaxSearches     = 100      // answers of providers that are read
	maxHitValues    = 1 << 18  // JSON values of one text: each takes far more memory than its two bytes
	maxUnreadText   = 16 << 10 // bytes of a text that could not be read
	maxHitProblems  = 20       // of one search or hit
	maxProblemBytes = 1 << 10  // of the JSON of an extra or a problem
)

// ReadHits reads a raw_results medium: a list of answers of providers, each with the
// provider's JSON in base64. It never fails: what cannot be read is said at the place
// where it stood, as Unread with the beginning of its text, as a BrokenHit, or as a
// Problem. A bad hit hides no other, and neither does an object in which a name comes
// twice, or what is nested too deeply; a provider's JSON that is not well-formed is not
// read at all.
func ReadHits(body []byte) *HitList {
	l := &HitList{}
	root, why := parseHits(body)
	if why != "" {
		l.Unread = newUnread(why, body)
		return l
	}
	r := &reader{text: string(root.canonical())}
	items := []node{*root} // a single answer without a list around it
	if root.kind == '[' {
		items = root.items
	}
	if len(items) > MaxSearches {
		l.Skipped = len(items) - MaxSearches
		items = items[:MaxSearches]
	}
	left := MaxHits
	for i := range items {
		if items[i].kind != '{' {
			r.addProblem(&items[i], "["+strconv.Itoa(i)+"]", "an object")
			continue
		}
		s := r.search(&items[i], i, left)
		left -= len(s.Hits) + len(s.Broken)
		l.Searches = append(l.Searches, s)
	}
	_, l.Problems, l.More = boundProblems(nil, r.problems)
	return l
}

// parseHits reads body, or says why not. An object in which a name comes twice, and what is
// nested too deeply, are for the reader to leave out.
func parseHits(body []byte) (*node, UnreadReason) {
	if len(body) > MaxHitsBytes || countValues(body) > maxHitValues {
		return nil, UnreadTooLarge
	}
	p := newParser(body)
	p.lenient = true
	root, err := p.parseWhole()
	if err != nil {
		return nil, UnreadJSON
	}
	return root, ""
}

// countValues returns how many JSON values there are at most.
func countValues(body []byte) int {
	return 1 + bytes.Count(body, []byte(",")) + bytes.Count(body, []byte("[")) + bytes.Count(body, []byte("{"))
}

// newUnread keeps the beginning of what could not be read. What was not read as JSON has
// not been freed from secrets, so it is withheld when it seems to hold one.
func newUnread(why UnreadReason, body []byte) *Unread {
	u := &Unread{Why: why, Size: len(body)}
	if mentionsSecret(body) {
		u.Why = UnreadSecret
		return u
	}
	end := min(len(body), maxUnreadText)
	for end < len(body) && end > 0 && !utf8.RuneStart(body[end]) {
		end--
	}
	u.Text = strings.ToValidUTF8(string(body[:end]), "\uFFFD")
	return u
}

// mentionsSecret looks for the names that isSecret knows, in any spelling.
func mentionsSecret(body []byte) bool {
	letters := bytes.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z':
			return r - 'A' + 'a'
		case r < 'a' || r > 'z':
			return -1
		}
		return r
	}, body)
	return bytes.Contains(letters, []byte("sessiontoken")) || bytes.Contains(letters, []byte("apikey"))
}

// boundProblems keeps the first extras and problems, each cut to what a page can show, and
// counts the others.
func boundProblems(extras []UnknownField, problems []Problem) (keptExtras []UnknownField, keptProblems []Problem, more int) {
	for _, x := range extras[:min(len(extras), maxHitProblems)] {
		keptExtras = append(keptExtras, UnknownField{cutJSON(x.Name), cutJSON(x.JSON)})
	}
	for _, p := range problems[:min(len(problems), maxHitProblems)] {
		keptProblems = append(keptProblems, Problem{cutJSON(p.Path), p.Want, cutJSON(p.JSON)})
	}
	return keptExtras, keptProblems, len(extras) + len(problems) - len(keptExtras) - len(keptProblems)
}

func cutJSON(text string) string {
	if len(text) <= maxProblemBytes {
		return text
	}
	return strings.ToValidUTF8(text[:maxProblemBytes], "") + "…"
}

// search reads the answer of one provider, with at most so many hits.
func (r *reader) search(n *node, index, most int) Search {
	s := Search{Index: index}
	if n.twice != notTwice {
		s.Unread = newUnread(UnreadJSON, []byte(r.jsonOf(n)))
		return s
	}
	extras, problems := r.collectApart(func() {
		r.nested(n, "", func(o *object) {
			s.Provider = o.scalar("provider")
			s.SearchTypes = o.texts("search_types")
			s.ID = o.scalar("search_id")
			s.Ref = o.scalar("search_ref")
			s.URL = o.string("url")
			r.readOutput(o.get("raw_output"), &s, most)
		})
	})
	extras, problems = append(extras, s.Extras...), append(problems, s.Problems...)
	s.Extras, s.Problems, s.More = boundProblems(extras, problems)
	return s
}

// readOutput reads raw_output: the provider's JSON in base64, or as text, or as it is.
func (r *reader) readOutput(n *node, s *Search, most int) {
	if n == nil {
		s.Unread = &Unread{Why: UnreadAbsent}
		return
	}
	if n.kind != '"' {
		s.Unread = s.readContent([]byte(r.jsonOf(n)), most)
		return
	}
	text := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(n.text), byteOrderMark))
	switch {
	case text == "":
		s.Unread = &Unread{Why: UnreadAbsent}
		return
	case text[0] == '{' || text[0] == '[':
		s.Unread = s.readContent([]byte(text), most)
		return
	}
	body, err := decodeBase64(text)
	if err != nil {
		s.Unread = newUnread(UnreadBase64, []byte(n.text))
		return
	}
	s.Unread = s.readContent(body, most)
	if s.Unread != nil && s.Unread.Why == UnreadJSON && !utf8.Valid(body) { // bytes of something else
		s.Unread = newUnread(UnreadBase64, []byte(n.text))
	}
}

// decodeBase64 takes either alphabet, with or without padding, with white space anywhere.
func decodeBase64(text string) ([]byte, error) {
	text = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\t', '\r', '\n':
			return -1
		case '-':
			return '+'
		case '_':
			return '/'
		}
		return r
	}, text)
	return base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
}

// readContent reads the JSON of a search, which is a member content.data of the answer.
func (s *Search) readContent(body []byte, most int) *Unread {
	root, why := parseHits(body)
	if why == "" && root.twice != notTwice {
		why = UnreadJSON
	}
	if why != "" {
		return newUnread(why, body)
	}
	r := &reader{text: string(root.canonical())}
	found := false
	r.nested(root, "", func(o *object) {
		o.scalar("code")
		o.scalar("status")
		o.object("content", func(o *object) {
			o.object("data", func(o *object) {
				found = true
				r.readFound(o, s, most)
			})
		})
	})
	if !found {
		return newUnread(UnreadShape, []byte(r.text))
	}
	s.Extras, s.Problems = r.extras, r.problems
	return nil
}

// readFound reads what a search found.
func (r *reader) readFound(o *object, s *Search, most int) {
	id, ref, link := o.scalar("id"), o.scalar("ref"), o.string("share_url")
	s.ID, s.Ref, s.URL = orElse(s.ID, id), orElse(s.Ref, ref), orElse(s.URL, link)
	s.Term = o.nameText("search_term")
	s.SubmittedTerm = o.nameText("submitted_term")
	s.Status = o.word("match_status")
	s.RiskLevel = o.scalar("risk_level")
	s.ClientRef = o.scalar("client_ref")
	s.TotalHits = o.int("total_hits")
	s.Limit = o.int("limit")
	s.Offset = o.int("offset")
	s.Created = o.time("created_at")
	o.object("filters", func(o *object) {
		s.Filters = SearchFilters{
			Types:          o.texts("types"),
			Countries:      o.texts("country_codes"),
			BirthYear:      o.scalar("birth_year"),
			Fuzziness:      o.scalar("fuzziness"),
			ExactMatch:     o.scalar("exact_match"),
			RemoveDeceased: o.scalar("remove_deceased"),
			EntityType:     o.scalar("entity_type"),
		}
	})
	// Who searched: people with an account at the provider, not the signer's business.
	o.get("searcher")
	o.get("assignee")
	o.get("searcher_id")
	o.get("assignee_id")
	items := o.hitItems(s)
	for i := range items {
		if len(s.Hits)+len(s.Broken) >= most {
			s.Skipped = len(items) - i
			return
		}
		r.addHit(s, &items[i], i)
	}
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// nameText reads a name that is a text, or an object with its parts.
func (o *object) nameText(member string) string {
	n := o.get(member)
	if n == nil || n.kind == '"' {
		return o.string(member)
	}
	var parts []string
	o.object(member, func(o *object) {
		for _, part := range []string{"first_name", "middle_names", "last_name"} {
			if text := o.string(part); text != "" {
				parts = append(parts, text)
			}
		}
	})
	return strings.Join(parts, " ")
}

// texts reads a list of texts, or one text alone.
func (o *object) texts(name string) []string {
	if n := o.get(name); n != nil && n.kind == '"' {
		return []string{o.textOf(n, name)}
	}
	return o.strings(name)
}

// addHit reads one hit. Without an object for the entity there is nothing to show, and what
// lacks a part that is nested too deeply is not shown as if it were all.
func (r *reader) addHit(s *Search, n *node, index int) {
	h := Hit{Search: s.Index, Index: index, JSON: r.jsonOf(n)}
	whole := false
	_, problems := r.collectApart(func() {
		r.nested(n, "", func(o *object) {
			h.MatchTypes = o.texts("match_types")
			h.Matches = o.nameMatches("match_types_details")
			h.Score = o.score("score")
			h.Whitelist = o.bool("is_whitelisted")
			o.object("doc", func(o *object) {
				whole = true
				o.readEntity(&h)
			})
		})
	})
	if !whole || n.deep {
		s.Broken = append(s.Broken, BrokenHit{index, h.JSON})
		return
	}
	_, h.Problems, h.More = boundProblems(nil, problems)
	s.Hits = append(s.Hits, h)
}

func (o *object) score(name string) Score {
	s := Score{Text: o.scalar(name)}
	value, err := strconv.ParseFloat(s.Text, 64)
	if (err == nil || errors.Is(err, strconv.ErrRange)) && !math.IsNaN(value) { // beyond range it is infinite
		s.Value = value
	}
	return s
}

// readEntity reads who or what is on the list.
func (o *object) readEntity(h *Hit) {
	h.EntityID = o.scalar("id")
	h.Name = o.string("name")
	h.EntityType = o.word("entity_type")
	h.Updated = o.time("last_updated_utc")
	h.Types = o.texts("types")
	h.Aliases = o.aliasNames("aka")
	h.Sources = o.hitSources()
	o.objects("fields", func(o *object) {
		f := HitField{Tag: o.scalar("tag"), Name: o.scalar("name"), Value: o.scalar("value"), Source: o.scalar("source")}
		if f.isBirth() {
			h.BirthDates = append(h.BirthDates, BirthDate{f.Value, f.Source})
			return
		}
		h.Fields = append(h.Fields, f)
	})
	o.objects("associates", func(o *object) {
		h.Associates = append(h.Associates, Associate{Name: o.string("name"), Association: o.string("association")})
	})
	o.objects("media", func(o *object) {
		h.Articles = append(h.Articles, Article{
			Title:   o.string("title"),
			Date:    o.time("date"),
			Snippet: o.string("snippet"),
			URL:     o.string("url"),
		})
	})
}

// isBirth reports whether the field is a date of birth: by its tag, or by its name
// where there is no tag.
func (f HitField) isBirth() bool {
	switch strings.ToLower(strings.TrimSpace(orElse(f.Tag, f.Name))) {
	case "date_of_birth", "year_of_birth", "date of birth", "year of birth", "birth date", "dob":
		return true
	}
	return false
}

// aliasNames reads a list of objects with a name each, or of bare names.
func (o *object) aliasNames(name string) []string {
	items, path := o.list(name)
	var names []string
	for i := range items {
		if items[i].kind == '"' {
			names = append(names, o.itemText(items, i, name))
			continue
		}
		o.r.nested(&items[i], path+"["+strconv.Itoa(i)+"]", func(o *object) {
			if alias := o.string("name"); alias != "" {
				names = append(names, alias)
			}
		})
	}
	return names
}

// hitSources reads the keys of the lists and what source_notes says about each. A list
// may be in one of the two alone.
func (o *object) hitSources() []HitSource {
	var sources []HitSource
	at := map[string]int{}
	for _, key := range o.texts("sources") {
		if _, again := at[key]; !again {
			at[key] = len(sources)
			sources = append(sources, HitSource{Key: key})
		}
	}
	o.namedObjects("source_notes", func(key string, o *object) {
		i, ok := at[key]
		if !ok {
			i = len(sources)
			sources = append(sources, HitSource{})
		}
		sources[i] = HitSource{
			Key:         key,
			Name:        o.string("name"),
			Types:       o.texts("aml_types"),
			Countries:   o.texts("country_codes"),
			ListedFrom:  o.time("listing_started_utc"),
			ListedUntil: o.time("listing_ended_utc"),
			URL:         o.string("url"),
		}
	})
	return sources
}

// namedObjects reads an object whose members have names that mean something: each must
// be an object again. The provider writes an empty one as an empty list.
func (o *object) namedObjects(name string, read func(key string, o *object)) {
	if n := o.get(name); n != nil && n.kind == '[' && len(n.items) == 0 {
		return
	}
	o.eachNamed(name, func(o *object, i int, key string) {
		if n := o.takeAt(i); n != nil {
			o.r.nested(n, o.pathOf(key), func(o *object) { read(key, o) })
		}
	})
}

// nameMatches reads match_types_details, of which there are two forms: an object that
// has the matched names as members, and a list with a name in each item.
func (o *object) nameMatches(name string) []NameMatch {
	var matches []NameMatch
	if n := o.get(name); n != nil && n.kind == '[' {
		o.objects(name, func(o *object) { matches = append(matches, o.nameMatch()) })
		return matches
	}
	o.namedObjects(name, func(name string, o *object) {
		m := NameMatch{Name: name, Kind: o.word("type")}
		o.eachNamed("match_types", func(o *object, _ int, word string) {
			m.Words = append(m.Words, WordMatch{word, o.texts(word)})
		})
		matches = append(matches, m)
	})
	return matches
}

// nameMatch reads an item of the second form.
func (o *object) nameMatch() NameMatch {
	m := NameMatch{Name: o.string("matching_name"), Kind: o.word("type")}
	for _, list := range []string{"name_matches", "secondary_matches"} {
		o.objects(list, func(o *object) {
			m.Words = append(m.Words, WordMatch{o.scalar("query_term"), o.texts("match_types")})
		})
	}
	return m
}

package idv

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// maxDepth is how many objects and lists may be nested in each other. Yoti's own
// results stay below twelve.
const maxDepth = 64

// node is a JSON value that was read strictly: no secrets, members sorted by name.
type node struct {
	kind       jsontext.Kind
	known      bool          // whether a reader asked for it
	twice      duplicateKind // of an object, whether a name comes twice in it
	deep       bool          // whether something in it is nested too deeply, and was left out
	start, end int32         // where the value is in the canonical form
	text       string        // a string's value, or a number in its canonical form
	members    []member
	items      []node
}

// deepKind is the kind of a node that stands for what is nested too deeply.
const deepKind jsontext.Kind = '~'

// duplicateKind is how a name comes twice in an object, so that two readers of it could see two
// things.
type duplicateKind byte

const (
	notTwice    duplicateKind = iota
	twiceByCase               // the two differ in letter case
	twiceAsIs                 // the two are the same
)

type member struct {
	name  string
	value node
}

// The reasons why a body is not a result. They stand in for the errors of the parser,
// which quote the text.
var (
	errDepth     = fmt.Errorf("%w: nested deeper than %d", ErrInvalid, maxDepth)
	errDuplicate = fmt.Errorf("%w: an object has the same member twice", ErrInvalid)
	errObject    = fmt.Errorf("%w: not an object", ErrInvalid)
	errSyntax    = fmt.Errorf("%w: no well-formed JSON", ErrInvalid)
	errTrailing  = fmt.Errorf("%w: data after the end", ErrInvalid)
)

// parseTree reads body as one JSON object with nothing behind it.
func parseTree(body []byte) (*node, error) {
	root, _, err := parseCounting(body)
	return root, err
}

// parseCounting is parse, and says how many secrets it removed.
func parseCounting(body []byte) (root *node, secrets int, err error) {
	p := newParser(body)
	root, err = p.parseWhole()
	if err != nil {
		return nil, 0, err
	}
	if root.kind != '{' {
		return nil, 0, errObject
	}
	return root, p.secrets, nil
}

// parser reads nodes. Their texts are parts of body wherever they can be. Members
// and items gather on stacks until their object or list ends and their number is
// known, so that each has memory of just its size.
type parser struct {
	dec     *jsontext.Decoder
	body    string
	lenient bool // whether a name that comes twice, or what is nested too deeply, is only marked
	skipped int  // how many values were nested too deeply
	secrets int  // how many members were removed because they are secret
	members []member
	items   []node
}

func newParser(body []byte) *parser {
	body = mendJSON(body)
	return &parser{
		dec:  jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true)),
		body: string(body),
	}
}

// parseWhole reads one JSON value with nothing behind it.
func (p *parser) parseWhole() (*node, error) {
	var root node
	if err := p.value(&root, "", 0); err != nil {
		return nil, err
	}
	if _, err := p.dec.ReadToken(); err != io.EOF {
		return nil, errTrailing
	}
	return &root, nil
}

// value reads the next value, which is within depth objects and lists, into n. Its
// name is that of the member that it is the value of; empty for items of lists.
func (p *parser) value(n *node, name string, depth int) error {
	n.kind = p.dec.PeekKind()
	switch n.kind {
	case '{', '[':
		return p.parseNested(n, name, depth)
	case '"', '0':
		return p.text(n)
	}
	if _, err := p.dec.ReadToken(); err != nil {
		return errSyntax
	}
	return nil
}

func (p *parser) parseNested(n *node, name string, depth int) error {
	if depth == maxDepth {
		return p.skipDeep(n)
	}
	before := p.skipped
	if _, err := p.dec.ReadToken(); err != nil {
		return errSyntax
	}
	var err error
	if n.kind == '{' {
		n.members, n.twice, err = p.object(name, depth+1)
	} else {
		n.items, err = p.list(depth + 1)
	}
	if err != nil {
		return err
	}
	if _, err := p.dec.ReadToken(); err != nil {
		return errSyntax
	}
	n.deep = p.skipped > before
	return nil
}

// skipDeep passes a value that is nested too deeply, where that is only marked.
func (p *parser) skipDeep(n *node) error {
	if !p.lenient {
		return errDepth
	}
	if err := p.dec.SkipValue(); err != nil {
		return errSyntax
	}
	n.kind, n.deep = deepKind, true
	p.skipped++
	return nil
}

// text reads a string or a number.
func (p *parser) text(n *node) error {
	raw, err := p.dec.ReadValue()
	if err != nil {
		return errSyntax
	}
	end := int(p.dec.InputOffset())
	switch {
	case n.kind == '0':
		n.text = canonicalNumber(p.body[end-len(raw) : end])
	case bytes.IndexByte(raw, '\\') < 0:
		n.text = p.body[end-len(raw)+1 : end-1]
	default:
		text, err := jsontext.AppendUnquote(nil, raw)
		if err != nil {
			return errSyntax
		}
		n.text = string(text)
	}
	return nil
}

func (p *parser) list(depth int) ([]node, error) {
	first := len(p.items)
	for p.dec.PeekKind() != ']' {
		var item node
		if err := p.value(&item, "", depth); err != nil {
			return nil, err
		}
		p.items = append(p.items, item)
	}
	items := slices.Clone(p.items[first:])
	p.items = p.items[:first]
	return items, nil
}

// object reads the members of the object that is the value of the member of that name.
func (p *parser) object(name string, depth int) ([]member, duplicateKind, error) {
	first := len(p.members)
	for p.dec.PeekKind() != '}' {
		var key node
		if key.kind = p.dec.PeekKind(); key.kind != '"' {
			return nil, notTwice, errSyntax
		}
		if err := p.text(&key); err != nil {
			return nil, notTwice, err
		}
		m := member{name: key.text}
		if err := p.value(&m.value, m.name, depth); err != nil {
			return nil, notTwice, err
		}
		p.members = append(p.members, m)
	}
	members := slices.Clone(p.members[first:])
	p.members = p.members[:first]
	found := sortMembers(members)
	if !p.lenient && (found == twiceAsIs || found == twiceByCase && !isCustomerMap(name)) {
		return nil, found, errDuplicate
	}
	kept := slices.DeleteFunc(members, func(m member) bool { return isSecret(m.name) })
	p.secrets += len(members) - len(kept)
	return kept, found, nil
}

// isCustomerMap reports whether the names in the object of that name are a customer's
// own, and not Yoti's. Source: Yoti's SDKs (advanced watchlist search configuration).
func isCustomerMap(name string) bool { return name == "tags" }

// sortMembers sorts members by name and reports whether one comes twice.
func sortMembers(members []member) duplicateKind {
	byName := func(a, b member) int { return strings.Compare(a.name, b.name) }
	slices.SortStableFunc(members, byName)
	if tellApart(members) {
		slices.SortFunc(members, byName)
	}
	switch {
	case hasSameName(members):
		return twiceAsIs
	case hasDuplicates(members):
		return twiceByCase
	}
	return notTwice
}

// tellApart numbers the members, sorted by name, whose names are the same because a
// character of them is lost: they may have been different ones. It reports whether there
// were any.
func tellApart(members []member) bool {
	var taken map[string]bool
	previous, number := "", 1
	for i := range members {
		name := members[i].name
		if i == 0 || name != previous || !isDamaged(name) {
			previous, number = name, 1
			continue
		}
		if taken == nil {
			taken = make(map[string]bool, len(members))
			for _, m := range members {
				taken[m.name] = true
			}
		}
		for taken[members[i].name] {
			number++
			members[i].name = name + lost + strconv.Itoa(number)
		}
		taken[members[i].name] = true
	}
	return taken != nil
}

// hasSameName reports whether two members, sorted by name, have the same name.
func hasSameName(members []member) bool {
	for i := 1; i < len(members); i++ {
		if members[i].name == members[i-1].name {
			return true
		}
	}
	return false
}

// hasDuplicates reports whether two members have names that are the same but for
// letter case.
func hasDuplicates(members []member) bool {
	if !slices.ContainsFunc(members, func(m member) bool { return !isFolded(m.name) }) {
		return false
	}
	var folded []string
	for _, m := range members {
		if !isDamaged(m.name) {
			folded = append(folded, foldCase(m.name))
		}
	}
	slices.Sort(folded)
	all := len(folded)
	return len(slices.Compact(folded)) < all
}

// isFolded reports whether foldCase certainly leaves the name as it is.
func isFolded(name string) bool {
	for i := range len(name) {
		if c := name[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

// foldCase maps names that strings.EqualFold holds equal, and no others, to one text.
func foldCase(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			least = min(least, next)
		}
		if 'A' <= least && least <= 'Z' {
			return least - 'A' + 'a'
		}
		return least
	}, name)
}

// isSecret reports whether a member must be removed before anything else happens:
// the signer's live session token, and the customer's ComplyAdvantage key that an
// advanced watchlist check echoes. Spelling variants and longer names that end in
// these words count, wherever they stand.
// Source: Yoti IDV, results; Yoti's SDKs (advanced watchlist search configuration).
func isSecret(name string) bool {
	if isFolded(name) && strings.IndexByte(name, 'k') < 0 { // a shortcut for nearly all
		return false
	}
	letters := strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) {
			return -1
		}
		return r
	}, foldCase(name))
	letters = strings.TrimSuffix(letters, "s")
	return strings.HasSuffix(letters, "sessiontoken") || strings.HasSuffix(letters, "apikey")
}

// canonical returns the value as JSON without white space, members sorted by the
// bytes of their names, strings escaped no more than needed, one form for a number.
// It notes in every node where it is in that text.
func (n *node) canonical() []byte {
	return n.appendTo(make([]byte, 0, 16<<10))
}

func (n *node) appendTo(text []byte) []byte {
	n.start = int32(len(text))
	switch n.kind {
	case '{':
		text = n.appendMembers(text)
	case '[':
		text = n.appendItems(text)
	case '"':
		text = appendQuoted(text, n.text)
	case '0':
		text = append(text, n.text...)
	case deepKind:
		text = append(text, `"…"`...)
	default:
		text = append(text, n.kind.String()...)
	}
	n.end = int32(len(text))
	return text
}

func (n *node) appendMembers(text []byte) []byte {
	text = append(text, '{')
	for i := range n.members {
		if i > 0 {
			text = append(text, ',')
		}
		text = appendQuoted(text, n.members[i].name)
		text = append(text, ':')
		text = n.members[i].value.appendTo(text)
	}
	return append(text, '}')
}

func (n *node) appendItems(text []byte) []byte {
	text = append(text, '[')
	for i := range n.items {
		if i > 0 {
			text = append(text, ',')
		}
		text = n.items[i].appendTo(text)
	}
	return append(text, ']')
}

func appendQuoted(text []byte, s string) []byte {
	text, _ = jsontext.AppendQuote(text, s) // fails for invalid UTF-8 only, which mend replaced
	return text
}

// member returns the member of that name, or nil.
func (n *node) member(name string) *node {
	for i := range n.members {
		if n.members[i].name == name {
			return &n.members[i].value
		}
	}
	return nil
}

// takeMember removes the member of that name and returns its value, or nil.
func (n *node) takeMember(name string) *node {
	for i, m := range n.members {
		if m.name == name {
			n.members = slices.Delete(n.members, i, i+1)
			return &m.value
		}
	}
	return nil
}

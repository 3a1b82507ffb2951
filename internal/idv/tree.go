package idv

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// maxDepth is how deep objects and lists may be nested. Yoti's own results stay
// below twelve.
const maxDepth = 64

// node is a JSON value that was read strictly: no duplicate names in any letter
// case, no secrets, members sorted by name.
type node struct {
	kind       jsontext.Kind
	text       string // a string's value, or a number as it was written
	members    []member
	items      []node
	start, end int // where the value stands in the canonical form
}

type member struct {
	name  string
	value node
}

// parse reads body as one JSON value with nothing behind it.
func parse(body []byte) (*node, error) {
	p := parser{jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true))}
	root, err := p.value(0)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	if _, err := p.dec.ReadToken(); err != io.EOF {
		return nil, fmt.Errorf("%w: data after the end", ErrInvalid)
	}
	return root, nil
}

type parser struct{ dec *jsontext.Decoder }

var (
	errDepth     = fmt.Errorf("nested deeper than %d", maxDepth)
	errDuplicate = errors.New("an object has the same member twice")
	// errSyntax stands in for the parser's own errors, which quote the text.
	errSyntax = errors.New("no well-formed JSON")
)

func (p *parser) value(depth int) (*node, error) {
	if depth > maxDepth {
		return nil, errDepth
	}
	token, err := p.dec.ReadToken()
	if err != nil {
		return nil, errSyntax
	}
	n := &node{kind: token.Kind()}
	switch n.kind {
	case '{':
		n.members, err = p.members(depth)
	case '[':
		n.items, err = p.items(depth)
	case '"', '0':
		n.text = token.String()
	}
	return n, err
}

func (p *parser) items(depth int) ([]node, error) {
	var items []node
	for p.dec.PeekKind() != ']' {
		item, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		items = append(items, *item)
	}
	_, err := p.dec.ReadToken()
	return items, err
}

func (p *parser) members(depth int) ([]member, error) {
	var members []member
	for p.dec.PeekKind() != '}' {
		name, err := p.dec.ReadToken()
		if err != nil {
			return nil, errSyntax
		}
		m := member{name: name.String()}
		value, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		m.value = *value
		members = append(members, m)
	}
	if _, err := p.dec.ReadToken(); err != nil {
		return nil, errSyntax
	}
	slices.SortStableFunc(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
	if hasDuplicates(members) {
		return nil, errDuplicate
	}
	return slices.DeleteFunc(members, func(m member) bool { return isSecret(m.name) }), nil
}

// hasDuplicates reports whether two members, sorted by name, have names that are
// the same but for letter case: two readers of such an object could see two things.
func hasDuplicates(members []member) bool {
	folded := make([]string, len(members))
	for i, m := range members {
		folded[i] = fold(m.name)
	}
	if !slices.IsSorted(folded) {
		slices.Sort(folded)
	}
	for i := 1; i < len(folded); i++ {
		if folded[i] == folded[i-1] {
			return true
		}
	}
	return false
}

// fold maps names that strings.EqualFold holds equal to one text.
func fold(name string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && !('A' <= r && r <= 'Z') && r != 'k' && r != 's' {
			return r
		}
		least := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			least = min(least, next)
		}
		return unicode.ToLower(least)
	}, name)
}

// isSecret reports whether a member must be removed before anything else happens:
// the signer's live session token, and the customer's ComplyAdvantage key that an
// advanced watchlist check echoes. Spelling variants count, wherever they stand.
// Source: Yoti IDV, results; Yoti's SDKs (advanced watchlist search configuration).
func isSecret(name string) bool {
	if len(name) < len("apikey") || len(name) > 64 {
		return false
	}
	letters := strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) {
			return -1
		}
		return r
	}, fold(name))
	return letters == "clientsessiontoken" || letters == "apikey"
}

// canonical returns the value as JSON without white space, members sorted by the
// bytes of their names, strings escaped no more than needed, numbers as they came.
// It notes in every node where it stands in that text.
func (n *node) canonical() ([]byte, error) {
	return n.appendTo(make([]byte, 0, 4096))
}

func (n *node) appendTo(text []byte) ([]byte, error) {
	n.start = len(text)
	var err error
	switch n.kind {
	case '{':
		text, err = n.appendMembers(text)
	case '[':
		text, err = n.appendItems(text)
	case '"':
		text, err = jsontext.AppendQuote(text, n.text)
	case '0':
		text = append(text, n.text...)
	default:
		text = append(text, n.kind.String()...)
	}
	n.end = len(text)
	return text, err
}

func (n *node) appendMembers(text []byte) ([]byte, error) {
	var err error
	text = append(text, '{')
	for i := range n.members {
		if i > 0 {
			text = append(text, ',')
		}
		if text, err = jsontext.AppendQuote(text, n.members[i].name); err != nil {
			return nil, err
		}
		text = append(text, ':')
		if text, err = n.members[i].value.appendTo(text); err != nil {
			return nil, err
		}
	}
	return append(text, '}'), nil
}

func (n *node) appendItems(text []byte) ([]byte, error) {
	var err error
	text = append(text, '[')
	for i := range n.items {
		if i > 0 {
			text = append(text, ',')
		}
		if text, err = n.items[i].appendTo(text); err != nil {
			return nil, err
		}
	}
	return append(text, ']'), nil
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

// take removes the member of that name and returns its value, or nil.
func (n *node) take(name string) *node {
	for i, m := range n.members {
		if m.name == name {
			n.members = slices.Delete(n.members, i, i+1)
			return &m.value
		}
	}
	return nil
}

package resultfile

import (
	"bytes"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// scanner finds where values of JSON begin and end. It takes damaged strings as they are,
// since idv mends them, and leaves it to idv to say what is JSON.
type scanner struct {
	text []byte
	// oneLine is whether a string may not go on in the next line: where one does among other
	// things, it was cut off.
	oneLine bool
}

// maxDepth is how deeply values are followed. idv takes far fewer levels.
const maxDepth = 200

// valueEnd returns the place behind the value that begins at a place; false when it does not
// end.
func (s *scanner) valueEnd(at, depth int) (int, bool) {
	switch {
	case at >= len(s.text) || depth > maxDepth:
		return at, false
	case s.text[at] == '"':
		return s.stringEnd(at)
	case s.text[at] == '{', s.text[at] == '[':
		return s.eachMember(at, depth, func(_, _ []byte) {})
	}
	end := at
	for end < len(s.text) && isBare(s.text[end]) {
		end++
	}
	return end, end > at
}

// isBare reports whether a byte belongs to a number, or to a word such as true or NaN.
func isBare(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '+' || c == '.'
}

func (s *scanner) stringEnd(at int) (int, bool) {
	for i := at + 1; i < len(s.text); i++ {
		switch s.text[i] {
		case '\\':
			i++
		case '"':
			return i + 1, true
		case '\n':
			if s.oneLine {
				return i, false
			}
		}
	}
	return len(s.text), false
}

// eachMember calls do with the values in the object that begins at a place, with their
// names, or in a list, and returns the place behind it; false when it does not end.
func (s *scanner) eachMember(at, depth int, do func(name, value []byte)) (int, bool) {
	isObject := s.text[at] == '{'
	closing := s.text[at] + 2 // in ASCII, of both braces and brackets
	at = s.skipBlanks(at + 1)
	if s.hasByte(at, closing) {
		return at + 1, true
	}
	for {
		var name []byte
		if isObject {
			if !s.hasByte(at, '"') {
				return at, false
			}
			end, ok := s.stringEnd(at)
			if !ok {
				return end, false
			}
			name = s.text[at+1 : end-1]
			if at = s.skipBlanks(end); !s.hasByte(at, ':') {
				return at, false
			}
			at = s.skipBlanks(at + 1)
		}
		end, ok := s.valueEnd(at, depth+1)
		if !ok {
			return end, false
		}
		do(name, s.text[at:end])
		at = s.skipBlanks(end)
		switch {
		case s.hasByte(at, closing):
			return at + 1, true
		case !s.hasByte(at, ','):
			return at, false
		}
		at = s.skipBlanks(at + 1)
	}
}

func (s *scanner) hasByte(at int, c byte) bool { return at < len(s.text) && s.text[at] == c }

func (s *scanner) skipBlanks(at int) int {
	for at < len(s.text) && (s.text[at] == ' ' || s.text[at] == '\t' || s.text[at] == '\r' || s.text[at] == '\n') {
		at++
	}
	return at
}

// isValue reports whether the text is one value and nothing else.
func isValue(text []byte) bool {
	end, ok := (&scanner{text: text}).valueEnd(0, 0)
	return ok && end == len(text)
}

// eachValue calls do with what is in an object, with the names, or in a list.
func eachValue(value []byte, do func(name, value []byte)) {
	if len(value) > 0 && (value[0] == '{' || value[0] == '[') {
		(&scanner{text: value}).eachMember(0, 0, do)
	}
}

// memberValue returns the value of the only member of an object with a name; nil when there is
// none, or more than one.
func memberValue(object []byte, name string) []byte {
	if len(object) == 0 || object[0] != '{' {
		return nil
	}
	var found []byte
	n := 0
	eachValue(object, func(is, value []byte) {
		if string(is) == name {
			found = value
			n++
		}
	})
	if n != 1 {
		return nil
	}
	return found
}

// stringMember returns the text of a member that is a string.
func stringMember(object []byte, name string) ([]byte, bool) {
	value := memberValue(object, name)
	if len(value) == 0 || value[0] != '"' {
		return nil, false
	}
	return unquoteText(value)
}

// unquoteText returns the text of a string.
func unquoteText(value []byte) ([]byte, bool) {
	if text, err := jsontext.AppendUnquote(nil, value); err == nil {
		return text, true
	}
	// Go's own logs have some escapes that JSON has not.
	text, err := strconv.Unquote(string(value))
	return []byte(text), err == nil
}

// isJSON reports whether a text is well-formed JSON, apart from names that come twice.
func isJSON(text []byte) bool {
	return jsontext.Value(text).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// escapedText returns the text in which JSON begins at a place that is within a string,
// as in msg="{\"state\":…}", and where that string ends: where its line does, when it was
// cut off. It is false where there is no such text.
func escapedText(text []byte, at int) (inner []byte, end int, ok bool) {
	s := &scanner{text: text}
	if !s.hasByte(s.skipBlanks(at+1), '\\') {
		return nil, at, false
	}
	line := text[at:]
	if n := bytes.IndexByte(line, '\n'); n >= 0 {
		line = line[:n]
	}
	s.text = line
	end, closed := s.stringEnd(0) // as if its quote stood in the place of the brace
	quoted := slices.Concat([]byte(`"`), line[:end])
	if !closed {
		quoted = append(quoted, '"')
	}
	inner, ok = unquoteText(quoted)
	return inner, at + end, ok
}

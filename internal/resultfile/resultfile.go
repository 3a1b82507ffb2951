// Package resultfile finds Yoti's session results in files that people hand around: a
// result by itself, the answers in a HAR of a browser, a line of a log that holds one,
// also as text within JSON, or an HTTP answer with its head. The file may be in UTF-8 or
// UTF-16.
//
// It only says where in a file a result stands. What that means, and whether it can be
// trusted to have one meaning, is for idv: a result that comes twice in a file is found
// twice, and one in which a name comes twice is found as it is, to be refused there.
// Everything else in the file, such as the keys and cookies of a HAR, is passed over.
package resultfile

import (
	"bytes"
	"errors"
	"fmt"

	"countersign/internal/idv"
	"countersign/internal/textfile"
)

// MaxBytes is how large a file may be.
const MaxBytes = 64 << 20

// maxFound is how many results are looked for in one file.
const maxFound = 1000

var (
	// ErrNone is returned for a file that holds no session result.
	ErrNone = errors.New("no session result was found in it")
	// ErrTooLarge is returned for a file of more than MaxBytes.
	ErrTooLarge = fmt.Errorf("it has more than %d MB", MaxBytes>>20)
	// ErrTangled is returned for a file that begins JSON so often without ending it that
	// it cannot be searched to its end.
	ErrTangled = errors.New("it holds too much broken JSON to be searched")
)

// Found is a session result in a file.
type Found struct {
	Where     string          // in words, such as "line 3"; empty where there is nothing else in the file
	Recipient idv.RecipientID // that the address in a HAR names; else the zero ID
	Body      []byte          // for idv.Decode
}

// Find returns the session results in a file, in their order, and at least one. It
// returns ErrNone when there is none, ErrTooLarge, or ErrTangled.
func Find(file []byte) ([]Found, error) {
	if len(file) > MaxBytes {
		return nil, ErrTooLarge
	}
	all := textfile.UTF8(file)
	text := bytes.TrimSpace(all)
	s := &search{left: maxWork * (len(text) + 1<<10)}
	switch entries, isHAR := harEntries(text); {
	case isHAR:
		s.searchHAR(entries)
	case isValue(text) && countFields(text).mayBeResult():
		return []Found{{Body: text}}, nil
	default:
		s.searchText(all, 0, 0)
	}
	switch {
	case s.left < 0:
		return nil, ErrTangled
	case len(s.found) > 0:
		return s.found, nil
	case isBroken(text):
		return []Found{{Body: text}}, nil // idv says what is wrong with it
	}
	return nil, ErrNone
}

// Result is the result of a file that was asked for.
type Result struct {
	Found
	*idv.Decoded
	Number int      // among the results of the file, from 1
	Others []string // where each of these stands; empty where it is the only one
}

// Read returns the result with a number, counted from 1, or the last for zero. Its errors
// are those of Find and of idv.Decode, or say that there is no result with that number.
func Read(file []byte, number int) (*Result, error) {
	found, err := Find(file)
	if err != nil {
		return nil, err
	}
	if number == 0 {
		number = len(found)
	}
	if number < 1 || number > len(found) {
		return nil, fmt.Errorf("it holds no result %d: %s", number, countOf(len(found)))
	}
	r := &Result{Found: found[number-1], Number: number}
	if r.Decoded, err = idv.Decode(r.Body); err != nil {
		return nil, err
	}
	if len(found) > 1 {
		for _, f := range found {
			r.Others = append(r.Others, f.Where)
		}
	}
	return r, nil
}

func countOf(n int) string {
	if n == 1 {
		return "there is one"
	}
	return fmt.Sprintf("there are %d", n)
}

// isBroken reports whether a text should be a result, and is none because it is damaged.
func isBroken(text []byte) bool {
	if len(text) == 0 || text[0] != '{' || isValue(text) && isJSON(text) {
		return false
	}
	return bytes.Contains(text, []byte(`"checks"`)) || bytes.Contains(text, []byte(`"resources"`))
}

// maxWork is how many times as many bytes as a file has are looked at.
const maxWork = 32

// maxNested is how deeply texts are looked for in each other.
const maxNested = 16

// search looks for results among other things.
type search struct {
	left  int // bytes that may still be looked at
	found []Found
}

// addResult adds a result, unless there are very many.
func (s *search) addResult(body []byte, line int) {
	if len(s.found) < maxFound {
		s.found = append(s.found, Found{Where: fmt.Sprintf("line %d", line+1), Body: body})
	}
}

// searchText looks for results anywhere in a text that begins in a line of the file, counted
// from 0.
func (s *search) searchText(text []byte, line, nested int) {
	for at := 0; s.left >= 0 && nested <= maxNested; {
		next := bytes.IndexByte(text[at:], '{')
		if next < 0 {
			return
		}
		line += bytes.Count(text[at:at+next], []byte("\n"))
		at += next
		end := s.searchFrom(text, at, line, nested)
		line += bytes.Count(text[at:end], []byte("\n"))
		at = end
	}
}

// searchFrom looks at what begins with a brace, and returns where to go on.
func (s *search) searchFrom(text []byte, at, line, nested int) (next int) {
	inner, end, ok := escapedText(text, at)
	s.left -= end - at
	if ok {
		s.searchQuoted(inner, line, nested+1)
		return end
	}
	end, ok = (&scanner{text: text, oneLine: true}).valueEnd(at, 0)
	s.left -= end - at
	if !ok {
		return at + 1
	}
	s.searchObject(text[at:end], line, nested)
	return end
}

// searchObject looks for results in an object, or takes it for one.
func (s *search) searchObject(object []byte, line, nested int) {
	if countFields(object).isResult() {
		s.addResult(object, line)
		return
	}
	s.searchValues(object, line, nested+1)
}

// searchValues looks for results in what is in an object or a list.
func (s *search) searchValues(value []byte, line, nested int) {
	s.left -= len(value)
	if nested > maxNested || s.left < 0 {
		return
	}
	eachValue(value, func(_, value []byte) {
		switch value[0] {
		case '{':
			s.searchObject(value, line, nested)
		case '[':
			s.searchValues(value, line, nested+1)
		case '"':
			if text, ok := unquoteText(value); ok {
				s.searchQuoted(text, line, nested+1)
			}
		}
	})
}

// searchQuoted looks for results in a text that is within a string. All of it is in one line
// of the file.
func (s *search) searchQuoted(text []byte, line, nested int) {
	before := len(s.found)
	s.searchText(text, line, nested)
	for i := before; i < len(s.found); i++ {
		s.found[i].Where = fmt.Sprintf("line %d", line+1)
	}
}

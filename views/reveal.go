package views

import (
	"bytes"
	"unicode/utf8"

	"countersign/internal/idv"
)

// Reveal writes the signs in a page that deceive the eye (controls, what turns the
// direction of writing, what takes no room) by their names, wherever the texts came
// from and wherever in the page they stand. Only what a form will send back stays as it
// was typed.
func Reveal(page []byte) []byte {
	if !hasDeceivers(page) {
		return page
	}
	shown := make([]byte, 0, len(page)+256)
	for len(page) > 0 {
		part, typed := nextPart(page)
		if typed {
			// No browser takes a NUL for anything but a broken character.
			shown = append(shown, bytes.ReplaceAll(page[:part], []byte{0}, []byte("\uFFFD"))...)
		} else {
			shown = append(shown, idv.VisibleControls(string(page[:part]))...)
		}
		page = page[part:]
	}
	return shown
}

// hasDeceivers reports whether there is anything to reveal.
func hasDeceivers(page []byte) bool {
	for i := 0; i < len(page); {
		if c := page[i]; ' ' <= c && c < '\x7f' { // nearly all of a page
			i++
			continue
		}
		r, size := utf8.DecodeRune(page[i:])
		if idv.IsDeceptive(r) {
			return true
		}
		i += size
	}
	return false
}

// nextPart returns the length of the part with which a page begins, and whether it is
// what was typed into a field. templ quotes all values and escapes what is in them.
func nextPart(page []byte) (length int, typed bool) {
	for begin, end := range map[string]string{`value="`: `"`, "<textarea": "</textarea>"} {
		if bytes.HasPrefix(page, []byte(begin)) {
			if i := bytes.Index(page[len(begin):], []byte(end)); i >= 0 {
				return len(begin) + i + len(end), true
			}
		}
	}
	next := len(page)
	for _, begin := range []string{`value="`, "<textarea"} {
		if i := bytes.Index(page[1:next], []byte(begin)); i >= 0 {
			next = i + 1
		}
	}
	return next, false
}

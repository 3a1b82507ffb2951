package yotisign

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"io"
	"iter"
	"slices"
	"strconv"
	"unicode/utf8"

	"countersign/internal/idv"
)

// minEchoBytes is how long a key must be for it to be looked for in answers: a shorter
// one is also a part of words.
const minEchoBytes = 6

// maxEscapes is how many escapes, one within the other, are taken off to find a key.
const maxEscapes = 5

// echoDetector finds a key in what Yoti answers. Yoti has no reason to send it, so an answer in
// which it stands, however it is escaped, is refused whole: nothing of it is handed on.
type echoDetector struct {
	// forms returns the key, and as it is within Base64. It is a function for the
	// reason that Key.reveal is one. It returns none where nothing is to be looked for.
	forms func() (key []byte, packed [][]byte)
}

func newEcho(key Key) *echoDetector {
	if key.reveal == nil || len(key.reveal()) < minEchoBytes {
		return &echoDetector{func() ([]byte, [][]byte) { return nil, nil }}
	}
	plain := []byte(key.reveal())
	var packed [][]byte
	for shift := range 3 {
		// Of the first and last digits some bits are those of a neighbour.
		text := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), plain...))
		first, last := (shift*8+5)/6, (shift+len(plain))*8/6
		std := []byte(text[first:last])
		packed = append(packed, std, bytes.Map(urlDigit, std))
	}
	return &echoDetector{func() ([]byte, [][]byte) { return plain, packed }}
}

func urlDigit(r rune) rune {
	switch r {
	case '+':
		return '-'
	case '/':
		return '_'
	}
	return r
}

// foundBareIn reports whether the key is in bytes as it is.
func (e *echoDetector) foundBareIn(body []byte) bool {
	key, _ := e.forms()
	return len(key) > 0 && bytes.Contains(body, key)
}

// foundPlainIn reports whether the key is in bytes as it is, or within Base64 or
// hexadecimal text of which they hold a part.
func (e *echoDetector) foundPlainIn(body []byte) bool {
	key, packed := e.forms()
	if len(key) == 0 {
		return false
	}
	digits := []byte(hex.EncodeToString(key))
	for _, form := range append([][]byte{key, digits, bytes.ToUpper(digits)}, packed...) {
		if bytes.Contains(body, form) {
			return true
		}
	}
	return false
}

// foundInAnswer reports whether the key is in the whole body of an answer.
func (e *echoDetector) foundInAnswer(body []byte) bool {
	if isFile(body) {
		return e.foundPlainIn(body)
	}
	return e.foundIn(body)
}

// foundIn reports whether the key is in a body, under whichever escapes: those of JSON
// and programming languages, of addresses, of web pages, Base64, also one within the
// other.
func (e *echoDetector) foundIn(body []byte) bool {
	if key, _ := e.forms(); len(key) == 0 {
		return false
	}
	for range maxEscapes {
		if e.foundPlainIn(body) || e.foundInBase64(body, maxEscapes) {
			return true
		}
		next := unescapeLayer(body)
		if bytes.Equal(next, body) {
			return false
		}
		body = next
	}
	return e.foundPlainIn(body)
}

// foundInBase64 reports whether the key stands, escaped or in lines, in something that
// is in the body as Base64: foundPlainIn does not see it there.
func (e *echoDetector) foundInBase64(body []byte, depth int) bool {
	if depth == 0 {
		return false
	}
	key, _ := e.forms()
	for text := range base64Texts(body, len(key)) {
		for range maxEscapes {
			if e.foundPlainIn(text) || e.foundInBase64(text, depth-1) {
				return true
			}
			next := unescapeLayer(text)
			if bytes.Equal(next, text) {
				break
			}
			text = next
		}
	}
	return false
}

// base64Texts yields what is in a body as Base64, also in lines, and is a text of
// at least so many bytes: what hides a key is one.
func base64Texts(body []byte, least int) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		var text []byte
		var bits uint32
		digits := 0
		for i := 0; i <= len(body); i++ {
			if i < len(body) {
				if body[i] == '\r' || body[i] == '\n' {
					continue
				}
				if digit := base64Digits[body[i]]; digit > 0 {
					bits = bits<<6 | uint32(digit-1)
					if digits++; digits%4 != 1 {
						text = append(text, byte(bits>>(6-2*((digits-1)%4))))
					}
					continue
				}
			}
			if len(text) >= least && isText(text) && !yield(text) {
				return
			}
			text, bits, digits = text[:0], 0, 0
		}
	}
}

// base64Digits has the value of each digit of Base64, in both alphabets, and one more;
// zero for what is not a digit.
var base64Digits = func() (table [256]uint8) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	for i := range alphabet {
		table[alphabet[i]] = uint8(i + 1)
	}
	table['+'], table['-'], table['/'], table['_'] = 63, 63, 64, 64
	return table
}()

// isText reports whether decoded bytes begin as a text does.
func isText(decoded []byte) bool {
	for _, c := range decoded[:min(len(decoded), 16)] {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	return utf8.Valid(decoded[:min(len(decoded), 12)]) || utf8.Valid(decoded[:min(len(decoded), 13)]) || utf8.Valid(decoded[:min(len(decoded), 14)])
}

// unescapeLayer takes one layer of escapes off.
func unescapeLayer(body []byte) []byte {
	if bytes.ContainsAny(body, `%\`) {
		body = unescapeNumbers(body)
	}
	if bytes.IndexByte(body, '&') >= 0 {
		body = []byte(html.UnescapeString(string(body)))
	}
	return body
}

// unescapeNumbers reads %2d, \u002d, \x2d and the like, and takes the backslash from
// before any other character.
func unescapeNumbers(body []byte) []byte {
	plain := make([]byte, 0, len(body))
	for start := 0; start < len(body); {
		next := start
		for next < len(body) && body[next] != '%' && body[next] != '\\' {
			next++
		}
		plain = append(plain, body[start:next]...)
		if start = next; start < len(body) {
			c, n := readEscape(body[start:])
			plain = append(plain, c...)
			start += n
		}
	}
	return plain
}

// readEscape returns what the escape at the start of body stands for, and its length; the
// first byte where there is none.
func readEscape(body []byte) (plain []byte, length int) {
	if len(body) > 1 && (body[0] == '%' || body[0] == '\\') {
		switch body[1] {
		case 'u':
			if r, ok := hexRune(body[2:], 4); ok {
				return []byte(string(r)), 6
			}
		case 'U':
			if r, ok := hexRune(body[2:], 8); ok {
				return []byte(string(r)), 10
			}
		case 'x':
			if r, ok := hexRune(body[2:], 2); ok {
				return []byte{byte(r)}, 4
			}
		}
		if body[0] == '\\' {
			return unescapeBackslash(body[1:2]), 2
		}
		if r, ok := hexRune(body[1:], 2); ok {
			return []byte{byte(r)}, 3
		}
	}
	return body[:1], 1
}

// unescapeBackslash is what a character with a backslash before it stands for.
func unescapeBackslash(sign []byte) []byte {
	switch sign[0] {
	case 'n', 'r', 't':
		return []byte("\n")
	}
	return sign
}

func hexRune(digits []byte, n int) (rune, bool) {
	if len(digits) < n {
		return 0, false
	}
	value, err := strconv.ParseUint(string(digits[:n]), 16, 31)
	return rune(value), err == nil
}

// errEcho is the error of an answer that holds the key. It keeps nothing of it but its
// status.
func errEcho(head *APIError) error {
	return fmt.Errorf("%w: %w", idv.ErrKeyEchoed, &APIError{Status: head.Status})
}

// echoFilter is a medium that is handed on only as far as the key does not occur in it. A
// text is read whole before any of it goes out; of a picture or a file, so much is held
// back as the key could have begun in.
type echoFilter struct {
	*stream
	echo *echoDetector
	held []byte // read, and not yet handed on
	file bool   // whether it is a picture or a file
	free int    // how many of those may be handed on
	room []byte // where held began
	err  error  // of the reading, or that the key was found
}

// pieceBytes is how much of a medium is read at a time.
const pieceBytes = 64 << 10

// Read implements io.Reader.
func (c *echoFilter) Read(p []byte) (int, error) {
	for c.free == 0 && c.err == nil {
		c.fill()
	}
	if c.free == 0 {
		return 0, c.err
	}
	n := copy(p, c.held[:c.free])
	c.held, c.free = c.held[n:], c.free-n
	if c.free == 0 && c.err == io.EOF {
		return n, io.EOF // a decoder that has its picture does not read on to see it
	}
	return n, nil
}

// fill reads on, and says how much of what was read may be handed on.
func (c *echoFilter) fill() {
	if c.file { // what is left is short, and its room can be used again
		c.held = append(c.room[:0], c.held...)
	}
	c.held = slices.Grow(c.held, pieceBytes)
	c.room = c.held
	n, err := c.stream.Read(c.held[len(c.held):cap(c.held)])
	c.held = c.held[:len(c.held)+n]
	c.file = c.file || isFile(c.held)
	switch {
	case err != nil && err != io.EOF:
		c.held, c.err = nil, err
	case c.file && c.echo.foundBareIn(c.held), !c.file && err == io.EOF && c.echo.foundIn(c.held):
		c.held, c.err = nil, fmt.Errorf("read medium: %w", errEcho(c.head))
	case err == io.EOF:
		c.free, c.err = len(c.held), io.EOF
	case c.file:
		key, _ := c.echo.forms()
		c.free = max(0, len(c.held)-len(key))
	case len(c.held) > maxTextBytes:
		c.file = !c.echo.foundIn(c.held) // no text that is read is so large
		if !c.file {
			c.held, c.err = nil, fmt.Errorf("read medium: %w", errEcho(c.head))
		}
	}
}

// maxTextBytes is how large a text may be to be read whole; it is the most that idv reads.
const maxTextBytes = idv.MaxHitsBytes

// isFile reports whether bytes begin as a picture or a file does, in which nothing is
// escaped.
func isFile(head []byte) bool {
	for _, magic := range []string{"\xff\xd8\xff", "\x89PNG\r\n\x1a\n", "PK\x03\x04", "GIF8", "RIFF", "\x1a\x45\xdf\xa3"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return bytes.Contains(head[:min(len(head), 1024)], []byte("%PDF-")) || len(head) > 8 && bytes.Equal(head[4:8], []byte("ftyp"))
}

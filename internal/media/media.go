// Package media finds out what the bytes of a medium are, whatever they are called,
// and makes small pictures of large ones.
//
// The bytes come from outside and nothing about them is believed: not their declared
// type, not their declared size. What is neither a JPEG nor a PNG picture, nor a PDF
// nor JSON, is refused. Whether a picture can be shown is for the browser to find out:
// browsers show much that Go's decoders refuse, so only thumbnails depend on these.
// Everything happens in memory, of which a Scaler uses no more than it is allowed.
package media

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Kind is what a medium is, as the media type under which it may be sent.
type Kind string

// The kinds.
const (
	JPEG Kind = "image/jpeg"
	PNG  Kind = "image/png"
	PDF  Kind = "application/pdf"
	JSON Kind = "application/json"
)

// Picture reports whether it is one of the kinds that a browser may show in a page.
func (k Kind) Picture() bool { return k == JPEG || k == PNG }

// Extension is how the name of a file of this kind ends: ".pdf".
func (k Kind) Extension() string {
	switch k {
	case JPEG:
		return ".jpg"
	case PNG:
		return ".png"
	case PDF:
		return ".pdf"
	}
	return ".json"
}

var (
	// ErrKind is returned when the bytes are not of a kind that may be shown.
	ErrKind = errors.New("the medium is neither a picture nor a PDF nor JSON")
	// ErrEmpty is returned when there are no bytes.
	ErrEmpty = errors.New("the medium is empty")
	// ErrNoPreview is returned when no thumbnail can be made of the picture, which a browser
	// may show all the same.
	ErrNoPreview = errors.New("no preview can be made of the picture")
	// ErrLarge is returned when the medium has more bytes than are read of one.
	ErrLarge = errors.New("the medium is too large")
)

// SniffBytes is how far into a medium its kind must show. Source: Adobe, PDF Reference,
// implementation notes (readers look for the header of a PDF in that many bytes).
const SniffBytes = 1024

// blanks are what may be before a text, and say nothing: white space and byte order
// marks.
const blanks = "\uFEFF \t\r\n"

// Medium is a medium whose kind is known. Its bytes are read from it, from the first
// on.
type Medium struct {
	Kind Kind
	io.Reader
}

// Sniff looks at the beginning of a medium. It returns ErrEmpty or ErrKind when the
// medium may not be shown, and otherwise the errors of reading.
func Sniff(r io.Reader) (*Medium, error) {
	start := make([]byte, SniffBytes)
	n, err := io.ReadFull(r, start)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, fmt.Errorf("read medium: %w", err)
	}
	start = start[:n]
	if len(bytes.TrimLeft(start, blanks)) == 0 && n < cap(start) {
		return nil, ErrEmpty
	}
	kind := kindOf(start)
	if kind == "" {
		return nil, ErrKind
	}
	return &Medium{kind, io.MultiReader(bytes.NewReader(start), r)}, nil
}

// kindOf tells the kind from the first bytes; empty when it is unknown.
func kindOf(start []byte) Kind {
	switch {
	case bytes.HasPrefix(start, []byte("\xff\xd8\xff")):
		return JPEG
	case bytes.HasPrefix(start, []byte(pngSignature)):
		return PNG
	}
	text := bytes.TrimLeft(start, blanks)
	switch {
	case len(text) > 0 && (text[0] == '{' || text[0] == '['):
		return JSON
	case IndexPDF(start) >= 0:
		return PDF
	}
	return ""
}

// IndexPDF returns where in the first SniffBytes of a file the header of a PDF stands,
// before which some writers put a byte order mark or a line of their own; -1 when the
// file is not a PDF.
func IndexPDF(file []byte) int {
	return bytes.Index(file[:min(len(file), SniffBytes)], []byte("%PDF-"))
}

// Load reads what is left of a medium into memory, to be read from there. It returns
// ErrLarge when that is more than limit bytes.
func (m *Medium) Load(limit int64) error {
	body, err := m.ReadAll(limit)
	if err != nil {
		return err
	}
	m.Reader = bytes.NewReader(body)
	return nil
}

// ReadAll reads what is left of a medium, at most limit bytes; it returns ErrLarge when
// there are more.
func (m *Medium) ReadAll(limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(m.Reader, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read medium: %w", err)
	}
	if int64(len(body)) > limit {
		return nil, ErrLarge
	}
	return body, nil
}

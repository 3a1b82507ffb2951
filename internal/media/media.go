// Package media finds out what the bytes of a medium are, whatever they are called,
// and makes small pictures of large ones.
//
// The bytes come from outside and nothing about them is believed: not their declared
// type, not their declared size. What is neither a JPEG nor a PNG picture, nor a PDF
// nor JSON, is refused, and so is a picture that has more pixels than any camera
// gives. Everything happens in memory, of which a Scaler uses no more than it is
// allowed.
package media

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
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
	// ErrKind: the bytes are nothing that may be shown.
	ErrKind = errors.New("the medium is neither a picture nor a PDF nor JSON")
	// ErrEmpty: there are no bytes.
	ErrEmpty = errors.New("the medium is empty")
	// ErrDamaged: the bytes begin as a picture and are none.
	ErrDamaged = errors.New("the picture is damaged")
	// ErrLarge: the medium has more bytes than are read of one.
	ErrLarge = errors.New("the medium is too large")
	// ErrPixels: the picture is larger than any that a camera takes.
	ErrPixels = errors.New("the picture has too many pixels")
)

const (
	// MaxPixels is how many pixels a picture may have; cameras of phones give up to 50
	// million.
	MaxPixels = 64_000_000
	maxSide   = 20_000
	// maxHead is how far into a picture its size must stand: behind what cameras write
	// before it.
	maxHead = 1 << 20
)

// Medium is a medium whose kind is known. Its bytes are read from it, from the first
// on.
type Medium struct {
	Kind Kind
	io.Reader

	head   []byte // what was read of a picture to know its size
	config image.Config
}

// Sniff looks at the beginning of a medium. It returns ErrEmpty, ErrKind, ErrDamaged or
// ErrPixels when the medium may not be shown, and otherwise the errors of reading.
func Sniff(r io.Reader) (*Medium, error) {
	start := make([]byte, 512)
	n, err := io.ReadFull(r, start)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, fmt.Errorf("read medium: %w", err)
	}
	start = start[:n]
	if len(bytes.TrimSpace(start)) == 0 && n < cap(start) {
		return nil, ErrEmpty
	}
	whole := io.MultiReader(bytes.NewReader(start), r)
	switch kind := kindOf(start); kind {
	case "":
		return nil, ErrKind
	case JPEG:
		return sniffPicture(whole, kind, jpeg.DecodeConfig)
	case PNG:
		return sniffPicture(whole, kind, png.DecodeConfig)
	default:
		return &Medium{Kind: kind, Reader: whole}, nil
	}
}

// kindOf tells the kind from the first bytes; empty when it is none of ours.
func kindOf(start []byte) Kind {
	switch {
	case bytes.HasPrefix(start, []byte("\xff\xd8\xff")):
		return JPEG
	case bytes.HasPrefix(start, []byte("\x89PNG\r\n\x1a\n")):
		return PNG
	case bytes.HasPrefix(start, []byte("%PDF-")):
		return PDF
	}
	text := bytes.TrimLeft(start, " \t\r\n")
	if len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		return JSON
	}
	return ""
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

func sniffPicture(r io.Reader, kind Kind, config func(io.Reader) (image.Config, error)) (*Medium, error) {
	var head bytes.Buffer
	failing := &failingReader{r: io.LimitReader(r, maxHead)}
	size, err := config(io.TeeReader(failing, &head))
	if failing.err != nil {
		return nil, fmt.Errorf("read medium: %w", failing.err)
	}
	if err != nil || size.Width <= 0 || size.Height <= 0 {
		return nil, ErrDamaged
	}
	if size.Width > maxSide || size.Height > maxSide || size.Width*size.Height > MaxPixels {
		return nil, ErrPixels
	}
	return &Medium{
		Kind:   kind,
		Reader: io.MultiReader(bytes.NewReader(head.Bytes()), r),
		head:   head.Bytes(),
		config: size,
	}, nil
}

// failingReader remembers why reading failed, which decoders say in words of theirs.
type failingReader struct {
	r   io.Reader
	err error
}

func (f *failingReader) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err != nil && err != io.EOF {
		f.err = err
	}
	return n, err
}

// bytesOf is how much memory it takes at most to decode the picture.
func (m *Medium) bytesOf() int64 {
	pixels := int64(m.config.Width) * int64(m.config.Height)
	switch {
	case m.Kind == JPEG && progressive(m.head):
		return pixels * 15 // three planes, and their coefficients
	case m.Kind == JPEG:
		return pixels * 3
	}
	switch m.config.ColorModel {
	case color.RGBA64Model, color.NRGBA64Model:
		return pixels * 8
	case color.RGBAModel, color.NRGBAModel:
		return pixels * 4
	}
	return pixels * 2 // grey or with a palette
}

// progressive reports whether a JPEG is of the kind that is decoded in several passes.
// The head ends with the segment that says so.
func progressive(head []byte) bool {
	for at := 2; at+4 <= len(head) && head[at] == 0xff; {
		if marker := head[at+1]; marker == 0xc2 {
			return true
		}
		at += 2 + int(head[at+2])<<8 + int(head[at+3])
	}
	return false
}

package handlers

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"countersign/views"
)

// packLevel is how hard pages are packed: what is gained beyond costs more time than it saves.
const packLevel = 5

// packedPart is a part of pages that is the same in many of them. It is packed once, and its
// packed form taken into each page as it is: to pack a page takes longer than all else that is
// done for it.
type packedPart struct {
	html    []byte
	deflate []byte // blocks that refer to nothing before them and end at a whole byte
}

func newPackedPart(html []byte) (packedPart, error) {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, packLevel)
	if err != nil {
		return packedPart{}, err
	}
	if _, err := w.Write(html); err != nil {
		return packedPart{}, err
	}
	err = w.Flush()
	return packedPart{html, b.Bytes()}, err
}

// packer packs pages around parts that are packed already. The zero packer is ready.
type packer struct{ writers sync.Pool }

// send sends a page, in which the part stands, packed where the browser takes that.
func (p *packer) send(c echo.Context, status int, page []byte, part packedPart) error {
	before, after, found := bytes.Cut(page, part.html)
	if !found {
		return c.HTMLBlob(status, views.Reveal(page))
	}
	before, after = views.Reveal(before), views.Reveal(after)
	below := writerBelowGzip(c)
	if below == nil {
		return c.HTMLBlob(status, slices.Concat(before, part.html, after))
	}
	body, err := p.gzip(before, part, after)
	if err != nil {
		return err
	}
	c.Response().Writer = below
	h := c.Response().Header()
	h.Set(echo.HeaderContentEncoding, "gzip")
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	return c.HTMLBlob(status, body)
}

// writerBelowGzip is the writer below the one that packs; nil where the browser takes nothing
// packed.
func writerBelowGzip(c echo.Context) http.ResponseWriter {
	packing, ok := c.Response().Writer.(interface{ Unwrap() http.ResponseWriter })
	if !ok || !strings.Contains(c.Request().Header.Get(echo.HeaderAcceptEncoding), "gzip") {
		return nil
	}
	return packing.Unwrap()
}

// gzip packs a page. Source: RFC 1952, sections 2.2 and 2.3.
func (p *packer) gzip(before []byte, part packedPart, after []byte) ([]byte, error) {
	const unknownSystem = 255
	var b bytes.Buffer
	b.Grow(len(part.deflate) + (len(before)+len(after))/2)
	b.Write([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, unknownSystem})
	if err := p.deflate(&b, before, (*flate.Writer).Flush); err != nil {
		return nil, err
	}
	b.Write(part.deflate)
	if err := p.deflate(&b, after, (*flate.Writer).Close); err != nil {
		return nil, err
	}
	sum := crc32.Update(crc32.Update(crc32.ChecksumIEEE(before), crc32.IEEETable, part.html), crc32.IEEETable, after)
	tail := binary.LittleEndian.AppendUint32(nil, sum)
	b.Write(binary.LittleEndian.AppendUint32(tail, uint32(len(before)+len(part.html)+len(after))))
	return b.Bytes(), nil
}

// deflate packs a piece that refers to nothing before it. It is packed for one reader, and
// quickly.
func (p *packer) deflate(b *bytes.Buffer, piece []byte, end func(*flate.Writer) error) error {
	w, ok := p.writers.Get().(*flate.Writer)
	if !ok {
		var err error
		if w, err = flate.NewWriter(b, flate.BestSpeed); err != nil {
			return err
		}
	}
	w.Reset(b)
	defer p.writers.Put(w)
	if _, err := w.Write(piece); err != nil {
		return err
	}
	return end(w)
}

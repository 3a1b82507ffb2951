package media

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

// openPNG reads a PNG up to its size and colours.
func openPNG(r io.Reader) (*openedPicture, error) {
	in := &criticalChunks{in: r}
	var head bytes.Buffer
	config, err := png.DecodeConfig(io.TeeReader(in, &head))
	if err != nil {
		return nil, err
	}
	return &openedPicture{
		config:        config,
		bytesPerPixel: pngBytesPerPixel(config),
		exif:          func() []byte { return in.exif },
		decode:        func() (image.Image, error) { return png.Decode(io.MultiReader(&head, in)) },
	}, nil
}

func pngBytesPerPixel(config image.Config) int64 {
	switch config.ColorModel {
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	case color.RGBAModel, color.NRGBAModel:
		return 4
	}
	return 2 // grey or with a palette
}

// criticalChunks reads a PNG without the chunks that its pixels do not need. Go's
// decoder refuses a picture for a wrong checksum in any of them, browsers leave such a
// chunk out. A picture whose end is missing gets one, as in browsers.
type criticalChunks struct {
	in    io.Reader
	ready []byte    // read, and to be passed on
	body  io.Reader // what is left of the chunk that is being passed on
	exif  []byte    // of the first chunk that has any, before the pixels
	begun bool      // behind the signature
	tail  bool      // in the pixels, or behind them
	ended bool
}

// The end of a PNG, and how long a chunk is that is looked into.
const (
	pngEnd        = "\x00\x00\x00\x00IEND\xaeB`\x82"
	maxSmallChunk = 1 << 20
)

// Read implements io.Reader.
func (c *criticalChunks) Read(p []byte) (int, error) {
	for len(p) > 0 {
		switch {
		case len(c.ready) > 0:
			n := copy(p, c.ready)
			c.ready = c.ready[n:]
			return n, nil
		case c.body != nil:
			n, err := c.body.Read(p)
			if err == io.EOF {
				c.body, err = nil, nil
			}
			if n > 0 || err != nil {
				return n, err
			}
		case c.ended:
			return 0, io.EOF
		default:
			if err := c.nextChunk(); err != nil {
				return 0, err
			}
		}
	}
	return 0, nil
}

// nextChunk goes on to the next chunk that is passed on.
func (c *criticalChunks) nextChunk() error {
	if !c.begun {
		c.begun = true
		c.ready = make([]byte, len(pngSignature))
		_, err := io.ReadFull(c.in, c.ready)
		return err
	}
	head := make([]byte, 8) // length and name
	if _, err := io.ReadFull(c.in, head); err == io.EOF && c.tail {
		c.appendEnd()
		return nil
	} else if err != nil {
		return err
	}
	length, name := int64(binary.BigEndian.Uint32(head)), string(head[4:])
	const checksum = 4
	switch {
	case name == "IEND":
		c.appendEnd()
	case name == "tRNS" && length <= maxSmallChunk, name == "eXIf" && length <= maxSmallChunk && !c.tail && c.exif == nil:
		return c.readSmallChunk(head, int(length)+checksum)
	case isAncillary(name):
		_, err := io.CopyN(io.Discard, c.in, length+checksum)
		return err
	default:
		c.tail = c.tail || name == "IDAT"
		c.ready, c.body = head, io.LimitReader(c.in, length+checksum)
	}
	return nil
}

func (c *criticalChunks) appendEnd() { c.ready, c.ended = []byte(pngEnd), true }

// isAncillary reports whether a picture can be shown without the chunk.
func isAncillary(name string) bool { return name[0]&0x20 != 0 }

// readSmallChunk reads a chunk, with its checksum, that helps if it is sound.
func (c *criticalChunks) readSmallChunk(head []byte, size int) error {
	body := make([]byte, size)
	if _, err := io.ReadFull(c.in, body); err != nil {
		return err
	}
	content, sum := body[:size-4], binary.BigEndian.Uint32(body[size-4:])
	name := head[4:]
	if crc32.Update(crc32.ChecksumIEEE(name), crc32.IEEETable, content) != sum {
		return nil
	}
	if string(name) == "eXIf" {
		c.exif = content
		return nil
	}
	c.ready = append(head, body...)
	return nil
}

package media

import (
	"bufio"
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"slices"
)

// The markers of a JPEG that are told apart here. Source: ITU-T T.81, table B.1.
const (
	startOfImage       = 0xd8
	endOfImage         = 0xd9
	startOfScan        = 0xda
	startOfProgressive = 0xc2
	firstRestart       = 0xd0
	temporary          = 0x01
	application1       = 0xe1
)

// adobeCMYK is the segment by which Adobe's programs say that the four components of a
// JPEG are inverted ink. Without it browsers take them for just that, and Go's decoder
// for nothing. Source: Adobe, technical note 5116.
const adobeCMYK = "\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"

// maxHead is how far into a JPEG its pixels must begin: behind what cameras write
// before them.
const maxHead = 1 << 20

// openJPEG reads a JPEG up to its pixels.
func openJPEG(r io.Reader) (*openedPicture, error) {
	in := bufio.NewReader(r)
	head, err := readHead(in)
	if err != nil {
		return nil, err
	}
	scan, err := in.Peek(2) // the decoder looks that far
	if err != nil {
		return nil, err
	}
	config, err := jpeg.DecodeConfig(io.MultiReader(bytes.NewReader(head.bytes), bytes.NewReader(scan)))
	if err != nil {
		return nil, err
	}
	start := head.bytes
	if config.ColorModel == color.CMYKModel {
		// Where the picture has a mark of its own that comes later, and holds.
		start = slices.Insert(start, len("\xff\xd8"), []byte(adobeCMYK)...)
	}
	return &openedPicture{
		config:        config,
		bytesPerPixel: head.bytesPerPixel(config),
		exif:          func() []byte { return head.exif },
		decode:        func() (image.Image, error) { return jpeg.Decode(io.MultiReader(bytes.NewReader(start), in)) },
	}, nil
}

// jpegHead is what is in a JPEG before its pixels.
type jpegHead struct {
	bytes       []byte
	exif        []byte // of the first segment that has any, as browsers take it; nil without
	progressive bool   // whether it is decoded in several passes
}

// bytesPerPixel is how much memory it takes at most to decode a pixel.
func (h *jpegHead) bytesPerPixel(config image.Config) int64 {
	planes, copied := int64(3), int64(0)
	switch config.ColorModel {
	case color.GrayModel:
		planes = 1
	case color.CMYKModel:
		planes, copied = 4, 4
	case color.RGBAModel:
		copied = 4
	}
	if h.progressive {
		planes *= 5 // each with its coefficients
	}
	return planes + copied
}

// readHead reads up to where the pixels begin, and no further.
func readHead(in *bufio.Reader) (*jpegHead, error) {
	var head jpegHead
	for len(head.bytes) < maxHead {
		marker, err := head.nextMarker(in)
		if err != nil {
			return nil, err
		}
		switch {
		case marker == endOfImage:
			return nil, io.ErrUnexpectedEOF
		case marker == temporary || firstRestart <= marker && marker <= startOfImage:
			continue // stands alone
		case marker == startOfScan:
			return &head, nil
		}
		if err := head.addSegment(in, marker); err != nil {
			return nil, err
		}
	}
	return nil, ErrNoPreview
}

// nextMarker reads up to the next marker, over what may lie before it.
func (h *jpegHead) nextMarker(in *bufio.Reader) (byte, error) {
	var last byte
	for len(h.bytes) < maxHead {
		b, err := in.ReadByte()
		if err != nil {
			return 0, err
		}
		h.bytes = append(h.bytes, b)
		if last == 0xff && b != 0xff && b != 0 {
			return b, nil
		}
		last = b
	}
	return 0, ErrNoPreview
}

func (h *jpegHead) addSegment(in *bufio.Reader, marker byte) error {
	var size [2]byte
	if _, err := io.ReadFull(in, size[:]); err != nil {
		return err
	}
	content := make([]byte, max(0, int(size[0])<<8+int(size[1])-len(size)))
	if _, err := io.ReadFull(in, content); err != nil {
		return err
	}
	h.bytes = append(append(h.bytes, size[:]...), content...)
	h.progressive = h.progressive || marker == startOfProgressive
	if exif, ok := bytes.CutPrefix(content, []byte("Exif\x00\x00")); ok && marker == application1 && h.exif == nil {
		h.exif = exif
	}
	return nil
}

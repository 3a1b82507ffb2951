package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"slices"
	"sync"
	"testing"
)

// exifOf is what a camera writes about how it was held.
func exifOf(orientation byte) []byte {
	return append([]byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), orientation, 0, 0, 0, 0, 0, 0)
}

// withSegment puts an Exif segment into a JPEG, before the marker.
func withSegment(photo, exif []byte, before byte) []byte {
	exif = append([]byte("Exif\x00\x00"), exif...)
	at := bytes.Index(photo, []byte{0xff, before})
	return slices.Insert(bytes.Clone(photo), at, append([]byte{0xff, 0xe1, 0, byte(len(exif) + 2)}, exif...)...)
}

// withOrientation puts an Exif segment into a JPEG that says how it was held.
func withOrientation(photo []byte, orientation byte) []byte {
	return withSegment(photo, exifOf(orientation), 0xdb)
}

// withChunk puts a chunk into a PNG before the pixels; a checksum that is off by
// something is wrong.
func withChunk(drawing []byte, name string, content []byte, off uint32) []byte {
	chunk := append([]byte(name), content...)
	sum := crc32.ChecksumIEEE(chunk) + off
	chunk = append(binary.BigEndian.AppendUint32(nil, uint32(len(content))), chunk...)
	return slices.Insert(bytes.Clone(drawing), 8+25, binary.BigEndian.AppendUint32(chunk, sum)...)
}

// fourComponents is a JPEG of eight by eight pixels with four components and no word on
// what they are: ink in the way of browsers, with all of the first and none of the others.
const fourComponents = "\xff\xd8\xff\xdb\x00\x43\x00" + // quantisation by 1
	"\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01" +
	"\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01" +
	"\xff\xc0\x00\x14\x08\x00\x08\x00\x08\x04\x01\x11\x00\x02\x11\x00\x03\x11\x00\x04\x11\x00" +
	"\xff\xc4\x00\x15\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0a\x0b" + // DC: 00 is 10 bits, 01 is 11
	"\xff\xc4\x00\x14\x10\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00" + // AC: 0 ends the block
	"\xff\xda\x00\x0e\x04\x01\x00\x02\x00\x03\x00\x04\x00\x00\x3f\x00" +
	// 00 0000000000 0, three times 00 1111111111 0, and ones to fill
	"\x00\x01\xff\x00\x8f\xfc\x7f\xef\xff\xd9"

func thumbnailOf(t testing.TB, body []byte) image.Image {
	t.Helper()
	m, err := Sniff(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	thumbnail, err := NewScaler().Thumbnail(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := jpeg.Decode(bytes.NewReader(thumbnail))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

func TestThumbnailSize(t *testing.T) {
	tests := []struct{ width, height, wantWidth, wantHeight int }{
		{100, 80, 100, 80},
		{320, 320, 320, 320},
		{640, 480, 320, 240},
		{480, 640, 240, 320},
		{3000, 2000, 320, 213},
		{3000, 2, 320, 1},
		{2, 3000, 1, 320},
	}
	for _, test := range tests {
		for _, body := range [][]byte{asJPEG(t, drawn(test.width, test.height)), asPNG(t, drawn(test.width, test.height))} {
			size := thumbnailOf(t, body).Bounds().Size()
			if size != image.Pt(test.wantWidth, test.wantHeight) {
				t.Errorf("%dx%d becomes %v", test.width, test.height, size)
			}
		}
	}
}

// corners says where the red and the green corner of a picture are.
func corners(picture image.Image) string {
	at := func(x, y int) string {
		r, g, b, _ := picture.At(x, y).RGBA()
		switch {
		case r>>8 > 150 && g>>8 < 100 && b>>8 < 100:
			return "red"
		case g>>8 > 150 && r>>8 < 100 && b>>8 < 100:
			return "green"
		}
		return "-"
	}
	w, h := picture.Bounds().Dx(), picture.Bounds().Dy()
	return at(5, 5) + " " + at(w-6, 5) + " " + at(5, h-6) + " " + at(w-6, h-6)
}

// marked is a white picture with a red upper left corner and a green upper right one.
func marked() *image.RGBA {
	picture := image.NewRGBA(image.Rect(0, 0, 200, 100))
	for y := range 100 {
		for x := range 200 {
			c := color.RGBA{R: 255, G: 255, B: 255, A: 255}
			if x < 40 && y < 40 {
				c = color.RGBA{R: 250, A: 255}
			} else if x >= 160 && y < 40 {
				c = color.RGBA{G: 250, A: 255}
			}
			picture.SetRGBA(x, y, c)
		}
	}
	return picture
}

func TestThumbnailIsUpright(t *testing.T) {
	photo := asJPEG(t, marked())
	want := map[byte]string{ // top left, top right, bottom left, bottom right
		0: "red green - -", // no orientation that there is
		1: "red green - -",
		2: "green red - -",
		3: "- - green red",
		4: "- - red green",
		5: "red - green -",
		6: "- red - green",
		7: "- green - red",
		8: "green - red -",
		9: "red green - -",
	}
	for orientation, want := range want {
		if got := corners(thumbnailOf(t, withOrientation(photo, orientation))); got != want {
			t.Errorf("orientation %d: corners %q, want %q", orientation, got, want)
		}
	}
}

// A thumbnail stands as browsers show the picture. What they do was looked up in Chromium.
func TestThumbnailStandsAsThePicture(t *testing.T) {
	photo, drawing := asJPEG(t, marked()), asPNG(t, marked())
	long := []byte("II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x04\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00")
	const asTaken, turned = "red green - -", "- red - green"
	for name, test := range map[string]struct {
		body []byte
		want string
	}{
		"the first of two segments counts":     {withSegment(withOrientation(photo, 6), exifOf(3), 0xe1), "- - green red"},
		"a segment right before the pixels":    {withSegment(photo, exifOf(6), startOfScan), turned},
		"a number of another kind":             {withSegment(photo, long, 0xdb), asTaken},
		"in a PNG":                             {withChunk(drawing, "eXIf", exifOf(6), 0), turned},
		"in a PNG, with a wrong sum":           {withChunk(drawing, "eXIf", exifOf(6), 1), asTaken},
		"in a PNG, the first of two":           {withChunk(withChunk(drawing, "eXIf", exifOf(3), 0), "eXIf", exifOf(6), 0), turned},
		"in a PNG, as a JPEG has it":           {withChunk(drawing, "eXIf", append([]byte("Exif\x00\x00"), exifOf(6)...), 0), asTaken},
		"in a PNG, behind the pixels":          {slices.Insert(bytes.Clone(drawing), len(drawing)-12, withChunk(drawing, "eXIf", exifOf(6), 0)[33:33+12+26]...), asTaken},
		"a wrong sum over a comment":           {withChunk(drawing, "tEXt", []byte("a\x00b"), 1), asTaken},
		"a wrong sum over colours":             {withChunk(drawing, "gAMA", []byte{0, 0, 0, 1}, 1), asTaken},
		"a wrong sum over what is see-through": {withChunk(drawing, "tRNS", []byte{0, 250, 0, 0, 0, 0}, 1), asTaken},
		"a wrong sum over the end":             {withWrongSum(drawing, "IEND"), asTaken},
		"without an end":                       {drawing[:len(drawing)-12], asTaken},
	} {
		if got := corners(thumbnailOf(t, test.body)); got != test.want {
			t.Errorf("%s: corners %q, want %q", name, got, test.want)
		}
	}
}

// withWrongSum changes the checksum of the first chunk of that name.
func withWrongSum(drawing []byte, name string) []byte {
	drawing = bytes.Clone(drawing)
	at := bytes.Index(drawing, []byte(name))
	size := int(binary.BigEndian.Uint32(drawing[at-4:]))
	drawing[at+4+size] ^= 1
	return drawing
}

func TestThumbnailOfFourComponents(t *testing.T) {
	if r, g, b, _ := thumbnailOf(t, []byte(fourComponents)).At(4, 4).RGBA(); r>>8 > 30 || g>>8 < 220 || b>>8 < 220 {
		t.Errorf("it is %d %d %d, and cyan in Chromium", r>>8, g>>8, b>>8)
	}
}

// A picture of 64 million pixels in one megabyte is large for a decoder alone.
func TestThumbnailOf64Megapixels(t *testing.T) {
	size := thumbnailOf(t, asJPEG(t, image.NewGray(image.Rect(0, 0, 9248, 6936)))).Bounds().Size()
	if size.X != 320 || size.Y != 240 {
		t.Errorf("it is %v", size)
	}
}

func TestThumbnailOfTransparentPictureIsOnWhite(t *testing.T) {
	r, g, b, _ := thumbnailOf(t, asPNG(t, image.NewNRGBA(image.Rect(0, 0, 50, 50)))).At(25, 25).RGBA()
	if r>>8 < 250 || g>>8 < 250 || b>>8 < 250 {
		t.Errorf("it is %d %d %d", r>>8, g>>8, b>>8)
	}
}

func TestThumbnailThatCannotBe(t *testing.T) {
	photo := asJPEG(t, drawn(400, 300))
	tests := map[string]struct {
		body []byte
		err  error
	}{
		"cut short":                   {photo[:len(photo)*6/10], ErrNoPreview},
		"cut before its pixels":       {photo[:300], ErrNoPreview},
		"jpeg in name only":           {[]byte("\xff\xd8\xff\xe0 and so on"), ErrNoPreview},
		"png cut before its size":     {[]byte(pngSignature), ErrNoPreview},
		"no pixels":                   {declared(100, 100), ErrNoPreview},
		"nothing to show":             {declared(0, 10), ErrNoPreview},
		"too much memory":             {declared(9000, 7000), ErrNoPreview},
		"more pixels than can be":     {declared(1<<31-1, 1<<31-1), ErrNoPreview},
		"a wrong sum over its pixels": {withWrongSum(asPNG(t, drawn(40, 30)), "IDAT"), ErrNoPreview},
		"no picture":                  {[]byte("{}"), ErrKind},
	}
	for name, test := range tests {
		m, err := Sniff(bytes.NewReader(test.body))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := NewScaler().Thumbnail(t.Context(), m); !errors.Is(err, test.err) {
			t.Errorf("%s: error %v, want %v", name, err, test.err)
		}
	}
}

func TestThumbnailIsGivenUpWithItsCaller(t *testing.T) {
	scaler := NewScaler()
	if err := scaler.memory.Acquire(t.Context(), scalerBytes); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m, err := Sniff(bytes.NewReader(asJPEG(t, drawn(400, 300))))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scaler.Thumbnail(ctx, m); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	scaler.memory.Release(scalerBytes)
	if !scaler.memory.TryAcquire(scalerBytes) || !scaler.turns.TryAcquire(1) {
		t.Error("the one who left still holds a place")
	}
}

// photo is a picture of twelve million pixels with the noise of a camera, about 2 MB.
func photo(b *testing.B) []byte {
	m := image.NewRGBA(image.Rect(0, 0, 4000, 3000))
	noise := uint32(1)
	for y := range 3000 {
		for x := range 4000 {
			noise = noise*1664525 + 1013904223
			n := uint8(noise >> 27)
			m.SetRGBA(x, y, color.RGBA{uint8(x/16) + n, uint8(y/12) + n, uint8((x + y) / 28), 255})
		}
	}
	return asJPEGOf(b, m, 62)
}

func asJPEGOf(b *testing.B, m image.Image, quality int) []byte {
	var buffer bytes.Buffer
	if err := jpeg.Encode(&buffer, m, &jpeg.Options{Quality: quality}); err != nil {
		b.Fatal(err)
	}
	return buffer.Bytes()
}

// BenchmarkTenThumbnails makes those of ten pictures of 2 MB at once, as a page asks
// for them.
func BenchmarkTenThumbnails(b *testing.B) {
	body := photo(b)
	b.ReportMetric(float64(len(body))/1e6, "MB/picture")
	scaler := NewScaler()
	for b.Loop() {
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				m, err := Sniff(bytes.NewReader(body))
				if err != nil {
					b.Error(err)
					return
				}
				if _, err := scaler.Thumbnail(context.Background(), m); err != nil {
					b.Error(err)
				}
			})
		}
		all.Wait()
	}
}

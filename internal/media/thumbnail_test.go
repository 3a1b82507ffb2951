package media

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"sync"
	"testing"
)

// withOrientation puts an Exif segment into a JPEG that says how it was held.
func withOrientation(photo []byte, orientation byte) []byte {
	exif := append([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), orientation, 0, 0, 0, 0, 0, 0)
	segment := append([]byte{0xff, 0xe1, 0, byte(len(exif) + 2)}, exif...)
	return append(append(bytes.Clone(photo[:2]), segment...), photo[2:]...)
}

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

func TestThumbnailIsUpright(t *testing.T) {
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
	photo := asJPEG(t, picture)
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
		"cut short":       {photo[:len(photo)/2], ErrDamaged},
		"no pixels":       {declared(100, 100), ErrDamaged},
		"too much memory": {declared(9000, 7000), ErrPixels},
		"no picture":      {[]byte("{}"), ErrKind},
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

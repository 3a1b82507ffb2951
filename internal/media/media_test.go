package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// drawn is a picture with a red left half and a blue right half.
func drawn(width, height int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.RGBA{R: 250, A: 255}
			if x >= width/2 {
				c = color.RGBA{B: 250, A: 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func asJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// declared is a PNG that says how large it is and has no pixels.
func declared(width, height uint32) []byte {
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), width)
	head = append(binary.BigEndian.AppendUint32(head, height), 8, 2, 0, 0, 0)
	file := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	return binary.BigEndian.AppendUint32(append(file, head...), crc32.ChecksumIEEE(head))
}

func TestSniff(t *testing.T) {
	photo := asJPEG(t, drawn(40, 30))
	tests := []struct {
		name string
		body string
		kind Kind
		err  error
	}{
		{"jpeg", string(photo), JPEG, nil},
		{"jpeg with a tail", string(photo) + "<script>", JPEG, nil},
		{"png", string(asPNG(t, drawn(40, 30))), PNG, nil},
		{"pdf", "%PDF-1.7\n", PDF, nil},
		{"object", "\n {\"full_name\": \"A\"}", JSON, nil},
		{"list", "[]", JSON, nil},
		{"nothing", "", "", ErrEmpty},
		{"blanks", " \r\n\t", "", ErrEmpty},
		{"web page", "<!doctype html><script>alert(1)</script>", "", ErrKind},
		{"web page behind blanks", "\n\n<html>", "", ErrKind},
		{"svg", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, "", ErrKind},
		{"svg with a prologue", `<?xml version="1.0"?><svg/>`, "", ErrKind},
		{"gif", "GIF89a\x01\x00\x01\x00", "", ErrKind},
		{"archive", "PK\x03\x04", "", ErrKind},
		{"pdf behind a line feed", "\n%PDF-1.7", PDF, nil},
		{"pdf behind a byte order mark", "\ufeff%PDF-1.7", PDF, nil},
		{"pdf behind a header line", "Content-Type: application/pdf\r\n\r\n%PDF-2.0", PDF, nil},
		{"pdf as late as may be", strings.Repeat(" ", SniffBytes-5) + "%PDF-1.7", PDF, nil},
		{"pdf later", strings.Repeat(" ", SniffBytes-4) + "%PDF-1.7", "", ErrKind},
		{"object that speaks of a pdf", `{"file": "%PDF-1.7"}`, JSON, nil},
		{"object behind a byte order mark", "\ufeff{}", JSON, nil},
		{"byte order mark alone", "\ufeff\n", "", ErrEmpty},
		{"text", `"a text"`, "", ErrKind},
		{"jpeg in name only", "\xff\xd8\xff\xe0 and so on", JPEG, nil},
		{"jpeg cut before its size", string(photo[:20]), JPEG, nil},
		{"png cut before its size", "\x89PNG\r\n\x1a\n", PNG, nil},
		{"png of nothing", string(declared(0, 10)), PNG, nil},
		{"png of 60000 by 60000", string(declared(60000, 60000)), PNG, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m, err := Sniff(iotest.OneByteReader(strings.NewReader(test.body)))
			if !errors.Is(err, test.err) || err == nil && m.Kind != test.kind {
				t.Fatalf("Sniff = %+v, %v; want %q, %v", m, err, test.kind, test.err)
			}
			if err != nil {
				return
			}
			if whole, err := io.ReadAll(m); err != nil || string(whole) != test.body {
				t.Errorf("%d bytes come out of %d, error %v", len(whole), len(test.body), err)
			}
		})
	}
}

func TestSniffPassesOnWhyReadingFailed(t *testing.T) {
	broken := errors.New("the line was cut")
	photo := asJPEG(t, drawn(4000, 300))
	for _, start := range []string{"", "[", string(photo[:100])} {
		r := io.MultiReader(strings.NewReader(start), iotest.ErrReader(broken))
		if _, err := Sniff(r); !errors.Is(err, broken) {
			t.Errorf("after %d bytes: error %v", len(start), err)
		}
	}
	for _, end := range []int{SniffBytes, len(photo) / 2} {
		m, err := Sniff(io.MultiReader(bytes.NewReader(photo[:end]), iotest.ErrReader(broken)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := NewScaler().Thumbnail(t.Context(), m); !errors.Is(err, broken) {
			t.Errorf("thumbnail: error %v", err)
		}
	}
}

func TestReadAll(t *testing.T) {
	for limit, want := range map[int64]error{5: nil, 4: ErrLarge} {
		m, err := Sniff(strings.NewReader("[1,2]"))
		if err != nil {
			t.Fatal(err)
		}
		if body, err := m.ReadAll(limit); err != want || err == nil && string(body) != "[1,2]" {
			t.Errorf("ReadAll(%d) = %q, %v", limit, body, err)
		}
	}
}

// FuzzSniff holds every medium to what Sniff and Thumbnail promise: what begins as a
// picture is passed on byte for byte, and a thumbnail is small, or there is none for the
// one reason that it cannot be made.
func FuzzSniff(f *testing.F) {
	photo, drawing := asJPEG(f, drawn(40, 30)), asPNG(f, drawn(40, 30))
	f.Add(photo)
	f.Add(photo[:len(photo)*6/10])
	f.Add(withOrientation(photo, 6))
	f.Add([]byte(fourComponents))
	f.Add(drawing)
	f.Add(withChunk(drawing, "tEXt", []byte("a\x00b"), 1))
	f.Add(withChunk(drawing, "eXIf", exifOf(6), 0))
	f.Add(declared(60000, 60000))
	f.Add([]byte("\n%PDF-1.7"))
	scaler := NewScaler()
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := Sniff(bytes.NewReader(body))
		if err != nil {
			if kindOf(body) != "" || err != ErrKind {
				t.Errorf("error %v", err)
			}
			return
		}
		if whole, err := io.ReadAll(m); err != nil || !bytes.Equal(whole, body) {
			t.Errorf("%d bytes come out of %d, error %v", len(whole), len(body), err)
		}
		if !m.Kind.Picture() {
			return
		}
		if p, err := openPicture(m.Kind, bytes.NewReader(body)); err == nil && p.decodedBytes() > 1<<22 {
			return // slow, and nothing else
		}
		m.Reader = bytes.NewReader(body)
		thumbnail, err := scaler.Thumbnail(t.Context(), m)
		if err != nil {
			if err != ErrNoPreview {
				t.Errorf("error %v", err)
			}
			return
		}
		c, err := jpeg.DecodeConfig(bytes.NewReader(thumbnail))
		if err != nil || max(c.Width, c.Height) > ThumbnailSide {
			t.Errorf("a thumbnail of %dx%d, error %v", c.Width, c.Height, err)
		}
	})
}

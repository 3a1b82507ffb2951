package sandbox

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
)

// A picture that nobody encoded is whole: it has its size, and is grey to its last pixel.
func TestGreyJPEG(t *testing.T) {
	picture, err := jpeg.Decode(bytes.NewReader(greyJPEG(160, 48)))
	if err != nil {
		t.Fatal(err)
	}
	if bounds := picture.Bounds(); bounds != image.Rect(0, 0, 160, 48) {
		t.Fatalf("the picture has the bounds %v", bounds)
	}
	for y := range 48 {
		for x := range 160 {
			if got := color.GrayModel.Convert(picture.At(x, y)); got != (color.Gray{Y: 128}) {
				t.Fatalf("the pixel at %d, %d is %v", x, y, got)
			}
		}
	}
}

package media

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"runtime"
	"slices"

	"github.com/bep/imagemeta"
	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"
	"golang.org/x/sync/semaphore"
)

// ThumbnailSide is how many pixels the longer side of a thumbnail has at most.
const ThumbnailSide = 320

// Scaler makes thumbnails, no more at a time than there are processors and than its
// memory holds. It may be used at the same time by many.
type Scaler struct {
	turns  *semaphore.Weighted
	memory *semaphore.Weighted
}

// scalerBytes is how much memory the pictures that are being decoded take together.
const scalerBytes = 80 << 20

// maxDecoded is how much a single picture may take, alone.
const maxDecoded = 200 << 20

// NewScaler returns a Scaler.
func NewScaler() *Scaler {
	return &Scaler{
		turns:  semaphore.NewWeighted(int64(runtime.GOMAXPROCS(0))),
		memory: semaphore.NewWeighted(scalerBytes),
	}
}

// Thumbnail returns a picture as a small JPEG, upright, without anything that the
// camera wrote into it. It waits for its turn, and reads the picture when that comes.
// It returns ErrNoPreview for a picture that takes too much memory and for one that
// cannot be decoded; else the errors of reading and of ctx.
func (s *Scaler) Thumbnail(ctx context.Context, m *Medium) ([]byte, error) {
	if !m.Kind.Picture() {
		return nil, ErrKind
	}
	in := &failingReader{r: m.Reader}
	picture, err := openPicture(m.Kind, in)
	if err != nil {
		return nil, in.orNoPreview()
	}
	needs := picture.decodedBytes()
	if needs > maxDecoded {
		return nil, ErrNoPreview
	}
	needs = min(needs, scalerBytes)
	if err := s.memory.Acquire(ctx, needs); err != nil {
		return nil, err
	}
	defer s.memory.Release(needs)
	if err := s.turns.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer s.turns.Release(1)
	decoded, err := picture.decode()
	if err != nil {
		return nil, in.orNoPreview()
	}
	var thumbnail bytes.Buffer
	if err := jpeg.Encode(&thumbnail, turnUpright(shrinkToThumbnail(decoded), exifOrientation(picture.exif())), &jpeg.Options{Quality: 82}); err != nil {
		return nil, fmt.Errorf("encode thumbnail: %w", err)
	}
	return thumbnail.Bytes(), nil
}

// openedPicture is a picture that was read so far that its size is known.
type openedPicture struct {
	config        image.Config
	bytesPerPixel int64
	decode        func() (image.Image, error)
	exif          func() []byte // what the camera wrote, once the picture is decoded; nil when nothing
}

func openPicture(kind Kind, r io.Reader) (*openedPicture, error) {
	if kind == PNG {
		return openPNG(r)
	}
	return openJPEG(r)
}

// decodedBytes is how much memory it takes at most to decode the picture, or more than
// maxDecoded.
func (o *openedPicture) decodedBytes() int64 {
	width, height := int64(o.config.Width), int64(o.config.Height)
	if width > maxDecoded || height > maxDecoded { // or the product may overflow
		return maxDecoded + 1
	}
	return width * height * o.bytesPerPixel
}

// failingReader remembers why reading failed, which decoders say in their own words.
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

// orNoPreview returns why the picture could not be read, or ErrNoPreview when it could
// and was damaged.
func (f *failingReader) orNoPreview() error {
	if f.err != nil {
		return fmt.Errorf("read medium: %w", f.err)
	}
	return ErrNoPreview
}

// shrinkToThumbnail scales a picture down to a thumbnail; a smaller one stays as large as it is.
// What shines through becomes white.
func shrinkToThumbnail(picture image.Image) *image.RGBA {
	size := picture.Bounds().Size()
	// A quick filter first, down to where the good one is cheap: the eye finds no
	// difference, and a large picture takes half the time.
	if side := 3 * ThumbnailSide; max(size.X, size.Y) > side {
		picture = scaleTo(draw.ApproxBiLinear, picture, side)
	}
	return scaleTo(draw.BiLinear, picture, ThumbnailSide)
}

func scaleTo(by draw.Scaler, picture image.Image, side int) *image.RGBA {
	from := picture.Bounds()
	longer := max(from.Dx(), from.Dy())
	width, height := from.Dx(), from.Dy()
	if longer > side {
		width, height = max(1, width*side/longer), max(1, height*side/longer)
	}
	scaled := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(scaled, scaled.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	by.Scale(scaled, scaled.Rect, picture, from, draw.Over, nil)
	return scaled
}

// exifOrientation returns how the camera was held, 1 to 8, as it wrote it into the
// picture; 1 is upright. Like browsers it takes one short number and nothing else, so
// that a thumbnail stands as its picture does. Source: CIPA DC-008 (Exif), tag
// Orientation.
func exifOrientation(exif []byte) int {
	found := 1
	if exif == nil {
		return found
	}
	_, _ = imagemeta.Decode(imagemeta.Options{ // what cannot be read says nothing
		R:               bytes.NewReader(exif),
		ImageFormat:     imagemeta.TIFF,
		Sources:         imagemeta.EXIF,
		Warnf:           func(string, ...any) {},
		ShouldHandleTag: func(tag imagemeta.TagInfo) bool { return tag.Tag == "Orientation" && tag.Namespace == "IFD0" },
		HandleTag: func(tag imagemeta.TagInfo) error {
			if value, ok := tag.Value.(uint16); ok && value >= 1 && value <= 8 {
				found = int(value)
			}
			return imagemeta.ErrStopWalking
		},
	})
	return found
}

// turnUpright turns and mirrors a picture as its orientation asks for.
func turnUpright(picture *image.RGBA, orientation int) *image.RGBA {
	if orientation == 1 {
		return picture
	}
	w, h := float64(picture.Rect.Dx()), float64(picture.Rect.Dy())
	to := []f64.Aff3{
		2: {-1, 0, w, 0, 1, 0},
		3: {-1, 0, w, 0, -1, h},
		4: {1, 0, 0, 0, -1, h},
		5: {0, 1, 0, 1, 0, 0},
		6: {0, -1, h, 1, 0, 0},
		7: {0, -1, h, -1, 0, w},
		8: {0, 1, 0, -1, 0, w},
	}[orientation]
	size := picture.Rect.Size()
	if slices.Contains([]int{5, 6, 7, 8}, orientation) {
		size.X, size.Y = size.Y, size.X
	}
	turned := image.NewRGBA(image.Rectangle{Max: size})
	draw.NearestNeighbor.Transform(turned, to, picture, picture.Rect, draw.Src, nil)
	return turned
}

package main

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/f64"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// canvas is a picture that is drawn on in coordinates of the drawing's own.
type canvas struct {
	*image.RGBA
	to f64.Aff3 // from the drawing's coordinates to pixels
}

func newCanvas(width, height int, ground color.RGBA) canvas {
	c := canvas{image.NewRGBA(image.Rect(0, 0, width, height)), f64.Aff3{1, 0, 0, 0, 1, 0}}
	draw.Draw(c, c.Rect, image.NewUniform(ground), image.Point{}, draw.Src)
	return c
}

// placed is the same picture in which the drawing stands elsewhere, scaled and turned
// (by degrees) around its own origin.
func (c canvas) placed(x, y, scale, turn float64) canvas {
	sin, cos := math.Sincos(turn * math.Pi / 180)
	m, a := c.to, f64.Aff3{scale * cos, -scale * sin, x, scale * sin, scale * cos, y}
	c.to = f64.Aff3{
		m[0]*a[0] + m[1]*a[3], m[0]*a[1] + m[1]*a[4], m[0]*a[2] + m[1]*a[5] + m[2],
		m[3]*a[0] + m[4]*a[3], m[3]*a[1] + m[4]*a[4], m[3]*a[2] + m[4]*a[5] + m[5],
	}
	return c
}

func (c canvas) toPixel(x, y float64) (float32, float32) {
	return float32(c.to[0]*x + c.to[1]*y + c.to[2]), float32(c.to[3]*x + c.to[4]*y + c.to[5])
}

// pen draws one outline.
type pen struct {
	c canvas
	r *vector.Rasterizer
}

func (p pen) move(x, y float64) { px, py := p.c.toPixel(x, y); p.r.MoveTo(px, py) }
func (p pen) line(x, y float64) { px, py := p.c.toPixel(x, y); p.r.LineTo(px, py) }

func (p pen) curve(bx, by, cx, cy, x, y float64) {
	b1, b2 := p.c.toPixel(bx, by)
	c1, c2 := p.c.toPixel(cx, cy)
	px, py := p.c.toPixel(x, y)
	p.r.CubeTo(b1, b2, c1, c2, px, py)
}

// fillShape fills an outline.
func (c canvas) fillShape(fill color.Color, outline func(pen)) {
	r := vector.NewRasterizer(c.Rect.Dx(), c.Rect.Dy())
	outline(pen{c, r})
	r.ClosePath()
	r.Draw(c.RGBA, c.Rect, image.NewUniform(fill), image.Point{})
}

func (c canvas) ellipse(fill color.Color, x, y, rx, ry float64) {
	const k = 0.5523
	c.fillShape(fill, func(p pen) {
		p.move(x+rx, y)
		p.curve(x+rx, y+k*ry, x+k*rx, y+ry, x, y+ry)
		p.curve(x-k*rx, y+ry, x-rx, y+k*ry, x-rx, y)
		p.curve(x-rx, y-k*ry, x-k*rx, y-ry, x, y-ry)
		p.curve(x+k*rx, y-ry, x+rx, y-k*ry, x+rx, y)
	})
}

func (c canvas) rectangle(fill color.Color, x, y, w, h float64) {
	c.fillShape(fill, func(p pen) { p.move(x, y); p.line(x+w, y); p.line(x+w, y+h); p.line(x, y+h) })
}

// strokeLine draws a line of some width along points.
func (c canvas) strokeLine(fill color.Color, width float64, points ...float64) {
	for i := 2; i+1 < len(points); i += 2 {
		x0, y0, x1, y1 := points[i-2], points[i-1], points[i], points[i+1]
		length := math.Hypot(x1-x0, y1-y0)
		dx, dy := (y1-y0)/length*width/2, -(x1-x0)/length*width/2
		c.fillShape(fill, func(p pen) { p.move(x0+dx, y0+dy); p.line(x1+dx, y1+dy); p.line(x1-dx, y1-dy); p.line(x0-dx, y0-dy) })
	}
}

// faces of type, parsed once for each program.
type fonts struct{ regular, bold, mono *opentype.Font }

func loadFonts() (fonts, error) {
	var f fonts
	var err error
	for _, load := range []struct {
		to   **opentype.Font
		from []byte
	}{{&f.regular, goregular.TTF}, {&f.bold, gobold.TTF}, {&f.mono, gomono.TTF}} {
		if *load.to, err = opentype.Parse(load.from); err != nil {
			return fonts{}, err
		}
	}
	return f, nil
}

// text writes upright text with its base line at y; where it is placed, not how it is
// turned, counts.
func (c canvas) text(f *opentype.Font, size float64, ink color.Color, x, y float64, text string) {
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size * math.Hypot(c.to[0], c.to[3]), DPI: 72})
	if err != nil {
		panic(err) // the options are ours
	}
	px, py := c.toPixel(x, y)
	d := font.Drawer{Dst: c.RGBA, Src: image.NewUniform(ink), Face: face,
		Dot: fixed.Point26_6{X: fixed.Int26_6(px * 64), Y: fixed.Int26_6(py * 64)}}
	d.DrawString(text)
}

// textAcross writes text over the whole picture, from one corner towards the other.
func (c canvas) textAcross(f *opentype.Font, ink color.RGBA, text string) {
	w, h := float64(c.Rect.Dx()), float64(c.Rect.Dy())
	strip := canvas{image.NewRGBA(image.Rect(0, 0, int(w), int(w/6))), f64.Aff3{1, 0, 0, 0, 1, 0}}
	size := w / 7
	strip.text(f, size, ink, w*0.06, w/6*0.82, text)
	sin, cos := math.Sincos(-math.Atan2(h, w) * 0.7)
	turn := f64.Aff3{cos, -sin, w/2 - cos*w/2 + sin*w/12, sin, cos, h/2 - sin*w/2 - cos*w/12}
	draw.BiLinear.Transform(c.RGBA, turn, strip, strip.Rect, draw.Over, nil)
}

// mixColours is a colour between two others.
func mixColours(a, b color.RGBA, share float64) color.RGBA {
	between := func(a, b uint8) uint8 { return uint8(float64(a) + (float64(b)-float64(a))*share) }
	return color.RGBA{between(a.R, b.R), between(a.G, b.G), between(a.B, b.B), 255}
}

// translucent is a colour that lets through what is below it.
func translucent(c color.RGBA, alpha float64) color.NRGBA {
	return color.NRGBA{c.R, c.G, c.B, uint8(alpha * 255)}
}

package main

import (
	"image"
	"image/color"
	"math"
	"strings"

	"golang.org/x/image/draw"
)

// documentData is what is on the documents of an invented person.
type documentData struct {
	Family  string   `json:"family"`
	Given   string   `json:"given"`
	Born    string   `json:"born"`
	Sex     string   `json:"sex"`
	Nation  string   `json:"nation"`
	Number  string   `json:"number"`
	Issued  string   `json:"issued"`
	Expires string   `json:"expires"`
	Address []string `json:"address"`
}

// documentKind is how a sort of document looks.
type documentKind struct {
	title          string
	paper, ink     color.RGBA
	passport, back bool
}

func documentKinds() map[string]documentKind {
	return map[string]documentKind{
		"passport":         {title: "PASSPORT", paper: rgb(0xf3e9dc), ink: rgb(0x6b1f2e), passport: true},
		"travel_document":  {title: "TRAVEL DOCUMENT", paper: rgb(0xe5ecf3), ink: rgb(0x1f4a7a), passport: true},
		"national_id":      {title: "IDENTITY CARD", paper: rgb(0xe6f0ea), ink: rgb(0x1d5b46), back: true},
		"driving_licence":  {title: "DRIVING LICENCE", paper: rgb(0xf6e3e8), ink: rgb(0x8a2c55), back: true},
		"residence_permit": {title: "RESIDENCE PERMIT", paper: rgb(0xe9e6f4), ink: rgb(0x473a86), back: true},
		"state_id":         {title: "STATE IDENTIFICATION", paper: rgb(0xe2eff4), ink: rgb(0x17607a), back: true},
		"mykad":            {title: "KAD PENGENALAN", paper: rgb(0xdfeff5), ink: rgb(0x1b5a8c), back: true},
	}
}

// Sizes of pictures, in pixels.
const (
	cardWidth, cardHeight = 1400, 880
	bookHeight            = 980
)

// drawFront draws the side with the portrait. A flawed one has its portrait put in badly
// and one line in another type.
func (f fonts) drawFront(k documentKind, d documentData, p person, flawed bool) canvas {
	height := cardHeight
	if k.passport {
		height = bookHeight
	}
	c := f.drawGround(k, height)
	c.rectangle(k.ink, 0, 0, cardWidth, 92)
	c.text(f.bold, 46, rgb(0xffffff), 48, 62, k.title)
	c.text(f.regular, 30, rgb(0xffffff), cardWidth-210, 60, "MADE UP")
	c.framedPortrait(p, d, flawed)
	f.drawLines(c, k, d, flawed)
	c.drawHologram(1120, 640, 120, k.ink)
	if k.passport {
		f.machineZone(c, machineLines(d, false), bookHeight-150)
	}
	c.textAcross(f.bold, color.RGBA{0x50, 0x18, 0x18, 0x50}, "SPECIMEN")
	return c
}

// framedPortrait puts the portrait into its frame.
func (c canvas) framedPortrait(p person, d documentData, flawed bool) {
	box := image.Rect(60, 140, 60+400, 140+500)
	portrait := newCanvas(400, 500, rgb(0xffffff))
	portrait.drawPortrait(p, documentPose())
	if !flawed {
		draw.Draw(c.RGBA, box, portrait, image.Point{}, draw.Src)
		return
	}
	c.rectangle(rgb(0xfdfdf6), 40, 128, 452, 548)
	tilted := c.placed(82, 152, 1.04, 2.2)
	draw.BiLinear.Transform(c.RGBA, tilted.to, portrait, portrait.Rect, draw.Over, nil)
	c.strokeLine(rgb(0x8c8c84), 2, 40, 128, 492, 128, 492, 676)
}

func documentPose() pose {
	return pose{ground: rgb(0xdfe5ea), wall: rgb(0xe9eef2), shirt: rgb(0x3c4654), light: 0.15}
}

func (f fonts) drawLines(c canvas, k documentKind, d documentData, flawed bool) {
	rows := [][2]string{
		{"Surname", d.Family}, {"Given names", d.Given}, {"Date of birth", printedDate(d.Born)}, {"Sex", d.Sex[:1]},
		{"Nationality", d.Nation}, {"Document number", d.Number}, {"Date of issue", printedDate(d.Issued)}, {"Valid until", printedDate(d.Expires)},
	}
	if k.title == "DRIVING LICENCE" {
		rows[4] = [2]string{"Address", strings.ToUpper(strings.Join(d.Address[:3], ", "))}
	}
	y := 170.0
	for i, row := range rows {
		c.text(f.regular, 22, mixColours(k.ink, k.paper, 0.25), 520, y, row[0])
		type_, size := f.bold, 36.0
		if len(row[1]) > 28 {
			size = 26
		}
		if flawed && i == 2 {
			type_, size, row[1] = f.mono, 42, "17 01 1978" // as someone changed it
		}
		c.text(type_, size, rgb(0x1d1d22), 520, y+36, row[1])
		y += 70
	}
	c.text(f.regular, 20, k.ink, 60, 676, "This document is made up. It belongs to nobody.")
}

// printedDate writes 1988-02-03 as 03 02 1988.
func printedDate(date string) string { return date[8:10] + " " + date[5:7] + " " + date[0:4] }

// drawReverse draws the side without the portrait.
func (f fonts) drawReverse(k documentKind, d documentData) canvas {
	c := f.drawGround(k, cardHeight)
	c.rectangle(rgb(0x26262b), 0, 70, cardWidth, 120)
	c.text(f.regular, 24, k.ink, 60, 240, "Authority")
	c.text(f.bold, 34, rgb(0x1d1d22), 60, 278, "OFFICE OF INVENTED DOCUMENTS")
	c.text(f.regular, 24, k.ink, 60, 330, "Place of issue")
	c.text(f.bold, 34, rgb(0x1d1d22), 60, 368, "EXAMPLETOWN")
	c.drawBarcode(60, 410, 760, 110, d.Number)
	c.drawHologram(1150, 380, 110, k.ink)
	f.machineZone(c, machineLines(d, true), cardHeight-260)
	c.textAcross(f.bold, color.RGBA{0x50, 0x18, 0x18, 0x50}, "SPECIMEN")
	return c
}

// drawBarcode draws what looks like a barcode.
func (c canvas) drawBarcode(x, y, w, h float64, seed string) {
	state := uint32(7)
	for _, b := range []byte(seed) {
		state = state*31 + uint32(b)
	}
	for at := x; at < x+w; {
		state = state*1664525 + 1013904223
		width := 3 + float64(state>>29)*1.5
		c.rectangle(rgb(0x1a1a1d), at, y, width, h)
		at += width + 3 + float64(state>>26&3)*2
	}
}

func (f fonts) machineZone(c canvas, lines []string, y float64) {
	c.rectangle(rgb(0xfbfaf6), 0, y-16, cardWidth, float64(len(lines))*62+34)
	size := 47.0
	if len(lines[0]) == 30 {
		size = 66
	}
	for i, line := range lines {
		c.text(f.mono, size, rgb(0x151515), 56, y+40+float64(i)*62, line)
	}
}

// drawGround is the paper with its fine lines.
func (f fonts) drawGround(k documentKind, height int) canvas {
	c := newCanvas(cardWidth, height, k.paper)
	thread := mixColours(k.paper, k.ink, 0.16)
	for i := range 12 {
		phase := float64(i) * 0.52
		for x := 0.0; x < cardWidth; x += 0.5 {
			y := float64(height)*(0.5+0.42*math.Sin(x/230+phase)*math.Cos(phase/2+x/610)) + float64(i-6)*18
			if y >= 0 && y < float64(height) {
				c.SetRGBA(int(x), int(y), thread)
			}
		}
	}
	return c
}

// drawHologram draws a shimmering seal.
func (c canvas) drawHologram(x, y, r float64, ink color.RGBA) {
	for i := range 12 {
		share := float64(i) / 12
		tint := mixColours(rgb(0x7fd4d8), rgb(0xe6a8d7), 0.5+0.5*math.Sin(share*9+x/90))
		c.ellipse(translucent(tint, 0.22), x, y, r*(1-share*0.8), r*(1-share*0.8)*0.92)
	}
	c.drawRing(translucent(ink, 0.35), x, y, r*0.98, r*0.9, 4)
	for i := range 8 {
		a := float64(i) * math.Pi / 4
		c.strokeLine(translucent(rgb(0xffffff), 0.4), 5, x, y, x+math.Cos(a)*r*0.8, y+math.Sin(a)*r*0.74)
	}
}

// cameraFrame is another moment of a document in front of a camera: smaller, a little
// turned, with its seal lit otherwise.
func cameraFrame(document canvas, ink color.RGBA) canvas {
	lit := canvas{image.NewRGBA(document.Rect), document.to}
	draw.Draw(lit, lit.Rect, document, image.Point{}, draw.Src)
	lit.drawHologram(1020, 560, 150, ink)
	lit.ellipse(translucent(rgb(0xffffff), 0.28), 900, 300, 420, 120)
	c := newCanvas(700, document.Rect.Dy()*700/cardWidth+60, rgb(0x4a4540))
	placed := c.placed(26, 44, 0.465, -2.4)
	draw.ApproxBiLinear.Transform(c.RGBA, placed.to, lit, lit.Rect, draw.Over, nil)
	return c
}

// drawBill is a letter that shows an address.
func (f fonts) drawBill(sender, title string, name string, address []string, date string) canvas {
	c := newCanvas(1000, 1414, rgb(0xfdfdfb))
	ink, grey := rgb(0x23476b), rgb(0x55585c)
	c.rectangle(ink, 70, 70, 90, 90)
	c.ellipse(rgb(0xfdfdfb), 115, 115, 26, 26)
	c.text(f.bold, 40, ink, 190, 112, sender)
	c.text(f.regular, 24, grey, 190, 150, "An office that was made up")
	y := 280.0
	for _, line := range append([]string{name}, address...) {
		c.text(f.regular, 28, rgb(0x1d1d22), 80, y, line)
		y += 40
	}
	c.text(f.regular, 26, grey, 640, 280, "Date: "+printedDate(date))
	c.text(f.regular, 26, grey, 640, 320, "Account: 000 111 222")
	c.text(f.bold, 38, rgb(0x1d1d22), 80, 580, title)
	for i, row := range [][2]string{{"Charge for the year", "1,204.00"}, {"Discount for one person", "-301.00"}, {"To pay in ten parts", "903.00"}} {
		at := 660 + float64(i)*64
		c.text(f.regular, 28, grey, 80, at, row[0])
		c.text(f.regular, 28, rgb(0x1d1d22), 760, at, row[1])
		c.rectangle(rgb(0xd5d8db), 80, at+18, 840, 2)
	}
	for i := range 9 {
		c.rectangle(rgb(0xe3e5e7), 80, 930+float64(i)*36, 840-float64(i%3)*120, 12)
	}
	c.drawBarcode(80, 1290, 500, 60, title)
	c.textAcross(f.bold, color.RGBA{0x48, 0x18, 0x18, 0x38}, "SPECIMEN")
	return c
}

package typeface

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"
)

// Subset returns a font program whose glyphs are the given drawings, numbered from 1 on in
// that order, and the character for a missing glyph as number 0. It is a TrueType font, or bare
// CFF with character identifiers that equal those numbers.
func (p *fontProgram) Subset(drawings []Drawing) []byte {
	if p.IsCFF() {
		glyphs := []uint16{0}
		for _, d := range drawings {
			glyphs = append(glyphs, d.Glyphs[0].Glyph)
		}
		return p.cffSubset(glyphs)
	}
	t := trueType{fontProgram: p, number: map[uint16]uint16{}}
	t.glyphs = append(t.glyphs, Drawing{Glyphs: []Placed{{}}, Width: p.Advance(0)})
	t.glyphs = append(t.glyphs, drawings...)
	return t.subsetFile()
}

// IsCFF reports whether the font is a CFF font, not a TrueType one.
func (p *fontProgram) IsCFF() bool { return p.tables["CFF "] != nil }

// trueType is a font that is being made of another's glyphs.
type trueType struct {
	*fontProgram
	glyphs []Drawing
	number map[uint16]uint16 // of those that others are composed of
	most   int               // glyphs in a composed one
}

// subsetFile has the tables that a PDF asks of an embedded font (ISO 32000-1, 9.9).
func (t *trueType) subsetFile() []byte {
	for i, d := range t.glyphs {
		if d.isPlain() {
			t.number[d.Glyphs[0].Glyph] = uint16(i)
		}
	}
	var glyf, loca, hmtx []byte
	for i := 0; i < len(t.glyphs); i++ { // those that others need come behind them
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		outline := t.drawingOutline(t.glyphs[i])
		glyf = append(glyf, outline...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		bearing := uint16(0)
		if len(outline) > 0 {
			bearing = binary.BigEndian.Uint16(outline[2:])
		}
		hmtx = binary.BigEndian.AppendUint16(hmtx, uint16(t.toUnits(t.glyphs[i].Width)))
		hmtx = binary.BigEndian.AppendUint16(hmtx, bearing)
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	head, hhea, maxp := slices.Clone(t.tables["head"]), slices.Clone(t.tables["hhea"]), slices.Clone(t.tables["maxp"])
	binary.BigEndian.PutUint32(head[8:], 0)  // checksum, set below
	binary.BigEndian.PutUint16(head[50:], 1) // long offsets in loca
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(t.glyphs)))
	t.setLimits(maxp)
	file := fontFile(0x00010000, map[string][]byte{"glyf": glyf, "loca": loca, "hmtx": hmtx, "head": head, "hhea": hhea, "maxp": maxp})
	sum := 0xB1B0AFBA - tableChecksum(file)
	copy(tablesOf(file)["head"][8:], binary.BigEndian.AppendUint32(nil, sum))
	return file
}

// setLimits says how much a program has to be ready for that draws the glyphs.
func (t *trueType) setLimits(maxp []byte) {
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(t.glyphs)))
	points := max(binary.BigEndian.Uint16(maxp[6:]), binary.BigEndian.Uint16(maxp[10:]))
	contours := max(binary.BigEndian.Uint16(maxp[8:]), binary.BigEndian.Uint16(maxp[12:]))
	binary.BigEndian.PutUint16(maxp[10:], uint16(min(0xFFFF, int(points)*max(1, t.most))))
	binary.BigEndian.PutUint16(maxp[12:], uint16(min(0xFFFF, int(contours)*max(1, t.most))))
	binary.BigEndian.PutUint16(maxp[28:], max(binary.BigEndian.Uint16(maxp[28:]), uint16(t.most)))
	binary.BigEndian.PutUint16(maxp[30:], binary.BigEndian.Uint16(maxp[30:])+1)
}

// isPlain reports whether a drawing is a glyph just as it is in the font.
func (d Drawing) isPlain() bool {
	return len(d.Glyphs) == 1 && d.Glyphs[0].X == 0 && d.Glyphs[0].Y == 0
}

// drawingOutline returns the outline of a drawing.
func (t *trueType) drawingOutline(d Drawing) []byte {
	if d.isPlain() {
		outline := slices.Clone(t.glyphOutline(d.Glyphs[0].Glyph))
		for _, at := range componentOffsets(outline) {
			binary.BigEndian.PutUint16(outline[at:], t.numberOf(binary.BigEndian.Uint16(outline[at:])))
		}
		return outline
	}
	return t.composedOutline(d)
}

// numberOf returns the number of a glyph that others are composed of.
func (t *trueType) numberOf(glyph uint16) uint16 {
	if n, ok := t.number[glyph]; ok {
		return n
	}
	n := uint16(len(t.glyphs))
	t.number[glyph] = n
	t.glyphs = append(t.glyphs, Drawing{Glyphs: []Placed{{Glyph: glyph}}, Width: t.Advance(glyph)})
	return n
}

// composedOutline returns the outline of a glyph that consists of others.
func (t *trueType) composedOutline(d Drawing) []byte {
	var seen []Placed
	for _, g := range d.Glyphs {
		if len(t.glyphOutline(g.Glyph)) > 0 {
			seen = append(seen, Placed{g.Glyph, t.toUnits(g.X), t.toUnits(g.Y)})
		}
	}
	if len(seen) == 0 {
		return nil
	}
	t.most = max(t.most, len(seen))
	var parts []byte
	box := [4]int{math.MaxInt16, math.MaxInt16, math.MinInt16, math.MinInt16}
	for i, g := range seen {
		flags := uint16(argumentsAreWords | argumentsArePlaces)
		if i < len(seen)-1 {
			flags |= hasMore
		}
		for _, n := range []uint16{flags, t.numberOf(g.Glyph), uint16(int16(g.X)), uint16(int16(g.Y))} {
			parts = binary.BigEndian.AppendUint16(parts, n)
		}
		outline := t.glyphOutline(g.Glyph)
		at := func(i int) int { return int(int16(binary.BigEndian.Uint16(outline[2+2*i:]))) }
		box[0], box[1] = min(box[0], at(0)+g.X), min(box[1], at(1)+g.Y)
		box[2], box[3] = max(box[2], at(2)+g.X), max(box[3], at(3)+g.Y)
	}
	outline := []byte{0xFF, 0xFF} // composed
	for _, n := range box {
		outline = binary.BigEndian.AppendUint16(outline, uint16(int16(n)))
	}
	return append(outline, parts...)
}

// glyphOutline is how a glyph is drawn. It is empty for one that draws nothing.
func (p *fontProgram) glyphOutline(glyph uint16) []byte {
	loca, n := p.tables["loca"], int(glyph)
	if binary.BigEndian.Uint16(p.tables["head"][50:]) == 0 {
		return p.tables["glyf"][2*int(binary.BigEndian.Uint16(loca[2*n:])) : 2*int(binary.BigEndian.Uint16(loca[2*n+2:]))]
	}
	return p.tables["glyf"][binary.BigEndian.Uint32(loca[4*n:]):binary.BigEndian.Uint32(loca[4*n+4:])]
}

// The flags of a part of a composed glyph (OpenType, table glyf).
const (
	argumentsAreWords  = 0x0001
	argumentsArePlaces = 0x0002
	hasScale           = 0x0008
	hasMore            = 0x0020
	hasTwoScales       = 0x0040
	hasMatrix          = 0x0080
)

// componentOffsets returns where in a composed outline the numbers of its parts are.
func componentOffsets(outline []byte) []int {
	if len(outline) == 0 || int16(binary.BigEndian.Uint16(outline)) >= 0 {
		return nil
	}
	var places []int
	for at := 10; ; {
		flags := binary.BigEndian.Uint16(outline[at:])
		places = append(places, at+2)
		at += 6
		if flags&argumentsAreWords != 0 {
			at += 2
		}
		switch {
		case flags&hasScale != 0:
			at += 2
		case flags&hasTwoScales != 0:
			at += 4
		case flags&hasMatrix != 0:
			at += 8
		}
		if flags&hasMore == 0 {
			return places
		}
	}
}

// fontFile puts tables into a file (OpenType, "Font file").
func fontFile(version uint32, tables map[string][]byte) []byte {
	tags := slices.Sorted(maps.Keys(tables))
	power := 1
	for power*2 <= len(tags) {
		power *= 2
	}
	exponent := uint16(0)
	for p := power; p > 1; p /= 2 {
		exponent++
	}
	file := binary.BigEndian.AppendUint32(nil, version)
	for _, n := range []uint16{uint16(len(tags)), uint16(16 * power), exponent, uint16(16 * (len(tags) - power))} {
		file = binary.BigEndian.AppendUint16(file, n)
	}
	at := uint32(12 + 16*len(tags))
	for _, tag := range tags {
		file = append(file, tag...)
		for _, n := range []uint32{tableChecksum(tables[tag]), at, uint32(len(tables[tag]))} {
			file = binary.BigEndian.AppendUint32(file, n)
		}
		at += uint32(len(tables[tag])+3) &^ 3
	}
	for _, tag := range tags {
		file = append(file, tables[tag]...)
		for len(file)%4 != 0 {
			file = append(file, 0)
		}
	}
	return file
}

func tableChecksum(table []byte) uint32 {
	sum := uint32(0)
	for ; len(table) >= 4; table = table[4:] {
		sum += binary.BigEndian.Uint32(table)
	}
	var rest [4]byte
	copy(rest[:], table)
	return sum + binary.BigEndian.Uint32(rest[:])
}

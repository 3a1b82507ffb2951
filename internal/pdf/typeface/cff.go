package typeface

import (
	"encoding/binary"
	"math"
)

// What follows reads and writes the Compact Font Format (Adobe technical note 5176) as far
// as our font needs: it has character identifiers and no subroutines.

// Operators of a CFF dictionary.
const (
	opFontBox     = 5
	opCharset     = 15
	opCharStrings = 17
	opPrivate     = 18
	opROS         = 12<<8 | 30
	opCIDCount    = 12<<8 | 34
	opFontDicts   = 12<<8 | 36
	opFontSelect  = 12<<8 | 37
)

// standardStrings is the number of strings that every CFF font has.
const standardStrings = 391

// cffSubset returns a CFF font of the given glyphs, whose character identifiers are their
// numbers.
func (p *fontProgram) cffSubset(glyphs []uint16) []byte {
	old := p.tables["CFF "]
	top := cffTop(old)
	charStrings := readIndex(old[top[opCharStrings][0]:])
	var outlines [][]byte
	selected := []byte{0} // format 0: a byte for each glyph
	for _, glyph := range glyphs {
		outlines = append(outlines, charStrings.item(int(glyph)))
		selected = append(selected, fontDictOf(old[top[opFontSelect][0]:], glyph))
	}

	// The dictionaries name places in the file, with numbers of a fixed size, so that
	// they are as long before the places are known.
	dicts := readIndex(old[top[opFontDicts][0]:])
	var places [4]int                    // of charset, selection, outlines and dictionaries
	privates := make([]int, dicts.count) // where each private dictionary is
	build := func() []byte {
		file := []byte{1, 0, 4, 4}
		file = appendIndex(file, []byte(p.Name))
		topDict := appendOp(appendInt(appendInt(appendInt(nil, standardStrings), standardStrings+1), 0), opROS)
		for _, n := range p.metrics.box {
			topDict = appendInt(topDict, n)
		}
		topDict = appendOp(topDict, opFontBox)
		topDict = appendOp(appendInt(topDict, len(glyphs)), opCIDCount)
		for i, op := range []int{opCharset, opFontSelect, opCharStrings, opFontDicts} {
			topDict = appendOp(appendInt(topDict, places[i]), op)
		}
		file = appendIndex(file, topDict)
		file = appendIndex(file, []byte("Adobe"), []byte("Identity"))
		file = appendIndex(file) // no global subroutines
		places[0] = len(file)
		file = append(file, 2, 0, 1) // format 2: a range from 1 on, behind the missing glyph
		file = binary.BigEndian.AppendUint16(file, uint16(max(0, len(glyphs)-2)))
		places[1] = len(file)
		file = append(file, selected...)
		places[2] = len(file)
		file = appendIndex(file, outlines...)
		var fontDicts [][]byte
		for i := range dicts.count {
			size := int(cffDict(dicts.item(i))[opPrivate][0])
			place := privates[i]
			privates[i] = len(file)
			file = append(file, old[cffDict(dicts.item(i))[opPrivate][1]:][:size]...)
			fontDicts = append(fontDicts, appendOp(appendInt(appendInt(nil, size), place), opPrivate))
		}
		places[3] = len(file)
		return appendIndex(file, fontDicts...)
	}
	build()
	return build()
}

// cffTop returns the top dictionary of a font.
func cffTop(font []byte) map[int][]int {
	names := readIndex(font[font[2]:])
	return cffDict(readIndex(font[int(font[2])+names.size:]).item(0))
}

// fontDictOf returns by which of the font's dictionaries a glyph is drawn.
func fontDictOf(selection []byte, glyph uint16) byte {
	if selection[0] == 0 {
		return selection[1+int(glyph)]
	}
	ranges := selection[3:] // format 3
	for i := range int(binary.BigEndian.Uint16(selection[1:])) {
		if glyph < binary.BigEndian.Uint16(ranges[3*i+3:]) {
			return ranges[3*i+2]
		}
	}
	return 0
}

// cffIndex is a list of byte strings.
type cffIndex struct {
	data  []byte
	count int
	wide  int // bytes of an offset
	size  int // bytes of the index
}

func readIndex(data []byte) cffIndex {
	ix := cffIndex{data: data, count: int(binary.BigEndian.Uint16(data)), size: 2}
	if ix.count > 0 {
		ix.wide = int(data[2])
		ix.size = 2 + ix.wide*(ix.count+1) + ix.offset(ix.count)
	}
	return ix
}

func (ix cffIndex) offset(i int) int {
	n := 0
	for _, b := range ix.data[3+i*ix.wide:][:ix.wide] {
		n = n<<8 | int(b)
	}
	return n
}

func (ix cffIndex) item(i int) []byte {
	start := 2 + ix.wide*(ix.count+1)
	return ix.data[start+ix.offset(i) : start+ix.offset(i+1)]
}

// appendIndex writes an index with offsets of four bytes.
func appendIndex(file []byte, items ...[]byte) []byte {
	file = binary.BigEndian.AppendUint16(file, uint16(len(items)))
	if len(items) == 0 {
		return file
	}
	file = append(file, 4)
	at := uint32(1)
	file = binary.BigEndian.AppendUint32(file, at)
	for _, item := range items {
		at += uint32(len(item))
		file = binary.BigEndian.AppendUint32(file, at)
	}
	for _, item := range items {
		file = append(file, item...)
	}
	return file
}

// cffDict returns the operands of each operator. Real numbers are read as 0: none of them
// is needed.
func cffDict(data []byte) map[int][]int {
	dict := map[int][]int{}
	var operands []int
	for i := 0; i < len(data); {
		b := int(data[i])
		i++
		switch {
		case b == 12:
			dict[12<<8|int(data[i])], operands = operands, nil
			i++
		case b <= 21:
			dict[b], operands = operands, nil
		case b == 28:
			operands = append(operands, int(int16(binary.BigEndian.Uint16(data[i:]))))
			i += 2
		case b == 29:
			operands = append(operands, int(int32(binary.BigEndian.Uint32(data[i:]))))
			i += 4
		case b == 30:
			for data[i]&0xF != 0xF && data[i]>>4 != 0xF {
				i++
			}
			i++
			operands = append(operands, 0)
		case b <= 246:
			operands = append(operands, b-139)
		case b <= 250:
			operands = append(operands, (b-247)*256+int(data[i])+108)
			i++
		default:
			operands = append(operands, -(b-251)*256-int(data[i])-108)
			i++
		}
	}
	return dict
}

// appendInt writes a number in five bytes.
func appendInt(dict []byte, n int) []byte {
	return binary.BigEndian.AppendUint32(append(dict, 29), uint32(int32(min(n, math.MaxInt32))))
}

func appendOp(dict []byte, op int) []byte {
	if op >= 12<<8 {
		return append(dict, 12, byte(op))
	}
	return append(dict, byte(op))
}

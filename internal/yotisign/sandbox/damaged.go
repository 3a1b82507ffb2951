package sandbox

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/jpeg"
	"net/http"
	"slices"
	"sync"
)

// byteOrderMark is what some writers put before a text.
const byteOrderMark = "\uFEFF"

// damagedResult is a result behind a byte order mark, with a byte in it that is not a character.
func damagedResult() []byte {
	return append([]byte(byteOrderMark), bytes.Replace(loadPerson("faults/damaged.json"), []byte("BAD-BYTE"), []byte("\xff"), 1)...)
}

// damagedReport is a report by itself, which begins a little late.
func damagedReport(w http.ResponseWriter, _ *http.Request) {
	sendBody(w, http.StatusOK, "application/pdf", append([]byte("\n"), onePagePDF("Damaged")...))
}

// damagedMedia are the media that the damaged result names: each is odd, and can be shown
// all the same.
func damagedMedia() map[string]medium {
	photo, err := mediaFiles.ReadFile("media/passport-1-1.jpg")
	if err != nil {
		panic(err) // embedded when built
	}
	seal, err := mediaFiles.ReadFile("media/seal.png")
	if err != nil {
		panic(err)
	}
	fields := byteOrderMark + `{"full_name":"JOS` + "\xc9" + ` SPECIMEN","date_of_birth":"1988-04-03","document_number":"MADEUP0042","place_of_birth":"\ud83d"}`
	return map[string]medium{
		"0a51d3c8-7f62-4be9-8d14-c3907a6e5b01": largePhoto(),
		"0a51d3c8-7f62-4be9-8d14-c3907a6e5b02": mediumOf("image/jpeg", photo[:len(photo)*6/10]),
		"0a51d3c8-7f62-4be9-8d14-c3907a6e5b03": mediumOf("image/png", withDamagedComment(seal)),
		"0a51d3c8-7f62-4be9-8d14-c3907a6e5b04": mediumOf("image/png", hugePNG()),
		"0a51d3c8-7f62-4be9-8d14-c3907a6e5b05": mediumOf("application/json", []byte(fields)),
		"0a51d3c8-7f62-4be9-8d14-c3907a6e5b06": mediumOf("application/pdf", append([]byte(byteOrderMark+"\n"), onePagePDF("Supporting document")...)),
		"0a51d3c8-7f62-4be9-8d14-c3907a6e5b07": mediumOf("application/json", damagedHits()),
	}
}

// largePhoto is a picture of 64 million pixels, which are put together when it is asked for.
func largePhoto() medium {
	draw := sync.OnceValue(func() []byte { return greyJPEG(9248, 6936) })
	return func(w http.ResponseWriter, _ *http.Request) { sendBody(w, http.StatusOK, "image/jpeg", draw()) }
}

// greyJPEG is a picture in the grey that a JPEG begins with, whose size has to be a multiple of
// 16. To have it encoded would take a second: each square of 8 by 8 pixels is the same six
// bits, which say that it is as the one before it and has nothing else, so that four of them
// are three bytes.
func greyJPEG(width, height int) []byte {
	square := image.NewGray(image.Rect(0, 0, 8, 8))
	for i := range square.Pix {
		square.Pix[i] = 128
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, square, nil); err != nil {
		panic(err) // into memory
	}
	picture := b.Bytes()
	const afterScanHead, afterFrameHead = 10, 5 // bytes from the marker to the squares, and to the size
	frame := bytes.Index(picture, []byte{0xff, 0xc0}) + afterFrameHead
	binary.BigEndian.PutUint16(picture[frame:], uint16(height))
	binary.BigEndian.PutUint16(picture[frame+2:], uint16(width))
	head := picture[:bytes.Index(picture, []byte{0xff, 0xda})+afterScanHead]
	squares := bytes.Repeat([]byte{0b001010_00, 0b1010_0010, 0b10_001010}, width*height/64/4)
	return slices.Concat(head, squares, []byte{0xff, 0xd9})
}

// withDamagedComment puts a comment with a wrong checksum into a PNG, before its pixels.
func withDamagedComment(picture []byte) []byte {
	const head = 8 + 25 // the signature and the size
	comment := []byte("tEXtmade\x00up")
	chunk := append(binary.BigEndian.AppendUint32(nil, uint32(len(comment)-4)), comment...)
	chunk = binary.BigEndian.AppendUint32(chunk, ^crc32.ChecksumIEEE(comment))
	return append(append(append([]byte{}, picture[:head]...), chunk...), picture[head:]...)
}

// damagedHits are search results of which one hit has a name twice, one is not a hit, one
// has a text that is damaged, and one is sound.
func damagedHits() []byte {
	const hits = `{"doc":{"name":"Twice Specimen","Name":"Other Specimen"}},7,` +
		`{"score":NaN,"match_types":["name_exact"],"doc":{"id":"MADEUP2001","name":"Jos` + "\xe9" + ` Specimen","types":["pep"],"fields":[{"tag":"date_of_birth","value":"1700-01-01"}]}},` +
		`{"score":1.5,"match_types":["name_exact"],"doc":{"id":"MADEUP2002","name":"Jose Specimen","types":["sanction"],"fields":[{"tag":"date_of_birth","value":"03/04/1988"}]}}`
	output := byteOrderMark + `{"code":200,"content":{"data":{"total_hits":4,"hits":[` + hits + `]}}}`
	return []byte(byteOrderMark + `[{"provider":"Comply Advantage","search_types":["pep"],"raw_output":"` + base64.StdEncoding.EncodeToString([]byte(output)) + `"}]`)
}

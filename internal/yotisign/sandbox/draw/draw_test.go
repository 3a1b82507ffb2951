package main

import (
	"bytes"
	"testing"
)

// The check digits of the specimen in ICAO Doc 9303, part 4, appendix B.
func TestCheckDigit(t *testing.T) {
	for field, want := range map[string]string{"L898902C3": "6", "740812": "2", "120415": "9", "ZE184226B<<<<<": "1"} {
		if got := checkDigit(field); got != want {
			t.Errorf("checkDigit(%s) = %s, want %s", field, got, want)
		}
	}
}

func TestMachineLinesHaveTheirLengths(t *testing.T) {
	d := documentData{Family: "SPECIMEN", Given: "JORDAN AVERY", Born: "1995-11-30", Sex: "MALE", Nation: "USA", Number: "901205145512", Expires: "2033-01-18"}
	for card, length := range map[bool]int{false: 44, true: 30} {
		for _, line := range machineLines(d, card) {
			if len(line) != length {
				t.Errorf("%q has %d characters, want %d", line, len(line), length)
			}
		}
	}
}

func TestTheSamePictureTwice(t *testing.T) {
	draw := func() []byte {
		c := newCanvas(400, 500, rgb(0xffffff))
		c.drawPortrait(drawnPeople()[3], documentPose())
		return c.Pix
	}
	if !bytes.Equal(draw(), draw()) {
		t.Error("they differ")
	}
}

// Command draw makes the pictures that the sandbox sends: documents, portraits and
// captures of people who do not exist, from the data in media/faces.json. The same
// program draws the same bytes.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/image/draw"
)

func main() {
	folder := flag.String("out", "media", "the folder with faces.json, into which the pictures are written")
	flag.Parse()
	if err := run(*folder); err != nil {
		fmt.Fprintln(os.Stderr, "draw:", err)
		os.Exit(1)
	}
}

// artist draws into a folder.
type artist struct {
	fonts
	folder string
	data   []documentData // of faces 1 to 8
}

func run(folder string) error {
	f, err := loadFonts()
	if err != nil {
		return fmt.Errorf("load fonts: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(folder, "faces.json"))
	if err != nil {
		return err
	}
	a := artist{fonts: f, folder: folder}
	if err := json.Unmarshal(text, &a.data); err != nil {
		return fmt.Errorf("read faces.json: %w", err)
	}
	for _, part := range []func() error{a.drawDocuments, a.drawBills, a.drawCaptures, a.drawOddPictures} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// drawDocuments draws every document that someone in the sandbox shows.
func (a artist) drawDocuments() error {
	for _, d := range []struct {
		kind  string
		faces []int
	}{
		{"passport", []int{1, 2, 3, 4, 5}}, {"national_id", []int{2, 4, 6}}, {"driving_licence", []int{1, 3, 7, 8}},
		{"residence_permit", []int{8}}, {"state_id", []int{3}}, {"travel_document", []int{6}}, {"mykad", []int{7}},
	} {
		for _, face := range d.faces {
			if err := a.drawDocument(d.kind, face); err != nil {
				return err
			}
		}
	}
	return a.save("national_id-4-flawed", 40, a.drawFront(documentKinds()["national_id"], a.data[3], drawnPeople()[4], true))
}

func (a artist) drawDocument(name string, face int) error {
	k, d := documentKinds()[name], a.data[face-1]
	base := fmt.Sprintf("%s-%d", name, face)
	front := a.drawFront(k, d, drawnPeople()[face], false)
	if err := a.save(base+"-1", 36, front); err != nil {
		return err
	}
	if err := a.save(base+"-frame", 36, cameraFrame(front, k.ink)); err != nil {
		return err
	}
	if !k.back {
		return nil
	}
	return a.save(base+"-2", 32, a.drawReverse(k, d))
}

func (a artist) drawBills() error {
	tax := a.drawBill("Example City Council", "Council tax 2026", "Mr Tomas Specimen", []string{"Flat 6, 41 Example Ave", "Bristol", "BS1 4ZZ"}, "2026-09-01")
	phone := a.drawBill("Sample Telephones", "Your bill for August", "L. Otherperson", []string{"2 Different Street", "York", "YO1 7HH"}, "2026-08-28")
	utility := a.drawBill("Invented Water", "Water and drainage", "Alex Specimen", []string{"12 Example Road", "Leeds", "LS1 1AA"}, "2026-08-12")
	for name, c := range map[string]canvas{"council_tax_bill": tax, "phone_bill": phone, "utility_bill": utility} {
		if err := a.save(name, 42, c); err != nil {
			return err
		}
	}
	return nil
}

// drawCaptures draws the faces as the documents and the cameras have them.
func (a artist) drawCaptures() error {
	for face, p := range drawnPeople() {
		portrait := newCanvas(400, 500, rgb(0xffffff))
		portrait.drawPortrait(p, documentPose())
		live := newCanvas(720, 900, rgb(0xffffff))
		live.placed(0, 0, 1.8, 0).drawPortrait(p, livePose(face))
		pictures := map[string]canvas{"portrait": portrait, "live": live}
		if slices.Contains([]int{2, 3, 4}, face) {
			for i := range 3 {
				pictures[fmt.Sprintf("turn%d", i+1)] = turnedPortrait(p, livePose(face), i-1)
			}
		}
		if slices.Contains([]int{1, 2, 3}, face) {
			capture := newCanvas(600, 750, rgb(0xffffff))
			capture.placed(0, 0, 1.5, 0).drawPortrait(p, pose{ground: rgb(0x8f9aa3), wall: rgb(0xb4bcc2), shirt: rgb(0x6a7a4c), light: 0.5, tilt: -2, smile: 0.2})
			pictures["face"] = capture
		}
		for name, c := range pictures {
			if err := a.save(fmt.Sprintf("%s-%d", name, face), 62, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// turnedPortrait is a moment of a head that turns to a side.
func turnedPortrait(p person, how pose, to int) canvas {
	c := newCanvas(360, 450, rgb(0xffffff))
	how.turn, how.tilt = float64(to)*0.9, how.tilt+float64(to)*4
	c.placed(0, 0, 0.9, 0).drawPortrait(p, how)
	return c
}

// livePose is a room at home, another for each.
func livePose(face int) pose {
	grounds := []uint32{0x6f7f8c, 0xa58f78, 0x5d6b5a, 0xb7a9a0, 0x76657c, 0x7c8f96, 0x93876a, 0x8b6f63, 0x667788}
	shirts := []uint32{0x2e5d7d, 0xb0433f, 0xd9c27a, 0x4a6650, 0x2f3338, 0x9c6aa0, 0xe3ded4, 0x37506b, 0x5b4b3f}
	i := (face - 1) % len(grounds)
	return pose{
		ground: rgb(grounds[i]), wall: mixColours(rgb(grounds[i]), rgb(0xffffff), 0.3), shirt: rgb(shirts[i]),
		light: []float64{-0.25, 0.45, 0.1}[face%3], tilt: []float64{3, -4, 2}[face%3], turn: 0.2, smile: []float64{0.6, 0, 0.9}[face%3],
	}
}

// drawOddPictures are pictures that a viewer must treat with care.
func (a artist) drawOddPictures() error {
	var photo bytes.Buffer
	passport := a.drawFront(documentKinds()["passport"], a.data[0], drawnPeople()[1], false)
	lying := image.NewRGBA(image.Rect(0, 0, passport.Rect.Dy(), passport.Rect.Dx()))
	w := float64(passport.Rect.Dx())
	draw.NearestNeighbor.Transform(lying, [6]float64{0, 1, 0, -1, 0, w}, passport, passport.Rect, draw.Src, nil)
	if err := jpeg.Encode(&photo, lying, &jpeg.Options{Quality: 38}); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(a.folder, "lying.jpg"), withOrientation(photo.Bytes(), 6), 0o644); err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(a.folder, "seal.png"))
	if err != nil {
		return err
	}
	defer file.Close()
	seal := canvas{image.NewRGBA(image.Rect(0, 0, 160, 160)), passport.to}
	seal.drawHologram(80, 80, 72, rgb(0x6b1f2e))
	return png.Encode(file, seal)
}

// withOrientation says in a JPEG how the camera was held. Source: CIPA DC-008 (Exif).
func withOrientation(photo []byte, orientation byte) []byte {
	exif := append([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"), orientation, 0, 0, 0, 0, 0, 0)
	segment := append([]byte{0xff, 0xe1, 0, byte(len(exif) + 2)}, exif...)
	return append(append(bytes.Clone(photo[:2]), segment...), photo[2:]...)
}

func (a artist) save(name string, quality int, c canvas) error {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, c, &jpeg.Options{Quality: quality}); err != nil {
		return fmt.Errorf("draw %s: %w", name, err)
	}
	return os.WriteFile(filepath.Join(a.folder, name+".jpg"), b.Bytes(), 0o644)
}

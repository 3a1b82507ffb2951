package main

import "image/color"

// person is how an invented person looks.
type person struct {
	skin, hair, eyes color.RGBA
	style            string  // of the hair: short, long, bun, curly, bald, bob, scarf, parted
	jaw              float64 // 1 is usual
	brow             float64 // thickness of the brows
	glasses, beard   bool
	old              bool
}

func rgb(hex uint32) color.RGBA {
	return color.RGBA{uint8(hex >> 16), uint8(hex >> 8), uint8(hex), 255}
}

// drawnPeople are the eight, and at 9 someone who looks like the last.
func drawnPeople() map[int]person {
	return map[int]person{
		1: {skin: rgb(0xe8b896), hair: rgb(0x5a3a22), eyes: rgb(0x4a6b8a), style: "parted", jaw: 1, brow: 7},
		2: {skin: rgb(0xf1cdb0), hair: rgb(0xc79a4b), eyes: rgb(0x5f8a5a), style: "long", jaw: 0.92, brow: 4},
		3: {skin: rgb(0x8d5a3b), hair: rgb(0x1e1713), eyes: rgb(0x3a2417), style: "short", jaw: 1.04, brow: 8, beard: true},
		4: {skin: rgb(0xd9a57c), hair: rgb(0x3a2a26), eyes: rgb(0x4b3320), style: "bob", jaw: 0.95, brow: 5, glasses: true},
		5: {skin: rgb(0xe6b9a0), hair: rgb(0xb9b6b0), eyes: rgb(0x5a7d9a), style: "bald", jaw: 1.02, brow: 6, old: true, glasses: true},
		6: {skin: rgb(0xf3d3bd), hair: rgb(0x7a2f1d), eyes: rgb(0x3f6f86), style: "bun", jaw: 0.9, brow: 4},
		7: {skin: rgb(0xc98f65), hair: rgb(0x2b4a6b), eyes: rgb(0x2e1c12), style: "scarf", jaw: 0.93, brow: 5},
		8: {skin: rgb(0xeec3a4), hair: rgb(0x2a2320), eyes: rgb(0x5b4632), style: "curly", jaw: 1.05, brow: 8},
		9: {skin: rgb(0xe9bb99), hair: rgb(0x4a3a2e), eyes: rgb(0x5b4632), style: "short", jaw: 1.13, brow: 6, glasses: true},
	}
}

// pose is how someone is photographed.
type pose struct {
	ground, wall, shirt color.RGBA
	light               float64 // -1 dark to 1 bright
	tilt                float64 // degrees
	turn                float64 // to the side, in parts of the face
	smile               float64
}

// drawPortrait draws a person's head and shoulders into a field of 400 by 500.
func (c canvas) drawPortrait(p person, how pose) {
	skin := litColour(p.skin, how.light)
	shade := mixColours(skin, rgb(0x4a2a20), 0.22)
	c.rectangle(how.ground, 0, 0, 400, 500)
	c.ellipse(translucent(how.wall, 0.5), 60, 120, 220, 240)
	c.ellipse(translucent(how.wall, 0.35), 380, 420, 200, 200)
	c.drawShoulders(how.shirt)
	head := c.placed(200, 250, 1, how.tilt)
	head.drawNeck(shade, skin)
	head.hairBehindHead(p, how)
	head.drawSkull(p, skin, shade)
	head.drawFeatures(p, how, skin, shade)
	head.hairOverHead(p, how)
}

func litColour(c color.RGBA, light float64) color.RGBA {
	if light >= 0 {
		return mixColours(c, rgb(0xfff4e6), light*0.25)
	}
	return mixColours(c, rgb(0x1a1420), -light*0.35)
}

func (c canvas) drawShoulders(shirt color.RGBA) {
	c.fillShape(shirt, func(p pen) {
		p.move(10, 500)
		p.curve(20, 420, 90, 405, 150, 385)
		p.line(250, 385)
		p.curve(310, 405, 380, 420, 390, 500)
	})
	c.fillShape(mixColours(shirt, rgb(0x000000), 0.25), func(p pen) {
		p.move(150, 385)
		p.curve(170, 425, 230, 425, 250, 385)
		p.curve(235, 405, 165, 405, 150, 385)
	})
}

// The head has its origin between the eyes and the mouth.

func (c canvas) drawNeck(shade, skin color.RGBA) {
	c.fillShape(shade, func(p pen) {
		p.move(-45, 70)
		p.line(-50, 145)
		p.curve(-20, 175, 20, 175, 50, 145)
		p.line(45, 70)
	})
	c.ellipse(translucent(skin, 0.6), 0, 150, 34, 22)
}

func (c canvas) drawSkull(p person, skin, shade color.RGBA) {
	j := p.jaw
	c.ellipse(shade, -97, 5, 16, 28)
	c.ellipse(shade, 97, 5, 16, 28)
	c.ellipse(skin, -94, 3, 11, 21)
	c.ellipse(skin, 94, 3, 11, 21)
	outline := func(p pen) {
		p.move(-95, -30)
		p.curve(-100, -130, 100, -130, 95, -30)
		p.curve(98, 30, 84*j, 78, 52*j, 104)
		p.curve(28*j, 124, -28*j, 124, -52*j, 104)
		p.curve(-84*j, 78, -98, 30, -95, -30)
	}
	c.fillShape(skin, outline)
	// one side of the face lies in shade
	c.fillShape(translucent(shade, 0.35), func(p pen) {
		p.move(40, -100)
		p.curve(100, -110, 100, -30, 95, -30)
		p.curve(98, 30, 84*j, 78, 52*j, 104)
		p.curve(40, 112, 20, 116, 10, 116)
		p.curve(70, 60, 75, -20, 40, -100)
	})
	c.ellipse(translucent(rgb(0xd06a5a), 0.16), -52, 42, 24, 16)
	c.ellipse(translucent(rgb(0xd06a5a), 0.16), 52, 42, 24, 16)
}

func (c canvas) drawFeatures(p person, how pose, skin, shade color.RGBA) {
	x := how.turn * 14
	for _, side := range []float64{-1, 1} {
		c.drawEye(p, how, shade, side*40+x)
	}
	c.drawNose(shade, x)
	if p.beard {
		c.drawBeard(p, x)
	}
	c.drawMouth(mixColours(skin, rgb(0xa8373f), 0.5), how.smile*8, x)
	if p.old {
		c.drawWrinkles(shade, x)
	}
	if p.glasses {
		c.drawGlasses(x)
	}
}

// drawEye draws an eye with its lid and its brow.
func (c canvas) drawEye(p person, how pose, shade color.RGBA, at float64) {
	dark := mixColours(p.hair, rgb(0x20150f), 0.5)
	c.ellipse(translucent(shade, 0.5), at, -12, 26, 17)
	c.ellipse(rgb(0xfbf8f4), at, -10, 20, 10.5)
	c.ellipse(p.eyes, at+how.turn*3, -10, 9.2, 9.2)
	c.ellipse(rgb(0x14100e), at+how.turn*3, -10, 4.4, 4.4)
	c.ellipse(rgb(0xffffff), at+how.turn*3-3, -13, 2.2, 2.2)
	c.fillShape(dark, func(p pen) { // upper lid
		p.move(at-22, -9)
		p.curve(at-10, -25, at+10, -25, at+22, -9)
		p.curve(at+10, -20, at-10, -20, at-22, -9)
	})
	c.fillShape(dark, func(q pen) { // brow
		q.move(at-26, -36)
		q.curve(at-12, -48, at+12, -48, at+26, -36)
		q.curve(at+12, -48+p.brow, at-12, -48+p.brow, at-26, -36)
	})
}

func (c canvas) drawNose(shade color.RGBA, x float64) {
	c.fillShape(translucent(shade, 0.8), func(q pen) {
		q.move(x+4, -16)
		q.curve(x+6, 10, x+12, 22, x+20, 34)
		q.curve(x+14, 46, x-14, 46, x-18, 35)
		q.curve(x-6, 42, x+6, 42, x+12, 34)
		q.curve(x+4, 22, x+2, 8, x+4, -16)
	})
}

func (c canvas) drawMouth(lips color.RGBA, lift, x float64) {
	c.fillShape(lips, func(q pen) {
		q.move(x-30, 68-lift)
		q.curve(x-14, 62, x-6, 60, x, 64)
		q.curve(x+6, 60, x+14, 62, x+30, 68-lift)
		q.curve(x+16, 84+lift/2, x-16, 84+lift/2, x-30, 68-lift)
	})
	c.fillShape(mixColours(lips, rgb(0x30080c), 0.5), func(q pen) {
		q.move(x-30, 68-lift)
		q.curve(x-12, 74, x+12, 74, x+30, 68-lift)
		q.curve(x+12, 71, x-12, 71, x-30, 68-lift)
	})
}

func (c canvas) drawWrinkles(shade color.RGBA, x float64) {
	line := translucent(shade, 0.7)
	c.strokeLine(line, 2.5, -40, -78, 40, -78)
	c.strokeLine(line, 2.5, -34, -66, 34, -66)
	c.strokeLine(line, 3, x-38, 40, x-46, 70)
	c.strokeLine(line, 3, x+38, 40, x+46, 70)
}

func (c canvas) drawBeard(p person, x float64) {
	c.fillShape(translucent(p.hair, 0.88), func(q pen) {
		q.move(-92, 20)
		q.curve(-80, 60, -50, 48, x-20, 50)
		q.line(x+20, 50)
		q.curve(50, 48, 80, 60, 92, 20)
		q.curve(92, 80, 60, 130, 0, 132)
		q.curve(-60, 130, -92, 80, -92, 20)
	})
}

func (c canvas) drawGlasses(x float64) {
	frame := rgb(0x26242a)
	for _, side := range []float64{-1, 1} {
		at := side*40 + x
		c.drawRing(frame, at, -10, 30, 24, 4)
		c.ellipse(translucent(rgb(0xdfefff), 0.18), at, -10, 28, 22)
		c.strokeLine(frame, 4, at+side*29, -14, side*97, -8)
	}
	c.strokeLine(frame, 4, x-11, -14, x+11, -14)
}

// drawRing draws an ellipse with a hole.
func (c canvas) drawRing(fill color.Color, x, y, rx, ry, width float64) {
	const k = 0.5523
	around := func(p pen, rx, ry float64) {
		p.move(x+rx, y)
		p.curve(x+rx, y+k*ry, x+k*rx, y+ry, x, y+ry)
		p.curve(x-k*rx, y+ry, x-rx, y+k*ry, x-rx, y)
		p.curve(x-rx, y-k*ry, x-k*rx, y-ry, x, y-ry)
		p.curve(x+k*rx, y-ry, x+rx, y-k*ry, x+rx, y)
	}
	c.fillShape(fill, func(p pen) {
		around(p, rx, ry)
		p.r.ClosePath()
		around(p, rx-width, -(ry - width))
	})
}

func (c canvas) hairBehindHead(p person, how pose) {
	hair := litColour(p.hair, how.light)
	switch p.style {
	case "long":
		c.fillShape(hair, func(q pen) {
			q.move(-112, 190)
			q.curve(-130, 60, -135, -150, 0, -148)
			q.curve(135, -150, 130, 60, 112, 190)
		})
	case "bob":
		c.fillShape(hair, func(q pen) {
			q.move(-116, 95)
			q.curve(-135, 0, -120, -148, 0, -146)
			q.curve(120, -148, 135, 0, 116, 95)
		})
	case "bun":
		c.ellipse(hair, 0, -150, 46, 42)
		c.ellipse(hair, 0, -50, 108, 96)
	case "curly":
		for _, at := range [][3]float64{{-95, -60, 40}, {-70, -105, 46}, {-20, -128, 48}, {35, -125, 48}, {80, -98, 44}, {100, -55, 38}} {
			c.ellipse(hair, at[0], at[1], at[2], at[2])
		}
	case "scarf":
		c.fillShape(hair, func(q pen) {
			q.move(-125, 240)
			q.curve(-150, 60, -140, -150, 0, -152)
			q.curve(140, -150, 150, 60, 125, 240)
		})
	}
}

func (c canvas) hairOverHead(p person, how pose) {
	hair := litColour(p.hair, how.light)
	gleam := translucent(mixColours(hair, rgb(0xffffff), 0.5), 0.22)
	switch p.style {
	case "short", "parted":
		c.shortHair(hair, gleam, p.style == "parted")
	case "long", "bun", "bob":
		c.longHair(hair, gleam)
	case "curly":
		c.drawCurls(hair)
	case "bald":
		c.baldHead(hair)
	case "scarf":
		c.drawHeadscarf(hair, gleam)
	}
}

func (c canvas) shortHair(hair, gleam color.Color, parted bool) {
	c.fillShape(hair, func(q pen) {
		q.move(-101, -8)
		q.curve(-118, -130, -50, -152, 0, -148)
		q.curve(60, -152, 118, -120, 101, -8)
		q.curve(92, -40, 86, -62, 70, -74)
		if parted {
			q.curve(30, -66, -10, -84, -34, -104)
			q.curve(-50, -84, -78, -74, -90, -40)
		} else {
			q.curve(30, -92, -30, -92, -70, -74)
			q.curve(-86, -62, -92, -40, -101, -8)
		}
	})
	c.ellipse(gleam, -30, -122, 44, 12)
}

func (c canvas) longHair(hair, gleam color.Color) {
	c.fillShape(hair, func(q pen) {
		q.move(-106, 20)
		q.curve(-124, -130, -40, -146, 0, -142)
		q.curve(50, -146, 124, -130, 106, 20)
		q.curve(96, -40, 70, -82, 10, -100)
		q.curve(-40, -84, -92, -50, -106, 20)
	})
	c.ellipse(gleam, -34, -116, 46, 13)
}

func (c canvas) drawCurls(hair color.Color) {
	for _, at := range [][3]float64{{-78, -76, 28}, {-46, -96, 30}, {-8, -104, 30}, {30, -102, 30}, {66, -84, 28}} {
		c.ellipse(hair, at[0], at[1], at[2], at[2]*0.8)
	}
}

func (c canvas) baldHead(hair color.Color) {
	c.ellipse(hair, -99, -26, 12, 38)
	c.ellipse(hair, 99, -26, 12, 38)
	c.ellipse(translucent(rgb(0xffffff), 0.25), -25, -92, 34, 12)
}

func (c canvas) drawHeadscarf(hair, gleam color.Color) {
	c.fillShape(hair, func(q pen) {
		q.move(-122, 180)
		q.curve(-130, -130, -60, -156, 0, -154)
		q.curve(60, -156, 130, -130, 122, 180)
		q.curve(60, 190, 20, 150, 0, 136)
		q.curve(60, 128, 92, 60, 90, -20)
		q.curve(80, -100, -80, -100, -90, -20)
		q.curve(-92, 60, -60, 128, 0, 136)
		q.curve(-20, 160, -60, 190, -122, 180)
	})
	c.ellipse(gleam, -40, -120, 46, 12)
}

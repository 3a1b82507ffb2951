package views

// Picture is a picture of a document or a face as pages show it: small, and a link
// to the whole of it.
type Picture struct {
	Href      string // the original
	Thumbnail string // a scaled one, at most thumbnailSize on each side
	Label     string // what it shows, as "Passport, United Kingdom, front"
	Caption   string // the same beside others of its kind, as "Front"; empty for the Label
	Note      string // how it came about, as "Uploaded"; may be empty
	Part      string // key of the resource that a face was taken from; empty for other pictures
}

// thumbnailSize is the longest side of a thumbnail in pixels. Browsers keep that much
// room until the picture is there; the stylesheet fits any other shape into it.
const thumbnailSize = "320"

package idv

// Media names something that Yoti keeps: a picture, extracted text, a file. The
// result holds only the name; personal data lies behind it.
type Media struct {
	ID          string
	Type        string // as declared: IMAGE, JSON, BINARY, PDF. Not to be trusted
	Created     Time
	LastUpdated Time
}

// NamedMedia is a medium with the field in which it stood, such as
// "document_id_photo".
type NamedMedia struct {
	Field string
	Media Media
}

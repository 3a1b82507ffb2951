package idv

// MaxResultBytes is the largest session result that is read, in bytes after
// decompression.
const MaxResultBytes = 4 << 20

// Decoded is a session result as it may be kept and shown.
type Decoded struct {
	Session   Session
	Canonical []byte // canonical JSON without secrets
	Digest    Digest // SHA-256 of Canonical
	TokenTTL  *int64 // client_session_token_ttl in seconds; kept beside the snapshot
}

// Decode reads a session result. It returns an error that wraps ErrInvalid or
// ErrTooLarge when the body cannot be trusted to have one meaning.
func Decode(body []byte) (*Decoded, error) {
	panic("being written")
}

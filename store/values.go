package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// storedVersion is how a version stands in its column.
func storedVersion(v ledger.Version) int64 { return int64(v) + 1 }

// versionOf scans what storedVersion gave. It takes no version that is not known.
type versionOf struct{ to *ledger.Version }

// Scan implements sql.Scanner.
func (v versionOf) Scan(value any) error {
	number, ok := value.(int64)
	if !ok || number < storedVersion(ledger.V1) || number > storedVersion(ledger.Newest) {
		return errForm
	}
	*v.to = ledger.Version(number - 1)
	return nil
}

// lagOf scans milliseconds.
type lagOf struct{ to *time.Duration }

// Scan implements sql.Scanner.
func (l lagOf) Scan(value any) error {
	number, ok := value.(int64)
	*l.to = time.Duration(number) * time.Millisecond
	if !ok || number < 0 || l.to.Milliseconds() != number {
		return errForm
	}
	return nil
}

// digestBytes stores the zero digest as an empty blob.
func digestBytes(d idv.Digest) []byte {
	if d == (idv.Digest{}) {
		return []byte{}
	}
	return d[:]
}

// millis is how a time is stored.
func millis(t time.Time) int64 { return t.UnixMilli() }

// millisOrNull stores the zero time as NULL.
func millisOrNull(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}

// stateColumn is how the state of a session is stored: as on the wire.
func stateColumn(d *idv.Decoded) string { return review.StorableText(string(d.Session.State)) }

// boolToInt is how a bool is stored.
func boolToInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// timeOf reads what millis stored.
func timeOf(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// recipientOrNull stores the zero ID as NULL.
func recipientOrNull(id idv.RecipientID) sql.NullString {
	return sql.NullString{String: id.String(), Valid: id != idv.RecipientID{}}
}

// mediumOrNull stores the zero ID as NULL.
func mediumOrNull(id idv.MediaID) sql.NullString {
	return sql.NullString{String: id.String(), Valid: id != idv.MediaID{}}
}

// digestOrNull stores the zero digest as NULL.
func digestOrNull(d idv.Digest) any {
	if d == (idv.Digest{}) {
		return nil
	}
	return d[:]
}

// jsonOrNull stores nothing as NULL.
func jsonOrNull[T any](value *T) (sql.NullString, error) {
	if value == nil {
		return sql.NullString{}, nil
	}
	text, err := json.Marshal(value)
	return sql.NullString{String: string(text), Valid: true}, err
}

// placeOf scans the newest entry of the ledger when a row was made; NULL where that was not
// kept.
type placeOf struct{ to *review.LedgerPosition }

// Scan implements sql.Scanner.
func (p placeOf) Scan(value any) error {
	var n sql.NullInt64
	err := n.Scan(value)
	*p.to = review.LedgerPosition{After: n.Int64, Known: n.Valid}
	return err
}

// digestOf scans a digest.
type digestOf struct{ to *idv.Digest }

// Scan implements sql.Scanner.
func (d digestOf) Scan(value any) error {
	bytes, ok := value.([]byte)
	if !ok || len(bytes) != len(d.to) {
		return errors.New("store: no digest")
	}
	copy(d.to[:], bytes)
	return nil
}

// recipientOf scans a recipient ID.
type recipientOf struct{ to *idv.RecipientID }

// Scan implements sql.Scanner.
func (r recipientOf) Scan(value any) error {
	text, ok := value.(string)
	if !ok {
		return errors.New("store: no recipient ID")
	}
	id, err := idv.ParseRecipientID(text)
	*r.to = id
	return err
}

// blobOf scans a digest that may be an empty blob.
type blobOf struct{ to *idv.Digest }

// Scan implements sql.Scanner.
func (b blobOf) Scan(value any) error {
	raw, ok := value.([]byte)
	if !ok || len(raw) != 0 && len(raw) != len(b.to) {
		return errors.New("store: no digest")
	}
	*b.to = idv.Digest{}
	copy(b.to[:], raw)
	return nil
}

package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// searching is a search that is under way.
type searching struct {
	tx    *sql.Tx
	limit int
	found []foundCase
	seen  map[string]bool
	more  bool
}

type foundCase struct {
	id    string
	match review.Match
}

// Search returns the cases that a text names, those that it fits best first: whole numbers and
// IDs, then beginnings of these, then tags and people. Each is found by the range of an index,
// and of each there are no more than are asked for.
func (s *Store) Search(ctx context.Context, q review.Search) (review.Found, error) {
	text, err := q.Query()
	if err != nil {
		return review.Found{}, err
	}
	var found review.Found
	err = s.read(ctx, func(tx *sql.Tx) error {
		f := &searching{tx: tx, limit: q.Limit, seen: map[string]bool{}}
		for _, find := range []func(context.Context, string) error{
			f.decision, f.recipient, f.session, f.envelope, f.tracking, f.digest, f.tag, f.reviewer,
		} {
			if err := find(ctx, text); err != nil {
				return err
			}
		}
		found, err = f.lines(ctx, q)
		return err
	})
	if err != nil {
		return review.Found{}, fmt.Errorf("store: search: %w", err)
	}
	return found, nil
}

// take runs a query that gives recipients whom lists have, and keeps those that are not found
// already.
func (f *searching) take(ctx context.Context, match review.Match, query string, args ...any) error {
	if f.more {
		return nil
	}
	ids, err := readRows(ctx, f.tx, func(rows *sql.Rows) (id string, err error) {
		err = rows.Scan(&id)
		return id, err
	}, query, args...)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if f.seen[id] {
			continue
		}
		if len(f.found) == f.limit {
			f.more = true
			return nil
		}
		f.seen[id] = true
		f.found = append(f.found, foundCase{id, match})
	}
	return nil
}

func (f *searching) lines(ctx context.Context, q review.Search) (review.Found, error) {
	found := review.Found{More: f.more}
	var ids []any
	for _, one := range f.found {
		ids = append(ids, one.id)
	}
	lines, err := readLines(ctx, f.tx, ids)
	if err != nil {
		return found, err
	}
	for _, one := range f.found {
		id, err := idv.ParseRecipientID(one.id)
		if err != nil {
			return found, err
		}
		line := *lines[id]
		line.See(review.View{Who: q.Who, Due: q.Due, At: q.At})
		found.Lines = append(found.Lines, review.FoundLine{QueueLine: line, Match: one.match})
	}
	return found, nil
}

func (f *searching) decision(ctx context.Context, text string) error {
	seq, err := strconv.ParseInt(strings.TrimPrefix(text, "#"), 10, 64)
	if err != nil || seq <= 0 {
		return nil
	}
	return f.take(ctx, review.MatchDecision, `
		SELECT recipients.id
		FROM ledger
		JOIN recipients ON recipients.id = ledger.recipient
		WHERE ledger.seq = $1 AND ledger.act || '' = 'decision' AND recipients.stage || '' <> ''`, seq)
}

// recipient finds recipients by their ID in any notation, or by its beginning.
func (f *searching) recipient(ctx context.Context, text string) error {
	begin := uuidPrefix(text)
	if begin == "" {
		return nil
	}
	return f.take(ctx, review.MatchRecipient, `
		SELECT id
		FROM recipients
		WHERE id >= $1 AND id < $2 AND stage || '' <> ''
		ORDER BY id
		LIMIT $3 + 0`, begin, afterPrefix(begin), f.limit+1)
}

// uuidPrefix writes the beginning of a UUID as it is stored; empty for what is too short, or
// none.
func uuidPrefix(text string) string {
	if id, err := idv.ParseRecipientID(text); err == nil {
		return id.String()
	}
	digits := strings.ReplaceAll(strings.ToLower(text), "-", "")
	if len(digits) < review.MinSearchPrefix || len(digits) > 32 || strings.Trim(digits, "0123456789abcdef") != "" {
		return ""
	}
	var b strings.Builder
	for i := range len(digits) {
		if i == 8 || i == 12 || i == 16 || i == 20 {
			b.WriteByte('-')
		}
		b.WriteByte(digits[i])
	}
	return b.String()
}

// afterPrefix returns a text behind all that begin with another, which is not empty and does not end
// in the last character of all.
func afterPrefix(begin string) string {
	last, size := utf8.DecodeLastRuneInString(begin)
	last++
	if 0xd800 <= last && last < 0xe000 { // those are no characters
		last = 0xe000
	}
	return begin[:len(begin)-size] + string(last)
}

func (f *searching) session(ctx context.Context, text string) error {
	return f.beginning(ctx, review.MatchSession, "session", text, ofListed)
}

// envelope finds recipients by their envelope, also those of whom nothing was fetched yet.
func (f *searching) envelope(ctx context.Context, text string) error {
	return f.beginning(ctx, review.MatchEnvelope, "envelope", text, ofAll)
}

func (f *searching) tracking(ctx context.Context, text string) error {
	return f.beginning(ctx, review.MatchTracking, "tracking", text, ofListed)
}

// Whom a search by the beginning of an ID finds: recipients whom lists have, or also those
// of whom nothing was fetched yet.
const (
	ofListed = ` AND stage || '' <> ''`
	ofAll    = ``
)

// beginning finds cases by the beginning of an ID, as it came and, where that could be a
// UUID, in small letters.
func (f *searching) beginning(ctx context.Context, match review.Match, column, text, of string) error {
	if len(text) < review.MinSearchPrefix || text[len(text)-1] == 0xff {
		return nil
	}
	spellings := []string{text}
	if uuid := uuidPrefix(text); uuid != "" && uuid != text {
		spellings = append(spellings, uuid)
	}
	for _, begin := range spellings {
		err := f.take(ctx, match, `
			SELECT id
			FROM recipients
			WHERE `+column+` >= $1 AND `+column+` < $2 AND `+column+` <> ''`+of+`
			ORDER BY `+column+`
			LIMIT $3 + 0`, begin, afterPrefix(begin), f.limit+1)
		if err != nil {
			return err
		}
	}
	return nil
}

// digest finds cases by a result that they have or had.
func (f *searching) digest(ctx context.Context, text string) error {
	from, until := digestRange(strings.ToLower(text))
	if from == nil {
		return nil
	}
	query, args := `
		SELECT recipients.id
		FROM snapshots
		JOIN recipients ON recipients.id = snapshots.recipient
		WHERE snapshots.digest >= $1 AND recipients.stage || '' <> ''`, []any{from, f.limit + 1}
	if until != nil {
		query += ` AND snapshots.digest < $3`
		args = append(args, until)
	}
	return f.take(ctx, review.MatchDigest, query+`
		ORDER BY snapshots.digest
		LIMIT $2 + 0`, args...)
}

// digestRange is where digests that begin with hexadecimal digits stand; a nil end is that of
// all, and a nil beginning says that the text is the beginning of none.
func digestRange(text string) (from, until []byte) {
	if len(text) < review.MinSearchPrefix || len(text) > 2*len(idv.Digest{}) {
		return nil, nil
	}
	odd := len(text)%2 == 1
	padded := text
	if odd {
		padded += "0"
	}
	from, err := hex.DecodeString(padded)
	if err != nil {
		return nil, nil
	}
	until = append([]byte{}, from...)
	step := byte(1)
	if odd {
		step = 16
	}
	for i := len(until) - 1; i >= 0; i-- {
		until[i] += step
		if until[i] >= step {
			return from, until
		}
		step = 1
	}
	return from, nil
}

func (f *searching) tag(ctx context.Context, text string) error {
	tag, err := review.ParseTag(text)
	if err != nil {
		return nil
	}
	return f.take(ctx, review.MatchTag, `
		SELECT recipient
		FROM case_facets
		WHERE kind = 'tag' AND value = $1 AND phase IS NOT NULL
		ORDER BY phase, concern, since, recipient
		LIMIT $2 + 0`, tag, f.limit+1)
}

// reviewer finds the cases that people decided whose name begins so.
func (f *searching) reviewer(ctx context.Context, text string) error {
	begin := account.NameKey(text)
	if begin == "" || begin[len(begin)-1] == 0xff {
		return nil
	}
	const maxPeople = 5
	ids, err := readRows(ctx, f.tx, func(rows *sql.Rows) (id int64, err error) {
		err = rows.Scan(&id)
		return id, err
	}, `
		SELECT id
		FROM accounts
		WHERE name_key >= $1 AND name_key < $2 AND id > 0
		ORDER BY name_key
		LIMIT $3 + 0`, begin, afterPrefix(begin), maxPeople)
	if err != nil {
		return err
	}
	for _, id := range ids {
		err := f.take(ctx, review.MatchReviewer, `
			SELECT id
			FROM recipients
			WHERE reviewer = $1 AND phase IS NOT NULL
			ORDER BY phase, concern, since, id
			LIMIT $2 + 0`, id, f.limit+1)
		if err != nil {
			return err
		}
	}
	return nil
}

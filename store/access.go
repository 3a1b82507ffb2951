package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// KeepAccess records that somebody is about to see something: of a recipient, who must
// have been fetched before, or of a file, which is about none.
func (s *Store) KeepAccess(ctx context.Context, a review.Access) error {
	_, err := s.KeepView(ctx, a)
	return err
}

// KeepView is KeepAccess for a page, and returns the ID of the entry.
func (s *Store) KeepView(ctx context.Context, a review.Access) (int64, error) {
	var id int64
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		if id, err = insertAccess(ctx, tx, &a); err != nil {
			return err
		}
		return afterAccess(ctx, tx, &a)
	})
	if err != nil {
		return 0, fmt.Errorf("store: keep access: %w", err)
	}
	return id, nil
}

// insertAccess adds an entry to the access log and returns its ID. A page view that is none
// of that person and recipient does not count. A medium for which none is named belongs to
// the newest page of the result that the person was sent.
func insertAccess(ctx context.Context, tx *sql.Tx, a *review.Access) (int64, error) {
	read, err := jsonOrNull(a.HitsRead)
	if err != nil {
		return 0, err
	}
	compared, err := jsonOrNull(a.Signer)
	if err != nil {
		return 0, err
	}
	var id int64
	err = tx.QueryRowContext(ctx, `
		INSERT INTO access_log (id, at, account, recipient, digest, what, medium, part, hits, sha256, hits_read, signer_compared, after_entry, page_view)
		VALUES ((SELECT coalesce(max(id), 0) + 1 FROM access_log), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $15, (SELECT max(seq) FROM ledger), coalesce(
			(SELECT id
			FROM access_log
			WHERE id = $11 AND account = $2 AND recipient = $3 AND page_view = 0 AND medium IS NULL),
			(SELECT id
			FROM access_log
			WHERE $11 = 0 AND CAST($6 AS text) IS NOT NULL
				AND account = $2 AND recipient = $3 AND digest = $4 AND what IN ($12, $13, $14)
			ORDER BY id DESC
			LIMIT 1), 0))
		RETURNING id`,
		millis(a.At), a.Who.ID, recipientOrNull(a.Recipient), a.Digest[:], string(a.What), mediumOrNull(a.Medium),
		a.Part, a.Hits, digestOrNull(a.SHA256), read, a.View,
		string(review.SeenResult), string(review.SeenSnapshot), string(review.SeenReplay), compared).Scan(&id)
	return id, err
}

// KeepOnScreen records which thumbnails were on the screen, each once for its page view,
// with the digest of the picture of which it was made. It returns review.ErrNoView when
// the person has no such page view of the result.
func (s *Store) KeepOnScreen(ctx context.Context, at time.Time, n review.NewOnScreen) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := hasView(ctx, tx, n); err != nil {
			return err
		}
		for _, medium := range n.Media {
			if err := insertOnScreen(ctx, tx, at, n, medium); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: keep what was on the screen: %w", err)
	}
	return nil
}

// hasView returns review.ErrNoView unless the person has the page view of the result.
func hasView(ctx context.Context, tx *sql.Tx, n review.NewOnScreen) error {
	var there bool
	err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (
			SELECT 1
			FROM access_log
			WHERE id = $1 AND account = $2 AND recipient = $3 AND digest = $4 AND page_view = 0 AND medium IS NULL)`,
		n.View, n.By.ID, n.Recipient.String(), n.Digest[:]).Scan(&there)
	if err == nil && !there {
		err = review.ErrNoView
	}
	return err
}

// insertOnScreen records that a thumbnail was on the screen, if it was sent for the page
// view, and that is not on record yet.
func insertOnScreen(ctx context.Context, tx *sql.Tx, at time.Time, n review.NewOnScreen, medium idv.MediaID) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO access_log (id, at, account, recipient, digest, what, medium, sha256, after_entry, page_view)
		SELECT (SELECT coalesce(max(id), 0) + 1 FROM access_log), CAST($1 AS bigint), account, recipient, digest, CAST($2 AS text),
			medium, sha256, (SELECT max(seq) FROM ledger), page_view
		FROM access_log
		WHERE page_view = $3 AND medium = $4 AND what = $5
			AND NOT EXISTS (
				SELECT 1
				FROM access_log
				WHERE page_view = $3 AND medium = $4 AND what = $2)
		ORDER BY id DESC
		LIMIT 1`,
		millis(at), string(review.SeenOnScreen), n.View, medium.String(), string(review.SeenThumbnail))
	return err
}

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

// hitsRead returns what is remembered of the search results about a recipient, each as
// often as it was read differently.
func hitsRead(ctx context.Context, tx *sql.Tx, id idv.RecipientID) ([]review.HitsRead, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT hits_read, min(after_entry)
		FROM access_log
		WHERE recipient = $1 AND hits_read IS NOT NULL
		GROUP BY hits_read
		ORDER BY min(id)`, id.String())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []review.HitsRead
	for rows.Next() {
		var text string
		var read review.HitsRead
		if err := rows.Scan(&text, placeOf{&read.Place}); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(text), &read); err != nil {
			return nil, err
		}
		list = append(list, read)
	}
	return list, rows.Err()
}

// signerCompared returns how expected signers of a recipient compared with results, the
// newest last.
func signerCompared(ctx context.Context, tx *sql.Tx, id idv.RecipientID) ([]review.SignerCompared, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT digest, signer_compared, after_entry
		FROM access_log
		WHERE recipient = $1 AND signer_compared IS NOT NULL
		ORDER BY id`, id.String())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []review.SignerCompared
	for rows.Next() {
		var digest []byte
		var text string
		var compared review.SignerCompared
		if err := rows.Scan(&digest, &text, placeOf{&compared.Place}); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(text), &compared); err != nil {
			return nil, err
		}
		copy(compared.Result[:], digest)
		list = append(list, compared)
	}
	return list, rows.Err()
}

// SignerCompared returns how expected signers of a recipient compared with results, the
// newest last.
func (s *Store) SignerCompared(ctx context.Context, id idv.RecipientID) (list []review.SignerCompared, err error) {
	err = s.read(ctx, func(tx *sql.Tx) (err error) {
		list, err = signerCompared(ctx, tx, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: list comparisons of the signer: %w", err)
	}
	return list, nil
}

// AccessLog lists who saw what, newest first, from the entry before the one that the
// query names.
func (s *Store) AccessLog(ctx context.Context, q review.AccessQuery) ([]review.Access, error) {
	var list []review.Access
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		query, arguments := accessQuery(q, "")
		list, err = accesses(ctx, tx, query, arguments...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: list access: %w", err)
	}
	return list, nil
}

// maxViewLines is how many lines of what was loaded for pages are listed with them at a
// time.
const maxViewLines = 20_000

// PageViews lists page views with what was loaded for each, newest first, from the entry
// before the one that the query names. Each is where its page is.
func (s *Store) PageViews(ctx context.Context, q review.AccessQuery) ([]review.PageView, error) {
	var list []review.PageView
	err := s.read(ctx, func(tx *sql.Tx) error {
		query, arguments := pageViewQuery(q)
		pages, err := accesses(ctx, tx, query, arguments...)
		if err != nil {
			return err
		}
		list = make([]review.PageView, len(pages))
		for i := range pages {
			list[i].Access = pages[i]
		}
		return addLines(ctx, tx, list)
	})
	if err != nil {
		return nil, fmt.Errorf("store: list page views: %w", err)
	}
	return list, nil
}

// addLines adds to page views what was loaded for them.
func addLines(ctx context.Context, tx *sql.Tx, list []review.PageView) error {
	if len(list) == 0 {
		return nil
	}
	places := map[int64]int{}
	var q conditions
	var ids []string
	for i := range list {
		places[list[i].ID] = i
		ids = append(ids, q.argument(list[i].ID))
	}
	lines, err := accesses(ctx, tx, selectAccess+`
		WHERE access_log.page_view > 0 AND access_log.page_view IN (`+strings.Join(ids, ", ")+`)
		ORDER BY access_log.id
		LIMIT `+q.argument(maxViewLines), q.arguments...)
	if err != nil {
		return err
	}
	for i := range lines {
		at := places[lines[i].View]
		list[at].Lines = append(list[at].Lines, lines[i])
	}
	if len(lines) < maxViewLines {
		return nil
	}
	return countLines(ctx, tx, list)
}

// countLines says of each page view how many lines there are beside those that it has.
func countLines(ctx context.Context, tx *sql.Tx, list []review.PageView) error {
	for i := range list {
		var all int
		err := tx.QueryRowContext(ctx, `
			SELECT count(*)
			FROM access_log
			WHERE page_view > 0 AND page_view = $1`, list[i].ID).Scan(&all)
		if err != nil {
			return err
		}
		list[i].More = all - len(list[i].Lines)
	}
	return nil
}

// accesses returns the entries of the access log that a query selects.
func accesses(ctx context.Context, tx *sql.Tx, query string, arguments ...any) ([]review.Access, error) {
	rows, err := tx.QueryContext(ctx, query, arguments...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []review.Access
	for rows.Next() {
		a, err := scanAccess(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

// accessQuery names only the columns that the query asks about, so that each form of
// it finds an index. Between times, entries are in the order of these: clocks are set
// back, and what was shown at a time may stand anywhere.
func accessQuery(q review.AccessQuery, only string) (string, []any) {
	var c conditions
	order := `access_log.id DESC`
	switch between := !q.From.IsZero() || !q.Until.IsZero(); {
	case between && q.Before > 0:
		c.and(`(access_log.at, access_log.id) < (SELECT at, id FROM access_log WHERE id = `, q.Before, `)`)
	case q.Before > 0:
		c.and(`access_log.id < `, q.Before, ``)
	}
	if !q.From.IsZero() || !q.Until.IsZero() {
		order = `access_log.at DESC, access_log.id DESC`
	}
	if q.Person != "" {
		c.and(`access_log.account = (SELECT id FROM accounts WHERE name_key = `, account.FindKey(q.Person), `)`)
	}
	if q.Recipient != (idv.RecipientID{}) {
		c.and(`access_log.recipient = `, q.Recipient.String(), ``)
	}
	if q.What != "" {
		c.and(`access_log.what = `, string(q.What), ``)
	}
	if !q.From.IsZero() {
		c.and(`access_log.at >= `, millis(q.From), ``)
	}
	if !q.Until.IsZero() {
		c.and(`access_log.at < `, millis(q.Until), ``)
	}
	return selectAccess + `
		WHERE TRUE` + only + c.text + `
		ORDER BY ` + order + `
		LIMIT ` + c.argument(q.Limit), c.arguments
}

// pageViewQuery is accessQuery for the entries that belong to no page of another.
func pageViewQuery(q review.AccessQuery) (string, []any) {
	return accessQuery(q, `
			AND coalesce(access_log.page_view, 0) = 0`)
}

// selectAccess selects what scanAccess scans.
const selectAccess = `
		SELECT access_log.id, access_log.at, access_log.recipient, access_log.digest, access_log.what, access_log.medium,
			access_log.part, access_log.hits, access_log.sha256, coalesce(access_log.page_view, 0), access_log.page_view IS NULL,
			accounts.id, accounts.name, accounts.role, accounts.created_at, accounts.disabled_at
		FROM access_log
		JOIN accounts ON accounts.id = access_log.account`

func scanAccess(rows *sql.Rows) (review.Access, error) {
	var a review.Access
	var at int64
	var recipient, medium sql.NullString
	var sum []byte
	var by person
	err := rows.Scan(append([]any{&a.ID, &at, &recipient, digestOf{&a.Digest}, &a.What, &medium, &a.Part, &a.Hits, &sum, &a.View, &a.Older}, by.fields()...)...)
	if err == nil && recipient.Valid {
		a.Recipient, err = idv.ParseRecipientID(recipient.String)
	}
	if err == nil && medium.Valid {
		a.Medium, err = idv.ParseMediaID(medium.String)
	}
	a.At, a.Who = timeOf(at), by.person()
	copy(a.SHA256[:], sum)
	return a, err
}

// Recent lists the recipients of whom who saw something last, newest first.
func (s *Store) Recent(ctx context.Context, who account.Person, limit int) ([]review.Visit, error) {
	list, err := s.visits(ctx, `
		SELECT seen.recipient, seen.at, `+visitColumns+`
		FROM access_log AS seen
		JOIN recipients ON recipients.id = seen.recipient
		WHERE seen.account = $1
			AND NOT EXISTS (
				SELECT 1
				FROM access_log AS later
				WHERE later.account = seen.account
					AND later.recipient = seen.recipient
					AND later.id > seen.id)
		ORDER BY seen.id DESC
		LIMIT $2`, who.ID, limit)
	if err != nil {
		return nil, fmt.Errorf("store: list recent recipients: %w", err)
	}
	return list, nil
}

// Waiting lists the recipients whose newest result is not final, in the order in
// which these were fetched.
func (s *Store) Waiting(ctx context.Context, limit int) ([]review.Visit, error) {
	list, err := s.visits(ctx, `
		SELECT recipients.id, fetches.at, `+visitColumns+`
		FROM recipients
		JOIN fetches ON fetches.id = recipients.newest
		WHERE recipients.final = 0 AND recipients.newest IS NOT NULL AND recipients.erased_at IS NULL
		ORDER BY recipients.newest
		LIMIT $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("store: list waiting recipients: %w", err)
	}
	return list, nil
}

// Drafts lists the recipients about whom who has an unsent text, the newest first.
func (s *Store) Drafts(ctx context.Context, who account.Person, limit int) ([]review.Visit, error) {
	list, err := s.visits(ctx, `
		SELECT drafts.recipient, drafts.saved_at, `+visitColumns+`
		FROM drafts
		JOIN recipients ON recipients.id = drafts.recipient
		WHERE drafts.author = $1
		ORDER BY drafts.saved_at DESC, drafts.recipient
		LIMIT $2`, who.ID, limit)
	if err != nil {
		return nil, fmt.Errorf("store: list drafts: %w", err)
	}
	return list, nil
}

// HitsRead returns what is remembered of the search results about a recipient.
func (s *Store) HitsRead(ctx context.Context, id idv.RecipientID) (list []review.HitsRead, err error) {
	err = s.read(ctx, func(tx *sql.Tx) (err error) {
		list, err = hitsRead(ctx, tx, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: list hits that were read: %w", err)
	}
	return list, nil
}

// visitColumns are what visits reads of the recipient of a row, besides its ID and a time.
const visitColumns = `recipients.state,
			(SELECT count(*) FROM ledger AS notes WHERE notes.recipient = recipients.id AND notes.act = 'note'),
			recipients.verdict, recipients.decided,
			(SELECT newest.digest FROM fetches AS newest WHERE newest.id = recipients.newest),
			recipients.erased_at IS NOT NULL,
			EXISTS (SELECT 1 FROM access_log AS hits WHERE hits.recipient = recipients.id AND hits.hits_read IS NOT NULL)`

func (s *Store) visits(ctx context.Context, query string, args ...any) ([]review.Visit, error) {
	var list []review.Visit
	err := s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var v review.Visit
			var at int64
			var state string
			var digest []byte
			if err := rows.Scan(recipientOf{&v.Recipient}, &at, &state, &v.Notes, &v.Verdict, &v.Decision, &digest, &v.Erased, &v.ReadHits); err != nil {
				return err
			}
			copy(v.Digest[:], digest)
			v.At, v.State = timeOf(at), idv.SessionState(state)
			list = append(list, v)
		}
		return rows.Err()
	})
	return list, err
}

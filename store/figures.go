package store

import (
	"context"
	"database/sql"
	"fmt"

	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// FigureRows returns what was recorded on a range of days; see review.FigureStore.
func (s *Store) FigureRows(ctx context.Context, days review.DayRange) (*review.FigureRows, error) {
	rows := &review.FigureRows{}
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		if rows.People, err = accountNames(ctx, tx); err != nil {
			return err
		}
		if rows.Opened, err = openedCases(ctx, tx, days); err != nil {
			return err
		}
		stretches, err := stretchesOf(ctx, tx, days)
		if err != nil {
			return err
		}
		decisions, err := countActs(ctx, tx, stretches)
		if err != nil {
			return err
		}
		rows.TooSealed = decisions > review.MaxFigureStatements
		return s.addActs(ctx, tx, rows, stretches)
	})
	if err != nil {
		return nil, fmt.Errorf("store: read what figures are computed from: %w", err)
	}
	return rows, nil
}

// tooManyEntries says that figures are not computed.
func tooManyEntries() error {
	return &review.Refused{Why: "There are more entries on these days than can be counted at once. Please ask for fewer days."}
}

func accountNames(ctx context.Context, tx *sql.Tx) (map[int64]string, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT id, name
		FROM accounts
		WHERE id > 0`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names := map[int64]string{}
	for rows.Next() {
		var id int64
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, err
		}
		names[id] = name
	}
	return names, rows.Err()
}

// openedCasesQuery takes the beginning and the end of the days, and how many rows are read at
// most.
const openedCasesQuery = `
		SELECT at, account, recipient
		FROM access_log
		WHERE what = 'result' AND at >= $1 AND at < $2
		ORDER BY at
		LIMIT $3 + 0`

// openedCases returns whose pages were shown to whom, by the access log.
func openedCases(ctx context.Context, tx *sql.Tx, days review.DayRange) ([]review.OpenedCase, error) {
	rows, err := tx.QueryContext(ctx, openedCasesQuery, millis(days.First), millis(days.End()), review.MaxFigureEntries+1)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []review.OpenedCase
	for rows.Next() {
		var o review.OpenedCase
		var at int64
		var recipient string
		if err := rows.Scan(&at, &o.By, &recipient); err != nil {
			return nil, err
		}
		o.At = timeOf(at)
		if o.Recipient, err = idv.ParseRecipientID(recipient); err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	if len(list) > review.MaxFigureEntries {
		return nil, tooManyEntries()
	}
	return list, rows.Err()
}

// stretch is entries of the ledger from one on up to another, by their Seqs.
type stretch struct{ from, until int64 }

// stretchesOf returns where the entries of a range of days are, the oldest first: several
// stretches where the clock was put back.
func stretchesOf(ctx context.Context, tx *sql.Tx, days review.DayRange) ([]stretch, error) {
	var list []stretch
	err := eachStretch(ctx, tx, review.LedgerQuery{From: days.First, Until: days.End()}, func(from, until int64) (bool, error) {
		list = append([]stretch{{from, until}}, list...)
		return true, nil
	})
	return list, err
}

// countActs returns how many decisions there are in stretches. It returns a *review.Refused
// when there are too many acts on decisions to be counted for figures.
func countActs(ctx context.Context, tx *sql.Tx, stretches []stretch) (decisions int, err error) {
	acts := 0
	for _, part := range stretches {
		var decided, answered int
		err := tx.QueryRowContext(ctx, `
			SELECT
				(SELECT count(*) FROM ledger WHERE act = 'decision' AND seq >= $1 AND seq < $2),
				(SELECT count(*) FROM ledger WHERE act IN ('second-agreed', 'second-disagreed', 'withdrawn') AND seq >= $1 AND seq < $2)`,
			part.from, part.until).Scan(&decided, &answered)
		if err != nil {
			return 0, err
		}
		decisions, acts = decisions+decided, acts+decided+answered
	}
	if acts > review.MaxFigureEntries {
		return 0, tooManyEntries()
	}
	return decisions, nil
}

// addActs adds the acts on decisions in stretches.
func (s *Store) addActs(ctx context.Context, tx *sql.Tx, rows *review.FigureRows, stretches []stretch) error {
	for _, part := range stretches {
		if err := s.addDecided(ctx, tx, rows, part); err != nil {
			return err
		}
		if err := addAnswered(ctx, tx, rows, part); err != nil {
			return err
		}
	}
	return nil
}

// fromDecided reads decisions, given the first entry and the one behind the last, with when
// Yoti first gave the result: that is its first fetch.
const fromDecided = `,
			coalesce((
				SELECT fetches.at
				FROM fetches
				WHERE fetches.recipient = ledger.recipient AND fetches.digest = ledger.snapshot
				ORDER BY fetches.id
				LIMIT 1), 0),
			recipients.data_key
		FROM ledger
		LEFT JOIN recipients ON recipients.id = ledger.recipient
		WHERE ledger.act = 'decision' AND ledger.seq >= $1 AND ledger.seq < $2
		ORDER BY ledger.seq`

// Decisions whose statements are opened are read as a whole. Of others there may be very many.
const (
	statementsQuery = `
		SELECT ` + entryColumns + `, text_sealed` + fromDecided
	decidedQuery = `
		SELECT ledger.seq, ledger.at, ledger.actor, ledger.facts` + fromDecided
)

// addDecided adds the decisions in a stretch, with what their statements say unless there are
// too many of these. The statement itself leaves the store for nothing but to be counted.
func (s *Store) addDecided(ctx context.Context, tx *sql.Tx, into *review.FigureRows, part stretch) error {
	if into.TooSealed {
		return addCounted(ctx, tx, into, part)
	}
	rows, err := tx.QueryContext(ctx, statementsQuery, part.from, part.until)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var e review.Recorded
		var first int64
		var wrapped, sealed []byte
		if err := scanEntry(rows, &e.Entry, &sealed, &first, &wrapped); err != nil {
			return err
		}
		d, err := decidedCase(&e.Entry, first, wrapped)
		if err != nil {
			return err
		}
		if !d.Erased && sealed != nil {
			if d.Statement, err = s.statementGist(&e, wrapped, sealed); err != nil {
				return err
			}
		}
		into.Decided = append(into.Decided, d)
	}
	return rows.Err()
}

// addCounted adds the decisions in a stretch without their statements.
func addCounted(ctx context.Context, tx *sql.Tx, into *review.FigureRows, part stretch) error {
	rows, err := tx.QueryContext(ctx, decidedQuery, part.from, part.until)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var e ledger.Entry
		var at, first int64
		var wrapped sql.RawBytes
		if err := rows.Scan(&e.Seq, &at, &e.Actor, &e.Facts, &first, &wrapped); err != nil {
			return err
		}
		e.At = timeOf(at)
		d, err := decidedCase(&e, first, wrapped)
		if err != nil {
			return err
		}
		into.Decided = append(into.Decided, d)
	}
	return rows.Err()
}

func decidedCase(e *ledger.Entry, first int64, wrappedKey []byte) (review.DecidedCase, error) {
	facts, err := review.ParseFacts(*e)
	d := review.DecidedCase{At: e.At, By: e.Actor, Verdict: facts.Verdict, Awaited: facts.Second != review.NotNeeded, Erased: len(wrappedKey) == 0}
	if first != 0 {
		d.FirstHad = timeOf(first)
	}
	return d, err
}

// statementGist opens the statement of a decision.
func (s *Store) statementGist(e *review.Recorded, wrapped, sealed []byte) (*review.StatementGist, error) {
	id, err := idv.ParseRecipientID(e.Recipient)
	if err != nil {
		return nil, err
	}
	key, err := s.unwrapKey(id, wrapped)
	if err != nil {
		return nil, err
	}
	_, content, err := openContent(key, &e.Entry, sealed)
	if err != nil {
		return nil, err
	}
	return review.ReadStatementGist(content)
}

// addAnswered adds the second reviews and withdrawals in a stretch.
func addAnswered(ctx context.Context, tx *sql.Tx, into *review.FigureRows, part stretch) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT at, actor, act
		FROM ledger
		WHERE act IN ('second-agreed', 'second-disagreed', 'withdrawn') AND seq >= $1 AND seq < $2
		ORDER BY seq`, part.from, part.until)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var a review.AnsweredDecision
		var at int64
		if err := rows.Scan(&at, &a.By, &a.Act); err != nil {
			return err
		}
		a.At = timeOf(at)
		into.Answered = append(into.Answered, a)
	}
	return rows.Err()
}

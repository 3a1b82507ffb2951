package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"time"

	"countersign/internal/account"
	"countersign/internal/review"
	"countersign/internal/securityevent"
)

var _ securityevent.Keeper = (*Store)(nil)

// maxAnonymous is how many events of nobody who is known are kept: whoever is refused for
// months fills no disk.
const maxAnonymous = 500_000

// KeepEvent keeps an event; see securityevent.Keeper.
func (s *Store) KeepEvent(ctx context.Context, e securityevent.Event, onLedger bool) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var signIn sql.NullInt64
		if onLedger {
			id, err := insertSignIn(ctx, tx, &e)
			if err != nil {
				return err
			}
			signIn = sql.NullInt64{Int64: id, Valid: true}
		}
		return insertEvent(ctx, tx, &e, signIn)
	})
	if err != nil {
		return fmt.Errorf("store: keep a security event: %w", err)
	}
	return nil
}

func insertSignIn(ctx context.Context, tx *sql.Tx, e *securityevent.Event) (int64, error) {
	line, err := e.Line()
	if err != nil {
		return 0, err
	}
	sum := sha256.Sum256(line)
	var id int64
	err = tx.QueryRowContext(ctx, `
		INSERT INTO sign_ins (id, at, account, event, outcome, reason, session, count, line, after_entry)
		VALUES ((`+nextID("sign_ins")+`), $1, $2, $3, $4, $5, $6, $7, $8, (SELECT max(seq) FROM ledger))
		RETURNING id`,
		millis(e.Time), e.Account, string(e.Kind), string(e.Outcome), string(e.Reason), e.Session, e.Count, sum[:]).Scan(&id)
	return id, err
}

func insertEvent(ctx context.Context, tx *sql.Tx, e *securityevent.Event, signIn sql.NullInt64) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO security_events (id, at, event, outcome, account, role, subject, session, address, request, route, reason, count, on_log, sign_in)
		VALUES ((SELECT coalesce(max(id), 0) + 1 FROM security_events), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		millis(e.Time), string(e.Kind), string(e.Outcome), accountOrNull(e.Account), string(e.Role), accountOrNull(e.Subject), e.Session,
		e.Address, e.Request, e.Route, string(e.Reason), e.Count, boolToInt(e.OnLog), signIn)
	return err
}

// accountOrNull stores the number of an account; NULL for zero, which none has.
func accountOrNull(id int64) sql.NullInt64 { return sql.NullInt64{Int64: id, Valid: id != 0} }

// Events lists events, the newest first; see securityevent.Keeper.
func (s *Store) Events(ctx context.Context, q securityevent.Query) ([]securityevent.Event, error) {
	var list []securityevent.Event
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		query, arguments := eventQuery(q)
		list, err = queryEvents(ctx, tx, query, arguments...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: list security events: %w", err)
	}
	return list, nil
}

// eventQuery names only the columns that the query asks about. Events are in the order in which
// they were kept, whatever the clock said.
func eventQuery(q securityevent.Query) (string, []any) {
	var c conditions
	if q.Before > 0 {
		c.and(`security_events.id < `, q.Before, ``)
	}
	if q.Kind != "" {
		c.and(`security_events.event = `, string(q.Kind), ``)
	}
	if q.Person != "" {
		key := account.FindKey(q.Person)
		c.and(`(security_events.account = (SELECT id FROM accounts WHERE name_key = `, key, `)`)
		c.text += ` OR security_events.subject = (SELECT id FROM accounts WHERE name_key = ` + c.argument(key) + `))`
	}
	if !q.From.IsZero() {
		c.and(`security_events.at >= `, millis(q.From), ``)
	}
	if !q.Until.IsZero() {
		c.and(`security_events.at < `, millis(q.Until), ``)
	}
	return selectEvents + `
		WHERE TRUE` + c.text + `
		ORDER BY security_events.id DESC
		LIMIT ` + c.argument(q.Limit), c.arguments
}

// selectEvents selects what queryEvents scans.
const selectEvents = `
		SELECT security_events.id, security_events.at, event, outcome, coalesce(account, 0), security_events.role, coalesce(subject, 0), session,
			address, request, route, reason, count, on_log, coalesce(actors.name, ''), coalesce(subjects.name, '')
		FROM security_events
		LEFT JOIN accounts AS actors ON actors.id = security_events.account
		LEFT JOIN accounts AS subjects ON subjects.id = security_events.subject`

func queryEvents(ctx context.Context, tx *sql.Tx, query string, arguments ...any) ([]securityevent.Event, error) {
	rows, err := tx.QueryContext(ctx, query, arguments...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []securityevent.Event
	for rows.Next() {
		var e securityevent.Event
		var at int64
		err := rows.Scan(&e.ID, &at, &e.Kind, &e.Outcome, &e.Account, &e.Role, &e.Subject, &e.Session,
			&e.Address, &e.Request, &e.Route, &e.Reason, &e.Count, &e.OnLog, &e.Name, &e.SubjectName)
		if err != nil {
			return nil, err
		}
		e.Time = timeOf(at)
		list = append(list, e)
	}
	return list, rows.Err()
}

// maxTaken is how many events of commands are written to the log at a time.
const maxTaken = 1_000

// TakeUnwritten returns events that no log has, the oldest first, and marks them as written:
// those of commands, which have no log of their own. A server writes them to its own.
func (s *Store) TakeUnwritten(ctx context.Context) ([]securityevent.Event, error) {
	var list []securityevent.Event
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		list, err = queryEvents(ctx, tx, selectEvents+`
			WHERE on_log = 0
			ORDER BY security_events.id
			LIMIT $1`, maxTaken)
		if err != nil || len(list) == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE security_events
			SET on_log = 1
			WHERE on_log = 0 AND id <= $1`, list[len(list)-1].ID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: take security events for the log: %w", err)
	}
	return list, nil
}

// SweepEvents forgets events from before a time, and the oldest of nobody who is known where
// there are too many. The newest stays, since the next takes its number from it. What is an act
// on the ledger stays there, in sign_ins.
func (s *Store) SweepEvents(ctx context.Context, before time.Time) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			DELETE FROM security_events
			WHERE at < $1 AND id < (SELECT max(id) FROM security_events)`, millis(before))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			DELETE FROM security_events
			WHERE role = '' AND outcome = 'failure' AND id < (SELECT max(id) FROM security_events) AND id <= (
				SELECT id
				FROM security_events
				WHERE role = '' AND outcome = 'failure'
				ORDER BY id DESC
				LIMIT 1 OFFSET $1)`, maxAnonymous)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: sweep security events: %w", err)
	}
	return nil
}

func signInRows() batchedTable {
	return batchedTable{review.ActSignIns, "sign_ins", `
		SELECT id, account, at, event, outcome, reason, session, count, line, after_entry
		FROM sign_ins
		WHERE id > $1
		ORDER BY id
		LIMIT $2`, readSignInRow, false}
}

func readSignInRow(rows *sql.Rows) (batchedRow, error) {
	var r batchedRow
	var event, outcome, reason, session string
	var count int64
	var line []byte
	var after nullNumber
	err := rows.Scan(numberIn{&r.id}, numberIn{&r.account}, numberIn{&r.at}, textIn{&event}, textIn{&outcome}, textIn{&reason},
		textIn{&session}, numberIn{&count}, bytesIn{&line}, &after)
	if err != nil {
		return r, err
	}
	r.line.number(r.id)
	r.line.number(r.account)
	r.line.number(r.at)
	r.line.text(event)
	r.line.text(outcome)
	r.line.text(reason)
	r.line.text(session)
	r.line.number(count)
	r.line.hex(line)
	r.line.numberOrNull(after)
	return r, nil
}

// compareEvents compares events with the acts on the ledger that they should be.
func compareEvents(ctx context.Context, tx *sql.Tx) error {
	if err := compareSignIns(ctx, tx); err != nil {
		return err
	}
	return plantedEvents(ctx, tx)
}

// compareSignIns compares events that are acts on the ledger, as long as they are kept, with what
// stands there: their lines must be those that were written.
func compareSignIns(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT security_events.id, security_events.at, security_events.event, security_events.outcome, coalesce(security_events.account, 0),
			security_events.role, coalesce(subject, 0), security_events.session, address, request, route, security_events.reason,
			security_events.count, sign_ins.line
		FROM security_events
		JOIN sign_ins ON sign_ins.id = security_events.sign_in
		ORDER BY security_events.id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var e securityevent.Event
		var at int64
		var line []byte
		err := rows.Scan(&e.ID, &at, &e.Kind, &e.Outcome, &e.Account, &e.Role, &e.Subject, &e.Session, &e.Address, &e.Request, &e.Route,
			&e.Reason, &e.Count, &line)
		if err != nil {
			return err
		}
		e.Time = timeOf(at)
		text, err := e.Line()
		if err != nil {
			return err
		}
		if sum := sha256.Sum256(text); !bytes.Equal(sum[:], line) {
			return &Inconsistency{"security_events", fmt.Sprintf("event %d is not the one that was written to the log", e.ID)}
		}
	}
	return rows.Err()
}

// plantedEvents returns a *Inconsistency for an event that should be an act on the ledger, and
// is none.
func plantedEvents(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT id, event
		FROM security_events
		WHERE sign_in IS NULL AND account IS NOT NULL AND role <> ''`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var kind securityevent.Kind
		if err := rows.Scan(&id, &kind); err != nil {
			return err
		}
		if kind.OnLedger() {
			return &Inconsistency{"security_events", fmt.Sprintf("event %d was put in: it is no act on the ledger", id)}
		}
	}
	return rows.Err()
}

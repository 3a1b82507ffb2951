package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"countersign/internal/account"
	"countersign/internal/arrivals"
	"countersign/internal/idv"
	"countersign/internal/review"
)

// KnownRecipients returns those recipients of which something is stored; see
// arrivals.Records.
func (s *Store) KnownRecipients(ctx context.Context, ids []idv.RecipientID) (map[idv.RecipientID]bool, error) {
	known := map[idv.RecipientID]bool{}
	err := s.read(ctx, func(tx *sql.Tx) error {
		for _, id := range ids {
			state, err := storedState(ctx, tx, id.String())
			if err != nil {
				return err
			}
			if state != arrivals.LineWaiting {
				known[id] = true
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store: look up recipients: %w", err)
	}
	return known, nil
}

// storedState is what a line of an import comes to because of what is stored: LineWaiting
// when nothing is.
func storedState(ctx context.Context, tx *sql.Tx, recipient string) (arrivals.LineState, error) {
	var erased bool
	err := tx.QueryRowContext(ctx, `
		SELECT erased_at IS NOT NULL
		FROM recipients
		WHERE id = $1 AND (newest IS NOT NULL OR erased_at IS NOT NULL)`, recipient).Scan(&erased)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return arrivals.LineWaiting, nil
	case erased:
		return arrivals.LineErased, err
	}
	return arrivals.LineKnown, err
}

// The deeds of people on imports, in the facts of their entries.
const (
	importStarted = "started"
	importStopped = "stopped"
	importResumed = "resumed"
)

// StartImport records an import and its lines; see arrivals.Records.
func (s *Store) StartImport(ctx context.Context, n arrivals.NewImport) (int64, error) {
	var id int64
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		if id, err = importOfForm(ctx, tx, n); err != nil || id != 0 {
			return err
		}
		if err := tx.QueryRowContext(ctx, `
			SELECT coalesce(max(id), 0) + 1
			FROM imports`).Scan(&id); err != nil {
			return err
		}
		facts := review.Facts{Form: n.Key, Import: id, AccountChange: importStarted, Rows: len(n.Lines), SHA256: n.SHA256()}
		entry, err := s.appendEntry(ctx, tx, newEntry{Act: review.Act{At: n.At, Act: review.ActImport, Facts: facts}, by: n.By})
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO imports (id, account, entry, started_at, state, total)
			VALUES ($1, $2, $3, $4, 'running', $5)`, id, n.By.ID, entry.Seq, millis(n.At), len(n.Lines))
		if err != nil {
			return err
		}
		return insertLines(ctx, tx, id, n)
	})
	if err != nil {
		return 0, fmt.Errorf("store: start an import: %w", err)
	}
	return id, nil
}

// importOfForm returns the import that the same form has started; zero when it has started
// none. It returns review.ErrKeyUsed when the form did something else.
func importOfForm(ctx context.Context, tx *sql.Tx, n arrivals.NewImport) (int64, error) {
	seq, err := entryOfForm(ctx, tx, n.By, n.Key)
	if err != nil || seq == 0 {
		return 0, err
	}
	var id int64
	err = tx.QueryRowContext(ctx, `
		SELECT id
		FROM imports
		WHERE entry = $1`, seq).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, review.ErrKeyUsed
	}
	return id, err
}

// linesAtOnce is how many lines one statement inserts: the writer is everybody's.
const linesAtOnce = 250

// insertLines keeps the lines of an import. Those of which something is stored have come to
// that, and an import of which none waits has ended.
func insertLines(ctx context.Context, tx *sql.Tx, id int64, n arrivals.NewImport) error {
	for chunk := range slices.Chunk(n.Lines, linesAtOnce) {
		var c conditions
		var rows []string
		first := c.argument(id)
		for _, line := range chunk {
			rows = append(rows, `(`+first+`, `+c.argument(line.Number)+`, `+c.argument(line.Recipient.String())+`, 'waiting')`)
		}
		_, err := tx.ExecContext(ctx, `
		INSERT INTO import_lines (import, number, recipient, state)
		VALUES `+strings.Join(rows, ", "), c.arguments...)
		if err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE import_lines
		SET at = $2, state = (
			SELECT CASE WHEN erased_at IS NULL THEN 'known' ELSE 'erased' END
			FROM recipients
			WHERE id = import_lines.recipient)
		WHERE import = $1 AND EXISTS (
			SELECT 1
			FROM recipients
			WHERE id = import_lines.recipient AND (newest IS NOT NULL OR erased_at IS NOT NULL))`, id, millis(n.At))
	if err != nil {
		return err
	}
	return finishImports(ctx, tx)
}

// ChangeImport stops an import or starts it again; see arrivals.Records.
func (s *Store) ChangeImport(ctx context.Context, c arrivals.ImportChange) error {
	from, deed := arrivals.Stopped, importResumed
	if c.To == arrivals.Stopped {
		from, deed = arrivals.Running, importStopped
	}
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		found, err := oneImport(ctx, tx, c.ID)
		if err != nil || found.State != from {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE imports
			SET state = $1
			WHERE id = $2`, string(c.To), c.ID)
		if err != nil {
			return err
		}
		facts := review.Facts{Import: c.ID, AccountChange: deed}
		_, err = s.appendEntry(ctx, tx, newEntry{Act: review.Act{At: c.At, Act: review.ActImport, Facts: facts}, by: c.By})
		return err
	})
	if err != nil {
		return fmt.Errorf("store: change an import: %w", err)
	}
	return nil
}

// Import returns an import with its counts; see arrivals.Records.
func (s *Store) Import(ctx context.Context, id int64) (arrivals.Import, error) {
	var found arrivals.Import
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		if found, err = oneImport(ctx, tx, id); err != nil {
			return err
		}
		return countImport(ctx, tx, &found)
	})
	if err != nil {
		return found, fmt.Errorf("store: read an import: %w", err)
	}
	return found, nil
}

// oneImport returns an import without counts.
func oneImport(ctx context.Context, tx *sql.Tx, id int64) (arrivals.Import, error) {
	list, err := importsOf(tx.QueryContext(ctx, importColumns+`
		WHERE imports.id = $1`, id))
	if err == nil && len(list) == 0 {
		err = arrivals.ErrNoImport
	}
	if err != nil {
		return arrivals.Import{}, err
	}
	return list[0], nil
}

// importColumns are what importsOf reads.
const importColumns = `
		SELECT imports.id, accounts.name, imports.started_at, imports.state, imports.total
		FROM imports
		JOIN accounts ON accounts.id = imports.account`

func importsOf(rows *sql.Rows, err error) ([]arrivals.Import, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []arrivals.Import
	for rows.Next() {
		var found arrivals.Import
		var started int64
		if err := rows.Scan(&found.ID, &found.By, &started, &found.State, &found.Counts.Total); err != nil {
			return nil, err
		}
		found.Started = timeOf(started)
		list = append(list, found)
	}
	return list, rows.Err()
}

// countImport counts what the lines of an import have come to.
func countImport(ctx context.Context, tx *sql.Tx, i *arrivals.Import) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT state, count(*)
		FROM import_lines
		WHERE import = $1
		GROUP BY state`, i.ID)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var state arrivals.LineState
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return err
		}
		switch state {
		case arrivals.LineWaiting:
			i.Counts.Waiting += n
		case arrivals.LineFetched:
			i.Counts.Fetched += n
		case arrivals.LineKnown, arrivals.LineErased:
			i.Counts.Known += n
		default:
			i.Counts.Failed += n
		}
	}
	return rows.Err()
}

// Imports lists imports, the newest first; see arrivals.Records.
func (s *Store) Imports(ctx context.Context, limit int) ([]arrivals.Import, error) {
	var list []arrivals.Import
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		list, err = importsOf(tx.QueryContext(ctx, importColumns+`
		ORDER BY imports.id DESC
		LIMIT $1`, limit))
		for i := 0; err == nil && i < len(list); i++ {
			err = countImport(ctx, tx, &list[i])
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: list imports: %w", err)
	}
	return list, nil
}

// ImportLines lists lines of an import; see arrivals.Records.
func (s *Store) ImportLines(ctx context.Context, q arrivals.LineQuery) ([]arrivals.ImportLine, error) {
	var list []arrivals.ImportLine
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		list, err = importLines(ctx, tx, q)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: list lines of an import: %w", err)
	}
	return list, nil
}

func importLines(ctx context.Context, tx *sql.Tx, q arrivals.LineQuery) ([]arrivals.ImportLine, error) {
	failed := ``
	if q.Failed {
		failed = ` AND state NOT IN ('waiting', 'fetched', 'known', 'erased')`
	}
	rows, err := tx.QueryContext(ctx, `
		SELECT number, recipient, state, at, EXISTS (
			SELECT 1 FROM jobs WHERE kind = 'recipient' AND subject = import_lines.recipient)
		FROM import_lines
		WHERE import = $1 AND number > $2`+failed+`
		ORDER BY number
		LIMIT $3`, q.Import, q.After, q.Limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []arrivals.ImportLine
	for rows.Next() {
		var l arrivals.ImportLine
		var at sql.NullInt64
		if err := rows.Scan(&l.Number, recipientOf{&l.Recipient}, &l.State, &at, &l.Again); err != nil {
			return nil, err
		}
		if at.Valid {
			l.At = timeOf(at.Int64)
		}
		list = append(list, l)
	}
	return list, rows.Err()
}

// maxSkipped is how many lines are passed over at once of which something is stored already.
const maxSkipped = 100

// takeLine returns the next line of the oldest import that runs, as a task; nil when there is
// none. Of a recipient that came in otherwise meanwhile nothing is asked.
func takeLine(ctx context.Context, tx *sql.Tx, now time.Time) (*arrivals.Task, error) {
	for range maxSkipped {
		task, err := nextLine(ctx, tx)
		if err != nil || task == nil {
			return nil, err
		}
		state, err := storedState(ctx, tx, task.ID)
		if err != nil {
			return nil, err
		}
		if state == arrivals.LineWaiting {
			return task, nil
		}
		if err := endLines(ctx, tx, task.ID, state, now); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// nextLineQuery picks the first line of an import that waits.
const nextLineQuery = `
		SELECT recipient
		FROM import_lines
		WHERE import = $1 AND state = 'waiting'
		ORDER BY number
		LIMIT 1`

// nextLine returns the first line that waits of the oldest import that runs, as a task; nil
// when no import runs. One that runs has a line that waits.
func nextLine(ctx context.Context, tx *sql.Tx) (*arrivals.Task, error) {
	task := arrivals.Task{Kind: arrivals.OfRecipient, Line: true}
	var id, since int64
	err := tx.QueryRowContext(ctx, `
		SELECT id, started_at
		FROM imports
		WHERE state = 'running'
		ORDER BY id
		LIMIT 1`).Scan(&id, &since)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	task.Since = timeOf(since)
	err = tx.QueryRowContext(ctx, nextLineQuery, id).Scan(&task.ID)
	return &task, err
}

// failedState is what a line comes to of which the task gave no result.
func failedState(e arrivals.Ending) arrivals.LineState {
	if e.Erased {
		return arrivals.LineErased
	}
	return arrivals.LineState(e.Failure)
}

// hadState is what a line comes to by the result that somebody had: one that a person asked
// for is known when its turn comes.
func hadState(who account.Person) arrivals.LineState {
	if who.ID == account.System().ID {
		return arrivals.LineFetched
	}
	return arrivals.LineKnown
}

// endLines ends the lines of all imports that wait for a recipient, or for whom fetching failed
// before, and the imports that have no line left which waits.
func endLines(ctx context.Context, tx *sql.Tx, recipient string, state arrivals.LineState, at time.Time) error {
	done, err := tx.ExecContext(ctx, `
		UPDATE import_lines
		SET state = $1, at = $2
		WHERE recipient = $3 AND state NOT IN ('fetched', 'known', 'erased')`, string(state), millis(at), recipient)
	if err != nil {
		return err
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return finishImports(ctx, tx)
}

func finishImports(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE imports
		SET state = 'done'
		WHERE state <> 'done' AND NOT EXISTS (
			SELECT 1 FROM import_lines WHERE import = imports.id AND state = 'waiting')`)
	return err
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A copy moves a desk from a file to a PostgreSQL that several servers share, or back. Which
// rows it takes along stands in copy_tables.go. It is one reading of what it is made from and,
// on PostgreSQL, one transaction; a file has its name when the copy is verified, and not before.

// The errors of a copy.
var (
	// ErrTwoFiles is returned for a copy from one file to another.
	ErrTwoFiles = errors.New("both databases are files: please make the copy with countersign backup")
	// ErrSourceServed is returned when what is recorded after the copy would be missing from it.
	ErrSourceServed = errors.New("is in use by a server, and what that records after the copy would be missing from it; please stop it first")
	// ErrSourceChanged is returned when something was recorded while the copy was made.
	ErrSourceChanged = errors.New("was written to while it was copied; please stop whatever uses it, and try again")
	// ErrNotSealed is returned for results of an earlier version, which are not copied in clear.
	ErrNotSealed = errors.New("holds results of an earlier version that are not sealed yet: please start its server once, which seals them, and stop it when it says so")
	// ErrNotEmpty is returned when there is something where the copy should go.
	ErrNotEmpty = errors.New("is not empty: a copy goes into a new file, or into a schema that countersign migrate has just made")
	// ErrUnfinished is returned when a copy was broken off so hard that its file is still there.
	ErrUnfinished = errors.New("is left of a copy that was broken off; please remove it")
	// ErrCannotHold is returned when PostgreSQL cannot hold a text as it is.
	ErrCannotHold = errors.New("which PostgreSQL cannot hold, and a copy changes nothing that was recorded")
)

// Copy copies everything that one database holds to another, which is empty or does not exist
// yet, and verifies it. Of from it uses the data key too, which is that of both, and Progress. It
// returns what the verification of the copy found, which is what that of the original found. When
// it returns an error, there is no copy, unless that says so.
func Copy(ctx context.Context, from, to Options) (*Verification, error) {
	if from.Postgres == nil && to.Postgres == nil {
		return nil, ErrTwoFiles
	}
	if from.DataKeyFile == "" && from.DataKey == nil {
		return nil, errors.New("the data key is needed to verify the copy")
	}
	source, err := openCopySource(ctx, from)
	if err != nil {
		return nil, err
	}
	defer source.close()
	want, err := Verify(ctx, verifyOptionsOf(from, from, " the original"))
	if err != nil {
		return nil, fmt.Errorf("before the copy: %w", err)
	}
	if want.Plain > 0 {
		return nil, fmt.Errorf("%s %w", source.engine.name(), ErrNotSealed)
	}
	target, err := engineOf(to)
	if err != nil {
		return nil, err
	}
	made, err := target.beginCopy(ctx)
	if err != nil {
		return nil, err
	}
	found, err := source.copyTo(ctx, made, want, verifyOptionsOf(made.options, from, " the copy"))
	if err != nil {
		return nil, errors.Join(err, made.discard())
	}
	return found, made.finish()
}

// verifyOptionsOf are those by which a database is verified with the data key of the one that a
// copy is made from. Progress is told with an ending.
func verifyOptionsOf(database, from Options, ending string) VerifyOptions {
	return VerifyOptions{
		Path: database.Path, Postgres: database.Postgres, DataKeyFile: from.DataKeyFile, DataKey: from.DataKey,
		Progress: progressFunc(from.Progress).withEnding(ending),
	}
}

// copiedEngine is a database as a copy needs it, which verifies it too.
type copiedEngine interface {
	verifiedEngine
	// served reports whether a server may be using the database.
	served(ctx context.Context, db *sql.DB) (bool, error)
	// beginCopy makes the schema in a database that is empty or does not exist, for a copy.
	beginCopy(ctx context.Context) (*copyTarget, error)
	// fillerPool returns the one connection that fills such a database.
	fillerPool() *sql.DB
	// load writes rows in a transaction, which is that of the connection.
	load(ctx context.Context, conn *sql.Conn, tx *sql.Tx, l copyLoad) error
	// cannotHold says what in a text the database cannot hold; empty when it can.
	cannotHold(table, column, text string) string
}

// copyTarget is where a copy goes, with the schema of this program and nothing else.
type copyTarget struct {
	engine  copiedEngine
	options Options      // that name it
	discard func() error // undoes what was made for the copy
	finish  func() error // makes a copy that is verified the database that was asked for
	// unverified ends a sentence about a copy that was not verified and cannot be undone.
	unverified string
}

// copySource is what a copy is made from.
type copySource struct {
	engine    copiedEngine
	db        *sql.DB
	unchanged func() error
	tell      progressFunc
}

// openCopySource opens a database that nobody serves, and leaves it as it is.
func openCopySource(ctx context.Context, o Options) (_ *copySource, err error) {
	s := &copySource{tell: o.Progress}
	if s.engine, err = engineOf(o); err != nil {
		return nil, err
	}
	if s.db, s.unchanged, err = s.engine.untouchedPool(ctx); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(s.describe(err), s.close())
		}
	}()
	if err := (&verification{engine: s.engine, db: s.db}).checkVersion(ctx); err != nil {
		return nil, err
	}
	served, err := s.engine.served(ctx, s.db)
	if err == nil && served {
		err = fmt.Errorf("%s %w", s.engine.name(), ErrSourceServed)
	}
	return s, err
}

func (s *copySource) close() error { return s.db.Close() }

func (s *copySource) describe(err error) error {
	return (&Store{engine: s.engine}).describeError(err)
}

// copyTo copies everything, and returns what a verification of the copy finds, which is what
// one of the original found.
func (s *copySource) copyTo(ctx context.Context, to *copyTarget, want *Verification, o VerifyOptions) (*Verification, error) {
	if err := s.copyRows(ctx, to.engine); err != nil {
		return nil, err
	}
	found, err := Verify(ctx, o)
	if err == nil {
		err = compareFigures(want, found)
	}
	if err != nil {
		return nil, fmt.Errorf("verify the copy%s: %w", to.unverified, err)
	}
	return found, nil
}

// copyRows copies all rows from one reading into one transaction, reads them again there, and
// commits.
func (s *copySource) copyRows(ctx context.Context, to copiedEngine) error {
	tx, err := s.db.BeginTx(ctx, s.engine.reading())
	if err != nil {
		return s.describe(err)
	}
	defer tx.Rollback() // nothing was written
	w, err := beginCopyWriter(ctx, to)
	if err != nil {
		return err
	}
	defer w.close()
	if err := w.requireEmpty(ctx); err != nil {
		return err
	}
	for _, table := range tablesCopied() {
		if err := s.copyTable(ctx, tx, w, table); err != nil {
			return fmt.Errorf("copy the table %s: %w", table.name, err)
		}
	}
	if err := s.fillLater(ctx, tx, w); err != nil {
		return err
	}
	if err := w.compare(ctx, s.tell); err != nil {
		return err
	}
	if err := s.compareEnds(ctx, tx); err != nil {
		return err
	}
	s.tell.begin("Committing the copy", "", 0)
	return w.commit(ctx)
}

// copyTable copies the rows of a table.
func (s *copySource) copyTable(ctx context.Context, tx *sql.Tx, w *copyWriter, table copiedTable) error {
	columns, err := columnsToCopy(ctx, tx, table)
	if err != nil {
		return s.describe(err)
	}
	if table.replaced {
		if _, err := w.tx.ExecContext(ctx, `DELETE FROM `+table.name+` WHERE `+table.made); err != nil {
			return w.describe(err)
		}
	}
	counted, err := s.tellRows(ctx, tx, "Copying the table "+table.name, table.name+table.whereCopied())
	if err != nil {
		return s.describe(err)
	}
	rows, err := readCopyRows(ctx, tx, table, columns)
	if err != nil {
		return s.describe(err)
	}
	defer rows.close()
	rows.check, rows.counted = w.engine.cannotHold, counted
	loaded := columns
	if table.later != "" {
		loaded = columns[:len(columns)-1]
	}
	err = w.engine.load(ctx, w.conn, w.tx, copyLoad{table.name, loaded, rows})
	if rows.err != nil {
		return s.describe(rows.err)
	}
	if err != nil {
		return w.describe(err)
	}
	w.written = append(w.written, copiedRows{table, columns, rows.sum()})
	return nil
}

// tellRows tells that rows of a table are gone through, and returns what counts them. Of none it
// tells nothing.
func (s *copySource) tellRows(ctx context.Context, tx *sql.Tx, task, from string) (*progressCounter, error) {
	total, err := s.tell.count(ctx, tx, `SELECT count(*) FROM `+from)
	if err != nil || total == 0 {
		return &progressCounter{}, err
	}
	return s.tell.begin(task, "rows", total), nil
}

// columnsToCopy returns the columns of a table but those that the database works out, and last
// the one that is filled in later.
func columnsToCopy(ctx context.Context, tx *sql.Tx, table copiedTable) ([]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT * FROM `+table.name+` LIMIT 0`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	generated := generatedColumns()[table.name]
	columns := slices.DeleteFunc(all, func(name string) bool {
		return name == table.later || slices.Contains(generated, name)
	})
	if table.later != "" {
		columns = append(columns, table.later)
	}
	return columns, rows.Err()
}

// laterRows is for how many rows at once a column is filled in.
const laterRows = 500

// fillLater fills in the columns that name rows of tables that come later.
func (s *copySource) fillLater(ctx context.Context, tx *sql.Tx, w *copyWriter) error {
	for _, done := range w.written {
		if done.table.later == "" {
			continue
		}
		if err := s.fillColumn(ctx, tx, w, done.table); err != nil {
			return fmt.Errorf("copy the column %s of %s: %w", done.table.later, done.table.name, err)
		}
	}
	return nil
}

func (s *copySource) fillColumn(ctx context.Context, tx *sql.Tx, w *copyWriter, table copiedTable) error {
	from := table.name + ` WHERE ` + table.later + ` IS NOT NULL`
	counted, err := s.tellRows(ctx, tx, "Copying the column "+table.later+" of "+table.name, from)
	if err != nil {
		return s.describe(err)
	}
	rows, err := tx.QueryContext(ctx, `SELECT `+table.order+`, `+table.later+` FROM `+from+` ORDER BY `+table.order)
	if err != nil {
		return s.describe(err)
	}
	defer rows.Close()
	var args []any
	for rows.Next() {
		var key string
		var value int64
		if err := rows.Scan(&key, &value); err != nil {
			return s.describe(err)
		}
		if args = append(args, key, value); len(args) == 2*laterRows {
			if err := w.fill(ctx, table, args); err != nil {
				return w.describe(err)
			}
			args = args[:0]
		}
		counted.add(1)
	}
	if err := rows.Err(); err != nil || len(args) == 0 {
		return s.describe(err)
	}
	return w.describe(w.fill(ctx, table, args))
}

// compareEnds makes sure that nothing was recorded since the reading began.
func (s *copySource) compareEnds(ctx context.Context, tx *sql.Tx) error {
	before, err := readEnds(ctx, tx)
	if err != nil {
		return s.describe(err)
	}
	now, err := readEnds(ctx, s.db)
	if err != nil {
		return s.describe(err)
	}
	if before != now {
		return fmt.Errorf("%s %w", s.engine.name(), ErrSourceChanged)
	}
	return s.unchanged()
}

// recordEnds are the last rows of what only grows.
type recordEnds struct{ entry, access, fetch, signIn int64 }

// rowQuerier is a database or a transaction.
type rowQuerier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func readEnds(ctx context.Context, from rowQuerier) (ends recordEnds, err error) {
	err = from.QueryRowContext(ctx, `
		SELECT coalesce((SELECT max(seq) FROM ledger), -1), coalesce((SELECT max(id) FROM access_log), 0),
			coalesce((SELECT max(id) FROM fetches), 0), coalesce((SELECT max(id) FROM sign_ins), 0)`).
		Scan(&ends.entry, &ends.access, &ends.fetch, &ends.signIn)
	return ends, err
}

// compareFigures compares what verifications of both databases found. Nobody is signed in to a
// copy.
func compareFigures(original, copied *Verification) error {
	want, found := *original, *copied
	want.Outside.Sessions, found.Outside.Sessions = 0, 0
	if fmt.Sprint(want) != fmt.Sprint(found) {
		return &Inconsistency{"the figures", fmt.Sprintf("the original has %s with the root %s, the copy %s with %s",
			countWithNoun(want.Entries, "entry", "entries"), want.Root, countWithNoun(found.Entries, "entry", "entries"), found.Root)}
	}
	return nil
}

// copyWriter is the transaction that a copy is.
type copyWriter struct {
	engine  copiedEngine
	db      *sql.DB
	conn    *sql.Conn
	tx      *sql.Tx
	written []copiedRows
}

// copiedRows are the rows of a table that were copied.
type copiedRows struct {
	table   copiedTable
	columns []string
	sum     rowsSum
}

func beginCopyWriter(ctx context.Context, to copiedEngine) (_ *copyWriter, err error) {
	w := &copyWriter{engine: to, db: to.fillerPool()}
	defer func() {
		if err != nil {
			err = errors.Join(w.describe(err), w.close())
		}
	}()
	if w.conn, err = w.db.Conn(ctx); err != nil {
		return nil, err
	}
	if w.tx, err = w.conn.BeginTx(ctx, nil); err != nil {
		return nil, err
	}
	return w, to.begin(ctx, w.tx)
}

// close undoes what was not committed.
func (w *copyWriter) close() error {
	if w.tx != nil {
		_ = w.tx.Rollback() // of what was committed there is nothing left to undo
	}
	if w.conn != nil {
		_ = w.conn.Close() // as the pool does
	}
	return w.db.Close()
}

func (w *copyWriter) describe(err error) error {
	return (&Store{engine: w.engine}).describeError(err)
}

// requireEmpty returns ErrNotEmpty when a table holds more than the steps of the schema put in.
func (w *copyWriter) requireEmpty(ctx context.Context) error {
	conditions := map[string]string{}
	for _, table := range tablesCopied() {
		conditions[table.name] = table.made
	}
	for name := range tablesLeft() {
		if !slices.Contains(readTables(), name) {
			conditions[name] = ""
		}
	}
	for name, made := range conditions {
		query := `SELECT EXISTS (SELECT 1 FROM ` + name + `)`
		if made != "" {
			query = `SELECT EXISTS (SELECT 1 FROM ` + name + ` WHERE NOT (` + made + `))`
		}
		var more bool
		if err := w.tx.QueryRowContext(ctx, query).Scan(&more); err != nil {
			return w.describe(err)
		}
		if more {
			return fmt.Errorf("%s %w", w.engine.name(), ErrNotEmpty)
		}
	}
	return nil
}

// fill sets a column of rows. Of each there is the key and the value.
func (w *copyWriter) fill(ctx context.Context, table copiedTable, args []any) error {
	var values []string
	for i := 1; i < len(args); i += 2 {
		values = append(values, `(CAST($`+strconv.Itoa(i)+` AS TEXT), CAST($`+strconv.Itoa(i+1)+` AS BIGINT))`)
	}
	_, err := w.tx.ExecContext(ctx, `
		UPDATE `+table.name+`
		SET `+table.later+` = v.column2
		FROM (VALUES `+strings.Join(values, ", ")+`) AS v
		WHERE `+table.name+`.`+table.order+` = v.column1`, args...)
	return err
}

// compare reads all rows again where they were written to.
func (w *copyWriter) compare(ctx context.Context, tell progressFunc) error {
	var total int64
	for _, done := range w.written {
		total += done.sum.count
	}
	compared := tell.begin("Comparing the copy with the original", "rows", total)
	for _, done := range w.written {
		rows, err := readCopyRows(ctx, w.tx, done.table, done.columns)
		if err != nil {
			return w.describe(err)
		}
		rows.counted = compared
		for rows.next() {
		}
		rows.close()
		if rows.err != nil {
			return w.describe(rows.err)
		}
		if rows.sum() != done.sum {
			return &Inconsistency{done.table.name, "what was copied reads otherwise than what it was copied from"}
		}
	}
	return nil
}

// commit ends the transaction. When the connection is lost meanwhile, it is found out what came
// of it.
func (w *copyWriter) commit(ctx context.Context) error {
	err := w.tx.Commit()
	if err == nil {
		return nil
	}
	_ = w.conn.Close() // which makes room for another connection
	switch w.engine.outcome(context.WithoutCancel(ctx), w.db, err) {
	case outcomeWritten:
		return nil
	case outcomeNotWritten:
		return w.describe(err)
	}
	return fmt.Errorf("whether the copy was written is not known; please look with countersign audit verify: %w", w.describe(err))
}

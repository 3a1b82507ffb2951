package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// beginCopy makes the schema where there is none yet, as its owner may. What is made stays.
func (e *postgresEngine) beginCopy(ctx context.Context) (*copyTarget, error) {
	if err := e.prepare(ctx, false); err != nil {
		return nil, err
	}
	s := &Store{engine: e}
	var err error
	if s.version, err = e.newestVersion(); err != nil {
		return nil, err
	}
	found, err := s.readState(ctx)
	if err != nil {
		return nil, s.describeError(err)
	}
	if found.version == 0 && !found.dirty {
		if err := e.upgrade(nil); err != nil {
			return nil, err
		}
	} else if err := s.checkSchemaVersion(found.version, found.dirty); err != nil {
		return nil, err
	}
	if err := e.checkRules(ctx); err != nil {
		return nil, err
	}
	nothing := func() error { return nil }
	return &copyTarget{
		engine: e, options: Options{Postgres: e.address}, discard: nothing, finish: nothing,
		unverified: ", which is in " + e.name() + " and must not be used before countersign audit verify finds nothing wrong with it",
	}, nil
}

// checkRules makes sure that the schema is the one of this program before anything stands in it
// that nobody could take out again.
func (e *postgresEngine) checkRules(ctx context.Context) error {
	db := e.inspectorPool()
	defer db.Close()
	err := (&verification{engine: e, db: db}).checkSchema(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", e.name(), e.describe(err))
	}
	return nil
}

// fillerPool returns the one connection that fills an empty database. It has no limits of time:
// nobody else waits for it.
func (e *postgresEngine) fillerPool() *sql.DB {
	db := e.openPool(map[string]string{"lock_timeout": headPatience.String()}, keepsWrites)
	db.SetMaxOpenConns(1)
	return db
}

// load sends rows by COPY, which has the triggers of the table look at each of them.
func (e *postgresEngine) load(ctx context.Context, conn *sql.Conn, _ *sql.Tx, l copyLoad) error {
	return conn.Raw(func(driver any) error {
		direct, ok := driver.(*storableConn)
		if !ok {
			return errors.New("store: the driver's connections lack something")
		}
		_, err := direct.Conn.Conn().CopyFrom(ctx, pgx.Identifier{l.table}, l.columns, sentRows{l})
		return refusedRow(l.table, err)
	})
}

// sentRows are the rows as the driver asks for them.
type sentRows struct{ copyLoad }

// Next implements pgx.CopyFromSource.
func (s sentRows) Next() bool { return s.rows.next() }

// Values implements pgx.CopyFromSource.
func (s sentRows) Values() ([]any, error) { return s.rows.values[:len(s.columns)], nil }

// Err implements pgx.CopyFromSource.
func (s sentRows) Err() error { return s.rows.err }

// refusedLine finds the number of a row in what PostgreSQL says about where an error is.
var refusedLine = regexp.MustCompile(`^COPY [a-z_]+, line ([0-9]+)`)

// refusedRow names the row that the rules of the database refuse. What is in it is not said.
func refusedRow(table string, err error) error {
	var refused *pgconn.PgError
	if !errors.As(err, &refused) {
		return err
	}
	for line := range strings.Lines(refused.Where) {
		if found := refusedLine.FindStringSubmatch(line); found != nil {
			return fmt.Errorf("PostgreSQL refuses row %s of the table %s: %w", found[1], table, err)
		}
	}
	return err
}

// cannotHold says what in a text PostgreSQL cannot hold; empty when there is nothing.
func (*postgresEngine) cannotHold(table, column, text string) string {
	switch {
	case strings.ContainsRune(text, 0):
		return "the character NUL"
	case !utf8.ValidString(text):
		return "bytes that are not UTF-8"
	case table == "ledger" && column == "facts" && hasEscapedNUL(text):
		return "the character NUL" // which is taken from it when the form is read
	}
	return ""
}

// hasEscapedNUL reports whether a text of JSON has a string with the character NUL.
func hasEscapedNUL(text string) bool {
	for escapes := text; ; {
		at := strings.IndexByte(escapes, '\\')
		if at < 0 {
			return false
		}
		escapes = escapes[at:]
		if strings.HasPrefix(escapes, `\u0000`) {
			return true
		}
		escapes = escapes[min(2, len(escapes)):]
	}
}

// How often it is looked whether somebody is connected, and how long to wait in between: the
// backend of a connection outlives it for a moment.
const (
	servedTries = 10
	servedPause = 100 * time.Millisecond
)

// served reports whether somebody else is connected who calls himself as this program does.
func (e *postgresEngine) served(ctx context.Context, db *sql.DB) (bool, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer conn.Close()
	for try := 1; ; try++ {
		var others bool
		err := conn.QueryRowContext(ctx, `
			SELECT EXISTS (
				SELECT 1
				FROM pg_stat_activity
				WHERE datname = current_database() AND pid <> pg_backend_pid()
					AND application_name = current_setting('application_name'))`).Scan(&others)
		if err != nil || !others || try == servedTries {
			return others, err
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(servedPause):
		}
	}
}

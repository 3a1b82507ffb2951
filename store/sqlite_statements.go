package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"strings"

	"modernc.org/sqlite"
)

// sqliteConn is what the driver's connections can do and database/sql asks for.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
	sqlite.ExecQuerierContext
}

// statements is a connection that keeps its statements: to prepare one takes longer than
// to run most of ours.
type statements struct {
	sqliteConn
	idle map[string]statement // by their text
}

// statement is a prepared one.
type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// maxStatements is how many a connection keeps; there are fewer in this package.
const maxStatements = 200

// ExecContext implements driver.ExecerContext.
func (c *statements) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.take(ctx, query)
	if s == nil {
		if err != nil {
			return nil, err
		}
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	result, err := s.ExecContext(ctx, args)
	return result, errors.Join(err, c.giveBack(query, s))
}

// QueryContext implements driver.QueryerContext.
func (c *statements) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.take(ctx, query)
	if s == nil {
		if err != nil {
			return nil, err
		}
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	found, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, c.giveBack(query, s))
	}
	return &statementRows{found, func() error { return c.giveBack(query, s) }}, nil
}

// Close implements driver.Conn.
func (c *statements) Close() error {
	var errs []error
	for _, s := range c.idle {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, c.sqliteConn.Close())...)
}

// take returns a statement with the text that nobody uses; nil for what is not kept.
func (c *statements) take(ctx context.Context, query string) (statement, error) {
	if s := c.idle[query]; s != nil {
		delete(c.idle, query)
		return s, nil
	}
	if !keeps(query) {
		return nil, nil
	}
	made, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s, ok := made.(statement)
	if !ok {
		return nil, errors.Join(errors.New("store: the driver's statements take no context"), made.Close())
	}
	return s, nil
}

// giveBack keeps a statement for the next time, unless there is another or there are
// too many.
func (c *statements) giveBack(query string, s statement) error {
	if c.idle[query] != nil || len(c.idle) >= maxStatements {
		return s.Close()
	}
	c.idle[query] = s
	return nil
}

// keeps reports whether a statement comes again: ours do, those of the schema do not.
func keeps(query string) bool {
	first, _, _ := strings.Cut(strings.TrimSpace(query), " ")
	switch strings.ToUpper(strings.TrimSpace(first)) {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "SAVEPOINT", "RELEASE", "ROLLBACK":
		return true
	}
	return false
}

// statementRows are the rows of a kept statement.
type statementRows struct {
	driver.Rows
	done func() error
}

// Close implements driver.Rows.
func (r *statementRows) Close() error { return errors.Join(r.Rows.Close(), r.done()) }

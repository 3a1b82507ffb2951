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

// cachingConn is a connection that keeps its statements: to prepare one takes longer than
// to run most of ours.
type cachingConn struct {
	sqliteConn
	idle map[string]preparedStatement // by their text
}

// preparedStatement is a prepared one.
type preparedStatement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// maxStatements is how many a connection keeps; there are fewer in this package.
const maxStatements = 200

// ExecContext implements driver.ExecerContext.
func (c *cachingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.takeStatement(ctx, query)
	if s == nil {
		if err != nil {
			return nil, err
		}
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	result, err := s.ExecContext(ctx, args)
	return result, errors.Join(err, c.returnStatement(query, s))
}

// QueryContext implements driver.QueryerContext.
func (c *cachingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.takeStatement(ctx, query)
	if s == nil {
		if err != nil {
			return nil, err
		}
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	found, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, errors.Join(err, c.returnStatement(query, s))
	}
	return &cachedRows{found, func() error { return c.returnStatement(query, s) }}, nil
}

// CheckNamedValue implements driver.NamedValueChecker.
func (c *cachingConn) CheckNamedValue(v *driver.NamedValue) error { return storableArgument(v) }

// Close implements driver.Conn.
func (c *cachingConn) Close() error {
	var errs []error
	for _, s := range c.idle {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, c.sqliteConn.Close())...)
}

// takeStatement returns a statement with the text that nobody uses; nil for what is not kept.
func (c *cachingConn) takeStatement(ctx context.Context, query string) (preparedStatement, error) {
	if s := c.idle[query]; s != nil {
		delete(c.idle, query)
		return s, nil
	}
	if !isCacheable(query) {
		return nil, nil
	}
	made, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s, ok := made.(preparedStatement)
	if !ok {
		return nil, errors.Join(errors.New("store: the driver's statements take no context"), made.Close())
	}
	return s, nil
}

// returnStatement keeps a statement for the next time, unless there is another or there are
// too many.
func (c *cachingConn) returnStatement(query string, s preparedStatement) error {
	if c.idle[query] != nil || len(c.idle) >= maxStatements {
		return s.Close()
	}
	c.idle[query] = s
	return nil
}

// isCacheable reports whether a statement comes again: ours do, those of the schema do not.
func isCacheable(query string) bool {
	first, _, _ := strings.Cut(strings.TrimSpace(query), " ")
	switch strings.ToUpper(strings.TrimSpace(first)) {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "SAVEPOINT", "RELEASE", "ROLLBACK":
		return true
	}
	return false
}

// cachedRows are the rows of a kept statement.
type cachedRows struct {
	driver.Rows
	done func() error
}

// Close implements driver.Rows.
func (r *cachedRows) Close() error { return errors.Join(r.Rows.Close(), r.done()) }

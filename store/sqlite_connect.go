package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
)

// setting is a pragma that every connection needs, and what it must answer.
type setting struct {
	name, value, want string
}

// settings of every connection. busy_timeout comes first, since the others may wait.
var settings = []setting{
	{"busy_timeout", "5000", "5000"},
	{"trusted_schema", "OFF", "0"},
	{"foreign_keys", "ON", "1"},
	{"secure_delete", "ON", "1"},
	{"synchronous", "FULL", "2"},
}

// walSetting changes the file, and readOnlySetting forbids to change it.
var (
	walSetting      = setting{"journal_mode", "WAL", "wal"}
	readOnlySetting = setting{"query_only", "ON", "1"}
)

// checkpointSetting is after how many pages of the log they are written into the database.
// That takes as long as many commits, and a page that was changed again meanwhile is written
// once: https://www.sqlite.org/wal.html, 2.3.
var checkpointSetting = setting{"wal_autocheckpoint", "4000", "4000"}

// cacheSetting is how much of the file a reading connection keeps, here 8 MB. SQLite's own 2 MB
// do not hold the inner pages of the indexes of a million cases.
var cacheSetting = setting{"cache_size", "-8000", "-8000"}

// Settings for a file that is filled in one transaction. The pages of a new file need no journal,
// while a log would hold them all a second time.
var (
	journalSetting = setting{"journal_mode", "DELETE", "delete"}
	fillingCache   = setting{"cache_size", "-64000", "-64000"}
)

// purpose is what a connection is for.
type purpose int

const (
	looking purpose = iota // reads a file that may be anything, and changes nothing
	reading
	writing
	filling // writes a new file, which is thrown away when that fails
)

func (p purpose) settings() []setting {
	all := append([]setting(nil), settings...)
	switch p {
	case looking:
		return append(all, readOnlySetting)
	case reading:
		return append(all, walSetting, readOnlySetting, cacheSetting)
	case filling:
		return append(all, journalSetting, fillingCache)
	default:
		return append(all, walSetting, checkpointSetting)
	}
}

// connector opens connections of one purpose, each with all its settings.
type connector struct {
	driver.Connector
	purpose purpose
}

// openPool returns connections to the database at path, which must exist.
func openPool(path string, p purpose) *sql.DB {
	return openAs(path, p, url.Values{"mode": {"rw"}}) // a file that has gone is not made anew
}

// openUntouched returns connections that leave the file as it is, and whatever is beside
// it. Where it has no log, nothing is locked and nothing made, so that it may be on a
// read-only medium; nobody may write to it then.
func openUntouched(path string, logged bool) *sql.DB {
	query := url.Values{"mode": {"ro"}}
	if !logged {
		query.Set("immutable", "1") // https://www.sqlite.org/uri.html
	}
	return openAs(path, looking, query)
}

func openAs(path string, p purpose, query url.Values) *sql.DB {
	for name, value := range map[string]string{"_txlock": "immediate", "_dqs": "0", "_defensive": "1", "_error_rc": "1"} {
		query.Set(name, value)
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/… : https://www.sqlite.org/uri.html
	}
	name := url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}
	inner, err := sqlite.NewConnector(name.String())
	if err != nil {
		panic(err) // the query above is malformed
	}
	return sql.OpenDB(connector{inner, p})
}

// Connect opens a connection, makes its settings and reads them back.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.configure(ctx, conn); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	inner, ok := conn.(sqliteConn)
	if !ok {
		return nil, errors.Join(errors.New("store: the driver's connections lack something"), conn.Close())
	}
	return &cachingConn{inner, map[string]preparedStatement{}}, nil
}

func (c connector) configure(ctx context.Context, conn driver.Conn) error {
	sqliteConn, ok := conn.(sqlite.ExecQuerierContext)
	if !ok {
		return errors.New("store: the driver's connections take no statements")
	}
	for _, s := range c.purpose.settings() {
		if _, err := sqliteConn.ExecContext(ctx, "PRAGMA "+s.name+" = "+s.value, nil); err != nil {
			return fmt.Errorf("store: set %s: %w", s.name, err)
		}
	}
	for _, s := range c.purpose.settings() {
		got, err := readPragma(ctx, sqliteConn, s.name)
		if err != nil {
			return fmt.Errorf("store: read %s: %w", s.name, err)
		}
		if got != s.want {
			return fmt.Errorf("store: %s is %q after it was set to %s", s.name, got, s.value)
		}
	}
	if c.purpose == writing || c.purpose == filling {
		return checkWritable(conn)
	}
	return nil
}

// checkWritable returns an error when SQLite opened the file without the right to write
// to it, which it does silently, and which BEGIN IMMEDIATE does not show either.
func checkWritable(conn driver.Conn) error {
	asked, ok := conn.(interface {
		IsReadOnly(schema string) (bool, error)
	})
	if !ok {
		return errors.New("store: the driver does not say whether a file is read-only")
	}
	readOnly, err := asked.IsReadOnly("main")
	if err == nil && readOnly {
		return fmt.Errorf("store: the file was opened read-only: %w", fs.ErrPermission)
	}
	return err
}

// readPragma returns the value of a setting as text.
func readPragma(ctx context.Context, conn driver.QueryerContext, name string) (_ string, err error) {
	rows, err := conn.QueryContext(ctx, "PRAGMA "+name, nil)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	values := make([]driver.Value, len(rows.Columns()))
	if err := rows.Next(values); err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if len(values) == 0 {
		return "", nil
	}
	return fmt.Sprint(values[0]), nil
}

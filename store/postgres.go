package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresEngine is a database of PostgreSQL's, which other servers may use too.
type postgresEngine struct {
	address  *Postgres
	steps    bool          // whether it takes those of the schema that are due
	serves   bool          // whether it is that of a server
	clock    bool          // whether the clocks of both machines are compared
	server   string        // which no other has that is open
	begun    uint64        // transactions that write; whoever has the turn uses it, and the token
	token    []byte        // of the last of them
	patience time.Duration // for finding out what came of a transaction
}

func newPostgresEngine(o Options) *postgresEngine {
	return &postgresEngine{address: o.Postgres, steps: o.Upgrade, serves: o.Serve, clock: o.Now == nil, server: newServerName(time.Now()), patience: outcomePatience}
}

// newServerName tells an open store from all others: there is one on a machine, in a process and at
// a moment.
func newServerName(now time.Time) string {
	machine, err := os.Hostname()
	if err != nil {
		machine = "unknown"
	}
	return fmt.Sprintf("%s %d %d", machine, os.Getpid(), now.UnixNano())
}

func (e *postgresEngine) name() string { return "the database " + e.address.String() }

// Settings of connections that write. A server that hangs in the middle of a transaction must
// not keep the others from theirs for longer than that.
const (
	headPatience = 30 * time.Second // for a lock
	idlePatience = 10 * time.Second // in a transaction
)

// LongestWait is how long it may take until a store says that nothing was recorded, or that it is
// not known: a transaction waits for the head, is not answered, and is looked for. To wait for a
// standby that is to confirm what is recorded has no end.
const LongestWait = headPatience + silencePatience + outcomePatience

// writerPool returns the one connection that writes. What it is told to be on the disk is.
func (e *postgresEngine) writerPool() *sql.DB {
	db := e.openPool(map[string]string{"lock_timeout": headPatience.String(), "idle_in_transaction_session_timeout": idlePatience.String()}, keepsWrites)
	db.SetMaxOpenConns(1)
	return db
}

func (e *postgresEngine) readerPool() *sql.DB {
	db := e.openPool(nil, readsOnly)
	db.SetMaxOpenConns(maxReaders)
	db.SetMaxIdleConns(maxReaders)
	return db
}

func (e *postgresEngine) inspectorPool() *sql.DB { return e.readerPool() }

func (e *postgresEngine) untouchedPool(ctx context.Context) (*sql.DB, func() error, error) {
	if err := e.check(ctx, e.checkWay); err != nil {
		return nil, nil, err
	}
	return e.readerPool(), func() error { return nil }, nil
}

// openPool returns connections with settings, where the address has no other, each of which is
// prepared once.
func (e *postgresEngine) openPool(settings map[string]string, prepare func(context.Context, *pgx.Conn) error) *sql.DB {
	config, asked := e.startConfig()
	wanted := map[string]string{}
	maps.Copy(wanted, settings)
	maps.Copy(wanted, asked)
	connected := func(ctx context.Context, conn *pgx.Conn) error {
		if err := keepSettings(ctx, conn, wanted); err != nil || prepare == nil {
			return err
		}
		return prepare(ctx, conn)
	}
	return sql.OpenDB(storableConnector{stdlib.GetConnector(*config, stdlib.OptionAfterConnect(connected))})
}

// startConfig returns how a connection is started, and the settings of the address, which it is told
// once it is there: at the start a pooler refuses those that it does not know, or leaves them out.
func (e *postgresEngine) startConfig() (*pgx.ConnConfig, map[string]string) {
	config := e.address.config.Copy()
	settings := map[string]string{}
	for name, value := range config.RuntimeParams {
		if name != "application_name" && name != "options" {
			settings[name] = value
			delete(config.RuntimeParams, name)
		}
	}
	return config, settings
}

// keepSettings has a connection keep settings for as long as it lasts.
func keepSettings(ctx context.Context, conn *pgx.Conn, settings map[string]string) error {
	if len(settings) == 0 {
		return nil
	}
	var names, values []string
	for name, value := range settings {
		names, values = append(names, name), append(values, value)
	}
	_, err := conn.Exec(ctx, `
		SELECT set_config(name, value, false)
		FROM unnest($1::text[], $2::text[]) AS setting (name, value)`, pgx.QueryExecModeExec, names, values)
	if isSettingRefused(err) {
		return ErrSetting
	}
	return err
}

// readsOnly has a connection refuse to write, and read with one process: to start others takes
// longer than a page does. It is told when it is there: one that refuses from its start would be
// taken for that of a standby where an address has target_session_attrs=read-write.
func readsOnly(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, `SET default_transaction_read_only = on; SET max_parallel_workers_per_gather = 0`)
	return err
}

// keepsWrites has a connection wait until what it commits is on the disk. Waiting for standbys
// too, where the database is set so, is left as it is.
func keepsWrites(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`)
	return err
}

// reading sees what was committed before its first statement.
func (*postgresEngine) reading() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

// writing sees what was committed before each of its statements, whatever the database is set to:
// one that saw only what was there before it waited for the head would miss what it waited for.
func (*postgresEngine) writing() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelReadCommitted}
}

// headFact is the row that each transaction which writes locks, so that those of all servers
// follow on each other.
const headFact = "head"

// commitFact and the name of a server is the row in which that server's transactions leave
// their tokens.
const commitFact = "commit of "

// begin takes the head and then leaves a token in the transaction by which outcome knows it.
func (e *postgresEngine) begin(ctx context.Context, tx *sql.Tx) error {
	e.begun++
	e.token = newToken(time.Now(), e.begun)
	left, err := tx.ExecContext(ctx, `
		WITH head AS (
			SELECT name
			FROM facts
			WHERE name = $1
			FOR UPDATE
		)
		INSERT INTO facts (name, value)
		SELECT $2, $3
		FROM head
		ON CONFLICT (name) DO UPDATE
		SET value = excluded.value`, headFact, commitFact+e.server, e.token)
	if err != nil {
		return err
	}
	if rows, err := left.RowsAffected(); err != nil || rows == 0 {
		return errors.Join(ErrNotDatabase, err)
	}
	return nil
}

// takeHead waits until no other transaction has the head, and has it then.
func takeHead(ctx context.Context, tx *sql.Tx) error {
	var value []byte
	err := tx.QueryRowContext(ctx, `
		SELECT value
		FROM facts
		WHERE name = $1
		FOR UPDATE`, headFact).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotDatabase
	}
	return err
}

// newToken tells a transaction from all others of a server. It begins with the time, so that those
// of servers which are gone can be told from the others.
func newToken(at time.Time, number uint64) []byte {
	token := binary.BigEndian.AppendUint64(nil, uint64(at.UnixMilli()))
	return binary.BigEndian.AppendUint64(token, number)
}

// How long it is tried to find out what came of a transaction, and how long to wait in between. A
// transaction whose connection was cut unnoticed has the head until the server ends it, after
// idlePatience.
const (
	outcomePatience = 15 * time.Second
	outcomePause    = 100 * time.Millisecond
)

// outcome is known when the database answered. When the connection was lost, the token tells,
// as soon as the database can be reached again.
func (e *postgresEngine) outcome(ctx context.Context, writer *sql.DB, err error) outcome {
	if isAnswer(err) {
		return outcomeNotWritten
	}
	patience, cancel := context.WithTimeout(ctx, e.patience)
	defer cancel()
	for {
		found, err := e.findToken(patience, writer)
		if err == nil {
			return found
		}
		select {
		case <-patience.Done():
			return outcomeUnknown
		case <-time.After(outcomePause):
		}
	}
}

// stopsAfter is never true: the server looks after its disk, and after a failure starts with what
// is on it. The next transaction that it takes rests on that.
func (*postgresEngine) stopsAfter(error) bool { return false }

// findToken takes the head, which the transaction in question has until it is decided, and looks
// whether the token of this server is that of the transaction.
func (e *postgresEngine) findToken(ctx context.Context, writer *sql.DB) (outcome, error) {
	tx, err := writer.BeginTx(ctx, e.writing())
	if err != nil {
		return outcomeUnknown, err
	}
	defer tx.Rollback() // nothing was written
	if err := takeHead(ctx, tx); err != nil {
		return outcomeUnknown, err
	}
	var found bool
	err = tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM facts WHERE name = $1 AND value = $2)`, commitFact+e.server, e.token).Scan(&found)
	switch {
	case err != nil:
		return outcomeUnknown, err
	case found:
		return outcomeWritten, nil
	}
	return outcomeNotWritten, nil
}

// tokensKept is for how long the token of a server that is gone stays.
const tokensKept = 7 * 24 * time.Hour

// forgetTokens removes the tokens of servers that wrote nothing for long.
func (e *postgresEngine) forgetTokens(ctx context.Context, db *sql.DB, now time.Time) error {
	_, err := db.ExecContext(ctx, `
		DELETE FROM facts
		WHERE substr(name, 1, $1) = $2 AND value < $3`, len(commitFact), commitFact, newToken(now.Add(-tokensKept), 0))
	return err
}

func (*postgresEngine) owns(string) (bool, error) { return false, nil }

// ErrNoCopy is returned for a backup of a database of PostgreSQL's.
var ErrNoCopy = errors.New("is backed up by pg_dump, or by a base backup and the log of the server; countersign audit verify tells whether one that was restored is whole")

func (e *postgresEngine) copyTo(context.Context, string, progressFunc) error {
	return fmt.Errorf("%s %w", e.name(), ErrNoCopy)
}

// emptyLog does nothing: dead rows and the log of the server are beyond a client. What was
// erased is sealed there, under a key that is gone.
func (*postgresEngine) emptyLog(context.Context, *sql.DB) error { return nil }

// Servers that share a database do not tell each other that they halted: each looks itself.
func (*postgresEngine) markHalted() {}

func (*postgresEngine) servedHalted() bool { return false }

// lockUpgrade locks nothing: the library that takes the steps does.
func (*postgresEngine) lockUpgrade(context.Context) (io.Closer, error) { return noLock{}, nil }

func (*postgresEngine) restrict() error { return nil }

// prepared has a server tidy up behind those that are gone: where none is upgraded for long,
// nobody else does.
func (e *postgresEngine) prepared(ctx context.Context, writer *sql.DB) error {
	if !e.serves {
		return nil
	}
	return e.forgetTokens(ctx, writer, time.Now())
}

func (*postgresEngine) close() error { return nil }

// oldestPostgres is the oldest version of the server, as PostgreSQL numbers them.
const oldestPostgres = 140000

// maxClockGap is by how much the clocks of both machines may differ.
const maxClockGap = time.Minute

// clockSkew is that of machines whose clocks are kept right over a network.
func (*postgresEngine) clockSkew() time.Duration { return time.Second }

// prepare asks the server whether it can be used.
func (e *postgresEngine) prepare(ctx context.Context, _ bool) error {
	return e.check(ctx, e.checkServer, e.checkWay)
}

// check has checks look at the server on a connection to which nothing is set and on which nothing
// is prepared: a pooler would hand both on to others.
func (e *postgresEngine) check(ctx context.Context, checks ...func(context.Context, *pgx.Conn) error) error {
	config, _ := e.startConfig()
	config.DefaultQueryExecMode = pgx.QueryExecModeExec
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return e.describe(err)
	}
	defer closeConn(conn)
	for _, each := range checks {
		if err := each(ctx, conn); err != nil {
			return e.describe(err)
		}
	}
	return nil
}

// checkServer looks at the version of the server, the encoding of the database, and the clock.
func (e *postgresEngine) checkServer(ctx context.Context, conn *pgx.Conn) error {
	var version int
	var encoding string
	var clock int64
	before := time.Now()
	err := conn.QueryRow(ctx, `
		SELECT current_setting('server_version_num')::integer, current_setting('server_encoding'),
			(extract(epoch FROM clock_timestamp()) * 1000)::bigint`).Scan(&version, &encoding, &clock)
	if err != nil {
		return err
	}
	reason := unfitServer(version, encoding)
	if e.clock && reason == "" {
		reason = clockGap(timeOf(clock), before, time.Now())
	}
	if reason != "" {
		return errors.New(e.name() + " " + reason)
	}
	return nil
}

// unfitServer says why a server cannot be used, as the end of a sentence; empty where it can.
func unfitServer(version int, encoding string) string {
	switch {
	case version < oldestPostgres:
		return fmt.Sprintf("is on a server of version %d; Countersign needs PostgreSQL 14 or newer", version/10000)
	case encoding != "UTF8":
		return fmt.Sprintf("has the encoding %s; Countersign needs UTF8: please make a database with ENCODING 'UTF8'", encoding)
	}
	return ""
}

// clockGap says that the clock of a server is not that of this machine, which was read before and
// after, as the end of a sentence; empty where it is.
func clockGap(at, before, after time.Time) string {
	if at.Before(before.Add(-maxClockGap)) || at.After(after.Add(maxClockGap)) {
		return fmt.Sprintf("is on a machine whose clock shows %s while the one of this machine shows %s; please set the one that is wrong", at.UTC().Format(time.DateTime), after.UTC().Format(time.DateTime))
	}
	return ""
}

// describe is describeError of the store, where there is none yet.
func (e *postgresEngine) describe(err error) error { return (&Store{engine: e}).describeError(err) }

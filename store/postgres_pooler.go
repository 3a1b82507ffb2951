package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Settings, and statements that were prepared, belong to a connection for as long as it lasts. A
// pooler that gives each transaction whatever connection is free would have the settings of readers
// apply to writers, and those of writers to nobody.

// ErrPooled is returned for a database to which a pooler leads that gives each transaction another
// connection.
var ErrPooled = errors.New("is reached through a pooler that passes connections on between transactions; please have it pool by session (pool_mode = session for PgBouncer), or connect without it")

// checkWay returns ErrPooled when a connection leads to a pooler that has none to the server for it
// alone. Another one to the same pooler would be given the one that is free.
func (e *postgresEngine) checkWay(ctx context.Context, conn *pgx.Conn) error {
	first, err := serverProcess(ctx, conn)
	if err != nil || first == conn.PgConn().PID() {
		return err // a pooler makes up the number that a connection is told at its start
	}
	other, err := pgx.ConnectConfig(ctx, conn.Config())
	if err != nil {
		return err
	}
	defer closeConn(other)
	second, err := serverProcess(ctx, other)
	if err != nil {
		return err
	}
	again, err := serverProcess(ctx, conn)
	if err == nil && (second == first || again != first) {
		err = fmt.Errorf("%s %w", e.name(), ErrPooled)
	}
	return err
}

// serverProcess returns the number of the process that answers a connection.
func serverProcess(ctx context.Context, conn *pgx.Conn) (pid uint32, err error) {
	err = conn.QueryRow(ctx, `SELECT pg_backend_pid()`).Scan(&pid)
	return pid, err
}

// closePatience is for how long a server may take to end a connection. It is gone afterwards.
const closePatience = 5 * time.Second

func closeConn(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), closePatience)
	defer cancel()
	_ = conn.Close(ctx) // nothing was written
}

package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Settings, and statements that were prepared, belong to a connection for as long as it lasts. A
// pooler that gives each transaction whatever connection is free would have the settings of readers
// apply to writers, and those of writers to nobody.

// unfitWay says why the way by which the server is reached cannot be used, as the end of a sentence;
// empty where it can.
func unfitWay(ctx context.Context, conn *pgx.Conn, config *pgx.ConnConfig) (string, error) {
	shared, err := isShared(ctx, conn, config)
	if err != nil || !shared {
		return "", err
	}
	return "is reached through a pooler that passes connections on between transactions; please have it pool by session (pool_mode = session for PgBouncer), or connect without it", nil
}

// isShared reports whether a connection leads to a pooler that has none to the server for it alone.
// Another one to the same pooler would be given the one that is free.
func isShared(ctx context.Context, conn *pgx.Conn, config *pgx.ConnConfig) (bool, error) {
	first, err := serverProcess(ctx, conn)
	if err != nil || first == conn.PgConn().PID() {
		return false, err // a pooler makes up the number that a connection is told at its start
	}
	other, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return false, err
	}
	defer closeConn(other)
	second, err := serverProcess(ctx, other)
	if err != nil {
		return false, err
	}
	again, err := serverProcess(ctx, conn)
	return second == first || again != first, err
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

package store

import (
	"context"
	"crypto/tls"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// isAnswer reports whether an error is what the server answered, and not one of the way to it.
// An answer that the connection ends says nothing of what was asked, nor does one after which the
// whole server starts anew: what it could not write to its log may be found there all the same.
func isAnswer(err error) bool {
	if errors.Is(err, pgx.ErrTxCommitRollback) {
		return true
	}
	var refused *pgconn.PgError
	return errors.As(err, &refused) && refused.SeverityUnlocalized == "ERROR" &&
		refused.Code != "40003" && reasonOfSQLState(refused.Code) != ErrUnreachable
}

// reasonOf implements engine.
func (*postgresEngine) reasonOf(err error) error {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return reasonOfSQLState(refused.Code)
	}
	var failed *pgconn.ConnectError
	switch {
	case errors.Is(err, context.Canceled):
		return nil
	case isTLSRefused(err):
		return ErrTLS
	case errors.As(err, &failed): // also when it took too long
		return ErrUnreachable
	case errors.Is(err, context.DeadlineExceeded):
		return nil
	case isConnectionLost(err):
		return ErrUnreachable
	}
	return reasonOf(err)
}

// isSettingRefused reports whether a server knows no setting of that name, or not with that value.
func isSettingRefused(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && (refused.Code == "42704" || refused.Code == "22023")
}

// isTLSRefused reports whether a connection failed for want of TLS. The driver has no value for a
// server without it.
func isTLSRefused(err error) bool {
	var untrusted *tls.CertificateVerificationError
	var failed *pgconn.ConnectError
	return errors.As(err, &untrusted) || errors.As(err, &failed) && strings.Contains(failed.Error(), "server refused TLS connection")
}

// isConnectionLost reports whether an error is of the connection to the server.
func isConnectionLost(err error) bool {
	var network net.Error
	switch {
	case errors.As(err, &network), errors.Is(err, pgconn.ErrConnClosed):
		return true
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed):
		return true
	}
	return pgconn.SafeToRetry(err) // which the driver says of what was never sent
}

// reasonOfSQLState returns which of our errors a code of the server's is.
// Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
func reasonOfSQLState(code string) error {
	switch code {
	case "40001", "40P01":
		return ErrConflict
	case "53100":
		return ErrFull
	case "25006":
		return ErrStandby
	case "57014":
		return ErrSlow
	case "55P03":
		return ErrBusy
	case "28000", "28P01":
		return ErrSignIn
	case "3D000", "57P04":
		return ErrNoDatabase
	case "42501":
		return ErrNoRight
	case "58030":
		return ErrDisk
	case "XX001", "XX002":
		return ErrDamaged
	case "57P01", "57P02", "57P03", "57P05", "25P03":
		return ErrUnreachable
	}
	switch {
	case strings.HasPrefix(code, "08"), strings.HasPrefix(code, "53"): // of the connection, and too many of them
		return ErrUnreachable
	}
	return nil
}

package postgrestest

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// Pooling says for how long a client of a pooler has a connection to the server for itself.
type Pooling int

// The modes of PgBouncer that differ for a client
// (https://www.pgbouncer.org/config.html#pool_mode).
const (
	BySession Pooling = iota
	ByTransaction
)

// pooler does what a client notices of PgBouncer: it refuses settings at the start, makes up the
// number of the process that the client is told, and passes on what is sent.
type pooler struct {
	pooling Pooling
	server  *pgconn.Config
	shared  *pooledConn // by transaction, the one that all use
}

// pooledConn is a connection to the server.
type pooledConn struct {
	mu   sync.Mutex
	conn *pgconn.HijackedConn
}

// Pooler returns a DSN that leads to the server through a pooler. It ends with the test.
func Pooler(t testing.TB, dsn string, pooling Pooling) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "pooler")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		t.Fatal("the DSN cannot be read") // without the error, which may show a password
	}
	config.RuntimeParams = nil // those are the client's
	p := &pooler{pooling: pooling, server: config}
	if p.shared, err = p.dial(); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", filepath.Join(folder, ".s.PGSQL."+port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close(); p.shared.conn.Conn.Close() })
	go p.serve(listener)
	return withHost(t, dsn, folder)
}

func (p *pooler) serve(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		go p.connect(client)
	}
}

// dial makes a connection to the server.
func (p *pooler) dial() (*pooledConn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	made, err := pgconn.ConnectConfig(ctx, p.server)
	if err != nil {
		return nil, err
	}
	hijacked, err := made.Hijack()
	return &pooledConn{conn: hijacked}, err
}

// connect serves one client until it is gone.
func (p *pooler) connect(client net.Conn) {
	defer client.Close()
	backend := pgproto3.NewBackend(client, client)
	if !greet(backend) {
		return
	}
	server := p.shared
	if p.pooling == BySession {
		own, err := p.dial()
		if err != nil {
			return
		}
		defer own.conn.Conn.Close()
		server = own
	}
	for server.answerTransaction(backend) {
	}
}

// greet lets a client in, unless it asks for a setting that PgBouncer does not pass on.
func greet(backend *pgproto3.Backend) bool {
	message, err := backend.ReceiveStartupMessage()
	startup, ok := message.(*pgproto3.StartupMessage)
	if err != nil || !ok {
		return false
	}
	for name := range startup.Parameters {
		if name != "user" && name != "database" && name != "application_name" {
			backend.Send(&pgproto3.ErrorResponse{Severity: "FATAL", SeverityUnlocalized: "FATAL", Code: "08P01", Message: "unsupported startup parameter: " + name})
			_ = backend.Flush() // it is refused either way
			return false
		}
	}
	backend.Send(&pgproto3.AuthenticationOk{})
	backend.Send(&pgproto3.ParameterStatus{Name: "standard_conforming_strings", Value: "on"})
	backend.Send(&pgproto3.ParameterStatus{Name: "client_encoding", Value: "UTF8"})
	backend.Send(&pgproto3.BackendKeyData{ProcessID: 1 << 30, SecretKey: []byte{1, 2, 3, 4}})
	backend.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
	return backend.Flush() == nil
}

// answerTransaction passes on what a client sends and is answered until it is in no transaction,
// and reports whether there may be another.
func (c *pooledConn) answerTransaction(client *pgproto3.Backend) bool {
	message, err := client.Receive()
	c.mu.Lock()
	defer c.mu.Unlock()
	for ; err == nil; message, err = client.Receive() {
		if _, ended := message.(*pgproto3.Terminate); ended {
			return false
		}
		c.conn.Frontend.Send(message)
		switch message.(type) {
		case *pgproto3.Query, *pgproto3.Sync:
		default:
			continue
		}
		status, err := c.answer(client)
		if err != nil {
			return false
		}
		if status == 'I' {
			return true
		}
	}
	return false
}

// answer passes on what the server answers, and returns the status of the transaction.
func (c *pooledConn) answer(client *pgproto3.Backend) (byte, error) {
	if err := c.conn.Frontend.Flush(); err != nil {
		return 0, err
	}
	for {
		message, err := c.conn.Frontend.Receive()
		if err != nil {
			return 0, err
		}
		client.Send(message)
		if ready, ok := message.(*pgproto3.ReadyForQuery); ok {
			return ready.TxStatus, client.Flush()
		}
	}
}

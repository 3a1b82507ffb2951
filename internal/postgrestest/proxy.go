package postgrestest

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Proxy is a way to a server that can be cut.
type Proxy struct {
	url    string
	server string // its socket

	mu   sync.Mutex
	cut  commitCut
	done chan struct{} // closed when the commit was cut
	shut bool
}

// commitCut is where the connection of a commit is cut.
type commitCut int

const (
	notCut commitCut = iota
	beforeCommit
	afterCommit
)

// Proxy returns a way to the server with the DSN. It ends with the test.
func (s *Server) Proxy(dsn string) *Proxy {
	s.t.Helper()
	folder, err := os.MkdirTemp("", "proxy")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { os.RemoveAll(folder) })
	const socket = ".s.PGSQL." + port
	listener, err := net.Listen("unix", filepath.Join(folder, socket))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { listener.Close() })
	p := &Proxy{url: withHost(s.t, dsn, folder), server: filepath.Join(s.process.folder, socket)}
	go p.serve(listener)
	return p
}

func withHost(t testing.TB, dsn, host string) string {
	t.Helper()
	parsed, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	query := parsed.Query()
	query.Set("host", host)
	parsed.RawQuery = query.Encode()
	return parsed.String()
}

// URL returns the DSN that leads through the proxy.
func (p *Proxy) URL() string { return p.url }

// LoseCommit cuts the connection of the next commit before the server gets it. The channel is
// closed when that has happened.
func (p *Proxy) LoseCommit() <-chan struct{} { return p.arm(beforeCommit) }

// LoseAnswer cuts the connection of the next commit after the server carried it out, so that the
// answer is lost. The channel is closed when that has happened.
func (p *Proxy) LoseAnswer() <-chan struct{} { return p.arm(afterCommit) }

func (p *Proxy) arm(cut commitCut) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut, p.done = cut, make(chan struct{})
	return p.done
}

// Shut lets nobody through from the next cut on, until it is called with false.
func (p *Proxy) Shut(shut bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shut = shut
}

func (p *Proxy) serve(listener net.Listener) {
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		refused := p.shut && p.cut == notCut
		p.mu.Unlock()
		server, err := net.Dial("unix", p.server)
		if err != nil || refused {
			client.Close()
			if err == nil {
				server.Close()
			}
			continue
		}
		go p.connect(client, server)
	}
}

// connect passes on what either side sends until one of them is gone, or the commit is cut.
func (p *Proxy) connect(client, server net.Conn) {
	lost := make(chan struct{})
	go p.passRequests(client, server, lost)
	defer client.Close()
	defer server.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := server.Read(buffer)
		if err != nil {
			return
		}
		select {
		case <-lost: // what arrives is the answer that is to be lost
			p.cutDone()
			return
		default:
		}
		if _, err := client.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// commitMessage is a simple query that commits
// (https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-QUERY).
var commitMessage = []byte("Q\x00\x00\x00\x0bcommit\x00")

func (p *Proxy) passRequests(client, server net.Conn, lost chan struct{}) {
	defer client.Close()
	defer server.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		cut := notCut
		if bytes.Contains(buffer[:n], commitMessage) {
			p.mu.Lock()
			cut = p.cut
			p.mu.Unlock()
		}
		switch cut {
		case beforeCommit:
			p.cutDone()
			return
		case afterCommit:
			close(lost)
		}
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
		if cut == afterCommit {
			io.Copy(io.Discard, client) // until the answer came, and the connection is closed
			return
		}
	}
}

func (p *Proxy) cutDone() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut = notCut
	close(p.done)
}

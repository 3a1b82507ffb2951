package handlers_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"countersign/internal/review"
)

// tab is a browser's connection, with small buffers so that no answer fits into them.
type tab struct {
	*net.TCPConn
}

// openTab asks for a page as whoever is signed in at b does.
func (d *desk) openTab(b *browser, server *httptest.Server, method, path, body string) *tab {
	d.t.Helper()
	address, err := url.Parse(server.URL)
	if err != nil {
		d.t.Fatal(err)
	}
	conn, err := net.Dial("tcp", address.Host)
	if err != nil {
		d.t.Fatal(err)
	}
	t := &tab{conn.(*net.TCPConn)}
	if err := t.SetReadBuffer(4 << 10); err != nil {
		d.t.Fatal(err)
	}
	var cookies []string
	for _, c := range b.Jar.Cookies(address) {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	_, err = fmt.Fprintf(t, "%s %s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s",
		method, path, address.Host, strings.Join(cookies, "; "), len(body), body)
	if err != nil {
		d.t.Fatal(err)
	}
	return t
}

// close breaks the connection off, as a browser does whose tab is closed.
func (t *tab) close() error {
	if err := t.SetLinger(0); err != nil {
		return err
	}
	return t.TCPConn.Close()
}

// hang is what Yoti does not answer before it is over.
type hang struct {
	end         string // of its path
	asked, over chan struct{}
}

func (h *hang) wait(r *http.Request) {
	h.asked <- struct{}{}
	select {
	case <-h.over:
	case <-r.Context().Done():
	}
}

// Whoever closes a tab before all of the answer is there makes no error: neither while the
// server still works at it, nor in the middle of it.
func TestAClosedTabIsNoError(t *testing.T) {
	t.Parallel()
	var hanging atomic.Pointer[hang]
	g := &gallery{pages: 1500, photo: append(photo(t, 300, 200, 90), make([]byte, 2<<20)...)}
	d := newDeskBefore(t, t.TempDir(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := hanging.Load(); h != nil && strings.HasSuffix(r.URL.Path, h.end) {
			h.wait(r)
			return
		}
		g.ServeHTTP(w, r)
	}))
	b := d.signedIn("ann")
	page, err := b.get("/recipients/" + somebody)
	if err != nil || page.status != http.StatusOK {
		t.Fatalf("status %d, error %v", page.status, err)
	}
	document, err := page.document()
	if err != nil {
		t.Fatal(err)
	}
	snapshot := snapshotOf(document)
	ended := make(chan string, 1)
	handler := d.server.Handler()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { ended <- r.URL.Path }()
		handler.ServeHTTP(w, r)
	}))
	server.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		if err := c.(*net.TCPConn).SetWriteBuffer(4 << 10); err != nil {
			t.Error(err)
		}
		return ctx
	}
	server.Start()
	defer server.Close()
	first, other := g.ids()[0], g.ids()[1]
	for _, test := range []struct {
		name, method, path, body string
		hangs                    string // the end of what Yoti does not answer; empty where the answer is under way
	}{
		{"picture in the middle", "GET", mediaPath(first), "", ""},
		{"page in the middle", "GET", "/recipients/" + somebody, "", ""},
		{"stored JSON in the middle", "GET", "/recipients/" + somebody + "/snapshots/" + snapshot + ".json", "", ""},
		{"bundle in the middle", "POST", "/recipients/" + somebody + "/bundle", "media=" + first, ""},
		{"picture that does not come", "GET", mediaPath(other), "", other},
		{"thumbnail that does not come", "GET", mediaPath(other) + "/thumbnail", "", other},
		{"bundle that does not come", "POST", "/recipients/" + somebody + "/bundle", "media=" + other, other},
		{"result that does not come", "POST", "/recipients/" + somebody + "/refresh", "", "/json"},
		{"recipient who does not come", "GET", "/recipients/00000000-0000-4000-8000-000000000009", "", "/json"},
		{"report that does not come", "GET", "/recipients/" + somebody + "/report", "", "/pdf"},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := len(d.log.String())
			hung := &hang{end: test.hangs, asked: make(chan struct{}, 9), over: make(chan struct{})}
			if hanging.Store(hung); test.hangs == "" {
				hanging.Store(nil)
			}
			tab := d.openTab(b, server, test.method, test.path, test.body)
			if test.hangs != "" {
				<-hung.asked
			} else if line, err := bufio.NewReaderSize(tab, 16).ReadString('\n'); err != nil || !strings.Contains(line, " 200 ") {
				t.Fatalf("answer is %q, error %v", line, err)
			}
			if err := tab.close(); err != nil {
				t.Fatal(err)
			}
			select {
			case <-ended:
			case <-time.After(patience):
				t.Fatal("the request goes on although nobody waits for it")
			}
			close(hung.over)
			d.server.Desk.Wait()
			if log := d.log.String()[before:]; strings.Contains(log, "level=ERROR") || strings.Contains(log, "level=WARN") {
				t.Errorf("log: %s", log)
			}
		})
	}
	opened, err := d.store.AccessLog(t.Context(), review.AccessQuery{What: review.AccessOpened, Limit: 1})
	if err != nil || len(opened) > 0 {
		t.Errorf("what did not arrive is on record as opened: %v, error %v", opened, err)
	}
}

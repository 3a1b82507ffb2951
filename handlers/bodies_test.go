package handlers_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"countersign/views"
)

// stall is long enough for the head of a request to arrive on a busy machine.
const stall = 2 * time.Second

// A form that does not arrive whole, or cannot be read, does nothing on any route, and the
// page says so with a status that somebody meant.
func TestEveryFormThatDoesNotArrive(t *testing.T) {
	t.Parallel()
	d := newDesk(t, t.TempDir())
	d.web.Close()
	d.web = httptest.NewUnstartedServer(d.server.Handler())
	d.web.Config.ReadTimeout = stall
	d.web.Start()
	cookies := map[string]string{}
	for _, name := range []string{"supervisor", "auditor", "admin"} {
		b := d.signedIn(name)
		for _, c := range b.Jar.Cookies(mustURL(t, b.base)) {
			cookies[name] += c.Name + "=" + c.Value + "; "
		}
	}
	d.signedIn("another") // to be the account of the routes
	before := d.recorded(t)

	const form = "Content-Type: application/x-www-form-urlencoded\r\n"
	var all sync.WaitGroup
	for _, test := range []struct {
		name, head, body string
		leaves           bool // whether nothing more is sent, for good
		status           int
		code             string
		closes           bool
	}{
		{"stalls", form + "Content-Length: 30\r\n", "note=twenty+characters", false, http.StatusRequestTimeout, "too-slow", true},
		{"stalls in a chunk", form + "Transfer-Encoding: chunked\r\n", "1e\r\nnote=twenty+characters", false, http.StatusRequestTimeout, "too-slow", true},
		{"never begins", form + "Content-Length: 30\r\n", "", false, http.StatusRequestTimeout, "too-slow", true},
		{"stalls in another encoding", "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 30\r\n", "--x\r\n", false, http.StatusRequestTimeout, "too-slow", true},
		{"ends early", form + "Content-Length: 30\r\n", "note=twenty+characters", true, http.StatusBadRequest, "incomplete", true},
		{"broken chunk", form + "Transfer-Encoding: chunked\r\n", "zz\r\nnote=x\r\n0\r\n\r\n", false, http.StatusBadRequest, "incomplete", true},
		{"too long, as it says", form + "Content-Length: 2000000\r\n", "note=x", false, http.StatusRequestEntityTooLarge, "too-much", true},
		{"too long, as it turns out", form + "Transfer-Encoding: chunked\r\n", "200000\r\n" + strings.Repeat("x", 1<<21) + "\r\n0\r\n\r\n", false, http.StatusRequestEntityTooLarge, "too-much", true},
		{"broken escape", form + "Content-Length: 8\r\n", "note=%zz", false, http.StatusBadRequest, "bad-form", false},
		{"another encoding", "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 5\r\n", "--x--", false, http.StatusUnsupportedMediaType, "bad-form", false},
		{"no encoding", "Content-Length: 6\r\n", "note=x", false, http.StatusUnsupportedMediaType, "bad-form", false},
	} {
		for _, line := range d.server.Table() {
			if line.Method != http.MethodPost || line.Path == views.FilesPath || line.Path == views.ImportPath || strings.HasPrefix(line.Path, "/hooks/") {
				// They take something else; see TestFilesThatDoNotArrive and TestEventsThatDoNotArrive.
				continue
			}
			path := strings.NewReplacer(":account", "4").Replace(line.Path)
			line.Path = path
			path = request(t, &browser{base: d.web.URL}, line).URL.Path
			for name, cookie := range cookies {
				if !roleOf(name).May(line.Action) && name != "admin" {
					continue // one that may not is enough
				}
				all.Go(func() {
					where := fmt.Sprintf("%s, POST %s as %s", test.name, path, name)
					a, closed, err := sendRaw(d.web.Listener.Addr().String(), "POST "+path+" HTTP/1.1\r\nHost: "+d.web.Listener.Addr().String()+"\r\nSec-Fetch-Site: same-origin\r\nCookie: "+cookie+"\r\n"+test.head+"\r\n"+test.body, test.leaves)
					if err != nil {
						t.Errorf("%s: %v", where, err)
						return
					}
					if a.status != test.status || !strings.Contains(a.body, `data-error="`+test.code+`"`) || closed != test.closes {
						t.Errorf("%s: status %d, closed %t, %d bytes; want %d and a page %s", where, a.status, closed, len(a.body), test.status, test.code)
					}
				})
				if len(test.body) > 1<<20 {
					all.Wait() // or they would take too long together
				}
			}
		}
		all.Wait()
	}
	if after := d.recorded(t); after != before {
		t.Errorf("recorded: %s, before it %s", after, before)
	}
}

// sendRaw sends bytes over a connection of its own and reads the answer.
func sendRaw(address, request string, leaves bool) (a answer, closed bool, err error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return answer{}, false, err
	}
	defer conn.Close()
	go func() { // a server that refuses need not read
		_, _ = io.WriteString(conn, request)
		if leaves {
			_ = conn.(*net.TCPConn).CloseWrite()
		}
	}()
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return answer{}, false, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(body)}, response.Close, err
}

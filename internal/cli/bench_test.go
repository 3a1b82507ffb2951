package cli

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// hello is the least that Echo can serve.
const hello = `package main

import (
	"fmt"
	"net"
	"net/http"

	"github.com/labstack/echo/v4"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	e := echo.New()
	e.HideBanner, e.HidePort, e.Listener = true, true, listener
	e.GET("/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "Hello, world") })
	fmt.Println("http://" + listener.Addr().String())
	panic(e.Start(""))
}
`

// BenchmarkFirstByte measures the time from the start of a process to the first byte
// of an answer: of Countersign with a database that exists, of Countersign that has to
// make one, and of a hello-world in Echo.
func BenchmarkFirstByte(b *testing.B) {
	folder := b.TempDir()
	source := filepath.Join(folder, "hello.go")
	if err := os.WriteFile(source, []byte(hello), 0o600); err != nil {
		b.Fatal(err)
	}
	echo, countersign := filepath.Join(folder, "hello"), filepath.Join(folder, "countersign")
	build(b, echo, source)
	build(b, countersign, "countersign")
	serve := func(db string) []string {
		return []string{countersign, "serve", "--addr", "127.0.0.1:0", "--db", filepath.Join(folder, db)}
	}
	firstByte(b, serve("old.db"))
	var first, again, bare time.Duration
	n := 0
	for b.Loop() {
		first += firstByte(b, serve(fmt.Sprintf("new%d.db", n)))
		again += firstByte(b, serve("old.db"))
		bare += firstByte(b, []string{echo})
		n++
	}
	each := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 / float64(n) }
	b.ReportMetric(0, "ns/op") // of all three together, which says nothing
	b.ReportMetric(each(again), "countersign-ms")
	b.ReportMetric(each(first), "new-database-ms")
	b.ReportMetric(each(bare), "echo-ms")
	b.ReportMetric(each(again-bare), "beyond-echo-ms")
}

func build(tb testing.TB, binary, from string) {
	tb.Helper()
	if out, err := exec.Command("go", "build", "-o", binary, from).CombinedOutput(); err != nil {
		tb.Fatalf("build: %v\n%s", err, out)
	}
}

// firstByte starts a server, which prints its address once it listens, and returns
// how long it took until the first byte of an answer was here.
func firstByte(b *testing.B, args []string) time.Duration {
	b.Helper()
	command := exec.Command(args[0], args[1:]...)
	command.Env = append(os.Environ(), "YOTI_SIGN_API_KEY=made-up-key-0c4f")
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	begin := time.Now()
	if err := command.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		_ = command.Process.Kill()
		_ = command.Wait() // it was killed, and says so
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	address := regexp.MustCompile(`http://\S+`).FindString(line)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(address + "/healthz")
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.ReadFull(response.Body, make([]byte, 1)); err != nil {
		b.Fatal(err)
	}
	return time.Since(begin)
}

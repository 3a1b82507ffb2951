package yotisign_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"countersign/internal/idv"
	"countersign/internal/yotisign"
)

const before = "/v2/idv/recipients/7c9e6679-7425-40de-944b-e07fc1f90ae7/sessions/"

func something(t testing.TB) idv.MediaID {
	t.Helper()
	id, err := idv.ParseMediaID("1ebfcc7c-9d31-4d2c-8a4b-3f6b0e1d2c3a")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// asking serves answer and returns a client for it. It checks what every request has.
func asking(t *testing.T, path string, o yotisign.Options, answer http.HandlerFunc) (*yotisign.Client, *atomic.Int32) {
	t.Helper()
	var tries atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tries.Add(1)
		if r.Method != http.MethodGet || r.URL.Path != before+path || r.Header.Get("Authorization") != "Bearer "+secret {
			t.Errorf("asked %s %s with %q", r.Method, r.URL, r.Header.Get("Authorization"))
		}
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return newClient(t, server.URL+"/v2", o), &tries
}

func sending(status int, kind string, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = w.Write(body)
	}
}

// endless sends so many bytes without saying how many.
func endless(n int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		piece := bytes.Repeat([]byte("x"), 1<<20)
		for ; n > 0; n -= len(piece) {
			if _, err := w.Write(piece[:min(n, len(piece))]); err != nil {
				return
			}
		}
	}
}

func TestMedium(t *testing.T) {
	tests := []struct {
		name   string
		answer http.HandlerFunc
		want   error
		size   int
		tries  int32
	}{
		{"picture", sending(200, "image/jpeg", []byte("picture")), nil, 7, 1},
		{"whatever it is called", sending(200, "text/html; charset=", []byte("picture")), nil, 7, 1},
		{"nothing in it", sending(200, "image/png", nil), idv.ErrEmpty, 0, 1},
		{"withheld", sending(204, "image/png", nil), idv.ErrWithheld, 0, 1},
		{"gone", sending(404, "application/json", []byte(`{"code":"MEDIA_CONTENT_NOT_FOUND"}`)), idv.ErrNotFound, 0, 1},
		{"refused", sending(403, "text/plain", nil), idv.ErrForbidden, 0, 1},
		{"elsewhere", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		}, idv.ErrUnexpected, 0, 1},
		{"down", sending(503, "text/plain", nil), idv.ErrUnavailable, 0, 3},
		{"as large as may be", endless(yotisign.MaxMediumBytes), nil, yotisign.MaxMediumBytes, 1},
		{"too large", endless(yotisign.MaxMediumBytes + 1), idv.ErrTooLarge, 0, 1},
		{"declared too large", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(yotisign.MaxMediumBytes+1))
			_, _ = io.WriteString(w, "x")
		}, idv.ErrTooLarge, 0, 1},
		{"cut short", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "picture")
		}, idv.ErrUnreachable, 0, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			client, tries := asking(t, "signed/media/"+something(t).String(), yotisign.Options{}, test.answer)
			body, err := readMedium(t, t.Context(), client)
			if !errors.Is(err, test.want) || len(body) != test.size || tries.Load() != test.tries {
				t.Errorf("%d bytes, error %v, %d tries; want %d, %v, %d", len(body), err, tries.Load(), test.size, test.want, test.tries)
			}
		})
	}
}

func readMedium(t testing.TB, ctx context.Context, client *yotisign.Client) ([]byte, error) {
	t.Helper()
	body, err := client.Medium(ctx, someone(t), something(t))
	if err != nil {
		return nil, err
	}
	defer body.Close()
	read, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	return read, nil
}

// No more than eight media are on their way, and a place is free again when one was
// read, given up, or could not be had.
func TestMediaWaitForEachOther(t *testing.T) {
	var now, most atomic.Int32
	client, _ := asking(t, "signed/media/"+something(t).String(), yotisign.Options{}, func(w http.ResponseWriter, _ *http.Request) {
		most.Store(max(most.Load(), now.Add(1)))
		defer now.Add(-1)
		_, _ = io.WriteString(w, "picture")
	})
	var open []io.Closer
	for range 8 {
		body, err := client.Medium(t.Context(), someone(t), something(t))
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, body)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.Medium(ctx, someone(t), something(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("the ninth: error %v", err)
	}
	for _, body := range open {
		if err := body.Close(); err != nil {
			t.Error(err)
		}
	}
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			if body, err := readMedium(t, t.Context(), client); err != nil || string(body) != "picture" {
				t.Errorf("%q, %v", body, err)
			}
		})
	}
	all.Wait()
	if most.Load() > 8 {
		t.Errorf("%d at once", most.Load())
	}
}

// A medium of which next to nothing comes keeps its place only for a while.
func TestAMediumThatComesTooSlowly(t *testing.T) {
	for name, send := range map[string]func(w http.ResponseWriter, r *http.Request){
		"not at all": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"in drops": func(w http.ResponseWriter, r *http.Request) {
			drops := time.NewTicker(time.Millisecond)
			defer drops.Stop()
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, "x")
				_ = http.NewResponseController(w).Flush()
				<-drops.C
			}
		},
	} {
		client, _ := asking(t, "signed/media/"+something(t).String(), yotisign.Options{Stall: 50 * time.Millisecond}, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "the first piece")
			_ = http.NewResponseController(w).Flush()
			send(w, r)
		})
		if body, err := readMedium(t, t.Context(), client); !errors.Is(err, idv.ErrTimedOut) {
			t.Errorf("%s: %d bytes, error %v, want %v", name, len(body), err, idv.ErrTimedOut)
		}
	}
}

func TestAMediumThatIsGivenUpIsNotReadOn(t *testing.T) {
	gone := make(chan struct{})
	client, _ := asking(t, "signed/media/"+something(t).String(), yotisign.Options{}, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "the first piece")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		close(gone)
	})
	ctx, cancel := context.WithCancel(t.Context())
	body, err := client.Medium(ctx, someone(t), something(t))
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := io.ReadAll(body); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	body.Close()
	<-gone
}

func TestAMediumThatStopsComing(t *testing.T) {
	client, _ := asking(t, "signed/media/"+something(t).String(), yotisign.Options{Media: 100 * time.Millisecond}, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "the first piece")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	if _, err := readMedium(t, t.Context(), client); !errors.Is(err, idv.ErrTimedOut) {
		t.Errorf("error %v", err)
	}
}

// archive is a zip of files by name, in their order.
func archive(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err == nil {
			_, err = io.WriteString(w, files[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// damaged is an archive in which one bit of the first file is not what it was.
func damaged(archive []byte) []byte {
	archive = bytes.Clone(archive)
	archive[45] ^= 1
	return archive
}

func TestReport(t *testing.T) {
	const report = "%PDF-1.7\nmade up"
	good := archive(t, "report.pdf", report)
	zeros := "%PDF-" + strings.Repeat("\x00", 50<<20)
	many := []string{}
	for i := range 65 {
		many = append(many, fmt.Sprintf("%d.txt", i), "")
	}
	tests := []struct {
		name   string
		status int
		body   []byte
		want   error
	}{
		{"one", 200, good, nil},
		{"in a folder, beside others", 200, archive(t, "a/", "", "a/report.PDF", report, "readme.txt", "x"), nil},
		{"beside what systems leave", 200, archive(t, "report.pdf", report, "__MACOSX/", "", "__MACOSX/._report.pdf", "\x00\x05\x16\x07", "__MACOSX/report.pdf", report, ".DS_Store", "x", "._report.pdf", report), nil},
		{"beside one that is none", 200, archive(t, "cover.pdf", "<html>", "report.pdf", report), nil},
		{"ongoing", 409, nil, idv.ErrNotReady},
		{"no session", 404, nil, idv.ErrNotFound},
		{"two", 200, archive(t, "a.pdf", report, "b.pdf", report), idv.ErrInvalid},
		{"none", 200, archive(t, "a.txt", report), idv.ErrInvalid},
		{"empty archive", 200, archive(t), idv.ErrInvalid},
		{"a PDF by itself", 200, []byte(report), nil},
		{"what systems leave, alone", 200, archive(t, "__MACOSX/report.pdf", report), idv.ErrInvalid},
		{"outside, among what systems leave", 200, archive(t, "report.pdf", report, "__MACOSX/../../a", ""), idv.ErrInvalid},
		{"nothing", 200, nil, idv.ErrEmpty},
		{"a web page", 200, []byte("<html>"), idv.ErrInvalid},
		{"an error that speaks of a PDF", 200, []byte(`{"message": "no %PDF-1.7 yet"}`), idv.ErrInvalid},
		{"a web page that is called a PDF", 200, archive(t, "a.pdf", "<html>"), idv.ErrInvalid},
		{"a folder that is called a PDF", 200, archive(t, "a.pdf/", ""), idv.ErrInvalid},
		{"points outside", 200, archive(t, "../../a.pdf", report), idv.ErrInvalid},
		{"points outside beside a good one", 200, archive(t, "a.pdf", report, "../b.txt", ""), idv.ErrInvalid},
		{"points outside as on Windows", 200, archive(t, `..\a.pdf`, report), idv.ErrInvalid},
		{"from the root", 200, archive(t, "/etc/a.pdf", report), idv.ErrInvalid},
		{"inflates too far", 200, archive(t, "a.pdf", zeros), idv.ErrTooLarge},
		{"too many", 200, archive(t, many...), idv.ErrInvalid},
		{"cut short", 200, good[:len(good)-30], idv.ErrInvalid},
		{"damaged", 200, damaged(good), idv.ErrInvalid},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			client, _ := asking(t, "signed/pdf", yotisign.Options{}, sending(test.status, "application/octet-stream", test.body))
			body, err := client.Report(t.Context(), someone(t))
			if !errors.Is(err, test.want) || test.want == nil && string(body) != report {
				t.Errorf("%.40q, %v; want %v", body, err, test.want)
			}
		})
	}
}

// The header of a PDF may stand a little later, in an archive and by itself.
func TestReportThatBeginsLate(t *testing.T) {
	for name, report := range map[string]string{
		"line feed":       "\n%PDF-1.7\nmade up",
		"byte order mark": "\ufeff%PDF-1.7\nmade up",
		"header line":     "HTTP/1.1 200 OK\r\n\r\n%PDF-1.7\nmade up",
	} {
		for form, body := range map[string][]byte{"by itself": []byte(report), "in an archive": archive(t, "report.pdf", report), "as it is in an archive": stored(t, report)} {
			client, _ := asking(t, "signed/pdf", yotisign.Options{}, sending(200, "application/pdf", body))
			if got, err := client.Report(t.Context(), someone(t)); err != nil || string(got) != report {
				t.Errorf("%s, %s: %.40q, %v", name, form, got, err)
			}
		}
	}
}

// stored is an archive in which the report is not compressed.
func stored(t *testing.T, report string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "report.pdf", Method: zip.Store})
	if err == nil {
		_, err = io.WriteString(w, report)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func FuzzReport(f *testing.F) {
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Add([]byte("\n%PDF-1.7"))
	answer := make(chan []byte, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(<-answer) }))
	f.Cleanup(server.Close)
	client := newClient(f, server.URL+"/v2", yotisign.Options{})
	f.Fuzz(func(t *testing.T, body []byte) {
		answer <- body
		report, err := client.Report(t.Context(), someone(t))
		if err == nil && !bytes.Contains(report[:min(len(report), 1024)], []byte("%PDF-")) {
			t.Errorf("%q is no PDF", report)
		}
	})
}

// A reset is asked for once, whatever comes of it.
func TestResetLimit(t *testing.T) {
	hangUp := func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }
	silence := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	tests := []struct {
		name    string
		answer  http.HandlerFunc
		want    error
		unknown bool
	}{
		{"done", sending(200, "application/json", []byte(`{}`)), nil, false},
		{"done, with a long body", endless(2 << 20), nil, false},
		{"done, with a body that breaks off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.WriteHeader(200)
		}, nil, false},
		{"key refused", sending(401, "text/plain", nil), idv.ErrUnauthorised, false},
		{"not allowed", sending(403, "text/plain", nil), idv.ErrForbidden, false},
		{"no such recipient", sending(404, "text/plain", nil), idv.ErrNotFound, false},
		{"at its end", sending(409, "text/plain", nil), idv.ErrNotReady, false},
		{"too often", sending(429, "text/plain", nil), idv.ErrRateLimited, false},
		{"fault", sending(500, "text/plain", nil), idv.ErrUnavailable, true},
		{"fault on the way", sending(502, "text/plain", nil), idv.ErrUnavailable, true},
		{"not there", sending(503, "text/plain", nil), idv.ErrUnavailable, true},
		{"late", sending(504, "text/plain", nil), idv.ErrUnavailable, true},
		{"elsewhere", sending(302, "text/plain", nil), idv.ErrUnexpected, true},
		{"hung up", hangUp, idv.ErrUnreachable, true},
		{"silence", silence, idv.ErrTimedOut, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			client, tries := asking(t, "reset-limit", yotisign.Options{Whole: 200 * time.Millisecond}, test.answer)
			err := client.ResetLimit(t.Context(), someone(t))
			if !errors.Is(err, test.want) || errors.Is(err, idv.ErrOutcomeUnknown) != test.unknown || tries.Load() != 1 {
				t.Errorf("error %v, %d tries; want %v, unknown %v", err, tries.Load(), test.want, test.unknown)
			}
		})
	}
}

func TestResetLimitWhereNobodyListens(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	err = newClient(t, "http://"+address+"/v2", yotisign.Options{}).ResetLimit(t.Context(), someone(t))
	if !errors.Is(err, idv.ErrUnreachable) || errors.Is(err, idv.ErrOutcomeUnknown) {
		t.Errorf("error %v: nobody was reached, so nothing was done", err)
	}
}

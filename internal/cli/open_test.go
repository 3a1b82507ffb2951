package cli

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const adverseResult = `{"client_session_token": "made-up-token", "state": "COMPLETED", "checks": [{"type": "ID_DOCUMENT_AUTHENTICITY", "state": "DONE",
	"report": {"recommendation": {"value": "REJECT", "reason": "COUNTERFEIT"}, "breakdown": [{"sub_check": "no_sign_of_forgery", "result": "FAIL"}]}}]}`

func writeResult(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "result.json")
	if err := os.WriteFile(path, []byte(adverseResult), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The page of a file is for the browser that opened its address first.
func TestOpenServesOnce(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	t.Chdir(temporary)
	opened := start(t, "open", "--no-browser", writeResult(t))
	address := opened.until(`is shown at (http://127\.0\.0\.1:\d+/open/\S+)`)
	opened.until(`^(1 secret was removed)`)
	base := address[:strings.Index(address, "/open/")]

	stranger := browser(t)
	if status, body := page(t, stranger, base+"/"); status != http.StatusForbidden || strings.Contains(body, "data-snapshot") {
		t.Errorf("without the address: status %d", status)
	}
	if status, _ := page(t, stranger, base+"/open/AAAAAAAAAAAAAAAAAAAAAAAAAA"); status != http.StatusForbidden {
		t.Errorf("with another address: status %d", status)
	}

	client := browser(t)
	if status, _ := page(t, client, address); status != http.StatusSeeOther {
		t.Fatalf("the address: status %d", status)
	}
	for range 2 {
		status, body := page(t, client, base+"/")
		for _, part := range []string{`data-source="file"`, `data-assessment="adverse"`, `data-check="ID_DOCUMENT_AUTHENTICITY"`, "nothing was stored", "1 secret was removed"} {
			if status != http.StatusOK || !strings.Contains(body, part) {
				t.Errorf("the page: status %d, without %s", status, part)
			}
		}
		for _, part := range []string{"made-up-token", "<img", `href="/recipients`, `action="/recipients`} {
			if strings.Contains(body, part) {
				t.Errorf("the page holds %s", part)
			}
		}
	}
	if status, body := page(t, stranger, address); status != http.StatusForbidden || !strings.Contains(body, `data-error="one-time"`) {
		t.Errorf("the address once more: status %d", status)
	}
	if status, _ := page(t, client, base+"/recipients"); status != http.StatusNotFound {
		t.Errorf("another page: status %d", status)
	}
	request, err := http.NewRequest(http.MethodGet, base+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Host = "rebound.example"
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusMisdirectedRequest || !strings.Contains(response.Header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("under another name: status %d, policy %q", response.StatusCode, response.Header.Get("Content-Security-Policy"))
	}

	if code := opened.end(); code != 13 {
		t.Errorf("exit code %d: %s", code, opened.err)
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

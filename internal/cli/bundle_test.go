package cli

import (
	"archive/zip"
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"countersign/internal/ziptest"
)

// TestBundle runs the scripts in testdata/bundle, each in a folder with nothing but
// case.zip, a bundle that was taken from a demonstration; its key, in $KEY and in
// key.txt; and key.zip, which is no bundle. Beside the commands of testscript they have
// "forged TO FROM FILE OLD NEW", which replaces a text in a file of a bundle.
func TestBundle(t *testing.T) {
	t.Parallel()
	file := takeBundle(t)
	key := ziptest.Unpack(t, file)["public-key.txt"]
	testscript.Run(t, testscript.Params{
		Dir: "testdata/bundle",
		Setup: func(env *testscript.Env) error {
			env.Setenv("KEY", strings.TrimSpace(string(key)))
			for name, text := range map[string][]byte{"case.zip": file, "key.txt": key, "key.zip": key} {
				if err := os.WriteFile(filepath.Join(env.WorkDir, name), text, 0o600); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"forged": func(ts *testscript.TestScript, _ bool, args []string) {
				files := ziptest.Unpack(t, []byte(ts.ReadFile(args[1])))
				if !bytes.Contains(files[args[2]], []byte(args[3])) {
					ts.Fatalf("%s has no %s", args[2], args[3])
				}
				files[args[2]] = bytes.ReplaceAll(files[args[2]], []byte(args[3]), []byte(args[4]))
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), packed(t, files), 0o600))
			},
		},
	})
}

// takeBundle rejects a made-up recipient in a demonstration and takes the bundle.
func takeBundle(t *testing.T) []byte {
	t.Helper()
	demo := start(t, "demo", "--addr", "127.0.0.1:0")
	address := demo.until(`is at (http://\S+)`)
	client := browser(t)
	signIn(t, client, address, "demo", demoPassword)
	recipient := address + "/recipients/00000000-0000-4000-8000-000000000004"
	_, opened := page(t, client, recipient)
	found := regexp.MustCompile(`data-snapshot="([0-9a-f]{64})"`).FindStringSubmatch(opened)
	if found == nil {
		t.Fatal("the page names no result")
	}
	for _, form := range []struct {
		path   string
		fields url.Values
	}{
		{"/notes", url.Values{"snapshot": {found[1]}, "key": {"1"}, "note": {"Forged."}}},
		{"/decisions", url.Values{"snapshot": {found[1]}, "key": {"2"}, "verdict": {"reject"}, "reason": {"document"}, "note": {"It is a forgery."}}},
	} {
		if status := post(t, client, recipient+form.path, form.fields); status != http.StatusSeeOther {
			t.Fatalf("%s: status %d", form.path, status)
		}
	}
	response, err := client.PostForm(recipient+"/bundle", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	file, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("bundle: status %d, error %v", response.StatusCode, err)
	}
	if code := demo.end(); code != 0 {
		t.Errorf("exit code %d: %s", code, demo.err)
	}
	return file
}

func packed(t *testing.T, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	for name, text := range files {
		w, err := archive.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

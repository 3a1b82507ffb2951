package store_test

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"countersign/internal/review"
	"countersign/store"
)

// A database can be verified while a server writes to it.
func TestVerifyBesideAServer(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	must(t, d.Store.Close())
	d.options.Serve, d.options.SigningKeyFile = true, filepath.Join(t.TempDir(), "k")
	d.Store = mustOpen(t, d.options)
	digest := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 50 {
			if err := d.note(digest, fmt.Sprint(i), "text"); err != nil {
				t.Error(err)
			}
			if err := d.KeepAccess(t.Context(), review.Access{At: noon, Who: d.ann, Recipient: d.id, Digest: digest, What: review.AccessResult}); err != nil {
				t.Error(err)
			}
			if err := d.BatchLogs(t.Context(), noon); err != nil {
				t.Error(err)
			}
		}
	}()
	for range 10 {
		_, err := store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres})
		must(t, err)
	}
	<-done
	signed, err := d.Checkpoint(t.Context())
	must(t, err)
	v, err := store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres, Checkpoints: [][]byte{signed}})
	must(t, err)
	if v.Covered != v.Entries || v.Unbatched != 0 {
		t.Errorf("%+v", v)
	}
}

func TestReadCheckpoints(t *testing.T) {
	note := "countersign/a\n1\nAAAA\n\n— countersign/a BBBB\n"
	line, err := json.Marshal(store.LoggedCheckpoint{Size: 1, Text: note})
	must(t, err)
	for _, test := range []struct {
		name, text string
		want       int
	}{
		{"empty", "", 0},
		{"something else", "hello\n", 0},
		{"checkpoint", note, 1},
		{"checkpoint from a mail", strings.ReplaceAll(note, "\n", "\r\n") + "\r\n", 1},
		{"checkpoint without its last line end", strings.TrimSuffix(note, "\n"), 1},
		{"log", string(line) + "\n" + string(line) + "\n", 2},
		{"log that broke off", string(line) + "\n" + string(line[:9]), 1},
		{"other JSON", "{}\n", 0},
	} {
		list, err := store.ReadCheckpoints(strings.NewReader(test.text))
		if err != nil || len(list) != test.want {
			t.Errorf("%s: %d checkpoints, want %d (%v)", test.name, len(list), test.want, err)
		}
		for _, text := range list {
			if string(text) != note {
				t.Errorf("%s: %q", test.name, text)
			}
		}
	}
}

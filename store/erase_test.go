package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/store"
)

// secretsOf returns what has to be gone when a recipient was erased: sealed texts, their
// key, drafts, results and copies of media, as they stand in the files.
func (d *desk) secretsOf(id idv.RecipientID) [][]byte {
	d.t.Helper()
	rows, err := d.raw().Query(`
		SELECT text_sealed FROM ledger WHERE recipient = $1 AND text_sealed IS NOT NULL
		UNION ALL SELECT body FROM snapshots WHERE recipient = $1
		UNION ALL SELECT text FROM drafts WHERE recipient = $1
		UNION ALL SELECT choice FROM drafts WHERE recipient = $1 AND choice IS NOT NULL
		UNION ALL SELECT body FROM sealed_media WHERE recipient = $1
		UNION ALL SELECT data_key FROM recipients WHERE id = $1`, id.String())
	must(d.t, err)
	defer rows.Close()
	var list [][]byte
	for rows.Next() {
		var secret []byte
		must(d.t, rows.Scan(&secret))
		list = append(list, secret)
	}
	must(d.t, rows.Err())
	return list
}

// casework makes a recipient with everything that people can do.
func (d *desk) casework(id idv.RecipientID, sue account.Person) idv.Digest {
	d.t.Helper()
	d.fetch(id, 0, d.ann, decode(d.t, "ONGOING", strings.Repeat("earlier, about "+id.String()[:8]+". ", 400)))
	a := d.fetch(id, 1, d.ann, decode(d.t, "COMPLETED", strings.Repeat("tracked as "+id.String()[:8]+". ", 9)))
	must(d.t, d.keepNote(d.t.Context(), review.NewNote{Recipient: id, Digest: a, Author: d.ann, At: after(2), Text: "Her aunt says so.", Key: "n" + id.String()}))
	must(d.t, d.KeepDraft(d.t.Context(), review.NewDraft{Recipient: id, Author: d.bob, At: after(3), Text: "Half a thought.", Choice: review.Choice{Verdict: review.Refer, ReferTo: "sue"}, Key: "d" + id.String()}))
	must(d.t, d.keepExpected(d.t.Context(), review.NewExpected{Recipient: id, By: d.ann, At: after(4), Expected: idv.Expected{Name: "Anna Kovács"}, Key: "x" + id.String()}))
	seq := d.decide(id, a, d.ann, "c"+id.String())
	must(d.t, d.keepSecond(d.t.Context(), review.NewSecond{At: after(40), Recipient: id, Digest: a, Decision: seq, By: sue, Agrees: true, Note: "Seen.", Key: "s" + id.String()}))
	shown := review.NewSealed{
		Recipient: id, Medium: mustMedium(d.t, "1ebfcc7c-9d31-4d2c-8a4b-3f6b0e1d2c3a"), At: after(41), Until: after(99), Bytes: bytes.Repeat([]byte("a face "), 3000),
	}
	shown.SHA256 = sha256.Sum256(shown.Bytes)
	must(d.t, d.KeepAccess(d.t.Context(), review.Access{Who: d.ann, Recipient: id, Digest: a, What: review.AccessMediumComplete, Medium: shown.Medium, SHA256: shown.SHA256, At: shown.At}))
	must(d.t, d.SealMedium(d.t.Context(), shown))
	d.see(id, 41, a)
	return a
}

// After an erasure no byte of what was known is left in any file, also while a server has
// them open; what others have stays, and the ledger verifies as before.
func TestErase(t *testing.T) {
	d, sue := newSigningDesk(t)
	digest := d.casework(d.id, sue)
	d.casework(d.id2, sue)
	gone, stays := d.secretsOf(d.id), d.secretsOf(d.id2)
	if n := d.holding(gone); n != len(gone) || n < 9 {
		t.Fatalf("before the erasure the files hold %d of %d secrets", n, len(gone))
	}
	options := d.options
	options.Serve, options.SigningKeyFile = false, ""
	beside := mustOpen(t, options)
	must(t, beside.Erase(t.Context(), d.id, account.Person{}, "Asked for in letter 12."))

	if n := d.holding(gone); n != 0 {
		t.Errorf("after the erasure the files hold %d of %d secrets", n, len(gone))
	}
	if n := d.holding(stays); n != len(stays) {
		t.Errorf("of another recipient the files hold %d of %d secrets", n, len(stays))
	}
	must(t, beside.Close())
	must(t, d.BatchLogs(t.Context(), after(60)))
	_, err := d.Checkpoint(t.Context())
	must(t, err)
	v, err := store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres})
	if err != nil || v.Erased != 1 {
		t.Errorf("verified: %+v, error %v", v, err)
	}

	record := d.file(d.id, d.ann).Record
	if e := record.Erasure; e == nil || e.Reason != "Asked for in letter 12." || e.By != "the operator" || !e.At.Equal(noon) {
		t.Errorf("the record says %+v", e)
	}
	if !record.Notes[0].Erased || record.Notes[0].Text != "" || record.Decisions[0].Statement != nil {
		t.Errorf("texts are left: %+v", record)
	}
	_, err = d.Snapshot(t.Context(), d.id, digest)
	wantErr(t, err, review.ErrErased)
	if record.Expected() != nil || !record.Signers[0].Erased || !record.Signers[0].Expected.Empty() {
		t.Errorf("who the signer should be is left: %+v", record.Signers)
	}
	if text := d.file(d.id2, d.ann).Record.Notes[0].Text; text != "Her aunt says so." {
		t.Errorf("the note on another recipient reads %q", text)
	}
}

// Nobody agrees to a decision that they cannot read: it was erased meanwhile.
func TestNoSecondReviewOfWhatWasErased(t *testing.T) {
	d, sue := newSigningDesk(t)
	a := d.fetch(d.id, 0, d.ann, decode(t, "COMPLETED", "a"))
	seq := d.decide(d.id, a, d.ann, "k1")
	must(t, d.Erase(t.Context(), d.id, account.Person{}, "Asked for."))
	wantErr(t, d.keepSecond(t.Context(), review.NewSecond{At: after(1), Recipient: d.id, Digest: a, Decision: seq, By: sue, Agrees: true, Key: "k2"}), review.ErrErased)
	if second := d.file(d.id, d.ann).Record.Decision(seq).Second; second != nil {
		t.Errorf("it is on record: %+v", second)
	}
}

// Rows that moved between pages before they were erased leave no copies behind either.
func TestErasedRowsLeaveNoCopies(t *testing.T) {
	t.Parallel()
	d, _ := newSigningDesk(t)
	random := mathrand.New(mathrand.NewPCG(1, 2))
	text := func(longest int) string {
		letters := make([]byte, 40+random.IntN(longest))
		for i := range letters {
			letters[i] = byte('a' + random.IntN(26))
		}
		return string(letters)
	}
	ids := make([]idv.RecipientID, 40)
	for i := range ids {
		ids[i] = mustID(t, fmt.Sprintf("%08d-0000-4000-8000-000000000000", random.IntN(1e8)))
		d.fetch(ids[i], 0, d.ann, decode(t, "ONGOING", text(2_000)))
	}
	for n := range 400 {
		id := ids[random.IntN(len(ids))]
		switch random.IntN(3) {
		case 0:
			d.fetch(id, n, d.ann, decode(t, "ONGOING", text(3_000)))
		case 1:
			newest := d.file(id, d.ann).Newest.Digest
			must(t, d.keepNote(t.Context(), review.NewNote{Recipient: id, Digest: newest, Author: d.ann, At: after(n), Text: text(1_500), Key: fmt.Sprint("n", n)}))
		case 2:
			must(t, d.KeepDraft(t.Context(), review.NewDraft{Recipient: id, Author: d.bob, At: after(n), Text: text(900), Key: fmt.Sprint("d", n)}))
		}
	}
	var gone [][]byte
	for _, id := range ids[:10] {
		for _, secret := range d.secretsOf(id) {
			secret = bytes.TrimPrefix(secret, []byte(`{"checks":[],"session_id":"s","state":"ONGOING","user_tracking_id":"`)) // of all
			for part := range slices.Chunk(bytes.TrimSuffix(secret, []byte(`"}`)), 24) {
				if len(part) == 24 {
					gone = append(gone, part)
				}
			}
		}
		must(t, d.Erase(t.Context(), id, account.Person{}, "Asked for."))
	}
	if n := d.holding(gone); n != 0 {
		t.Errorf("the files hold %d of %d pieces of what was erased", n, len(gone))
	}
}

// Nothing comes back to an erased recipient, and nobody is asked to look at one.
func TestNothingIsRecordedAboutTheErased(t *testing.T) {
	d, sue := newSigningDesk(t)
	a := d.fetch(d.id, 0, d.ann, decode(t, "ONGOING", "a"))
	d.decide(d.id, a, d.ann, "k1")
	b := d.fetch(d.id, 1, d.ann, decode(t, "ONGOING", "b"))
	must(t, d.Erase(t.Context(), d.id, d.ann, "Asked for."))
	wantErr(t, d.Erase(t.Context(), d.id, d.ann, "Asked for."), review.ErrErased)
	wantErr(t, d.Erase(t.Context(), d.id2, d.ann, "Asked for."), store.ErrNoRecipient)
	wantErr(t, d.note(b, "k2", "one"), review.ErrErased)
	wantErr(t, d.KeepResult(t.Context(), d.id, d.ann, after(2), decode(t, "COMPLETED", "c")), review.ErrErased)
	wantErr(t, d.KeepFailure(t.Context(), d.id, review.Failure{At: after(2), By: d.ann, Kind: review.NotFound}), review.ErrErased)
	wantErr(t, d.KeepDraft(t.Context(), review.NewDraft{Recipient: d.id, Author: d.ann, At: after(2), Text: "x", Key: "k3"}), review.ErrErased)
	wantErr(t, d.keepExpected(t.Context(), review.NewExpected{Recipient: d.id, By: d.ann, At: after(2), Expected: idv.Expected{Name: "Anna"}, Key: "k4"}), review.ErrErased)
	p, err := d.Pending(t.Context(), sue, 9)
	must(t, err)
	if len(p.Second)+len(p.Changed)+len(p.Referred) != 0 {
		t.Errorf("pending %+v", p)
	}
	if _, err := store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres}); err != nil {
		t.Error(err)
	}
}

// Without an entry that says so, the schema lets nothing go.
func TestOnlyAnErasureErases(t *testing.T) {
	d, sue := newSigningDesk(t)
	d.casework(d.id, sue)
	for _, statement := range []string{
		`UPDATE ledger SET text_sealed = NULL WHERE recipient <> ''`,
		`UPDATE snapshots SET body = x''`,
		`DELETE FROM snapshots`,
	} {
		err := d.Write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, statement)
			return err
		})
		if err == nil {
			t.Errorf("%s was done", statement)
		}
	}
}

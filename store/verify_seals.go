package store

import (
	"context"
	"crypto/cipher"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// sealCheck opens everything that is sealed under the data key, and compares it with what
// the entries say about it.
type sealCheck struct {
	source keySource
	keys   *ringKeys
	tell   progressFunc
	found  *Verification

	wrapped   map[string][]byte // data keys, by recipient
	recipient string            // whose key was opened last
	opened    cipher.AEAD
	referrals map[int64]string // by the Seq of the decision: to whom it goes
	first     *ledger.Broken   // the first entry whose text does not open
}

func (c *sealCheck) run(ctx context.Context, tx *sql.Tx) error {
	c.wrapped, c.referrals = map[string][]byte{}, map[int64]string{}
	for _, step := range []func(context.Context, *sql.Tx) error{c.checkFingerprint, c.checkKeys, c.checkWrapped, c.checkTexts, c.checkReferrals, c.checkDrafts, c.checkMediaCopies, c.checkCodeSecrets} {
		if err := step(ctx, tx); err != nil {
			return err
		}
	}
	c.found.Opened = true
	return nil
}

// checkFingerprint compares the fingerprint that the database names with that of the key. Where
// the key opens a data key all the same, the fingerprint was changed.
func (c *sealCheck) checkFingerprint(ctx context.Context, tx *sql.Tx) error {
	stored, err := readDataKeys(ctx, tx)
	if err != nil || c.keys.indexOf(stored.current) >= 0 {
		if err == nil && stored.next != nil && c.keys.indexOf(stored.next) < 0 {
			return fmt.Errorf("%s %w", c.source, ErrLacksNewKey)
		}
		return err
	}
	var id string
	var wrapped []byte
	err = tx.QueryRowContext(ctx, `
		SELECT id, data_key
		FROM recipients
		WHERE length(data_key) > 0
		LIMIT 1`).Scan(&id, &wrapped)
	if err == nil {
		_, err = c.keys.unwrap(id, wrapped)
	}
	if err != nil {
		return fmt.Errorf("%s %w", c.source, ErrWrongKey)
	}
	return errFingerprint()
}

func errFingerprint() error {
	return &Inconsistency{"facts", "the fingerprint of the data key was changed"}
}

// unwrap unwraps the data key of a recipient.
func (k *ringKeys) unwrap(id string, wrapped []byte) (cipher.AEAD, error) {
	recipient, err := idv.ParseRecipientID(id)
	if err != nil {
		return nil, err
	}
	key, _, err := k.open(nil, nil, wrapped, []byte(dataKeyPlace(recipient)))
	if err != nil {
		return nil, err
	}
	return newSeal(key)
}

// sealOf returns what seals the texts about a recipient; nil when there is none. Rows come in
// the order of their recipients, so that each is unwrapped once.
func (c *sealCheck) sealOf(id string) cipher.AEAD {
	if id != c.recipient {
		c.recipient, c.opened = id, nil
		if key, err := c.keys.unwrap(id, c.wrapped[id]); err == nil {
			c.opened = key
		}
	}
	return c.opened
}

func (c *sealCheck) checkKeys(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT id, data_key
		FROM recipients
		WHERE length(data_key) > 0`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var wrapped []byte
		if err := rows.Scan(&id, &wrapped); err != nil {
			return err
		}
		c.wrapped[id] = wrapped
		if _, err := c.keys.unwrap(id, wrapped); err != nil {
			return &Inconsistency{"recipients", fmt.Sprintf("the data key of recipient %s is not the one that was made for it", id)}
		}
	}
	return rows.Err()
}

// checkWrapped opens what is sealed under the data key itself, besides the keys of recipients.
func (c *sealCheck) checkWrapped(ctx context.Context, tx *sql.Tx) error {
	for _, column := range wrappedColumns() {
		if column.table == "recipients" {
			continue
		}
		err := column.each(ctx, tx, nil, func(w wrappedValue) error {
			if _, _, err := c.keys.open(nil, nil, w.sealed, []byte(w.place)); err != nil {
				return &Inconsistency{column.table, fmt.Sprintf("what is sealed for %v does not open", w.id)}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// checkTexts opens the text of every entry.
func (c *sealCheck) checkTexts(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT `+entryColumns+`, text_sealed
		FROM ledger
		WHERE text_sealed IS NOT NULL AND recipient > ''
		ORDER BY recipient, act, seq`) // as in the index
	if err != nil {
		return err
	}
	defer rows.Close()
	texts := c.tell.begin(verifying, "sealed texts", 0)
	for ; rows.Next(); texts.add(1) {
		var e ledger.Entry
		var sealed []byte
		if err := scanEntry(rows, &e, &sealed); err != nil {
			return err
		}
		if why := c.checkText(&e, sealed); why != "" && (c.first == nil || e.Seq < c.first.Seq) {
			c.first = &ledger.Broken{Seq: e.Seq, Why: why}
		}
	}
	if c.first != nil {
		return c.first
	}
	return rows.Err()
}

// checkText opens the text of an entry, and says what is wrong with it.
func (c *sealCheck) checkText(e *ledger.Entry, sealed []byte) string {
	key := c.sealOf(e.Recipient)
	if key == nil {
		return "there is no key that opens its text"
	}
	_, content, err := openContent(key, e, sealed)
	if err != nil {
		return "its text does not open, or is not the one that it commits to: the text, or the data key of its recipient, was replaced"
	}
	c.found.Texts++
	if e.Act != review.ActDecision {
		return ""
	}
	var s review.Statement
	if err := json.Unmarshal(content, &s); err != nil {
		return "its text is not that of a decision"
	}
	if s.Verdict == review.Refer {
		c.referrals[e.Seq] = s.ReferredTo
	}
	return ""
}

// checkReferrals compares to whom cases are referred with what the decisions say.
func (c *sealCheck) checkReferrals(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT recipients.id, recipients.decision, coalesce(accounts.name_key, '')
		FROM recipients
		LEFT JOIN accounts ON accounts.id = recipients.referred
		WHERE recipients.referred IS NOT NULL AND recipients.decision IS NOT NULL`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, key string
		var decision int64
		if err := rows.Scan(&id, &decision, &key); err != nil {
			return err
		}
		if to, referred := c.referrals[decision]; !referred || account.NameKey(to) != key {
			return &Inconsistency{"recipients", fmt.Sprintf("recipient %s is referred to somebody else than the decision says", id)}
		}
	}
	return rows.Err()
}

// checkDrafts opens what people are typing: that it opens is all that can be said.
func (c *sealCheck) checkDrafts(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT author, recipient, saved_at, text, choice
		FROM drafts
		ORDER BY recipient`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var author account.Person
		var id idv.RecipientID
		var saved int64
		var text, choice []byte
		if err := rows.Scan(&author.ID, recipientOf{&id}, &saved, &text, &choice); err != nil {
			return err
		}
		key := c.sealOf(id.String())
		if key != nil {
			_, err = openDraft(key, id, author, timeOf(saved), text, choice)
		}
		if key == nil || err != nil {
			return &Inconsistency{"drafts", fmt.Sprintf("a draft about recipient %s does not open", id)}
		}
	}
	return rows.Err()
}

// checkMediaCopies opens the copies of media, and compares each with its digest.
func (c *sealCheck) checkMediaCopies(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT recipient, medium, sha256, body
		FROM sealed_media
		ORDER BY recipient`)
	if err != nil {
		return err
	}
	defer rows.Close()
	copies := c.tell.begin(verifying, "copies of media", 0)
	for ; rows.Next(); copies.add(1) {
		var id idv.RecipientID
		var name string
		var sum idv.Digest
		var sealed []byte
		if err := rows.Scan(recipientOf{&id}, &name, digestOf{&sum}, &sealed); err != nil {
			return err
		}
		medium, err := idv.ParseMediaID(name)
		if err != nil {
			return &Inconsistency{"sealed_media", fmt.Sprintf("the copy %q has no ID of a medium", name)}
		}
		key, body := c.sealOf(id.String()), ""
		if key != nil {
			body, err = unseal(key, sealed, mediumPlace(id, medium, sum))
		}
		if key == nil || err != nil || sha256.Sum256([]byte(body)) != sum {
			return &Inconsistency{"sealed_media", fmt.Sprintf("the copy of %s does not open, or is of another medium", medium)}
		}
	}
	return rows.Err()
}

// checkCodeSecrets opens the secrets that codes are made from.
func (c *sealCheck) checkCodeSecrets(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT account, data_key, sealed
		FROM code_secrets
		ORDER BY account`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var owner int64
		var wrapped, sealed []byte
		if err := rows.Scan(numberIn{&owner}, bytesIn{&wrapped}, bytesIn{&sealed}); err != nil {
			return err
		}
		key, _, err := c.keys.open(nil, nil, wrapped, []byte(codeKeyPlace(owner)))
		if err == nil {
			_, err = openCode(key, owner, sealed)
		}
		if err != nil {
			return &Inconsistency{"code_secrets", fmt.Sprintf("the secret of account %d does not open", owner)}
		}
	}
	return rows.Err()
}

// compareFingerprint compares the fingerprints of the data keys with those that the ledger
// names, where it names any.
func (t *treeCheck) compareFingerprint(ctx context.Context, tx *sql.Tx) error {
	stored, err := readDataKeys(ctx, tx)
	switch {
	case err != nil:
		return err
	case t.nextKey != hex.EncodeToString(stored.next):
		return errFingerprint()
	case t.dataKey == "":
		t.found.Outside.Fingerprint = true
	case t.dataKey != hex.EncodeToString(stored.current):
		return errFingerprint()
	}
	return nil
}

// learnDataKey takes from an entry how far a change of the data key is, and says what is wrong
// with it.
func (t *treeCheck) learnDataKey(f review.Facts) string {
	switch {
	case f.DataKeyChange == review.DataKeyBegun && t.nextKey == "" && f.DataKey != "" && (t.dataKey == "" || t.dataKey == f.EarlierDataKey):
		t.dataKey, t.nextKey = f.EarlierDataKey, f.DataKey
	case f.DataKeyChange == review.DataKeyFinished && t.nextKey != "" && f.DataKey == t.nextKey && f.EarlierDataKey == t.dataKey:
		t.dataKey, t.nextKey = t.nextKey, ""
	default:
		return "it changes the data key from another than the one that there was"
	}
	return ""
}

// knownFacts are the names of the facts that this program notes.
func knownFacts() []any {
	return []any{fingerprintFact, nextKeyFact, logFact, sweptFact, triedFact, headFact, sealedFact}
}

// compareFacts looks whether the table facts holds any that this program does not note. What
// the others say is for the server alone, but for the fingerprint, and that results are sealed,
// where so many are not.
func compareFacts(ctx context.Context, tx *sql.Tx, plain int) error {
	var all bool
	err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (SELECT 1 FROM facts WHERE name = $1)`, sealedFact).Scan(&all)
	if err != nil {
		return err
	}
	if all && plain > 0 {
		return &Inconsistency{"snapshots", "a result is not sealed, and all of them were"}
	}
	var name string
	err = tx.QueryRowContext(ctx, `
		SELECT name
		FROM facts
		WHERE name NOT IN ($1, $2, $3, $4, $5, $6, $7) AND substr(name, 1, $8) <> $9
		LIMIT 1`, append(knownFacts(), len(commitFact), commitFact)...).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return &Inconsistency{"facts", fmt.Sprintf("the fact %q was put in", name)}
}

// countOutside counts what is no part of the record.
func (v *verification) countOutside(ctx context.Context, tx *sql.Tx) error {
	o := &v.found.Outside
	return tx.QueryRowContext(ctx, `
		SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM sign_in_failures),
			(SELECT count(*) FROM drafts), (SELECT count(*) FROM sealed_media),
			(SELECT count(*) FROM security_events WHERE sign_in IS NULL)`).Scan(&o.Sessions, &o.Failures, &o.Drafts, &o.Copies, &o.Events)
}

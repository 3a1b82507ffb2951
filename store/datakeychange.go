package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/gofrs/flock"

	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// The data key is changed in steps, each of which leaves every value with a key that opens it:
//
//  1. The file gets the new key beside the old one.
//  2. The database notes the new key, under which everything is sealed from then on.
//  3. What is under the old key is sealed anew, some values at a time.
//  4. In one transaction the last of them are, and the new key is noted as the one that counts.
//  5. SQLite's log is emptied, so that nothing is left in it that is under the old key.
//  6. The old key gets a file of its own, and goes from the other.
//
// Whoever is killed on the way gives the same command again. Servers notice by themselves: see
// keyRing.

// KeyStep is a step of changing a key that is on the disk.
type KeyStep string

// The steps.
const (
	StepKeyWritten KeyStep = "written"  // the new key is in a file
	StepNoted      KeyStep = "noted"    // the database names it
	StepSealed     KeyStep = "sealed"   // some more values are under it
	StepCounts     KeyStep = "counts"   // nothing is under the old one
	StepOldKept    KeyStep = "old-kept" // the old one has a file of its own
	StepFilesReady KeyStep = "in-place" // the new one is alone where the old one was
)

// ChangeOptions say how a key is changed.
type ChangeOptions struct {
	Batch int           // how many values are sealed anew in one transaction; 0 for the usual number
	Step  func(KeyStep) // told after each step; nil to hear nothing
}

func (o *ChangeOptions) report(step KeyStep) {
	if o.Step != nil {
		o.Step(step)
	}
}

// changeBatch is how many values are sealed anew in one transaction, which servers wait for.
const changeBatch = 256

// changePause is how long others may write between two of those transactions.
const changePause = 10 * time.Millisecond

// DataKeyResult is what came of changing the data key.
type DataKeyResult struct {
	Old, New    string   // fingerprints, in hex; empty where only files were left to be put in order
	Values      int      // that are sealed under the new key
	Kept        []string // files with keys that do not count any more
	InFile      bool     // whether the new key is in a file of ours
	StillLogged bool     // whether readers kept SQLite's log from being emptied
}

// The errors of changing keys.
var (
	ErrChanging     = errors.New("is being worked on by another countersign keys rotate")
	ErrNoOtherKey   = errors.New("gives no key that this database never used; have it give one more, made by countersign keys new, beside the one of now")
	ErrManyNewKeys  = errors.New("gives more than one key that this database never used; please leave one")
	ErrUnopened     = errors.New("does not open, so the old key is still needed for whatever it was; nothing was lost")
	ErrNothingSigns = errors.New("this ledger has no signing key yet: countersign serve makes it")
)

// ChangeDataKey seals what is under the data key under a new one, and keeps the old one in a
// file beside. It goes on where an earlier call ended. Where keys do not come from a file,
// that has to give the new one too.
func (s *Store) ChangeDataKey(ctx context.Context, o ChangeOptions) (*DataKeyResult, error) {
	source := s.keys.source
	if source.ask == nil {
		path, err := ResolvePath(source.file)
		if err != nil {
			return nil, err
		}
		source.file = path
		lock, err := lockKeys(path)
		if err != nil {
			return nil, err
		}
		defer lock.Close()
	}
	result := &DataKeyResult{InFile: source.ask == nil}
	begun, err := s.beginChange(ctx, source, result, o)
	if err != nil || !begun {
		return result, err
	}
	if err := s.sealAnew(ctx, o); err != nil {
		return nil, err
	}
	if err := s.endChange(ctx, result); err != nil {
		return nil, err
	}
	o.report(StepCounts)
	err = s.engine.emptyLog(context.WithoutCancel(ctx), s.writer)
	if result.StillLogged = errors.Is(err, ErrStillLogged); err != nil && !result.StillLogged {
		return nil, err
	}
	if source.ask == nil {
		result.Kept, err = s.putOldKeysAway(ctx, source, o)
	}
	return result, err
}

// lockKeys keeps a file with keys from others who would change it.
func lockKeys(path string) (*flock.Flock, error) {
	lock := flock.New(path+".lock", flock.SetPermissions(0o600))
	free, err := lock.TryLock()
	switch {
	case err != nil:
		return nil, describeError("the lock file "+lock.Path(), err)
	case !free:
		return nil, fmt.Errorf("the file %s %w", path, ErrChanging)
	}
	return lock, nil
}

// beginChange does the first two steps, unless they were done. It reports false where an
// earlier change had only its files left to be put in order, which it does.
func (s *Store) beginChange(ctx context.Context, source keySource, result *DataKeyResult, o ChangeOptions) (bool, error) {
	now, used, err := s.usedDataKeys(ctx)
	if err != nil {
		return false, err
	}
	if now.next != nil {
		result.Old, result.New = hex.EncodeToString(now.current), hex.EncodeToString(now.next)
		return true, s.keys.follow(now.next)
	}
	next, retired, err := s.chooseKey(ctx, source, now, used)
	switch {
	case err != nil:
		return false, err
	case next == nil && retired && source.ask == nil:
		result.Kept, err = s.putOldKeysAway(ctx, source, o)
		return false, err
	case next == nil && source.ask != nil:
		return false, fmt.Errorf("%s %w", source, ErrNoOtherKey)
	case next == nil:
		if next, err = addKey(source); err != nil {
			return false, err
		}
	}
	if err := s.keys.reread(); err != nil {
		return false, err
	}
	if s.keys.keys.Load().indexOf(next.fingerprint) < 0 {
		return false, fmt.Errorf("%s %w", source, ErrLacksNewKey)
	}
	o.report(StepKeyWritten)
	result.Old, result.New = hex.EncodeToString(now.current), hex.EncodeToString(next.fingerprint)
	if err := s.noteNextKey(ctx, now, next.fingerprint, result); err != nil {
		return false, err
	}
	o.report(StepNoted)
	return true, nil
}

// usedDataKeys returns the data keys that the database names, and the fingerprints, in hex, of
// all that it ever named.
func (s *Store) usedDataKeys(ctx context.Context) (now dataKeys, used map[string]bool, err error) {
	used = map[string]bool{}
	err = s.read(ctx, func(tx *sql.Tx) (err error) {
		if now, err = readDataKeys(ctx, tx); err != nil {
			return err
		}
		for _, fingerprint := range [][]byte{now.current, now.next} {
			used[hex.EncodeToString(fingerprint)] = true
		}
		for _, act := range []any{string(review.ActBegun), string(review.ActDataKey)} {
			if err := collectDataKeys(ctx, tx, act, used); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return now, nil, fmt.Errorf("store: read which data keys were used: %w", err)
	}
	return now, used, nil
}

// chooseKey returns the key of a source that was never used; nil when it has none. It reports
// whether there are such that do not count any more.
func (s *Store) chooseKey(ctx context.Context, source keySource, now dataKeys, used map[string]bool) (next *fileKey, retired bool, err error) {
	given, err := source.read(ctx)
	if err != nil {
		return nil, false, err
	}
	for i := range given {
		switch name := hex.EncodeToString(given[i].fingerprint); {
		case name == hex.EncodeToString(now.current):
		case used[name]:
			retired = true
		case next != nil:
			return nil, false, fmt.Errorf("%s %w", source, ErrManyNewKeys)
		default:
			next = &given[i]
		}
	}
	return next, retired, nil
}

// addKey puts a new key beside the ones that a file has.
func addKey(source keySource) (*fileKey, error) {
	keys, err := source.read(context.Background())
	if err != nil {
		return nil, err
	}
	secret, err := parseKey([]byte(NewDataKey()))
	if err != nil {
		return nil, err
	}
	next, err := newFileKey(secret)
	if err != nil {
		return nil, err
	}
	return &next, replaceSecret(source.file, "data-key", linesOf(append(keys, next)))
}

func linesOf(keys []fileKey) string {
	text := ""
	for i := range keys {
		text += keys[i].line()
	}
	return text
}

// noteNextKey notes that a key takes the place of the one that counts, and enters it.
func (s *Store) noteNextKey(ctx context.Context, before dataKeys, next []byte, result *DataKeyResult) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		now, err := readDataKeys(ctx, tx)
		if err != nil {
			return err
		}
		if now.next != nil || hex.EncodeToString(now.current) != hex.EncodeToString(before.current) {
			return fmt.Errorf("%s %w", s.engine.name(), ErrChanging)
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO facts (name, value)
			VALUES ($1, $2)`, nextKeyFact, next)
		if err != nil {
			return err
		}
		return s.enterKeyChange(ctx, tx, review.Facts{DataKeyChange: review.DataKeyBegun, EarlierDataKey: result.Old, DataKey: result.New})
	})
	if err != nil {
		return fmt.Errorf("store: note the new data key: %w", err)
	}
	return nil
}

func (s *Store) enterKeyChange(ctx context.Context, tx *sql.Tx, facts review.Facts) error {
	_, err := s.appendEntry(ctx, tx, newEntry{Act: review.Act{At: s.now(), Act: review.ActDataKey, Facts: facts}})
	return err
}

// sealAnew seals values under the new key, some in each transaction, as long as there are others.
func (s *Store) sealAnew(ctx context.Context, o ChangeOptions) error {
	limit := o.Batch
	if limit == 0 {
		limit = changeBatch
	}
	total, err := s.countWrapped(ctx)
	if err != nil {
		return err
	}
	values := s.progress.begin("Sealing under the new data key", "values", total)
	for _, column := range wrappedColumns() {
		for after := column.before; ; {
			done := 0
			err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
				n, last, err := s.sealColumnAnew(ctx, tx, column, after, limit)
				if err == nil && n > 0 {
					after = last
				}
				done = n
				return err
			})
			if err != nil {
				return fmt.Errorf("store: seal under the new data key: %w", err)
			}
			values.add(int64(done))
			if done > 0 {
				o.report(StepSealed)
			}
			if done < limit {
				break
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(changePause):
			}
		}
	}
	return nil
}

// countWrapped counts the values that are sealed under a data key, for whoever hears of progress.
func (s *Store) countWrapped(ctx context.Context) (total int64, err error) {
	for _, column := range wrappedColumns() {
		n, err := s.progress.count(ctx, s.readers, column.count)
		if err != nil {
			return 0, fmt.Errorf("store: seal under the new data key: %w", s.describeError(err))
		}
		total += n
	}
	return total, nil
}

// sealColumnAnew seals at most so many values of a column that stand behind one, and returns how
// many there were and which was the last.
func (s *Store) sealColumnAnew(ctx context.Context, tx *sql.Tx, column wrappedColumn, after any, limit int) (int, any, error) {
	var list []wrappedValue
	err := column.each(ctx, tx, &wrappedRange{after, s.keys.keys.Load().sealing.mark(), limit}, func(w wrappedValue) error {
		list = append(list, w)
		return nil
	})
	if err != nil || len(list) == 0 {
		return 0, nil, err
	}
	for _, w := range list {
		text, err := unseal(s.dataKeys, w.sealed, w.place)
		if errors.Is(err, review.ErrAltered) {
			return 0, nil, fmt.Errorf("what is sealed in %s for %v %w", column.table, w.id, ErrUnopened)
		}
		if err != nil {
			return 0, nil, err
		}
		if _, err := tx.ExecContext(ctx, column.update, w.id, seal(s.dataKeys, text, w.place)); err != nil {
			return 0, nil, err
		}
	}
	return len(list), list[len(list)-1].id, nil
}

// endChange seals what is left, and notes that the new key counts alone.
func (s *Store) endChange(ctx context.Context, result *DataKeyResult) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		now, err := readDataKeys(ctx, tx)
		if err != nil {
			return err
		}
		result.Values = 0
		for _, column := range wrappedColumns() {
			if _, _, err := s.sealColumnAnew(ctx, tx, column, column.before, 1<<31-1); err != nil {
				return err
			}
			var n int
			if err := tx.QueryRowContext(ctx, column.count).Scan(&n); err != nil {
				return err
			}
			result.Values += n
		}
		if now.next == nil && hex.EncodeToString(now.current) == result.New {
			return nil // somebody else did it meanwhile
		}
		if err := deletePendingCodes(ctx, tx); err != nil {
			return err
		}
		if err := replaceKeyFacts(ctx, tx, now.next); err != nil {
			return err
		}
		return s.enterKeyChange(ctx, tx, review.Facts{
			DataKeyChange: review.DataKeyFinished, EarlierDataKey: result.Old, DataKey: result.New, Rows: result.Values,
		})
	})
	if err != nil {
		return fmt.Errorf("store: note that the new data key counts: %w", err)
	}
	return nil
}

// deletePendingCodes removes the secrets for codes that nobody has confirmed yet: they are under
// the old key, and their owners begin once more.
func deletePendingCodes(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `
		DELETE FROM code_secrets
		WHERE confirmed_at IS NULL`)
	return err
}

// replaceKeyFacts notes that a key counts alone.
func replaceKeyFacts(ctx context.Context, tx *sql.Tx, fingerprint []byte) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE facts
		SET value = $2
		WHERE name = $1`, fingerprintFact, fingerprint)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		DELETE FROM facts
		WHERE name = $1`, nextKeyFact)
	return err
}

// putOldKeysAway leaves the key that counts alone in its file. The others get files of their own,
// whose names are returned.
func (s *Store) putOldKeysAway(ctx context.Context, source keySource, o ChangeOptions) ([]string, error) {
	now, _, err := s.usedDataKeys(ctx)
	if err != nil {
		return nil, err
	}
	given, err := source.read(ctx)
	if err != nil {
		return nil, err
	}
	i := (&ringKeys{all: given}).indexOf(now.current)
	if i < 0 || now.next != nil {
		return nil, fmt.Errorf("%s %w", source, ErrChanging)
	}
	var kept []string
	for k := range given {
		if k == i {
			continue
		}
		path := source.file + ".old-" + hex.EncodeToString(given[k].fingerprint[:4])
		if err := keepSecret(path, "data-key", source.file, given[k].line()); err != nil {
			return nil, err
		}
		kept = append(kept, path)
	}
	o.report(StepOldKept)
	if err := replaceSecret(source.file, "data-key", given[i].line()); err != nil {
		return nil, err
	}
	o.report(StepFilesReady)
	return kept, nil
}

// wrappedColumn is a column whose values are sealed under the data key itself.
type wrappedColumn struct {
	table  string
	before any    // comes before every ID
	all    string // statement that lists values
	others string // statement that lists some, behind an ID, without the mark of a key
	count  string // statement that counts values
	update string // statement that replaces one
	place  func(id any) (string, error)
}

// wrappedValue is one of its values.
type wrappedValue struct {
	id     any
	sealed []byte
	place  string
}

// wrappedRange picks values: behind an ID, and not of a key with the mark.
type wrappedRange struct {
	after any
	mark  []byte
	limit int
}

// wrappedColumns are the columns with values that changing the data key seals anew.
func wrappedColumns() []wrappedColumn {
	return []wrappedColumn{
		{
			table: "recipients", before: "",
			all: `
			SELECT id, data_key
			FROM recipients
			WHERE length(data_key) > 0
			ORDER BY id`,
			others: `
			SELECT id, data_key
			FROM recipients
			WHERE id > $1 AND length(data_key) > 0 AND substr(data_key, 1, 8) <> $2
			ORDER BY id
			LIMIT $3`,
			count: `
			SELECT count(*)
			FROM recipients
			WHERE length(data_key) > 0`,
			update: `
			UPDATE recipients
			SET data_key = $2
			WHERE id = $1`,
			place: func(id any) (string, error) {
				recipient, err := idv.ParseRecipientID(fmt.Sprint(id))
				return dataKeyPlace(recipient), err
			},
		},
		{
			table: "code_secrets", before: int64(-1),
			all: `
			SELECT account, data_key
			FROM code_secrets
			WHERE confirmed_at IS NOT NULL
			ORDER BY account`,
			others: `
			SELECT account, data_key
			FROM code_secrets
			WHERE account > $1 AND confirmed_at IS NOT NULL AND substr(data_key, 1, 8) <> $2
			ORDER BY account
			LIMIT $3`,
			count: `
			SELECT count(*)
			FROM code_secrets
			WHERE confirmed_at IS NOT NULL`,
			update: `
			UPDATE code_secrets
			SET data_key = $2
			WHERE account = $1 AND confirmed_at IS NOT NULL`,
			place: func(id any) (string, error) {
				account, err := strconv.ParseInt(fmt.Sprint(id), 10, 64)
				return codeKeyPlace(account), err
			},
		},
	}
}

// each passes values of the column on; all of them when no range is given. No statement may be
// executed meanwhile.
func (c *wrappedColumn) each(ctx context.Context, tx *sql.Tx, some *wrappedRange, do func(wrappedValue) error) error {
	statement, args := c.all, []any(nil)
	if some != nil {
		statement, args = c.others, []any{some.after, some.mark, some.limit}
	}
	rows, err := tx.QueryContext(ctx, statement, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var w wrappedValue
		if err := rows.Scan(&w.id, &w.sealed); err != nil {
			return err
		}
		if w.place, err = c.place(w.id); err != nil {
			return err
		}
		if err := do(w); err != nil {
			return err
		}
	}
	return rows.Err()
}

// collectDataKeys notes the fingerprints, in hex, that entries of an act name.
func collectDataKeys(ctx context.Context, tx *sql.Tx, act any, used map[string]bool) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT facts
		FROM ledger
		WHERE act = $1`, act)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var e ledger.Entry
		if err := rows.Scan(&e.Facts); err != nil {
			return err
		}
		facts, err := review.ParseFacts(e)
		if err != nil {
			return err
		}
		used[facts.DataKey], used[facts.EarlierDataKey] = true, true
	}
	return rows.Err()
}

// keepSecret writes a secret to a file of its own, as private as another, unless it is there.
func keepSecret(path, kind, like, text string) error {
	before, err := readSecret(path, kind, ErrBadKey)
	if err == nil && string(before) == text {
		return nil
	}
	if err == nil {
		return fmt.Errorf("the file %s %w", path, ErrExists)
	}
	if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return describeError("the "+kind+" file "+path, writeLike(like, path, text, os.Link))
}

// replaceSecret puts a file with another text in the place of one with a secret, with the rights
// and the owner of that.
func replaceSecret(path, kind, text string) error {
	return describeError("the "+kind+" file "+path, writeLike(path, path, text, os.Rename))
}

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// KeepDecision records a decision once per author and key, and removes the author's
// draft about the recipient. See review.Desk.Decide for its errors.
func (s *Store) KeepDecision(ctx context.Context, n review.NewDecision) (int64, error) {
	var seq int64
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		old, err := s.once(ctx, tx, n.By, n.Key, n.Same)
		if err != nil {
			return err
		}
		if old != nil {
			seq = old.Seq
			return nil
		}
		if err := isNewest(ctx, tx, n.Recipient, n.Digest); err != nil {
			return err
		}
		record, err := decisionsOn(ctx, tx, n.Recipient)
		if err != nil {
			return err
		}
		opened := func(since *review.Recorded) (bool, error) { return openedAfter(ctx, tx, n.By, n.Recipient, since) }
		if err := record.MayDecide(&n, opened); err != nil {
			return err
		}
		if seq, err = s.appendDecision(ctx, tx, record, n); err != nil {
			return err
		}
		return deleteDraft(ctx, tx, n.Recipient, n.By)
	})
	if err != nil {
		return 0, fmt.Errorf("store: keep decision: %w", err)
	}
	return seq, nil
}

func (s *Store) appendDecision(ctx context.Context, tx *sql.Tx, record *review.Record, n review.NewDecision) (int64, error) {
	content, err := json.Marshal(n.Statement)
	if err != nil {
		return 0, err
	}
	referred, err := referredTo(ctx, tx, n.Statement)
	if err != nil {
		return 0, err
	}
	return s.appendDecisive(ctx, tx, record, referred, act{
		at: n.Statement.Decided, by: n.By, recipient: n.Recipient, snapshot: n.Digest, act: review.ActDecision,
		about:   n.Statement.Supersedes,
		facts:   review.Facts{Form: n.Key, Verdict: n.Statement.Verdict, Second: n.Statement.Second},
		content: content,
	})
}

// openedAfter reports whether somebody was shown a recipient's result after an entry.
func openedAfter(ctx context.Context, tx *sql.Tx, who account.Person, id idv.RecipientID, e *review.Recorded) (bool, error) {
	var shown bool
	err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (
			SELECT 1
			FROM access_log
			WHERE account = $1 AND recipient = $2 AND what = $3
				AND CASE WHEN after_entry IS NULL THEN at > $4 ELSE after_entry >= $5 END)`,
		who.ID, id.String(), string(review.SeenResult), millis(e.At), e.Seq).Scan(&shown)
	return shown, err
}

// KeepSecond records a second review; see review.Desk.Second for its errors. The schema
// refuses whatever would slip through here.
func (s *Store) KeepSecond(ctx context.Context, at time.Time, n review.NewSecond) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if old, err := s.once(ctx, tx, n.By, n.Key, n.Same); err != nil || old != nil {
			return err
		}
		record, err := decisionsOn(ctx, tx, n.Recipient)
		if err != nil {
			return err
		}
		if err := record.MaySecond(n.By, n.Decision, n.Digest); err != nil {
			return err
		}
		if err := isNewest(ctx, tx, n.Recipient, n.Digest); err != nil {
			return err
		}
		a := act{
			at: at, by: n.By, recipient: n.Recipient, snapshot: n.Digest, act: n.Act(),
			about: n.Decision, facts: review.Facts{Form: n.Key},
		}
		if n.Note != "" {
			a.content = []byte(n.Note)
		}
		if a.facts.OnePerson, err = couldBeOne(ctx, tx, record.Decision(n.Decision), n.By.ID, at); err != nil {
			return err
		}
		_, err = s.appendDecisive(ctx, tx, record, sql.NullInt64{}, a)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: keep second review: %w", err)
	}
	return nil
}

// couldBeOne returns why the author of a decision and whoever reviews it may be one person.
func couldBeOne(ctx context.Context, tx *sql.Tx, d *review.Decision, second int64, at time.Time) ([]review.OnePerson, error) {
	since := at
	if d.At.Before(since) {
		since = d.At
	}
	changes, err := accountChanges(ctx, tx, since.Add(-review.RelyAfter))
	return review.CouldBeOne(d.Author, second, changes), err
}

// accountChanges returns the changes since a time that may let somebody act as another. One
// whose clock was ahead counts too: how long ago it was, nobody knows.
func accountChanges(ctx context.Context, tx *sql.Tx, since time.Time) ([]review.AccountChange, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT `+entryColumns+`
		FROM ledger
		WHERE act = $1 AND at >= $2
		ORDER BY seq`, string(review.ActAccount), millis(since))
	list, err := readEntries(rows, err)
	if err != nil {
		return nil, err
	}
	var changes []review.AccountChange
	for i := range list {
		c, counts, err := review.ReadAccountChange(&list[i])
		if err != nil {
			return nil, err
		}
		if counts {
			changes = append(changes, c)
		}
	}
	return changes, nil
}

// CouldBeOne returns why the author of a decision and whoever would review it now may be one
// person; see review.Records.
func (s *Store) CouldBeOne(ctx context.Context, d *review.Decision, second int64, now time.Time) ([]review.OnePerson, error) {
	var list []review.OnePerson
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		list, err = couldBeOne(ctx, tx, d, second, now)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("store: look at changes of accounts: %w", err)
	}
	return list, nil
}

// KeepWithdrawal records a withdrawal; see review.Desk.Withdraw for its errors.
func (s *Store) KeepWithdrawal(ctx context.Context, at time.Time, n review.NewWithdrawal) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if old, err := s.once(ctx, tx, n.By, n.Key, n.Same); err != nil || old != nil {
			return err
		}
		record, err := decisionsOn(ctx, tx, n.Recipient)
		if err != nil {
			return err
		}
		if err := record.MayWithdraw(n.By, n.Decision); err != nil {
			return err
		}
		_, err = s.appendDecisive(ctx, tx, record, sql.NullInt64{}, act{
			at: at, by: n.By, recipient: n.Recipient, snapshot: record.Decision(n.Decision).Digest, act: review.ActWithdrawn,
			about: n.Decision, facts: review.Facts{Form: n.Key}, content: []byte(n.Reason),
		})
		return err
	})
	if err != nil {
		return fmt.Errorf("store: keep withdrawal: %w", err)
	}
	return nil
}

// recordOf reads the record of a recipient without texts.
func recordOf(ctx context.Context, tx *sql.Tx, id idv.RecipientID) (*review.Record, error) {
	list, err := entriesAbout(ctx, tx, nil, id)
	if err != nil {
		return nil, err
	}
	return review.ReadRecord(list)
}

// decisionsOn reads the acts on decisions about a recipient, without texts, and whether the
// recipient was erased.
func decisionsOn(ctx context.Context, tx *sql.Tx, id idv.RecipientID) (*review.Record, error) {
	arguments := []any{id.String(), string(review.ActErasure)}
	for _, a := range review.DecisiveActs() {
		arguments = append(arguments, string(a))
	}
	rows, err := tx.QueryContext(ctx, `
		SELECT `+entryColumns+`
		FROM ledger
		WHERE recipient = $1 AND act IN ($2, $3, $4, $5, $6)
		ORDER BY seq`, arguments...)
	entries, err := readEntries(rows, err)
	if err != nil {
		return nil, err
	}
	return review.ReadRecord(entries)
}

// appendDecisive appends an act on a decision to the ledger and to the record, and writes the
// status that the case has with it; see saveStatus.
func (s *Store) appendDecisive(ctx context.Context, tx *sql.Tx, record *review.Record, referred sql.NullInt64, a act) (int64, error) {
	seq, err := s.append(ctx, tx, a)
	if err != nil {
		return 0, err
	}
	at, err := entryTime(ctx, tx, seq)
	if err != nil {
		return 0, err
	}
	e := ledger.Entry{Seq: seq, At: at, Actor: a.by.ID, Snapshot: ledger.Digest(a.snapshot), Act: a.act, About: a.about, Facts: a.facts.String()}
	if err := record.Follow(review.Recorded{Entry: e}); err != nil {
		return 0, err
	}
	if err := saveStatus(ctx, tx, a.recipient, record, referred); err != nil {
		return 0, err
	}
	return seq, afterDecisive(ctx, tx, a.recipient, record)
}

// saveStatus writes the status of a case for the lists that find it by that. Referred is the
// account to which a new decision refers it; one that is not valid leaves it with whom it is.
func saveStatus(ctx context.Context, tx *sql.Tx, id idv.RecipientID, record *review.Record, referred sql.NullInt64) error {
	if record.Latest() == nil {
		return nil
	}
	newest, err := newestDigest(ctx, tx, id)
	if err != nil {
		return err
	}
	status := record.CaseStatus(newest)
	_, err = tx.ExecContext(ctx, `
		UPDATE recipients
		SET decision = $1, verdict = $2, decided = $3, changed = $4, referred = CASE WHEN $5 = 1 THEN coalesce($6, referred) END
		WHERE id = $7`,
		status.Decision, string(status.Verdict), string(status.State), truth(status.Changed), truth(status.Referred), referred, id.String())
	return err
}

// referredTo returns the account to which a referral goes; 0 for any supervisor, and NULL
// for what is no referral.
func referredTo(ctx context.Context, tx *sql.Tx, s review.Statement) (sql.NullInt64, error) {
	if s.Verdict != review.Refer {
		return sql.NullInt64{}, nil
	}
	if s.ReferredTo == "" {
		return sql.NullInt64{Valid: true}, nil
	}
	var id int64
	err := tx.QueryRowContext(ctx, `
		SELECT id
		FROM accounts
		WHERE name_key = $1`, account.NameKey(s.ReferredTo)).Scan(&id)
	return sql.NullInt64{Int64: id, Valid: true}, err
}

// KeepDispositions records what hits are held for, all or none.
func (s *Store) KeepDispositions(ctx context.Context, at time.Time, n review.NewDispositions) error {
	contents, err := n.Contents()
	if err != nil {
		return fmt.Errorf("store: keep dispositions: %w", err)
	}
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		old, err := s.once(ctx, tx, n.By, n.Key, n.Same)
		if err != nil {
			return err
		}
		if old != nil {
			return s.sameDispositions(ctx, tx, old, &n)
		}
		if err := isNewest(ctx, tx, n.Recipient, n.Digest); err != nil {
			return err
		}
		for i, content := range contents {
			facts := review.Facts{Disposition: n.Disposition}
			if i == 0 {
				facts.Form = n.Key // one entry stands for the form
			}
			_, err := s.append(ctx, tx, act{
				at: at, by: n.By, recipient: n.Recipient, snapshot: n.Digest, act: review.ActDisposition, facts: facts, content: content,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store: keep dispositions: %w", err)
	}
	return nil
}

// sameDispositions returns review.ErrKeyUsed unless the entries that were made with one
// form, of which the first is given, are these dispositions.
func (s *Store) sameDispositions(ctx context.Context, tx *sql.Tx, first *review.Recorded, n *review.NewDispositions) error {
	key, err := s.recipientKey(ctx, tx, n.Recipient)
	if err != nil {
		return err
	}
	list, err := entriesAbout(ctx, tx, key, n.Recipient)
	if err != nil {
		return err
	}
	same, err := n.SameAll(first, list)
	if err == nil && !same {
		err = review.ErrKeyUsed
	}
	return err
}

// KeepExport records that somebody takes an evidence bundle, and returns its Seq; see
// review.Records.
func (s *Store) KeepExport(ctx context.Context, at time.Time, n review.NewExport) (int64, error) {
	content, err := json.Marshal(n.Names())
	if err != nil {
		return 0, fmt.Errorf("store: keep export: %w", err)
	}
	var seq int64
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		record, err := decisionsOn(ctx, tx, n.Recipient)
		if err != nil {
			return err
		}
		if err := record.MayExport(&n); err != nil {
			return err
		}
		seq, err = s.append(ctx, tx, act{
			at: at, by: n.By, recipient: n.Recipient, snapshot: n.Digest, act: review.ActExport,
			facts: review.Facts{Version: n.Program}, content: content,
		})
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("store: keep export: %w", err)
	}
	return seq, nil
}

// KeepListExport records that somebody takes a list along.
func (s *Store) KeepListExport(ctx context.Context, at time.Time, who account.Person, list review.List) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := s.append(ctx, tx, act{at: at, by: who, act: review.ActListExport, facts: review.Facts{List: list}})
		return err
	})
	if err != nil {
		return fmt.Errorf("store: keep export of a list: %w", err)
	}
	return nil
}

// Coverage returns what somebody was shown of a result so far: media of whatever result,
// parts and hits of this one.
func (s *Store) Coverage(ctx context.Context, id idv.RecipientID, digest idv.Digest, who account.Person) (review.Coverage, error) {
	covered := review.NewCoverage()
	err := s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT what, part, hits, medium, sha256, page_view IS NULL, digest = $1
			FROM access_log
			WHERE account = $2 AND recipient = $3 AND what NOT IN ('result', 'medium')
			ORDER BY id`, digest[:], who.ID, id.String())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			a, this, err := scanEvidence(rows)
			if err != nil {
				return err
			}
			covered.Add(&a, this)
		}
		return rows.Err()
	})
	if err != nil {
		return review.Coverage{}, fmt.Errorf("store: read coverage: %w", err)
	}
	return covered.Coverage(), nil
}

// scanEvidence scans an entry of the access log, and whether it is of the result that is
// asked about.
func scanEvidence(rows *sql.Rows) (a review.Access, this bool, err error) {
	var medium sql.NullString
	var sum []byte
	if err = rows.Scan(&a.What, &a.Part, &a.Hits, &medium, &sum, &a.Older, &this); err == nil && medium.Valid {
		a.Medium, err = idv.ParseMediaID(medium.String)
	}
	copy(a.SHA256[:], sum)
	return a, this, err
}

// Deciders lists the people who may decide, by name.
func (s *Store) Deciders(ctx context.Context) ([]account.Person, error) {
	all, err := s.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	var list []account.Person
	for _, p := range all {
		if p.Role.May(account.Decide) && !p.Disabled {
			list = append(list, p.Person)
		}
	}
	return list, nil
}

// maxOpenings is how many openings of a recipient are looked at, from the latest on.
const maxOpenings = 300

// Openings lists who was shown a recipient's results of late, once for each day and
// person, the latest first.
func (s *Store) Openings(ctx context.Context, id idv.RecipientID) ([]review.Opening, error) {
	var list []review.Opening
	err := s.read(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT opened.at, accounts.name, days.times, opened.after_entry
			FROM (
				SELECT count(*) AS times, min(id) AS first
				FROM access_log
				WHERE recipient = $1 AND what = 'result' AND id > coalesce((
					SELECT id
					FROM access_log
					WHERE recipient = $1 AND what = 'result'
					ORDER BY id DESC
					LIMIT 1 OFFSET $2), 0)
				GROUP BY account, at / 86400000) AS days
			JOIN access_log AS opened ON opened.id = days.first
			JOIN accounts ON accounts.id = opened.account
			ORDER BY days.first DESC
			LIMIT 100`, id.String(), maxOpenings)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var o review.Opening
			var at int64
			if err := rows.Scan(&at, &o.By, &o.Times, placeOf{&o.Place}); err != nil {
				return err
			}
			o.At = timeOf(at)
			list = append(list, o)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("store: list openings: %w", err)
	}
	return list, nil
}

// Pending lists the decisions that somebody should look at.
func (s *Store) Pending(ctx context.Context, who account.Person, limit int) (review.Pending, error) {
	var p review.Pending
	anySupervisor := int64(-1)
	if who.Role == account.Supervisor {
		anySupervisor = 0
	}
	for _, list := range []struct {
		to    *[]review.Visit
		where string
		args  []any
	}{
		{&p.Second, `recipients.decided = 'proposed'`, nil},
		{&p.Referred, `recipients.referred IN ($2, $3)`, []any{who.ID, anySupervisor}},
		{&p.Changed, `recipients.changed = 1`, nil},
	} {
		var err error
		*list.to, err = s.visits(ctx, `
			SELECT recipients.id, ledger.at, `+visitColumns+`
			FROM recipients
			JOIN ledger ON ledger.seq = recipients.decision
			WHERE `+list.where+` AND recipients.erased_at IS NULL
			ORDER BY recipients.decision
			LIMIT $1`, append([]any{limit}, list.args...)...)
		if err != nil {
			return review.Pending{}, fmt.Errorf("store: list pending recipients: %w", err)
		}
	}
	return p, nil
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/review"
)

// What lists and searches need of a case stands in columns of its recipient and in
// case_facets. It follows from results, from which hits were read, and from the ledger; see
// review.ResultColumnsOf and review.CaseColumnsOf.

// listedCase is what has to be known of a case to work out its columns anew.
type listedCase struct {
	newest     review.NewestResult
	assessed   int           // version by which the columns of the result were worked out
	referred   sql.NullInt64 // account to which it is referred; zero for any supervisor, not valid when it is not
	assignee   *review.Assignment
	notes      int
	place      place
	wrappedKey []byte // empty when it was destroyed
}

// place is where a case stands in lists.
type place struct {
	phase          sql.NullInt64 // not valid where no list has the case
	concern, since int64
}

// changes are what of a case may be another than before; the rest of its columns stays.
type changes struct {
	session *idv.Session   // of the newest result; nil where that is the same as before
	record  *review.Record // with the acts on decisions; nil where other acts count too, and all are read
}

// afterResult writes what lists need of a case that has a new result.
func afterResult(ctx context.Context, tx *sql.Tx, id idv.RecipientID, record *review.Record, session *idv.Session) error {
	c, err := readListed(ctx, tx, id)
	if err != nil {
		return err
	}
	if c.assessed != review.AssessmentVersion { // of notes and tags nothing stands there yet
		return saveListed(ctx, tx, id, c, changes{session: session})
	}
	known := *record
	known.Assignee = c.assignee // nobody takes a case by fetching it
	return saveListed(ctx, tx, id, c, changes{session, &known})
}

// afterDecisive writes what lists need of a case after an act on decisions, with which it is
// nobody's any more.
func (s *Store) afterDecisive(ctx context.Context, tx *sql.Tx, id idv.RecipientID, record *review.Record) error {
	return s.saveCase(ctx, tx, id, changes{record: record})
}

// saveDecisive writes the status of a case after an act on decisions, and what lists need of it,
// in one statement where its result was assessed. Referred is as in saveStatus.
func (s *Store) saveDecisive(ctx context.Context, tx *sql.Tx, id idv.RecipientID, c listedCase, record *review.Record, referred sql.NullInt64) error {
	status := record.CaseStatus(c.newest.Digest)
	columns := review.CaseColumnsOf(c.newest, record, c.notes)
	if columns.Stage == "" || status.Decision == 0 || c.assessed != review.AssessmentVersion {
		if err := saveStatus(ctx, tx, id, status, referred); err != nil {
			return err
		}
		return s.afterDecisive(ctx, tx, id, record)
	}
	switch {
	case !status.Referred:
		c.referred = sql.NullInt64{}
	case referred.Valid:
		c.referred = referred
	}
	holder := sql.NullInt64{}
	holder.Int64, holder.Valid = columns.Holder(c.referred.Int64)
	_, err := tx.ExecContext(ctx, `
		UPDATE recipients
		SET decision = $1, verdict = $2, decided = $3, changed = $4, referred = $5,
			stage = $6, phase = $7, concern = $8, since = $9, assignee = NULL, assigned_at = NULL, active_at = NULL,
			holder = $10, reviewer = $11, decided_at = $12
		WHERE id = $13`,
		status.Decision, string(status.Verdict), string(status.State), boolToInt(status.Changed), c.referred,
		string(columns.Stage), phaseOf(&columns), columns.Concern, sinceOf(&columns),
		holder, idOrNull(columns.Reviewer), millisOrNull(columns.Decided), id.String())
	if err != nil {
		return err
	}
	return saveFacets(ctx, tx, id, c, &columns, changes{record: record})
}

// saveCase writes what lists need of a case after an act, and works out what follows from
// its newest result only where that was not done.
func (s *Store) saveCase(ctx context.Context, tx *sql.Tx, id idv.RecipientID, what changes) error {
	c, err := readListed(ctx, tx, id)
	if err != nil || c.newest.Digest == (idv.Digest{}) {
		return err
	}
	if c.assessed != review.AssessmentVersion {
		return s.assessFromResult(ctx, tx, id, c)
	}
	return saveListed(ctx, tx, id, c, what)
}

// afterAct keeps up with an act that is no decision and no erasure, which have their own
// place in lists written where they are recorded.
func (s *Store) afterAct(ctx context.Context, tx *sql.Tx, e *ledger.Entry) error {
	switch e.Act {
	case review.ActNote:
		_, err := tx.ExecContext(ctx, `
			UPDATE recipients
			SET notes = (SELECT count(*) FROM ledger WHERE recipient = $1 AND act = 'note')
			WHERE id = $1 AND stage <> ''`, e.Recipient)
		return err
	case review.ActTaken, review.ActReleased, review.ActAssigned, review.ActTagged, review.ActUntagged:
		id, err := idv.ParseRecipientID(e.Recipient)
		if err != nil {
			return err
		}
		return s.saveCase(ctx, tx, id, changes{})
	}
	return nil
}

// afterAccess keeps up with what somebody was shown: the one who has a case is at work on it,
// and hits that somebody read may contradict its result.
func (s *Store) afterAccess(ctx context.Context, tx *sql.Tx, a *review.Access) error {
	if a.What == review.AccessResult {
		if err := touchAssignee(ctx, tx, a.Recipient, a.Who.ID, a.At); err != nil {
			return err
		}
	}
	if a.HitsRead == nil || len(a.HitsRead.Conflicts) == 0 {
		return nil
	}
	c, err := readListed(ctx, tx, a.Recipient)
	if err != nil || c.newest.Digest == (idv.Digest{}) {
		return err
	}
	return s.assessFromResult(ctx, tx, a.Recipient, c)
}

// assessFromResult works out all columns of a case from its newest result as it is stored.
func (s *Store) assessFromResult(ctx context.Context, tx *sql.Tx, id idv.RecipientID, c listedCase) error {
	key, err := s.unwrapKey(id, c.wrappedKey)
	if errors.Is(err, review.ErrErased) {
		return saveListed(ctx, tx, id, c, changes{session: &idv.Session{}})
	}
	if err != nil {
		return err
	}
	body, err := readBody(ctx, tx, key, id, c.newest.Digest)
	if err != nil {
		return err
	}
	d, err := idv.Decode(body)
	if err != nil {
		return fmt.Errorf("store: read the newest result of %s: %w", id, err)
	}
	return saveListed(ctx, tx, id, c, changes{session: &d.Session})
}

// selectListed reads what listedScan scans, and the data key.
const selectListed = `
		SELECT recipients.assessed, recipients.bucket, recipients.final = 1, recipients.referred,
			recipients.assignee, recipients.assigned_at, recipients.notes,
			recipients.phase, recipients.concern, recipients.since, newest.digest, began.at, recipients.data_key
		FROM recipients
		LEFT JOIN fetches AS newest ON newest.id = recipients.newest
		LEFT JOIN fetches AS began ON began.id = newest.run
		WHERE recipients.id = $1`

// listedScan is a listedCase as it is stored.
type listedScan struct {
	listedCase
	digest                    []byte
	first, assignee, assigned sql.NullInt64
}

func (l *listedScan) targets() []any {
	return []any{
		&l.assessed, &l.newest.Columns.Bucket, &l.newest.Columns.Final, &l.referred, &l.assignee, &l.assigned, &l.notes,
		&l.place.phase, &l.place.concern, &l.place.since, &l.digest, &l.first,
	}
}

func (l *listedScan) toCase() listedCase {
	c := l.listedCase
	copy(c.newest.Digest[:], l.digest)
	if l.first.Valid {
		c.newest.First = timeOf(l.first.Int64)
	}
	if l.assignee.Valid {
		c.assignee = &review.Assignment{Account: l.assignee.Int64, At: timeOf(l.assigned.Int64)}
	}
	return c
}

func readListed(ctx context.Context, tx *sql.Tx, id idv.RecipientID) (listedCase, error) {
	row, err := readRecipientRow(ctx, tx, id)
	return row.listed, err
}

// saveListed writes what of the columns and facets of a case may be another than before.
func saveListed(ctx context.Context, tx *sql.Tx, id idv.RecipientID, c listedCase, what changes) error {
	record := what.record
	if record == nil {
		var err error
		if record, err = caseRecord(ctx, tx, id); err != nil {
			return err
		}
		if c.notes, err = noteCount(ctx, tx, id); err != nil {
			return err
		}
	}
	if what.session != nil {
		read, err := hitsRead(ctx, tx, id)
		if err != nil {
			return err
		}
		c.newest.Columns = review.ResultColumnsOf(what.session, read)
	}
	columns := review.CaseColumnsOf(c.newest, record, c.notes)
	if columns.Stage == "" {
		c.newest.Columns, what = review.ResultColumns{}, changes{session: &idv.Session{}}
	}
	if what.session != nil {
		if err := saveResultColumns(ctx, tx, id, &c.newest.Columns); err != nil {
			return err
		}
	}
	if err := saveCaseColumns(ctx, tx, id, c.referred.Int64, &columns); err != nil {
		return err
	}
	return saveFacets(ctx, tx, id, c, &columns, what)
}

// caseRecord reads the acts on which the place of a case in lists depends, without texts.
func caseRecord(ctx context.Context, tx *sql.Tx, id idv.RecipientID) (*review.Record, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT `+entryColumns+`
		FROM ledger
		WHERE recipient = $1 AND act IN ('decision', 'second-agreed', 'second-disagreed', 'withdrawn', 'erasure',
			'taken', 'released', 'assigned', 'tagged', 'untagged')
		ORDER BY seq`, id.String())
	entries, err := readEntries(rows, err)
	if err != nil {
		return nil, err
	}
	return review.ReadRecord(entries)
}

func noteCount(ctx context.Context, tx *sql.Tx, id idv.RecipientID) (n int, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT count(*)
		FROM ledger
		WHERE recipient = $1 AND act = 'note'`, id.String()).Scan(&n)
	return n, err
}

func saveResultColumns(ctx context.Context, tx *sql.Tx, id idv.RecipientID, c *review.ResultColumns) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE recipients
		SET assessed = $1, bucket = $2, why = $3, document = $4, country = $5, session = $6, tracking = $7
		WHERE id = $8`,
		review.AssessmentVersion, string(c.Bucket), c.Why, c.Document, c.Country, c.Session, c.Tracking, id.String())
	return err
}

func saveCaseColumns(ctx context.Context, tx *sql.Tx, id idv.RecipientID, referred int64, c *review.CaseColumns) error {
	holder := sql.NullInt64{}
	holder.Int64, holder.Valid = c.Holder(referred)
	_, err := tx.ExecContext(ctx, `
		UPDATE recipients
		SET stage = $1, phase = $2, concern = $3, since = $4, assignee = $5, assigned_at = $6,
			active_at = CASE WHEN assignee = $5 THEN active_at ELSE $6 END,
			holder = $7, notes = $8, reviewer = $9, decided_at = $10
		WHERE id = $11`,
		string(c.Stage), phaseOf(c), c.Concern, sinceOf(c), idOrNull(c.Assignee), millisOrNull(c.Assigned),
		holder, c.Notes, idOrNull(c.Reviewer), millisOrNull(c.Decided), id.String())
	return err
}

func phaseOf(c *review.CaseColumns) sql.NullInt64 {
	phase, listed := c.Stage.Phase()
	return sql.NullInt64{Int64: int64(phase), Valid: listed}
}

// sinceOf is how the time since which a case is in its stage is stored.
func sinceOf(c *review.CaseColumns) int64 {
	if c.Since.IsZero() {
		return 0
	}
	return millis(c.Since)
}

// idOrNull stores the ID of no account as NULL.
func idOrNull(id int64) sql.NullInt64 { return sql.NullInt64{Int64: id, Valid: id != 0} }

// facet is a row of case_facets without its place.
type facet struct {
	kind  review.FacetKind
	value string
}

// saveFacets writes what a case has several of, where that may be another than before, and
// where it stands.
func saveFacets(ctx context.Context, tx *sql.Tx, id idv.RecipientID, c listedCase, columns *review.CaseColumns, what changes) error {
	now := place{phaseOf(columns), int64(columns.Concern), sinceOf(columns)}
	if now != c.place && now.phase.Valid {
		_, err := tx.ExecContext(ctx, `
			UPDATE case_facets
			SET phase = $1, concern = $2, since = $3
			WHERE recipient = $4 AND phase IS NOT NULL`, now.phase, now.concern, now.since, id.String())
		if err != nil {
			return err
		}
	}
	kinds := what.facetKinds()
	if len(kinds) == 0 {
		return nil
	}
	stored, err := facetsOf(ctx, tx, id)
	if err != nil {
		return err
	}
	missing := map[facet]bool{}
	all := review.Facets(&c.newest.Columns, columns)
	for _, kind := range kinds {
		for _, value := range all[kind] {
			missing[facet{kind, value}] = true
		}
	}
	for _, f := range stored {
		switch {
		case !slices.Contains(kinds, f.kind):
		case missing[f]:
			delete(missing, f)
		default:
			if err := deleteFacet(ctx, tx, id, f); err != nil {
				return err
			}
		}
	}
	return insertFacets(ctx, tx, id, slices.Collect(maps.Keys(missing)), now)
}

// facetKinds are the kinds of facets that may be others than before.
func (c changes) facetKinds() []review.FacetKind {
	var kinds []review.FacetKind
	if c.record == nil {
		kinds = append(kinds, review.FacetTag)
	}
	if c.session != nil {
		kinds = append(kinds, review.FacetCheck, review.FacetReason)
	}
	return kinds
}

func deleteFacet(ctx context.Context, tx *sql.Tx, id idv.RecipientID, f facet) error {
	_, err := tx.ExecContext(ctx, `
		DELETE FROM case_facets
		WHERE recipient = $1 AND kind = $2 AND value = $3`, id.String(), string(f.kind), f.value)
	return err
}

// facetsAtOnce is how many facets one statement adds: a result has about twenty, and statements
// have a limit of arguments.
const facetsAtOnce = 50

// insertFacets adds facets to a case. One statement for each would be a message to another machine
// and back for each, while all others wait for the head.
func insertFacets(ctx context.Context, tx *sql.Tx, id idv.RecipientID, missing []facet, now place) error {
	for some := range slices.Chunk(missing, facetsAtOnce) {
		var c conditions
		var rows []string
		for _, f := range some {
			at, placed := now.ofFacet(f)
			rows = append(rows, "("+c.list([]any{id.String(), string(f.kind), f.value, at.phase,
				sql.NullInt64{Int64: at.concern, Valid: placed}, sql.NullInt64{Int64: at.since, Valid: placed}})+")")
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO case_facets (recipient, kind, value, phase, concern, since)
			VALUES `+strings.Join(rows, ", "), c.arguments...)
		if err != nil {
			return err
		}
	}
	return nil
}

// ofFacet returns the place that stands with a facet of the case, and whether one does.
func (p place) ofFacet(f facet) (at place, placed bool) {
	if !f.kind.Selective(f.value) {
		return place{}, false
	}
	return p, true
}

func facetsOf(ctx context.Context, tx *sql.Tx, id idv.RecipientID) ([]facet, error) {
	return readRows(ctx, tx, func(rows *sql.Rows) (f facet, err error) {
		err = rows.Scan(&f.kind, &f.value)
		return f, err
	}, `
		SELECT kind, value
		FROM case_facets
		WHERE recipient = $1
		ORDER BY kind, value`, id.String())
}

// touchAssignee notes that somebody who has a case is at work on it. Once a minute is enough.
func touchAssignee(ctx context.Context, tx *sql.Tx, id idv.RecipientID, who int64, at time.Time) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE recipients
		SET active_at = $1
		WHERE id = $2 AND assignee = $3 AND active_at < $4`, millis(at), id.String(), who, millis(at.Add(-time.Minute)))
	return err
}

// Reassess works out the columns of some of the cases anew that were assessed by another
// version of the program, or before there were such columns. It returns how many, and
// whether there may be more.
func (s *Store) Reassess(ctx context.Context, limit int) (done int, more bool, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		ids, err := assessedByOtherVersion(ctx, tx, limit)
		if err != nil {
			return err
		}
		for _, id := range ids {
			c, err := readListed(ctx, tx, id)
			if err != nil {
				return err
			}
			if err := s.assessFromResult(ctx, tx, id, c); err != nil {
				return err
			}
		}
		done, more = len(ids), len(ids) == limit
		return nil
	})
	if err != nil {
		return 0, false, fmt.Errorf("store: assess cases again: %w", err)
	}
	return done, more, nil
}

// assessedByOtherVersion returns recipients whose columns another version made: an earlier one, or a
// later one, which was in use before this.
func assessedByOtherVersion(ctx context.Context, tx *sql.Tx, limit int) ([]idv.RecipientID, error) {
	var all []idv.RecipientID
	for _, other := range []string{"<", ">"} {
		ids, err := readRows(ctx, tx, func(rows *sql.Rows) (id idv.RecipientID, err error) {
			err = rows.Scan(recipientOf{&id})
			return id, err
		}, strings.ReplaceAll(`
			SELECT id
			FROM recipients
			WHERE newest IS NOT NULL AND assessed < $1
			ORDER BY assessed, id
			LIMIT $2`, "<", other), review.AssessmentVersion, limit-len(all))
		if err != nil {
			return nil, err
		}
		all = append(all, ids...)
	}
	return all, nil
}

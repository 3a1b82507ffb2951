package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"countersign/internal/idv"
	"countersign/internal/review"
)

// What lists know of a case is worked out again from its newest result, the hits that were
// read and its entries, by the functions that made it; see saveListed. Cases that another
// version of the program assessed are passed over: their columns are not those of this one.

// listedRow is what lists know of a case.
type listedRow struct {
	id                    string
	assessed, referred    int64
	stage                 string
	phase, holder         nullNumber
	concern, since, notes int64
	assignee, assigned    nullNumber
	reviewer, decided     nullNumber
	bucket, why           string
	document, country     string
	session, tracking     string
}

type listedFacet struct {
	recipient             string
	kind, value           string
	phase, concern, since nullNumber
}

type listedHits struct {
	recipient string
	id        int64
	read      string
}

// listedCheck has what lists know of recipients, in the order of these.
type listedCheck struct {
	rows   *cursor[listedRow]
	facets *cursor[listedFacet]
	hits   *cursor[listedHits]
}

func newListedCheck(ctx context.Context, tx *sql.Tx) *listedCheck {
	return &listedCheck{
		rows: &cursor[listedRow]{limit: chunkRows, read: func(after *listedRow) ([]listedRow, error) {
			return readRows(ctx, tx, scanListedRow, `
				SELECT id, assessed, coalesce(referred, 0), stage, phase, holder, concern, since, notes, assignee, assigned_at,
					reviewer, decided_at, bucket, why, document, country, session, tracking
				FROM recipients
				WHERE id > $1
				ORDER BY id
				LIMIT $2`, after.id, chunkRows)
		}},
		facets: &cursor[listedFacet]{limit: chunkRows, read: func(after *listedFacet) ([]listedFacet, error) {
			return readRows(ctx, tx, scanListedFacet, `
				SELECT recipient, kind, value, phase, concern, since
				FROM case_facets
				WHERE (recipient, kind, value) > ($1, $2, $3)
				ORDER BY recipient, kind, value
				LIMIT $4`, after.recipient, after.kind, after.value, chunkRows)
		}},
		hits: &cursor[listedHits]{limit: chunkRows, read: func(after *listedHits) ([]listedHits, error) {
			return readRows(ctx, tx, scanListedHits, `
				SELECT recipient, id, hits_read
				FROM access_log
				WHERE hits_read IS NOT NULL AND (recipient, id) > ($1, $2)
				ORDER BY recipient, id
				LIMIT $3`, after.recipient, after.id, chunkRows)
		}},
	}
}

func scanListedRow(rows *sql.Rows) (r listedRow, err error) {
	err = rows.Scan(textIn{&r.id}, numberIn{&r.assessed}, numberIn{&r.referred}, textIn{&r.stage}, &r.phase, &r.holder,
		numberIn{&r.concern}, numberIn{&r.since}, numberIn{&r.notes}, &r.assignee, &r.assigned, &r.reviewer, &r.decided,
		textIn{&r.bucket}, textIn{&r.why}, textIn{&r.document}, textIn{&r.country}, textIn{&r.session}, textIn{&r.tracking})
	return r, err
}

func scanListedFacet(rows *sql.Rows) (f listedFacet, err error) {
	err = rows.Scan(textIn{&f.recipient}, textIn{&f.kind}, textIn{&f.value}, &f.phase, &f.concern, &f.since)
	return f, err
}

func scanListedHits(rows *sql.Rows) (h listedHits, err error) {
	err = rows.Scan(textIn{&h.recipient}, numberIn{&h.id}, textIn{&h.read})
	return h, err
}

// toFirstRows goes to the first row of each cursor.
func (l *listedCheck) toFirstRows() error {
	for _, next := range []func() error{l.rows.next, l.facets.next, l.hits.next} {
		if err := next(); err != nil {
			return err
		}
	}
	return nil
}

// hitsOf returns what is remembered of the hits of a recipient, each once.
func (l *listedCheck) hitsOf(id string) ([]review.HitsRead, error) {
	var texts []string
	var list []review.HitsRead
	for h := l.hits; h.row != nil && h.row.recipient <= id; {
		if h.row.recipient == id && !slices.Contains(texts, h.row.read) {
			var read review.HitsRead
			if json.Unmarshal([]byte(h.row.read), &read) == nil { // rowCheck says what cannot be read
				texts, list = append(texts, h.row.read), append(list, read)
			}
		}
		if err := h.next(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// compareListed compares what lists know of a recipient with what follows from all that is
// recorded.
func (c *fileCheck) compareListed(row *fileRow, r *fileRead) error {
	hits, err := c.listed.hitsOf(row.id)
	if err != nil {
		return err
	}
	found := c.listed.rows.row
	if found == nil || found.id != row.id {
		return nil // a row that is there twice, which checkForm says
	}
	kept := *found
	if err := c.listed.rows.next(); err != nil {
		return err
	}
	var facets []listedFacet
	for f := c.listed.facets; f.row != nil && f.row.recipient <= row.id; {
		if f.row.recipient < row.id {
			c.reportInconsistency("case_facets", "the recipient %s of a row is missing", f.row.recipient)
		}
		facets = append(facets, *f.row)
		if err := f.next(); err != nil {
			return err
		}
	}
	if kept.assessed != review.AssessmentVersion || r.unreadable {
		return nil
	}
	want, wantFacets := r.listed(&kept, row.final == 1, facets, hits)
	if kept != want {
		c.reportInconsistency("recipients", "what lists say of recipient %s does not follow from the results and entries", row.id)
	}
	if !slices.Equal(facets, wantFacets) {
		c.reportInconsistency("case_facets", "the checks, reasons or tags by which recipient %s is found do not follow from the results and entries", row.id)
	}
	return nil
}

// resultColumns are what a row and its facets say of the result.
func (l *listedRow) resultColumns(final bool, facets []listedFacet) review.ResultColumns {
	c := review.ResultColumns{
		Bucket: idv.Bucket(l.bucket), Final: final, Why: l.why, Document: l.document, Country: l.country, Session: l.session, Tracking: l.tracking,
	}
	for _, f := range facets {
		switch review.FacetKind(f.kind) {
		case review.FacetCheck:
			c.Checks = append(c.Checks, f.value)
		case review.FacetReason:
			c.Reasons = append(c.Reasons, f.value)
		}
	}
	return c
}

// listed works out what lists know of a recipient. What they say of a result that stays sealed is
// taken as it is.
func (r *fileRead) listed(kept *listedRow, final bool, facets []listedFacet, hits []review.HitsRead) (listedRow, []listedFacet) {
	id, referred := kept.id, kept.referred
	newest := review.NewestResult{First: timeOf(r.newestSince)}
	copy(newest.Digest[:], r.newest.digest)
	if r.session != nil {
		newest.Columns = review.ResultColumnsOf(r.session, hits)
	} else if r.unopened {
		newest.Columns = kept.resultColumns(final, facets)
	}
	columns := review.CaseColumnsOf(newest, &r.record, r.notes)
	if columns.Stage == "" {
		newest.Columns = review.ResultColumns{}
	}
	row := listedRow{
		id: id, assessed: review.AssessmentVersion, referred: referred, stage: string(columns.Stage), phase: nullNumber{phaseOf(&columns)},
		concern: int64(columns.Concern), since: sinceOf(&columns), notes: int64(columns.Notes),
		assignee: nullNumber{idOrNull(columns.Assignee)}, assigned: timeIn(millisOrNull(columns.Assigned)),
		reviewer: nullNumber{idOrNull(columns.Reviewer)}, decided: timeIn(millisOrNull(columns.Decided)),
		bucket: string(newest.Columns.Bucket), why: newest.Columns.Why, document: newest.Columns.Document, country: newest.Columns.Country,
		session: newest.Columns.Session, tracking: newest.Columns.Tracking,
	}
	row.holder.Int64, row.holder.Valid = columns.Holder(referred)
	if !row.phase.Valid {
		row.phase = nullNumber{}
	}
	return row, facetRows(id, &row, review.Facets(&newest.Columns, &columns))
}

func numberOf(n int64) nullNumber { return nullNumber{sql.NullInt64{Int64: n, Valid: true}} }

// timeIn is a time as it is scanned: NULL has no number.
func timeIn(n sql.NullInt64) nullNumber {
	if !n.Valid {
		return nullNumber{}
	}
	return nullNumber{n}
}

func facetRows(id string, row *listedRow, facets map[review.FacetKind][]string) []listedFacet {
	var list []listedFacet
	for kind, values := range facets {
		for _, value := range values {
			f := listedFacet{recipient: id, kind: string(kind), value: value}
			if at, placed := (place{row.phase.NullInt64, row.concern, row.since}).ofFacet(facet{kind, value}); placed {
				f.phase, f.concern, f.since = nullNumber{at.phase}, numberOf(at.concern), numberOf(at.since)
			}
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b listedFacet) int {
		if a.kind != b.kind {
			return strings.Compare(a.kind, b.kind)
		}
		return strings.Compare(a.value, b.value)
	})
	return list
}

// takeSession keeps what the newest result says.
func (r *fileRead) takeSession(d *idv.Decoded, err error) {
	if err == nil {
		r.session = &d.Session
	}
}

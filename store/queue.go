package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

var _ review.Queues = (*Store)(nil)

// A view is read in segments. In each, cases stand in the order of one index, so that a page
// begins at its key and no row before it is read. Of the conditions of a view, the one that the
// fewest cases meet picks the index; the others are looked at row by row, and after maxLooked
// rows the reading is broken off.
const (
	maxLooked  = 500 // rows for a page
	maxCounted = 200 // rows for a count that has to look at each
	maxProbed  = 200 // rows by which the condition for the index is chosen
)

// segment is a part of a view in which cases stand in order of time.
type segment struct {
	overdue     bool
	phase       review.Phase
	concern     int
	from, until int64 // since >= from and since < until; zero for no bound
	newestFirst bool
}

// picked is a condition by which an index is chosen: a column of recipients, or a kind of
// facet, that has one of some values.
type picked struct {
	column    string // empty where it is a facet
	facet     review.FacetKind
	values    []any
	phased    bool // whether the index has the phase behind the value
	unindexed bool // whether no index finds cases by it: nearly every case has one of the values, or there are few different ones
	orZero    bool // whether zero stands for NULL
}

// listing is a view that is about to be read.
type listing struct {
	view     review.View
	segments []segment
	picks    map[review.Phase][]picked // all conditions, in each phase
	index    map[review.Phase]int      // which of them the index is of
}

// Queue returns a page of a view; see review.Queues.
func (s *Store) Queue(ctx context.Context, v review.View, key review.PageKey, limit int) (review.QueuePage, error) {
	var page review.QueuePage
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		page, err = readPage(ctx, tx, v, key, limit)
		return err
	})
	if err != nil {
		return review.QueuePage{}, fmt.Errorf("store: read the queue: %w", err)
	}
	return page, nil
}

func readPage(ctx context.Context, tx *sql.Tx, v review.View, key review.PageKey, limit int) (review.QueuePage, error) {
	l, err := newListing(ctx, tx, v, key)
	if err != nil {
		return review.QueuePage{}, err
	}
	r, err := l.scan(ctx, tx, key, limit+1, maxLooked)
	if err != nil {
		return review.QueuePage{}, err
	}
	if key.Back && len(r.places) == 0 && !r.broken {
		return readPage(ctx, tx, v, review.PageKey{}, limit)
	}
	further := len(r.places) > limit || r.broken
	page := review.QueuePage{Partial: r.broken && len(r.places) <= limit}
	r.places = r.places[:min(limit, len(r.places))]
	if key.Back {
		slices.Reverse(r.places)
	}
	if page.Lines, err = l.lines(ctx, tx, r.places); err != nil {
		return page, err
	}
	first, last := key, key
	if n := len(r.places); n > 0 {
		first, last = r.places[0], r.places[n-1]
	}
	if r.broken && page.Partial && !key.Back {
		last = r.end
	}
	if r.broken && page.Partial && key.Back {
		first = r.end
	}
	if further && !key.Back || key.Back {
		page.Next = last
		page.Next.Back = false
	}
	if further && key.Back || !key.Back && !key.IsZero() {
		page.Previous = first
		page.Previous.Back = true
	}
	return page, nil
}

// newListing finds out how a view is read that was first looked at when its key says.
func newListing(ctx context.Context, tx *sql.Tx, v review.View, key review.PageKey) (*listing, error) {
	if !key.At.IsZero() {
		v.At = key.At
	}
	v.At = timeOf(millis(v.At))
	l := &listing{view: v, picks: map[review.Phase][]picked{}, index: map[review.Phase]int{}}
	base, phases := tabCondition(v)
	filters, err := filterConditions(ctx, tx, &v.Filter)
	if err != nil {
		return nil, err
	}
	for _, phase := range phases {
		picks, possible := inPhase(append([]picked{base}, filters...), phase)
		if !possible {
			continue
		}
		index, some, err := mostSelective(ctx, tx, picks, phase)
		if err != nil {
			return nil, err
		}
		if some {
			l.picks[phase], l.index[phase] = picks, index
			l.addSegments(phase)
		}
	}
	return l, nil
}

// inPhase returns the conditions as they are in a phase, and whether a case of that can meet
// them. Those of which no index has the phase get no values of another phase.
func inPhase(picks []picked, phase review.Phase) (list []picked, possible bool) {
	for _, p := range picks {
		switch p.column {
		case "bucket":
			if phase != review.PhaseDecided { // of which each segment has its own
				continue
			}
		case "stage":
			p.values = slices.DeleteFunc(slices.Clone(p.values), func(v any) bool {
				of, _ := review.Stage(v.(string)).Phase()
				return of != phase
			})
			if len(p.values) == 0 {
				return nil, false
			}
		}
		list = append(list, p)
	}
	return list, true
}

// tabCondition is what the cases of a tab have in common, and the phases in which they are.
func tabCondition(v review.View) (picked, []review.Phase) {
	open := []review.Phase{review.PhaseOpen}
	switch v.Tab {
	case review.TabMine:
		return picked{column: "holder", values: []any{v.Who.ID}}, open
	case review.TabUnassigned:
		return picked{column: "holder", values: []any{int64(0)}}, open
	case review.TabSecond:
		return picked{column: "stage", values: []any{string(review.StageSecond)}}, open
	case review.TabReferred:
		values := []any{v.Who.ID}
		if v.Who.Role == account.Supervisor {
			values = append(values, int64(0))
		}
		return picked{column: "referred", values: values}, open
	case review.TabChanged:
		return picked{column: "stage", values: []any{string(review.StageChanged)}}, open
	case review.TabWaiting:
		return picked{column: "stage", values: []any{string(review.StageWaiting)}}, []review.Phase{review.PhaseWaiting}
	case review.TabDecided:
		return picked{column: "stage", values: []any{string(review.StageDecided)}}, []review.Phase{review.PhaseDecided}
	}
	return picked{column: "stage", values: anyOf(review.Stages())}, []review.Phase{review.PhaseOpen, review.PhaseWaiting, review.PhaseDecided}
}

// filterConditions are the conditions of a filter. Times are those of segments.
func filterConditions(ctx context.Context, tx *sql.Tx, f *review.QueueFilter) ([]picked, error) {
	var list []picked
	add := func(p picked) {
		if len(p.values) > 0 {
			list = append(list, p)
		}
	}
	assignees, err := accountIDs(ctx, tx, "assignee", f.Assignees)
	if err != nil {
		return nil, err
	}
	reviewers, err := accountIDs(ctx, tx, "reviewer", f.Reviewers)
	if err != nil {
		return nil, err
	}
	var checks []any
	common := false
	for _, c := range f.Checks {
		for _, value := range c.Values() {
			checks = append(checks, value)
			common = common || !review.FacetCheck.Selective(value)
		}
	}
	add(picked{facet: review.FacetTag, values: anyOf(f.Tags), phased: true})
	add(picked{column: "assignee", values: assignees, phased: true, orZero: true, unindexed: slices.Contains(assignees, any(int64(0)))})
	add(picked{column: "stage", values: anyOf(f.Stages)})
	add(picked{column: "reviewer", values: reviewers, phased: true})
	add(picked{facet: review.FacetReason, values: anyOf(f.Reasons), phased: true})
	add(picked{facet: review.FacetCheck, values: checks, phased: true, unindexed: common})
	add(picked{column: "document", values: anyOf(f.Documents), unindexed: true})
	add(picked{column: "country", values: anyOf(f.Countries), phased: true})
	add(picked{column: "bucket", values: anyOf(f.Buckets), unindexed: true})
	return list, nil
}

func anyOf[T ~string](list []T) []any {
	var all []any
	for _, one := range list {
		all = append(all, string(one))
	}
	return all
}

// accountIDs returns the accounts with the names in a field of a filter; zero for nobody. It
// returns a *review.FilterError for a name that no account has.
func accountIDs(ctx context.Context, tx *sql.Tx, field string, names []string) ([]any, error) {
	var ids []any
	for _, name := range names {
		if name == review.Nobody {
			ids = append(ids, int64(0))
			continue
		}
		var id int64
		err := tx.QueryRowContext(ctx, `
			SELECT id
			FROM accounts
			WHERE name_key = $1 AND id > 0`, account.NameKey(name)).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, &review.FilterError{Field: field, Value: name}
		}
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// addSegments adds the segments of a phase in their order.
func (l *listing) addSegments(phase review.Phase) {
	f := &l.view.Filter
	all := segment{phase: phase}
	if !f.From.IsZero() {
		all.from = millis(f.From)
	}
	if !f.Until.IsZero() {
		all.until = millis(f.Before())
	}
	if phase == review.PhaseDecided {
		all.newestFirst = true
		l.segments = append(l.segments, all)
		return
	}
	var overdue, rest []segment
	for _, bucket := range review.Buckets() {
		if len(f.Buckets) > 0 && !slices.Contains(f.Buckets, bucket) {
			continue
		}
		one := all
		one.concern = bucket.Concern()
		if last, due := l.view.Due.OverdueSince(bucket, l.view.At); due && l.view.Tab == review.TabMine {
			late := one
			late.overdue, late.until = true, earlierBound(one.until, millis(last)+1)
			one.from = max(one.from, millis(last)+1)
			overdue = append(overdue, late)
		}
		rest = append(rest, one)
	}
	l.segments = append(append(l.segments, overdue...), rest...)
}

// earlierBound returns the earlier of two bounds, of which zero is none.
func earlierBound(a, b int64) int64 {
	if a == 0 {
		return b
	}
	return min(a, b)
}

// mostSelective returns which condition the fewest cases of a phase meet, and whether any meets it.
func mostSelective(ctx context.Context, tx *sql.Tx, picks []picked, phase review.Phase) (index int, some bool, err error) {
	least := maxProbed + 1
	for i, p := range picks {
		if p.unindexed {
			continue
		}
		n := 0
		for _, value := range p.values {
			more, err := countHaving(ctx, tx, p, phase, value, maxProbed)
			if err != nil {
				return 0, false, err
			}
			if n += more; n >= least {
				break
			}
		}
		if n < least {
			index, least = i, n
		}
	}
	return index, least > 0, nil
}

// countHaving counts the cases of a phase that have a value, up to a limit.
func countHaving(ctx context.Context, tx *sql.Tx, p picked, phase review.Phase, value any, limit int) (n int, err error) {
	var c conditions
	from := p.where(&c, phase, value)
	err = tx.QueryRowContext(ctx, `
		SELECT count(*)
		FROM (
			SELECT 1
			FROM `+from+`
			LIMIT `+c.argument(limit)+` + 0) AS probed`, c.arguments...).Scan(&n)
	return n, err
}

// where returns the table that has the index of a condition, and the beginning of what is
// asked of it.
func (p *picked) where(c *conditions, phase review.Phase, value any) string {
	var text string
	switch {
	case p.facet != "":
		text = `case_facets AS listed
			WHERE listed.kind = ` + c.argument(string(p.facet)) + ` AND listed.value = ` + c.argument(value)
	default:
		text = `recipients AS listed
			WHERE listed.` + p.column + ` = ` + c.argument(value)
	}
	if p.phased {
		text += ` AND listed.phase = ` + c.argument(int64(phase))
	}
	return text
}

// placesRead is what was read of a view.
type placesRead struct {
	places []review.PageKey
	broken bool           // whether it was broken off because too many rows were looked at
	end    review.PageKey // up to where was looked
}

// scan reads places from a key on, or before it, up to as many as are wanted. It looks at no
// more than a number of rows, of each value of the condition of the index.
func (l *listing) scan(ctx context.Context, tx *sql.Tx, key review.PageKey, want, budget int) (placesRead, error) {
	var r placesRead
	at, exact := 0, false
	if !key.IsZero() {
		at, exact = l.segmentOf(key)
	}
	order := l.segments[at:]
	if key.Back {
		order = slices.Clone(l.segments[:at])
		if exact {
			order = slices.Clone(l.segments[:at+1])
		}
		slices.Reverse(order)
	}
	for i, part := range order {
		if budget <= 0 {
			r.broken = true
			return r, nil
		}
		from := key
		if i > 0 || !exact {
			from = review.PageKey{Back: key.Back}
		}
		done, err := l.scanSegment(ctx, tx, &r, part, from, want, &budget)
		if err != nil || done {
			return r, err
		}
	}
	return r, nil
}

// segmentOf returns in which segment a place is, or behind which segments where the view has
// none for it.
func (l *listing) segmentOf(key review.PageKey) (at int, exact bool) {
	of := segment{overdue: key.Overdue, phase: key.Phase, concern: key.Concern}
	return slices.BinarySearchFunc(l.segments, of, func(a, b segment) int {
		return cmp.Or(cmp.Compare(a.phase, b.phase), cmp.Compare(boolToInt(b.overdue), boolToInt(a.overdue)), cmp.Compare(a.concern, b.concern))
	})
}

// scanSegment adds the places in a segment to what was read, and reports whether that is all
// that is wanted, or was broken off.
func (l *listing) scanSegment(ctx context.Context, tx *sql.Tx, r *placesRead, part segment, from review.PageKey, want int, budget *int) (bool, error) {
	index := l.picks[part.phase][l.index[part.phase]]
	values := index.values
	var found []review.PageKey
	var broken bool
	var horizon, furthest review.PageKey
	for _, value := range values {
		// Each has its share, and so at least one row: a page gets on.
		share := max(1, *budget/len(values))
		v, err := l.scanValue(ctx, tx, part, value, from, want-len(r.places), share)
		if err != nil {
			return false, err
		}
		*budget -= v.looked
		found = append(found, v.places...)
		if v.stopped && (!broken || part.before(v.last, horizon, from.Back)) {
			broken, horizon = true, v.last
		}
		if v.looked > 0 && (furthest.IsZero() || part.before(furthest, v.last, from.Back)) {
			furthest = v.last
		}
	}
	slices.SortFunc(found, func(a, b review.PageKey) int { return part.compare(a, b, from.Back) })
	found = slices.CompactFunc(found, func(a, b review.PageKey) bool { return a.Recipient == b.Recipient })
	for _, place := range found {
		if broken && part.before(horizon, place, from.Back) || len(r.places) == want {
			break
		}
		r.places = append(r.places, place)
	}
	if broken {
		furthest = horizon
	}
	if !furthest.IsZero() {
		r.end = furthest
	}
	r.broken = broken && len(r.places) < want
	return broken || len(r.places) == want, nil
}

// compare compares two places of a segment by the order in which they are read.
func (s *segment) compare(a, b review.PageKey, back bool) int {
	order := a.Since.Compare(b.Since)
	if order == 0 {
		order = strings.Compare(a.Recipient.String(), b.Recipient.String())
	}
	if s.newestFirst != back {
		return -order
	}
	return order
}

func (s *segment) before(a, b review.PageKey, back bool) bool { return s.compare(a, b, back) < 0 }

// valueRead is what was read of one value of the condition of the index.
type valueRead struct {
	places  []review.PageKey
	looked  int
	last    review.PageKey // row that was looked at
	stopped bool           // whether it stopped there because that were too many
}

// scanValue reads the places in a segment that have one value of the condition of the index,
// and looks at no more than a number of rows.
func (l *listing) scanValue(ctx context.Context, tx *sql.Tx, part segment, value any, from review.PageKey, want, budget int) (valueRead, error) {
	var v valueRead
	query, arguments := l.segmentQuery(part, value, from, budget+1)
	rows, err := tx.QueryContext(ctx, query, arguments...)
	if err != nil {
		return v, err
	}
	defer rows.Close()
	for len(v.places) < want && rows.Next() {
		if v.looked == budget {
			v.stopped = true
			break
		}
		v.looked++
		var since int64
		var fits bool
		v.last = review.PageKey{Overdue: part.overdue, Phase: part.phase, Concern: part.concern, At: l.view.At, Back: from.Back}
		if err := rows.Scan(recipientOf{&v.last.Recipient}, &since, &fits); err != nil {
			return v, err
		}
		v.last.Since = timeOf(since)
		if fits {
			v.places = append(v.places, v.last)
		}
	}
	return v, errors.Join(rows.Err(), rows.Close())
}

// segmentQuery reads the rows of a segment that have a value of the condition of the index,
// from a place on, with whether they meet the other conditions.
func (l *listing) segmentQuery(part segment, value any, from review.PageKey, limit int) (string, []any) {
	var c conditions
	picks, at := l.picks[part.phase], l.index[part.phase]
	index := picks[at]
	id := "listed.id"
	if index.facet != "" {
		id = "listed.recipient"
	}
	fits, joins := l.residual(&c, picks, at, id)
	where := index.where(&c, part.phase, value)
	table, conditionsOfIndex, _ := strings.Cut(where, "\n")
	if joins && index.facet != "" {
		table += `
			JOIN recipients AS cases ON cases.id = listed.recipient`
	}
	c.text = conditionsOfIndex
	c.and(`listed.concern = `, part.concern, ``)
	descending, comparison := "", ">"
	if part.newestFirst != from.Back {
		descending, comparison = " DESC", "<"
	}
	// Where it begins stands in one condition alone: of two, SQLite might take the wider one.
	begins := from.Recipient != (idv.RecipientID{})
	if begins && descending == "" && millis(from.Since) < part.from || begins && descending != "" && part.until != 0 && millis(from.Since) >= part.until {
		begins = false
	}
	if part.from != 0 && (!begins || descending != "") {
		c.and(`listed.since >= `, part.from, ``)
	}
	if part.until != 0 && (!begins || descending == "") {
		c.and(`listed.since < `, part.until, ``)
	}
	if begins {
		c.and(`(listed.since, `+id+`) `+comparison+` (`, millis(from.Since), `, `)
		c.text += c.argument(from.Recipient.String()) + `)`
	}
	return `
		SELECT ` + id + `, listed.since, ` + fits + `
		FROM ` + table + `
			` + strings.TrimSpace(c.text) + `
		ORDER BY listed.since` + descending + `, ` + id + descending + `
		LIMIT ` + c.argument(limit) + ` + 0`, c.arguments
}

// residual is an expression for whether a row meets the conditions that are not the one of
// the index, and whether it looks at the row of the recipient.
func (l *listing) residual(c *conditions, picks []picked, index int, id string) (text string, joins bool) {
	var all []string
	row := "listed"
	if picks[index].facet != "" {
		row = "cases"
	}
	for i, p := range picks {
		switch {
		case i == index || i == 0 && l.view.Tab == review.TabAll: // every stage of the phase
		case p.facet != "":
			all = append(all, `EXISTS (
				SELECT 1
				FROM case_facets AS other
				WHERE other.recipient = `+id+` AND other.kind = `+c.argument(string(p.facet))+` AND other.value IN (`+c.list(p.values)+`))`)
		case p.orZero:
			joins = true
			all = append(all, `coalesce(`+row+`.`+p.column+`, 0) IN (`+c.list(p.values)+`)`)
		default:
			joins = true
			all = append(all, `coalesce(`+row+`.`+p.column+` IN (`+c.list(p.values)+`), FALSE)`)
		}
	}
	if len(all) == 0 {
		return "TRUE", false
	}
	return strings.Join(all, ` AND `), joins
}

// list adds arguments and returns the placeholders for them.
func (c *conditions) list(values []any) string {
	var all []string
	for _, value := range values {
		all = append(all, c.argument(value))
	}
	return strings.Join(all, ", ")
}

// lines reads the lines of places, in their order. A case that is in no list any more has no
// line.
func (l *listing) lines(ctx context.Context, tx *sql.Tx, places []review.PageKey) ([]review.QueueLine, error) {
	var ids []any
	for _, place := range places {
		ids = append(ids, place.Recipient.String())
	}
	found, err := readLines(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	list := make([]review.QueueLine, 0, len(places))
	for _, place := range places {
		if line := found[place.Recipient]; line != nil {
			line.Key = place
			line.See(l.view)
			list = append(list, *line)
		}
	}
	return list, nil
}

// readLines reads the lines of recipients.
func readLines(ctx context.Context, tx *sql.Tx, ids []any) (map[idv.RecipientID]*review.QueueLine, error) {
	found := map[idv.RecipientID]*review.QueueLine{}
	if len(ids) == 0 {
		return found, nil
	}
	for len(ids)%10 != 0 { // so that there are few different statements
		ids = append(ids, ids[0])
	}
	var c conditions
	lines, err := readRows(ctx, tx, scanLine, `
		SELECT cases.id, cases.stage, cases.bucket, cases.why, cases.document, cases.country, cases.since,
			coalesce(cases.assignee, 0), coalesce(holders.name, ''), coalesce(cases.assigned_at, 0), cases.notes,
			coalesce(cases.decision, 0), cases.verdict, cases.decided, coalesce(cases.decided_at, 0), coalesce(reviewers.name, ''), cases.changed = 1
		FROM recipients AS cases
		LEFT JOIN accounts AS holders ON holders.id = cases.assignee
		LEFT JOIN accounts AS reviewers ON reviewers.id = cases.reviewer
		WHERE cases.id IN (`+c.list(ids)+`)`, c.arguments...)
	if err != nil {
		return nil, err
	}
	for i := range lines {
		found[lines[i].Recipient] = &lines[i]
	}
	return found, addTags(ctx, tx, ids, found)
}

func scanLine(rows *sql.Rows) (line review.QueueLine, err error) {
	var since, assigned, decided int64
	err = rows.Scan(recipientOf{&line.Recipient}, &line.Stage, &line.Bucket, &line.Why, &line.Document, &line.Country, &since,
		&line.AssigneeID, &line.Assignee, &assigned, &line.Notes,
		&line.Decision, &line.Verdict, &line.State, &decided, &line.Reviewer, &line.Changed)
	line.Since, line.Assigned, line.Decided = timeOf(since), timeOrZero(assigned), timeOrZero(decided)
	return line, err
}

func timeOrZero(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return timeOf(ms)
}

func addTags(ctx context.Context, tx *sql.Tx, ids []any, lines map[idv.RecipientID]*review.QueueLine) error {
	var c conditions
	rows, err := tx.QueryContext(ctx, `
		SELECT recipient, value
		FROM case_facets
		WHERE recipient IN (`+c.list(ids)+`) AND kind || '' = 'tag'
		ORDER BY recipient, value`, c.arguments...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id idv.RecipientID
		var tag string
		if err := rows.Scan(recipientOf{&id}, &tag); err != nil {
			return err
		}
		if line := lines[id]; line != nil {
			line.Tags = append(line.Tags, tag)
		}
	}
	return rows.Err()
}

// QueueCounts counts the cases in every tab of a view, by its filter.
func (s *Store) QueueCounts(ctx context.Context, v review.View) (map[review.Tab]review.Count, error) {
	counts := map[review.Tab]review.Count{}
	err := s.read(ctx, func(tx *sql.Tx) error {
		for _, tab := range review.Tabs() {
			v.Tab = tab
			l, err := newListing(ctx, tx, v, review.PageKey{})
			if err != nil {
				return err
			}
			if counts[tab], err = l.countAll(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("store: count the queue: %w", err)
	}
	return counts, nil
}

// countAll counts the cases of a view: those of a tab that no filter narrows without looking
// at them.
func (l *listing) countAll(ctx context.Context, tx *sql.Tx) (review.Count, error) {
	if len(l.view.Filter.Query()) > 0 {
		return l.count(ctx, tx, review.PageKey{})
	}
	n := 0
	for phase, picks := range l.picks {
		for _, value := range picks[0].values {
			more, err := countHaving(ctx, tx, picks[0], phase, value, review.CountLimit+1-n)
			if err != nil {
				return review.Count{}, err
			}
			n += more
		}
	}
	return review.Count{N: min(n, review.CountLimit), More: n > review.CountLimit}, nil
}

// count counts the cases from a key on, or before it. Where each has to be looked at, it
// counts fewer of them.
func (l *listing) count(ctx context.Context, tx *sql.Tx, key review.PageKey) (review.Count, error) {
	budget := review.CountLimit + 1
	for phase, picks := range l.picks {
		if len(picks) > 1 && !(len(picks) == 2 && l.view.Tab == review.TabAll && l.index[phase] == 1) {
			budget = maxCounted
		}
	}
	r, err := l.scan(ctx, tx, key, review.CountLimit+1, budget)
	n := len(r.places)
	return review.Count{N: min(n, review.CountLimit), More: r.broken || n > review.CountLimit}, err
}

// QueueNeighbours says what stands beside a place in a view; see review.Queues.
func (s *Store) QueueNeighbours(ctx context.Context, v review.View, at review.PageKey) (review.Neighbours, error) {
	var n review.Neighbours
	err := s.read(ctx, func(tx *sql.Tx) error {
		l, err := newListing(ctx, tx, v, at)
		if err != nil {
			return err
		}
		on, back := at, at
		on.Back, back.Back = false, true
		if n.Next, err = l.nearest(ctx, tx, on); err != nil {
			return err
		}
		if n.Previous, err = l.nearest(ctx, tx, back); err != nil {
			return err
		}
		if n.Before, err = l.count(ctx, tx, back); err != nil {
			return err
		}
		if n.All, err = l.countAll(ctx, tx); err != nil {
			return err
		}
		n.Inside, err = l.has(ctx, tx, at, &n)
		return err
	})
	if err != nil {
		return review.Neighbours{}, fmt.Errorf("store: look beside a case: %w", err)
	}
	return n, nil
}

// has reports whether the case at a place is in the view, given what stands beside it.
func (l *listing) has(ctx context.Context, tx *sql.Tx, at review.PageKey, n *review.Neighbours) (bool, error) {
	var from review.PageKey
	switch {
	case n.Previous != nil:
		from = n.Previous.Key
		from.Back = false
	case n.Next != nil:
		from = n.Next.Key
		from.Back = true
	}
	r, err := l.scan(ctx, tx, from, 1, maxLooked)
	return len(r.places) > 0 && r.places[0].Recipient == at.Recipient, err
}

// nearest returns the first case from a key on, or before it; nil when there is none, or none
// is found within a while.
func (l *listing) nearest(ctx context.Context, tx *sql.Tx, key review.PageKey) (*review.QueueLine, error) {
	r, err := l.scan(ctx, tx, key, 1, maxLooked)
	if err != nil || len(r.places) == 0 {
		return nil, err
	}
	lines, err := l.lines(ctx, tx, r.places)
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	return &lines[0], nil
}

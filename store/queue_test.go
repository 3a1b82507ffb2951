package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/store"
)

// passportResult is a result with one document and one check that Yoti recommends something
// for.
func passportResult(t testing.TB, state, recommendation, reason, tracking string) *idv.Decoded {
	t.Helper()
	d, err := idv.Decode([]byte(`{"session_id":"session-` + tracking + `","state":"` + state + `","user_tracking_id":"` + tracking + `",
		"resources":{"id_documents":[{"id":"d1","document_type":"PASSPORT","issuing_country":"GBR"}]},
		"checks":[{"id":"c1","type":"ID_DOCUMENT_AUTHENTICITY","state":"DONE","resources_used":["d1"],
		"report":{"recommendation":{"value":"` + recommendation + `","reason":"` + reason + `"},"breakdown":[]}}]}`))
	must(t, err)
	return d
}

// listedState is everything that lists know of a case, as it stands in the database.
func (d *desk) listedState(id idv.RecipientID) string {
	d.t.Helper()
	var all []string
	for _, query := range []string{
		`SELECT stage || ' ' || coalesce(CAST(phase AS text), '-') || ' ' || concern || ' ' || since || ' ' || coalesce(CAST(assignee AS text), '-') || ' ' || coalesce(CAST(assigned_at AS text), '-') || ' ' ||
			coalesce(CAST(holder AS text), '-') || ' ' || notes || ' ' || coalesce(CAST(reviewer AS text), '-') || ' ' || coalesce(CAST(decided_at AS text), '-') || ' ' ||
			bucket || ' ' || why || ' ' || document || ' ' || country || ' ' || session || ' ' || tracking || ' ' || assessed FROM recipients WHERE id = $1`,
		`SELECT kind || ' ' || value || ' ' || coalesce(phase || ' ' || concern || ' ' || since, 'without a place') FROM case_facets WHERE recipient = $1 ORDER BY kind, value`,
	} {
		rows, err := d.raw().Query(query, id.String())
		must(d.t, err)
		for rows.Next() {
			var text string
			must(d.t, rows.Scan(&text))
			all = append(all, text)
		}
		must(d.t, errors.Join(rows.Err(), rows.Close()))
	}
	return strings.Join(all, "\n")
}

// wantListed compares what lists know of a case with what is worked out anew from all that is
// recorded, and its stage and holder with those given.
func (d *desk) wantListed(step string, id idv.RecipientID, stage review.Stage, holder any) {
	d.t.Helper()
	kept := d.listedState(id)
	exec(d.t, d.raw(), `UPDATE recipients SET assessed = 0, why = 'x', notes = 99, since = 1 WHERE id = $1`, id.String())
	exec(d.t, d.raw(), `DELETE FROM case_facets WHERE recipient = $1`, id.String())
	_, more, err := d.Reassess(d.t.Context(), 100)
	must(d.t, err)
	if anew := d.listedState(id); more || anew != kept {
		d.t.Errorf("%s: kept\n%s\nand worked out anew\n%s", step, kept, anew)
	}
	var found review.Stage
	var by sql.NullInt64
	must(d.t, d.raw().QueryRow(`SELECT stage, holder FROM recipients WHERE id = $1`, id.String()).Scan(&found, &by))
	if want := fmt.Sprint(holder); found != stage || want != fmt.Sprint(by.Int64) && by.Valid || want == "<nil>" == by.Valid {
		d.t.Errorf("%s: stage %q, holder %v, want %q, %v", step, found, by, stage, holder)
	}
}

// act records what somebody does about the case.
func (d *desk) act(by account.Person, acts func(*review.OnRecord) ([]review.Act, error)) {
	d.t.Helper()
	_, err := d.Record(d.t.Context(), by, d.id, "", acts)
	must(d.t, err)
}

func TestColumnsFollowACase(t *testing.T) {
	t.Parallel()
	d, sue := newSigningDesk(t)
	want := func(step string, stage review.Stage, holder any) { t.Helper(); d.wantListed(step, d.id, stage, holder) }
	d.fetch(d.id, 0, d.ann, decode(t, "ONGOING", "a"))
	want("ongoing", review.StageWaiting, nil)
	a := d.fetch(d.id, 1, d.ann, passportResult(t, "COMPLETED", "REJECT", "COUNTERFEIT", "a"))
	want("completed", review.StageUndecided, 0)
	must(t, d.note(a, "n", "a note"))
	want("a note", review.StageUndecided, 0)
	d.act(d.bob, (&review.NewTake{Recipient: d.id, By: d.bob, At: after(2)}).Acts)
	d.act(d.bob, (&review.NewTag{Recipient: d.id, By: d.bob, At: after(2), Tag: "vip"}).Acts)
	want("taken", review.StageUndecided, d.bob.ID)
	d.act(sue, func(now *review.OnRecord) ([]review.Act, error) {
		return []review.Act{{At: after(3), Act: review.ActAssigned, Snapshot: now.Newest, Facts: review.Facts{Assignee: d.ann.ID, AssigneeName: "Ann"}}}, nil
	})
	want("assigned", review.StageUndecided, d.ann.ID)
	seq := d.decide(d.id, a, d.ann, "k1")
	want("proposed", review.StageSecond, nil)
	must(t, d.keepSecond(t.Context(), review.NewSecond{At: after(40), Recipient: d.id, Digest: a, Decision: seq, By: sue, Agrees: true, Key: "s1"}))
	want("confirmed", review.StageDecided, nil)
	d.fetch(d.id, 50, d.ann, passportResult(t, "COMPLETED", "APPROVE", "", "a"))
	want("changed", review.StageChanged, 0)
	d.fetch(d.id, 51, d.ann, passportResult(t, "COMPLETED", "REJECT", "COUNTERFEIT", "a"))
	want("changed back", review.StageDecided, nil)
	must(t, d.keepWithdrawal(t.Context(), review.NewWithdrawal{At: after(60), Recipient: d.id, Decision: seq, By: d.ann, Reason: "no", Key: "w"}))
	want("withdrawn", review.StageUndecided, 0)
	refer := d.decision(d.id, a, d.ann, "k2")
	refer.Statement.Verdict, refer.Statement.Second, refer.Statement.ReferredTo, refer.Statement.Decided = review.Refer, review.NotNeeded, "Bob", after(70)
	_, err := d.keepDecision(t.Context(), refer)
	must(t, err)
	want("referred", review.StageReferred, d.bob.ID)
	line := d.found(t, "11111111")
	line.Key, line.Since, line.Decided = review.PageKey{}, time.Time{}, time.Time{}
	if diff := cmp.Diff(review.QueueLine{
		Recipient: d.id, Stage: review.StageReferred, Bucket: idv.Adverse, Why: line.Why, Document: "PASSPORT", Country: "GBR", Notes: 1,
		Decision: line.Decision, Verdict: review.Refer, State: review.Confirmed, Reviewer: "Ann", Tags: []string{"vip"},
	}, line, cmpopts.EquateComparable(idv.RecipientID{})); diff != "" || !strings.Contains(line.Why, "ounterfeit") {
		t.Errorf("the line of a case, because of %q (-want +got):\n%s", line.Why, diff)
	}
	must(t, d.verifies(t))
	must(t, d.Erase(t.Context(), d.id, account.Person{}, "asked to"))
	want("erased", "", nil)
	if state := d.listedState(d.id); strings.Contains(state, "session-a") || strings.Contains(state, "vip") || strings.Contains(state, "PASSPORT") {
		t.Errorf("lists know of an erased case: %s", state)
	}
	if found, err := d.Search(t.Context(), review.Search{Who: d.ann, Text: "11111111", Limit: 5}); err != nil || len(found.Lines) != 0 {
		t.Errorf("an erased case is found: %+v, error %v", found, err)
	}
	must(t, d.verifies(t))
}

func (d *desk) verifies(t testing.TB) error {
	t.Helper()
	_, err := store.Verify(t.Context(), store.VerifyOptions{Path: d.options.Path, Postgres: d.options.Postgres, DataKeyFile: d.options.DataKeyFile})
	return err
}

// found returns the one case that a search finds.
func (d *desk) found(t testing.TB, text string) review.QueueLine {
	t.Helper()
	found, err := d.Search(t.Context(), review.Search{Who: d.ann, Text: text, Limit: 5})
	must(t, err)
	if len(found.Lines) != 1 || found.More {
		t.Fatalf("%q: found %+v", text, found)
	}
	return found.Lines[0].QueueLine
}

func TestSearchFindsByEveryName(t *testing.T) {
	d, sue := newSigningDesk(t)
	digest := d.fetch(d.id, 0, d.ann, passportResult(t, "COMPLETED", "REJECT", "COUNTERFEIT", "track-1"))
	d.fetch(d.id2, 0, d.ann, passportResult(t, "COMPLETED", "APPROVE", "", "other"))
	seq := d.decide(d.id, digest, sue, "k")
	d.act(d.bob, (&review.NewTag{Recipient: d.id, By: d.bob, At: after(31), Tag: "vip"}).Acts)
	exec(t, d.raw(), `UPDATE recipients SET envelope = '0badcafe-0000-4000-8000-000000000000' WHERE id = $1`, d.id.String())
	for text, want := range map[string]review.Match{
		d.id.String():                            review.MatchRecipient,
		"1111":                                   review.MatchRecipient,
		"111111111111":                           review.MatchRecipient,
		"{11111111-1111-4111-8111-111111111111}": review.MatchRecipient,
		"session-track-1":                        review.MatchSession,
		"session-t":                              review.MatchSession,
		"track-1":                                review.MatchTracking,
		"0BADCAFE":                               review.MatchEnvelope,
		digest.String():                          review.MatchDigest,
		digest.String()[:7]:                      review.MatchDigest,
		digest.String()[:8]:                      review.MatchDigest,
		fmt.Sprint(seq):                          review.MatchDecision,
		fmt.Sprint("#", seq):                     review.MatchDecision,
		" VIP ":                                  review.MatchTag,
		"sue":                                    review.MatchReviewer,
		"Su":                                     review.MatchReviewer,
	} {
		found, err := d.Search(t.Context(), review.Search{Who: d.ann, Text: text, Limit: 5})
		must(t, err)
		if len(found.Lines) != 1 || found.Lines[0].Recipient != d.id || found.Lines[0].Match != want {
			t.Errorf("%q: found %+v, want the case by its %s", text, found.Lines, want)
		}
	}
	for _, text := range []string{"zzzz", "111", "22222222-2222-4222-8222-222222222223", "It is her.", "%", "ffffffff"} {
		if found, err := d.Search(t.Context(), review.Search{Who: d.ann, Text: text, Limit: 5}); err != nil || len(found.Lines) != 0 {
			t.Errorf("%q: found %+v, error %v", text, found.Lines, err)
		}
	}
	var refused *review.SearchError
	if _, err := d.Search(t.Context(), review.Search{Text: "  "}); !errors.As(err, &refused) {
		t.Errorf("an empty search: %v", err)
	}
	both, err := d.Search(t.Context(), review.Search{Who: d.ann, Text: "session-", Limit: 1})
	if err != nil || len(both.Lines) != 1 || !both.More {
		t.Errorf("a search for many: %+v, error %v", both, err)
	}
}

// modelCase is a case as the model of the queue knows it.
type modelCase struct {
	id                    string
	stage                 review.Stage
	bucket                idv.Bucket
	since                 int64
	holder, assignee      int64
	referred              sql.NullInt64
	document, country     string
	checks, reasons, tags []string
	reviewer              int64
}

// fillQueue puts cases straight into the tables, as a random generator says, and returns them.
func fillQueue(t testing.TB, d *desk, people []account.Person, n int) []modelCase {
	random := rand.New(rand.NewPCG(3, 4))
	one := func(list ...string) string { return list[random.IntN(len(list))] }
	var all []modelCase
	tx, err := d.raw().Begin()
	must(t, err)
	defer tx.Rollback()
	exec := func(query string, args ...any) {
		_, err := tx.Exec(dialect(query), args...)
		must(t, err)
	}
	for i := range n {
		c := modelCase{
			id: fmt.Sprintf("%08x-0000-4000-8000-%012x", random.Uint32(), i), stage: review.Stages()[random.IntN(len(review.Stages()))],
			bucket: review.Buckets()[random.IntN(len(review.Buckets()))], since: noon.UnixMilli() - int64(random.IntN(40))*3600_000,
			document: one("PASSPORT", "DRIVING_LICENCE", "NATIONAL_ID"), country: one("GBR", "FRA", "BEL"),
			checks: []string{"FACE_MATCH:" + one("APPROVE", "REJECT"), "LIVENESS:" + one("APPROVE", "CONSIDER")},
		}
		if random.IntN(2) == 0 {
			c.reasons = []string{one("COUNTERFEIT", "TAMPERED")}
		}
		if random.IntN(4) == 0 {
			c.tags = []string{one("vip", "late")}
		}
		phase, _ := c.stage.Phase()
		columns := review.CaseColumns{Stage: c.stage}
		if phase != review.PhaseDecided && random.IntN(2) == 0 || random.IntN(20) == 0 { // a result that changed back leaves a decided case with somebody
			c.assignee = people[random.IntN(len(people))].ID
			columns.Assignee = c.assignee
		}
		if c.stage == review.StageReferred {
			c.referred = sql.NullInt64{Int64: []int64{0, people[0].ID, people[1].ID}[random.IntN(3)], Valid: true}
		}
		if phase == review.PhaseDecided {
			c.reviewer = people[random.IntN(len(people))].ID
		}
		holder, held := columns.Holder(c.referred.Int64)
		c.holder = -1
		if held {
			c.holder = holder
		}
		concern := 0
		if phase != review.PhaseDecided {
			concern = c.bucket.Concern()
		}
		exec(`INSERT INTO recipients (id, data_key, stage, phase, concern, since, bucket, document, country, assignee, holder, referred, reviewer)
			VALUES ($1, x'', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`, c.id, string(c.stage), int(phase), concern, c.since, string(c.bucket), c.document, c.country,
			idOrNull(c.assignee), sql.NullInt64{Int64: holder, Valid: held}, c.referred, idOrNull(c.reviewer))
		for kind, values := range map[string][]string{"check": c.checks, "reason": c.reasons, "tag": c.tags} {
			for _, value := range values {
				at := []any{int(phase), concern, c.since}
				if !review.FacetKind(kind).Selective(value) {
					at = []any{nil, nil, nil}
				}
				exec(`INSERT INTO case_facets (recipient, kind, value, phase, concern, since) VALUES ($1, $2, $3, $4, $5, $6)`, append([]any{c.id, kind, value}, at...)...)
			}
		}
		all = append(all, c)
	}
	must(t, tx.Commit())
	return all
}

// idOrNull stores nobody as NULL.
func idOrNull(id int64) sql.NullInt64 { return sql.NullInt64{Int64: id, Valid: id != 0} }

func overlaps(a, b []string) bool {
	return len(b) == 0 || slices.ContainsFunc(a, func(v string) bool { return slices.Contains(b, v) })
}

// modelQueue is what a view should show, worked out one case after the other.
func modelQueue(all []modelCase, v review.View, ids map[string]int64) []string {
	var list []modelCase
	f := v.Filter
	for _, c := range all {
		phase, _ := c.stage.Phase()
		tab := map[review.Tab]bool{
			review.TabMine: c.holder == v.Who.ID, review.TabUnassigned: c.holder == 0, review.TabSecond: c.stage == review.StageSecond,
			review.TabReferred: c.referred.Valid && (c.referred.Int64 == v.Who.ID || c.referred.Int64 == 0 && v.Who.Role == account.Supervisor),
			review.TabChanged:  c.stage == review.StageChanged, review.TabWaiting: c.stage == review.StageWaiting,
			review.TabDecided: phase == review.PhaseDecided, review.TabAll: true,
		}[v.Tab]
		var checks, assignees []string
		for _, choice := range f.Checks {
			checks = append(checks, choice.Values()...)
		}
		for _, name := range f.Assignees {
			assignees = append(assignees, fmt.Sprint(ids[name]))
		}
		if tab && overlaps([]string{string(c.bucket)}, texts(f.Buckets)) && overlaps([]string{string(c.stage)}, texts(f.Stages)) && overlaps(c.checks, checks) &&
			overlaps(c.reasons, f.Reasons) && overlaps([]string{c.document}, f.Documents) && overlaps([]string{c.country}, f.Countries) && overlaps(c.tags, f.Tags) &&
			overlaps([]string{fmt.Sprint(c.assignee)}, assignees) && (f.From.IsZero() || c.since >= f.From.UnixMilli()) && (f.Until.IsZero() || c.since < f.Before().UnixMilli()) {
			list = append(list, c)
		}
	}
	late := func(c modelCase) int {
		due := v.Due.Due(c.bucket, time.UnixMilli(c.since).UTC())
		if v.Tab == review.TabMine && !due.IsZero() && !due.After(v.At) {
			return 0
		}
		return 1
	}
	slices.SortFunc(list, func(a, b modelCase) int {
		pa, _ := a.stage.Phase()
		pb, _ := b.stage.Phase()
		if pa == review.PhaseDecided && pb == review.PhaseDecided {
			return order(-compareInts(a.since, b.since), -strings.Compare(a.id, b.id))
		}
		return order(compareInts(pa, pb), late(a)-late(b), compareInts(a.bucket.Concern(), b.bucket.Concern()), compareInts(a.since, b.since), strings.Compare(a.id, b.id))
	})
	var found []string
	for _, c := range list {
		found = append(found, c.id)
	}
	return found
}

// order returns the first comparison that tells.
func order(comparisons ...int) int {
	for _, c := range comparisons {
		if c != 0 {
			return c
		}
	}
	return 0
}

func compareInts[T ~int | ~int64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func texts[T ~string](list []T) []string {
	var all []string
	for _, one := range list {
		all = append(all, string(one))
	}
	return all
}

// queueFilters are some filters, of one and of two fields.
func queueFilters() []review.QueueFilter {
	single := []review.QueueFilter{
		{Buckets: []idv.Bucket{idv.Adverse, idv.Clear}}, {Stages: []review.Stage{review.StageChanged, review.StageDecided}}, {Documents: []string{"PASSPORT"}},
		{Countries: []string{"BEL", "GBR"}}, {Checks: []review.CheckChoice{{Type: "FACE_MATCH", Recommendation: "REJECT"}}}, {Checks: []review.CheckChoice{{Type: "LIVENESS"}}},
		{Reasons: []string{"COUNTERFEIT", "TAMPERED"}}, {Tags: []string{"vip"}}, {Assignees: []string{"Ann", review.Nobody}},
		{From: noon.Truncate(24 * time.Hour)}, {Until: noon.Truncate(24*time.Hour).AddDate(0, 0, -1)},
	}
	all := append([]review.QueueFilter{{}}, single...)
	for i, a := range single {
		for _, b := range single[i+1:] {
			a := a
			merge(&a.Buckets, b.Buckets)
			merge(&a.Stages, b.Stages)
			merge(&a.Documents, b.Documents)
			merge(&a.Countries, b.Countries)
			merge(&a.Checks, b.Checks)
			merge(&a.Reasons, b.Reasons)
			merge(&a.Tags, b.Tags)
			merge(&a.Assignees, b.Assignees)
			if !b.From.IsZero() {
				a.From = b.From
			}
			if !b.Until.IsZero() {
				a.Until = b.Until
			}
			all = append(all, a)
		}
	}
	return all
}

func merge[T any](to *[]T, more []T) {
	if len(more) > 0 {
		*to = more
	}
}

func TestQueueShowsWhatAModelShows(t *testing.T) {
	t.Parallel()
	d, sue := newSigningDesk(t)
	all := fillQueue(t, d, []account.Person{d.ann, d.bob, sue}, 700)
	ids := map[string]int64{"Ann": d.ann.ID, review.Nobody: 0}
	due := review.DuePolicy{idv.Adverse: 4 * time.Hour, idv.Investigate: 24 * time.Hour, idv.Clear: 2 * time.Hour}
	for i, f := range queueFilters() {
		for _, tab := range review.Tabs() {
			who := []account.Person{d.ann, sue}[i%2]
			v := review.View{Who: who, Tab: tab, Filter: f, Due: due, At: noon}
			want := modelQueue(all, v, ids)
			name := fmt.Sprintf("%s for %s with %s", tab, who.Name, f.Query().Encode())
			var got []string
			var keys []review.PageKey
			var page review.QueuePage
			for key := (review.PageKey{}); ; key = page.Next {
				var err error
				page, err = d.Queue(t.Context(), v, key, 37)
				must(t, err)
				if parsed, err := review.ParsePageKey(key.String()); err != nil || parsed.String() != key.String() {
					t.Fatalf("%s: key %q, error %v", name, key, err)
				}
				for _, line := range page.Lines {
					got = append(got, line.Recipient.String())
					keys = append(keys, line.Key)
				}
				if page.Next.IsZero() {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%s: %d cases, want %d: %s", name, len(got), len(want), cmp.Diff(want, got))
			}
			var back []string
			for page.Previous != (review.PageKey{}) {
				var err error
				page, err = d.Queue(t.Context(), v, page.Previous, 37)
				must(t, err)
				for _, line := range slices.Backward(page.Lines) {
					back = append(back, line.Recipient.String())
				}
			}
			slices.Reverse(back)
			if before := want[:len(back)]; len(want) > 37 && (len(back) == 0 || !slices.Equal(back, before)) {
				t.Fatalf("%s: going back gives %d, %s", name, len(back), cmp.Diff(before, back))
			}
			if len(keys) > 2 {
				n, err := d.QueueNeighbours(t.Context(), v, keys[1])
				must(t, err)
				if n.Next == nil || n.Next.Recipient.String() != want[2] || n.Previous == nil || n.Previous.Recipient.String() != want[0] || n.Before.N != 1 {
					t.Fatalf("%s: neighbours %+v", name, n)
				}
			}
		}
	}
	v := review.View{Who: d.ann, At: noon, Due: due}
	counts, err := d.QueueCounts(t.Context(), v)
	must(t, err)
	for _, tab := range review.Tabs() {
		v.Tab = tab
		if want := len(modelQueue(all, v, ids)); counts[tab] != (review.Count{N: want}) {
			t.Errorf("%s: count %v, want %d", tab, counts[tab], want)
		}
	}
	var refused *review.FilterError
	v.Filter.Assignees = []string{"nobody of this name"}
	if _, err := d.Queue(t.Context(), v, review.PageKey{}, 5); !errors.As(err, &refused) || refused.Field != "assignee" {
		t.Errorf("a filter that names nobody: %v", err)
	}
}

func TestTheSystemIsNobody(t *testing.T) {
	d, _ := newSigningDesk(t)
	system := account.System()
	d.fetch(d.id, 0, system, passportResult(t, "COMPLETED", "APPROVE", "", "a"))
	must(t, d.KeepAccess(t.Context(), review.Access{At: noon, Who: system, Recipient: d.id, What: review.AccessResult}))
	must(t, d.BatchLogs(t.Context(), after(5)))
	entries, err := d.Ledger(t.Context(), review.LedgerQuery{Person: account.SystemName, Limit: 5})
	if err != nil || len(entries) != 2 || entries[0].Name != account.SystemName {
		t.Errorf("entries of the system: %+v, error %v", entries, err)
	}
	people, err := d.Accounts(t.Context())
	must(t, err)
	for _, p := range people {
		if p.IsSystem() {
			t.Errorf("the system is listed: %+v", p)
		}
	}
	for _, key := range []string{account.SystemKey, account.NameKey(account.SystemName)} {
		if _, err := d.Account(t.Context(), key); !errors.Is(err, account.ErrNoAccount) {
			t.Errorf("the account %q is found: %v", key, err)
		}
		wantErr(t, d.SetPassword(t.Context(), account.NameKey(key), "hash", account.ChangedBy{At: noon}), account.ErrNoAccount)
		wantErr(t, d.SetRole(t.Context(), account.NameKey(key), account.Supervisor, account.ChangedBy{At: noon}), account.ErrNoAccount)
	}
	if system.Role.May(account.OwnAccount) || system.Role.May(account.ReadResults) {
		t.Error("the system may do something")
	}
	for _, change := range []string{
		`UPDATE accounts SET role = 'admin' WHERE id = -2`, `DELETE FROM accounts WHERE id = -2`,
		`INSERT INTO sessions (token_hash, account, created_at, seen_at) VALUES (zeroblob(32), -2, 0, 0)`,
		`INSERT INTO password_links (account, token_hash, until) VALUES (-2, zeroblob(32), 0)`,
	} {
		if _, err := d.raw().Exec(change); err == nil {
			t.Errorf("%s was done", change)
		}
	}
	must(t, d.verifies(t))
}

func TestTheFirstAccountIsThatOfAPerson(t *testing.T) {
	s := mustOpen(t, optionsIn(t, t.TempDir()))
	id, err := s.AddAccount(t.Context(), account.Account{Person: account.Person{Name: "Ann", Role: account.Admin}, Key: "ann"}, true, account.ChangedBy{At: noon})
	if err != nil || id != 1 {
		t.Errorf("the first account is %d, error %v", id, err)
	}
}

func TestReassessGoesOnInBatches(t *testing.T) {
	d := newDesk(t)
	for i := range 3 {
		d.fetch(mustID(t, fmt.Sprintf("%08d-0000-4000-8000-000000000000", i+1)), 0, d.ann, passportResult(t, "COMPLETED", "APPROVE", "", "a"))
	}
	if done, more, err := d.Reassess(t.Context(), 2); done != 0 || more || err != nil {
		t.Errorf("of what is up to date: %d, %v, %v", done, more, err)
	}
	exec(t, d.raw(), `UPDATE recipients SET assessed = CASE WHEN id < '00000002' THEN 0 ELSE 99 END`)
	for _, want := range []struct {
		done int
		more bool
	}{{2, true}, {1, false}, {0, false}} {
		if done, more, err := d.Reassess(t.Context(), 2); done != want.done || more != want.more || err != nil {
			t.Errorf("%d, %v, %v, want %v", done, more, err, want)
		}
	}
}

// Hits that contradict a clear result put its case among those with notes.
func TestHitsThatWereReadChangeTheBucket(t *testing.T) {
	d := newDesk(t)
	digest := d.fetch(d.id, 0, d.ann, passportResult(t, "COMPLETED", "APPROVE", "", "a"))
	read := &review.HitsRead{List: "l", Hits: 1, Conflicts: []idv.HitConflict{{SubCheck: "x"}}}
	exec(t, d.raw(), `UPDATE recipients SET why = 'as it was'`)
	must(t, d.KeepAccess(t.Context(), review.Access{At: noon, Who: d.ann, Recipient: d.id, Digest: digest, What: review.AccessHitPage, HitsRead: read}))
	if line := d.found(t, "1111"); line.Why == "as it was" {
		t.Error("the case was not assessed again")
	}
	must(t, d.verifies(t))
}

// A count of one tab agrees with those of all; what is overdue are the first lines of a view.
func TestCountsOfOneView(t *testing.T) {
	d, sue := newSigningDesk(t)
	fillQueue(t, d, []account.Person{d.ann, d.bob, sue}, 300)
	v := review.View{Who: d.ann, At: noon, Due: review.DuePolicy{idv.Adverse: 4 * time.Hour, idv.Clear: 20 * time.Hour}}
	counts, err := d.QueueCounts(t.Context(), v)
	must(t, err)
	for _, v.Tab = range review.Tabs() {
		if got, err := d.QueueCount(t.Context(), v); err != nil || got != counts[v.Tab] {
			t.Errorf("%s: %v, want %v, error %v", v.Tab, got, counts[v.Tab], err)
		}
	}
	v.Tab = review.TabMine
	page, err := d.Queue(t.Context(), v, review.PageKey{}, 300)
	must(t, err)
	overdue := 0
	for _, line := range page.Lines {
		if line.Overdue {
			overdue++
		}
	}
	if got, err := d.OverdueCount(t.Context(), v); err != nil || got.N != overdue || overdue == 0 || overdue == len(page.Lines) {
		t.Errorf("%v are overdue, want %d of %d; error %v", got, overdue, len(page.Lines), err)
	}
}

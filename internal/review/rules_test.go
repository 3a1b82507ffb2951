package review

import (
	"errors"
	"slices"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
)

// The people of these tests.
var (
	ann = account.Person{ID: 1, Name: "Ann", Role: account.Reviewer}
	bob = account.Person{ID: 2, Name: "Bob", Role: account.Reviewer}
	sue = account.Person{ID: 3, Name: "Sue", Role: account.Supervisor}
	aud = account.Person{ID: 4, Name: "Aud", Role: account.Auditor}
)

// Two results.
var first, second = idv.Digest{1}, idv.Digest{2}

// by makes an entry that of somebody about a result.
func by(who account.Person, digest idv.Digest, e Recorded) Recorded {
	e.Actor, e.Name, e.Role, e.Snapshot = who.ID, who.Name, string(who.Role), digest
	return e
}

func erased() Recorded {
	return Recorded{Entry: ledger.Entry{Act: ActErasure, Facts: Facts{Reason: "asked to"}.String()}}
}

func TestMaySecond(t *testing.T) {
	awaits := by(ann, first, decided(Approve, Awaited, 0))
	for name, test := range map[string]struct {
		list     []Recorded
		who      account.Person
		decision int64
		digest   idv.Digest
		want     error
	}{
		"a supervisor":                  {[]Recorded{awaits}, sue, 1, first, nil},
		"its author":                    {[]Recorded{by(sue, first, decided(Approve, Awaited, 0))}, sue, 1, first, ErrOwnDecision},
		"a reviewer":                    {[]Recorded{awaits}, bob, 1, first, ErrNotSupervisor},
		"an auditor":                    {[]Recorded{awaits}, aud, 1, first, ErrNotSupervisor},
		"of no decision":                {[]Recorded{awaits}, sue, 2, first, ErrNoDecision},
		"on another result":             {[]Recorded{awaits}, sue, 1, second, ErrStale},
		"of what needs none":            {[]Recorded{by(ann, first, decided(Approve, NotNeeded, 0))}, sue, 1, first, ErrSettled},
		"of what was confirmed":         {[]Recorded{awaits, by(sue, first, answered(ActAgreed, 1))}, sue, 1, first, ErrSettled},
		"of what was not confirmed":     {[]Recorded{awaits, by(sue, first, answered(ActDisagreed, 1))}, sue, 1, first, ErrSettled},
		"of what was withdrawn":         {[]Recorded{awaits, by(ann, first, answered(ActWithdrawn, 1))}, sue, 1, first, ErrSettled},
		"of what was superseded":        {[]Recorded{awaits, by(bob, first, decided(Approve, Awaited, 1))}, sue, 1, first, ErrSettled},
		"of what took its place":        {[]Recorded{awaits, by(bob, first, decided(Approve, Awaited, 1))}, sue, 2, first, nil},
		"of what nobody reads any more": {[]Recorded{awaits, erased()}, sue, 1, first, ErrErased},
	} {
		if err := record(t, test.list...).MaySecond(test.who, test.decision, test.digest); !errors.Is(err, test.want) {
			t.Errorf("a second review by or %s: %v, want %v", name, err, test.want)
		}
	}
}

func TestMayWithdraw(t *testing.T) {
	stands := by(ann, first, decided(Approve, NotNeeded, 0))
	awaits := by(ann, first, decided(Approve, Awaited, 0))
	auditor := ann
	auditor.Role = account.Auditor
	for name, test := range map[string]struct {
		list     []Recorded
		who      account.Person
		decision int64
		want     error
	}{
		"its author":                      {[]Recorded{stands}, ann, 1, nil},
		"a supervisor":                    {[]Recorded{stands}, sue, 1, nil},
		"somebody else":                   {[]Recorded{stands}, bob, 1, ErrNotYours},
		"its author, who decides no more": {[]Recorded{stands}, auditor, 1, ErrNotYours},
		"before its second review":        {[]Recorded{awaits}, ann, 1, nil},
		"after it was confirmed":          {[]Recorded{awaits, by(sue, first, answered(ActAgreed, 1))}, ann, 1, nil},
		"after it was not confirmed":      {[]Recorded{awaits, by(sue, first, answered(ActDisagreed, 1))}, ann, 1, ErrSettled},
		"twice":                           {[]Recorded{stands, by(ann, first, answered(ActWithdrawn, 1))}, ann, 1, ErrSettled},
		"after another took its place":    {[]Recorded{stands, by(bob, first, decided(Reject, NotNeeded, 1))}, ann, 1, ErrSettled},
		"no decision":                     {[]Recorded{stands}, ann, 5, ErrNoDecision},
		"after an erasure":                {[]Recorded{stands, erased()}, ann, 1, ErrErased},
	} {
		if err := record(t, test.list...).MayWithdraw(test.who, test.decision); !errors.Is(err, test.want) {
			t.Errorf("withdrawal, %s: %v, want %v", name, err, test.want)
		}
	}
}

// Nobody decides over what they have not seen.
func TestMayDecide(t *testing.T) {
	seen := func(seq int64) *int64 { return &seq }
	stands := by(ann, first, decided(Approve, NotNeeded, 0))
	withdrawn := by(ann, first, answered(ActWithdrawn, 1))
	for name, test := range map[string]struct {
		list       []Recorded
		who        account.Person
		supersedes int64
		seen       *int64
		opened     bool // after the newest act on decisions
		want       error
	}{
		"the first":                        {nil, ann, 0, nil, false, nil},
		"the first, as the form says":      {nil, ann, 0, seen(0), false, nil},
		"the newest was shown":             {[]Recorded{stands}, bob, 1, seen(1), false, nil},
		"nothing was shown":                {[]Recorded{stands}, bob, 0, seen(0), false, ErrDecided},
		"shown, and not in its place":      {[]Recorded{stands}, bob, 0, seen(1), true, ErrDecided},
		"shown before it was withdrawn":    {[]Recorded{stands, withdrawn}, bob, 1, seen(1), true, ErrDecided},
		"in the place of one withdrawn":    {[]Recorded{stands, withdrawn}, bob, 1, seen(2), true, ErrDecided},
		"after a withdrawal":               {[]Recorded{stands, withdrawn}, bob, 0, seen(2), false, nil},
		"a form that does not say, own":    {[]Recorded{stands}, ann, 1, nil, false, nil},
		"a form that does not say":         {[]Recorded{stands}, bob, 1, nil, false, ErrDecided},
		"opened since":                     {[]Recorded{stands}, bob, 1, nil, true, nil},
		"opened since, not in its place":   {[]Recorded{stands}, bob, 0, nil, true, ErrDecided},
		"only a note stands in the record": {[]Recorded{{Entry: ledger.Entry{Act: ActNote}}}, bob, 0, nil, false, nil},
	} {
		n := &NewDecision{By: test.who, Seen: test.seen, Statement: Statement{Supersedes: test.supersedes}}
		r := record(t, test.list...)
		err := r.MayDecide(n, func(since *Recorded) (bool, error) {
			if since.Seq != r.LastDecisionSeq {
				t.Errorf("%s: asked since entry %d, want %d", name, since.Seq, r.LastDecisionSeq)
			}
			return test.opened, nil
		})
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	lost := errors.New("the access log cannot be read")
	err := record(t, stands).MayDecide(&NewDecision{By: bob, Statement: Statement{Supersedes: 1}}, func(*Recorded) (bool, error) { return true, lost })
	if !errors.Is(err, lost) {
		t.Errorf("when it is not known what was opened: %v", err)
	}
}

func TestCaseStatus(t *testing.T) {
	awaits := by(ann, first, decided(Approve, Awaited, 0))
	stands := by(ann, first, decided(Reject, NotNeeded, 0))
	refers := by(ann, first, decided(Refer, NotNeeded, 0))
	agreed, declined := by(sue, first, answered(ActAgreed, 1)), by(sue, first, answered(ActDisagreed, 1))
	withdrawn := by(ann, first, answered(ActWithdrawn, 1))
	for name, test := range map[string]struct {
		list   []Recorded
		newest idv.Digest
		want   CaseStatus
	}{
		"nothing":                       {nil, first, CaseStatus{}},
		"only a note":                   {[]Recorded{{Entry: ledger.Entry{Act: ActNote}}}, first, CaseStatus{}},
		"proposed":                      {[]Recorded{awaits}, first, CaseStatus{1, Approve, Proposed, false, false}},
		"proposed, the result changed":  {[]Recorded{awaits}, second, CaseStatus{1, Approve, Proposed, false, true}},
		"confirmed":                     {[]Recorded{awaits, agreed}, first, CaseStatus{1, Approve, Confirmed, false, false}},
		"not confirmed, and changed":    {[]Recorded{awaits, declined}, second, CaseStatus{1, Approve, Declined, false, false}},
		"stands":                        {[]Recorded{stands}, first, CaseStatus{1, Reject, Confirmed, false, false}},
		"stands, the result changed":    {[]Recorded{stands}, second, CaseStatus{1, Reject, Confirmed, false, true}},
		"stands, no result is left":     {[]Recorded{stands}, idv.Digest{}, CaseStatus{1, Reject, Confirmed, false, false}},
		"withdrawn, and changed":        {[]Recorded{stands, withdrawn}, second, CaseStatus{1, Reject, Withdrawn, false, false}},
		"referred":                      {[]Recorded{refers}, first, CaseStatus{1, Refer, Confirmed, true, false}},
		"referred, the result changed":  {[]Recorded{refers}, second, CaseStatus{1, Refer, Confirmed, true, true}},
		"a referral withdrawn":          {[]Recorded{refers, withdrawn}, first, CaseStatus{1, Refer, Withdrawn, false, false}},
		"decided after a referral":      {[]Recorded{refers, by(sue, first, decided(Approve, NotNeeded, 1))}, first, CaseStatus{2, Approve, Confirmed, false, false}},
		"decided again on a new result": {[]Recorded{stands, by(ann, second, decided(Approve, NotNeeded, 1))}, second, CaseStatus{2, Approve, Confirmed, false, false}},
		"erased":                        {[]Recorded{refers, erased()}, second, CaseStatus{1, Refer, Confirmed, false, false}},
	} {
		if got := record(t, test.list...).CaseStatus(test.newest); got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

// The verifier asks of every entry whether it may follow those before it.
func TestCheck(t *testing.T) {
	awaits := by(ann, first, decided(Approve, Awaited, 0))
	stands := by(ann, first, decided(Approve, NotNeeded, 0))
	set := Recorded{Entry: ledger.Entry{Act: ActExpectedSet}}
	cleared := Recorded{Entry: ledger.Entry{Act: ActExpectedCleared, About: 1}}
	reset := Recorded{Entry: ledger.Entry{Act: ActReset}}
	ended := Recorded{Entry: ledger.Entry{Act: ActResetEnded, About: 1}}
	for name, test := range map[string]struct {
		list []Recorded
		next Recorded
		want error
	}{
		"a first decision":                         {nil, stands, nil},
		"a decision in the place of another":       {[]Recorded{stands}, by(bob, first, decided(Reject, NotNeeded, 1)), nil},
		"a decision beside another":                {[]Recorded{stands}, by(bob, first, decided(Reject, NotNeeded, 0)), ErrDecided},
		"a decision in the place of none":          {nil, by(bob, first, decided(Reject, NotNeeded, 7)), ErrNoDecision},
		"a decision in the place of one withdrawn": {[]Recorded{stands, by(ann, first, answered(ActWithdrawn, 1))}, by(bob, first, decided(Reject, NotNeeded, 1)), ErrDecided},
		"a second review":                          {[]Recorded{awaits}, by(sue, first, answered(ActAgreed, 1)), nil},
		"a second review by its author":            {[]Recorded{awaits}, by(ann, first, answered(ActAgreed, 1)), ErrOwnDecision},
		"a second review by a reviewer":            {[]Recorded{awaits}, by(bob, first, answered(ActDisagreed, 1)), ErrNotSupervisor},
		"a second review of another result":        {[]Recorded{awaits}, by(sue, second, answered(ActAgreed, 1)), ErrOtherResult},
		"a withdrawal":                             {[]Recorded{stands}, by(ann, first, answered(ActWithdrawn, 1)), nil},
		"a withdrawal by somebody else":            {[]Recorded{stands}, by(bob, first, answered(ActWithdrawn, 1)), ErrNotYours},
		"a withdrawal on another result":           {[]Recorded{stands}, by(ann, second, answered(ActWithdrawn, 1)), ErrOtherResult},
		"an expected signer":                       {nil, set, nil},
		"an expected signer beside another":        {[]Recorded{set}, set, ErrExpectedChanged},
		"an expected signer cleared":               {[]Recorded{set}, cleared, nil},
		"an expected signer cleared twice":         {[]Recorded{set, cleared}, cleared, ErrExpectedChanged},
		"no expected signer cleared":               {nil, Recorded{Entry: ledger.Entry{Act: ActExpectedCleared}}, ErrNoExpected},
		"a reset that ends":                        {[]Recorded{reset}, ended, nil},
		"a reset that ends twice":                  {[]Recorded{reset, ended}, ended, ErrResetEnded},
		"no reset that ends":                       {nil, ended, ErrResetEnded},
		"a note":                                   {[]Recorded{stands}, Recorded{Entry: ledger.Entry{Act: ActNote}}, nil},
	} {
		if err := record(t, test.list...).Check(&test.next.Entry); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

// A record that is followed entry by entry says what one says that was read at once.
func TestFollow(t *testing.T) {
	list := []Recorded{
		by(ann, first, decided(Approve, Awaited, 0)), by(bob, first, decided(Refer, Awaited, 1)), by(sue, first, answered(ActAgreed, 2)),
		{Entry: ledger.Entry{Act: ActExpectedSet}}, by(sue, first, answered(ActWithdrawn, 2)), by(bob, first, decided(Reject, NotNeeded, 0)),
	}
	whole := record(t, list...)
	followed := &Record{}
	for _, e := range list {
		if err := followed.Check(&e.Entry); err != nil {
			t.Fatalf("entry %d: %v", e.Seq, err)
		}
		if err := followed.Follow(e); err != nil {
			t.Fatalf("entry %d: %v", e.Seq, err)
		}
	}
	for _, newest := range []idv.Digest{first, second} {
		if got, want := followed.CaseStatus(newest), whole.CaseStatus(newest); got != want {
			t.Errorf("status %+v, want %+v", got, want)
		}
	}
	if followed.LastDecisionSeq != whole.LastDecisionSeq || followed.ExpectedSeq() != whole.ExpectedSeq() || followed.Supersedes() != whole.Supersedes() {
		t.Errorf("followed %d, %d, %d, read %d, %d, %d", followed.LastDecisionSeq, followed.ExpectedSeq(), followed.Supersedes(), whole.LastDecisionSeq, whole.ExpectedSeq(), whole.Supersedes())
	}
	if err := followed.Follow(Recorded{Entry: ledger.Entry{Seq: 9, Act: ActDecision, Facts: "x"}}); err == nil || len(followed.Entries) != len(list) {
		t.Errorf("an entry that cannot be read: %v, and %d entries", err, len(followed.Entries))
	}
}

func TestIsNewest(t *testing.T) {
	for _, test := range []struct {
		digest, newest idv.Digest
		want           error
	}{
		{first, first, nil}, {first, second, ErrStale}, {first, idv.Digest{}, ErrStale}, {idv.Digest{}, idv.Digest{}, ErrStale},
	} {
		if err := IsNewest(test.digest, test.newest); !errors.Is(err, test.want) {
			t.Errorf("IsNewest(%s, %s) = %v, want %v", test.digest.Short(), test.newest.Short(), err, test.want)
		}
	}
}

// A bundle holds everything that was decided, or is not made.
func TestMayExport(t *testing.T) {
	r := record(t, by(ann, first, decided(Approve, Awaited, 0)), by(sue, first, answered(ActAgreed, 1)))
	if err := r.MayExport(&NewExport{LastDecisionSeq: 2}); err != nil {
		t.Error(err)
	}
	if err := r.MayExport(&NewExport{LastDecisionSeq: 1}); !errors.Is(err, ErrDecided) {
		t.Errorf("without the second review: %v", err)
	}
}

func TestMayExpect(t *testing.T) {
	seen := func(seq int64) *int64 { return &seq }
	set := Recorded{Entry: ledger.Entry{Act: ActExpectedSet}, Content: []byte(`{"name":"Ada"}`)}
	gone := Recorded{Entry: ledger.Entry{Act: ActExpectedSet}}
	cleared := Recorded{Entry: ledger.Entry{Act: ActExpectedCleared, About: 1}}
	for name, test := range map[string]struct {
		list    []Recorded
		seen    *int64
		want    error
		content string // that is on record already
	}{
		"none":            {nil, seen(0), nil, ""},
		"none, shown one": {nil, seen(1), ErrExpectedChanged, ""},
		"one":             {[]Recorded{set}, seen(1), nil, `{"name":"Ada"}`},
		"one, not shown":  {[]Recorded{set}, seen(0), ErrExpectedChanged, `{"name":"Ada"}`},
		"one, not said":   {[]Recorded{set}, nil, nil, `{"name":"Ada"}`},
		"cleared":         {[]Recorded{set, cleared}, seen(0), nil, ""},
		"cleared, before": {[]Recorded{set, cleared}, seen(1), ErrExpectedChanged, ""},
		"one erased":      {[]Recorded{gone}, seen(1), nil, ""},
	} {
		r := record(t, test.list...)
		if err := r.MayExpect(test.seen); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
		if content, err := onRecord(r).expectedContent(r); err != nil || string(content) != test.content {
			t.Errorf("%s: what is on record is %q, %v, not %q", name, content, err, test.content)
		}
	}
}

// A form that is sent again records nothing anew, and one key stands for one thing.
func TestSameForm(t *testing.T) {
	id, err := idv.ParseRecipientID("11111111-1111-4111-8111-111111111111")
	if err != nil {
		t.Fatal(err)
	}
	entry := func(act ledger.Act, about int64, facts Facts, content string) *Recorded {
		return &Recorded{Entry: ledger.Entry{Act: act, About: about, Recipient: id.String(), Snapshot: first, Facts: facts.String()}, Content: []byte(content)}
	}
	elsewhere := func(e *Recorded) *Recorded {
		other := *e
		other.Recipient = "22222222-2222-4222-8222-222222222222"
		return &other
	}
	later := func(e *Recorded) *Recorded {
		other := *e
		other.Snapshot = second
		return &other
	}
	note := NewNote{Recipient: id, Digest: first, Text: "seen"}
	agrees := NewSecond{Recipient: id, Digest: first, Decision: 3, Agrees: true, Note: "so do I"}
	declines := NewSecond{Recipient: id, Digest: first, Decision: 3, Note: "not so"}
	withdrawal := NewWithdrawal{Recipient: id, Decision: 3, Reason: "slip"}
	expects := NewExpected{Recipient: id, Expected: idv.Expected{Name: "Ada"}}
	clears := NewExpected{Recipient: id}
	hits := NewDispositions{Recipient: id, Digest: first, Disposition: HitConfirmed}
	decides := NewDecision{Recipient: id, Digest: first, Statement: Statement{Verdict: Approve, Note: "fine", Reasons: []Reason{{Code: "a"}}}}
	made := `{"verdict":"approve","note":"fine","reasons":[{"code":"a"}]}`
	for name, test := range map[string]struct {
		same func(*Recorded) bool
		old  *Recorded
		want bool
	}{
		"note":                         {note.Same, entry(ActNote, 0, Facts{}, "seen"), true},
		"note with another text":       {note.Same, entry(ActNote, 0, Facts{}, "Seen"), false},
		"note on another result":       {note.Same, later(entry(ActNote, 0, Facts{}, "seen")), false},
		"note elsewhere":               {note.Same, elsewhere(entry(ActNote, 0, Facts{}, "seen")), false},
		"note that was a reset":        {note.Same, entry(ActReset, 0, Facts{}, "seen"), false},
		"agreement":                    {agrees.Same, entry(ActAgreed, 3, Facts{}, "so do I"), true},
		"agreement that was none":      {agrees.Same, entry(ActDisagreed, 3, Facts{}, "so do I"), false},
		"agreement to another":         {agrees.Same, entry(ActAgreed, 4, Facts{}, "so do I"), false},
		"agreement with another note":  {agrees.Same, entry(ActAgreed, 3, Facts{}, ""), false},
		"disagreement":                 {declines.Same, entry(ActDisagreed, 3, Facts{}, "not so"), true},
		"disagreement, another result": {declines.Same, later(entry(ActDisagreed, 3, Facts{}, "not so")), false},
		"withdrawal":                   {withdrawal.Same, entry(ActWithdrawn, 3, Facts{}, "slip"), true},
		"withdrawal of another":        {withdrawal.Same, entry(ActWithdrawn, 4, Facts{}, "slip"), false},
		"withdrawal elsewhere":         {withdrawal.Same, elsewhere(entry(ActWithdrawn, 3, Facts{}, "slip")), false},
		"withdrawal, another reason":   {withdrawal.Same, entry(ActWithdrawn, 3, Facts{}, "no"), false},
		"expected":                     {expects.Same, entry(ActExpectedSet, 0, Facts{}, `{"name":"Ada"}`), true},
		"expected, another name":       {expects.Same, entry(ActExpectedSet, 0, Facts{}, `{"name":"Bea"}`), false},
		"expected that was cleared":    {expects.Same, entry(ActExpectedCleared, 0, Facts{}, ""), false},
		"cleared":                      {clears.Same, entry(ActExpectedCleared, 2, Facts{}, ""), true},
		"dispositions":                 {hits.Same, entry(ActDisposition, 0, Facts{Disposition: HitConfirmed}, "x"), true},
		"other dispositions":           {hits.Same, entry(ActDisposition, 0, Facts{Disposition: HitUndecided}, "x"), false},
		"decision":                     {decides.Same, entry(ActDecision, 0, Facts{}, made), true},
		"decision on another result":   {decides.Same, later(entry(ActDecision, 0, Facts{}, made)), false},
		"another decision":             {decides.Same, entry(ActDecision, 0, Facts{}, `{"verdict":"reject","note":"fine","reasons":[{"code":"a"}]}`), false},
		"decision, another reason":     {decides.Same, entry(ActDecision, 0, Facts{}, `{"verdict":"approve","note":"fine","reasons":[{"code":"b"}]}`), false},
		"decision that was erased":     {decides.Same, entry(ActDecision, 0, Facts{}, ""), false},
	} {
		if got := test.same(test.old); got != test.want {
			t.Errorf("%s: the same %v, want %v", name, got, test.want)
		}
	}
}

// The hits of one form are one thing: with one more or one less it is another form.
func TestSameDispositions(t *testing.T) {
	n := NewDispositions{Digest: first, Check: listed("media-1"), Hits: []*idv.Hit{hit("E1", "{}"), hit("E2", "{}")}, Disposition: HitFalsePositive, Note: "another year"}
	form := func(key string, who account.Person, h *idv.Hit) Recorded {
		e := by(who, first, judged(t, h, HitFalsePositive, "another year"))
		e.Facts = Facts{Disposition: HitFalsePositive, Form: key}.String()
		return e
	}
	one, two, three := hit("E1", "{}"), hit("E2", "{}"), hit("E3", "{}")
	for name, test := range map[string]struct {
		list []Recorded
		want bool
	}{
		"both":                     {[]Recorded{form("k", ann, one), form("", ann, two)}, true},
		"before a note":            {[]Recorded{form("k", ann, one), form("", ann, two), by(ann, first, Recorded{Entry: ledger.Entry{Act: ActNote}})}, true},
		"before another form":      {[]Recorded{form("k", ann, one), form("", ann, two), form("k2", ann, three)}, true},
		"before somebody else's":   {[]Recorded{form("k", ann, one), form("", ann, two), form("", bob, three)}, true},
		"only one":                 {[]Recorded{form("k", ann, one)}, false},
		"one more":                 {[]Recorded{form("k", ann, one), form("", ann, two), form("", ann, three)}, false},
		"another":                  {[]Recorded{form("k", ann, one), form("", ann, three)}, false},
		"the second in other form": {[]Recorded{form("k", ann, one), form("k2", ann, two)}, false},
	} {
		list := record(t, test.list...).Entries
		for i := range list {
			list[i].Recipient = n.Recipient.String()
		}
		sent := list[:1]
		for len(sent) < len(list) && list[len(sent)].Continues(&list[0]) {
			sent = list[:len(sent)+1]
		}
		acts, err := n.Acts(&OnRecord{Newest: second, Sent: sent})
		if errors.Is(err, ErrKeyUsed) == test.want || len(acts) > 0 {
			t.Errorf("%s: %v, %v, want the same %v", name, acts, err, test.want)
		}
	}
}

// A form that was sent before is found whatever the result says today.
func TestSentBefore(t *testing.T) {
	form := DecisionForm{Digest: first, By: ann, Verdict: Refer, Reasons: []string{"b", "a", "a"}, Note: "look", ReferTo: "Sue", Key: "k"}
	statement := `{"verdict":"refer","reasons":[{"code":"a"},{"code":"b"}],"note":"look","referred_to":"Sue","contradictions":[{"check":"c","reason":"look"}]}`
	e := by(ann, first, Recorded{Entry: ledger.Entry{Act: ActDecision, Facts: Facts{Form: "k", Verdict: Refer, Second: NotNeeded}.String()}, Content: []byte(statement)})
	r := record(t, e)
	for name, test := range map[string]struct {
		change func(*DecisionForm)
		want   bool
	}{
		"the same":            {func(*DecisionForm) {}, true},
		"another key":         {func(f *DecisionForm) { f.Key = "k2" }, false},
		"another author":      {func(f *DecisionForm) { f.By = bob }, false},
		"another result":      {func(f *DecisionForm) { f.Digest = second }, false},
		"another verdict":     {func(f *DecisionForm) { f.Verdict = Reject }, false},
		"another note":        {func(f *DecisionForm) { f.Note = "Look" }, false},
		"another person":      {func(f *DecisionForm) { f.ReferTo = "" }, false},
		"another reason":      {func(f *DecisionForm) { f.Reasons = []string{"a"} }, false},
		"a reason of its own": {func(f *DecisionForm) { f.Contradictions = map[string]string{"c": "because"} }, false},
	} {
		f := form
		test.change(&f)
		seq, ok := r.sentBefore(&f)
		if ok != test.want || ok && seq != 1 {
			t.Errorf("%s: entry %d, %v, want %v", name, seq, ok, test.want)
		}
	}
}

// What people do with a case, as the record tells it.
func TestReadRecord(t *testing.T) {
	carried := time.Date(2025, 1, 2, 3, 4, 5, 0, time.UTC)
	r := record(t,
		by(ann, first, Recorded{Entry: ledger.Entry{Act: ActNote, Facts: Facts{Carried: &carried}.String()}, Content: []byte("one")}),
		by(bob, first, Recorded{Entry: ledger.Entry{Act: ActNote}, Content: []byte("two")}),
		by(sue, idv.Digest{}, Recorded{Entry: ledger.Entry{Act: ActReset}, Content: []byte("lost phone")}),
		by(sue, idv.Digest{}, Recorded{Entry: ledger.Entry{Act: ActResetEnded, About: 3, Facts: Facts{Outcome: ResetRefused, Failure: NotReady}.String()}}),
		by(sue, idv.Digest{}, Recorded{Entry: ledger.Entry{Act: ActReset}}),
		by(ann, first, Recorded{Entry: ledger.Entry{Act: ActExport}}),
		erased())
	var notes []string
	for _, n := range r.Notes {
		notes = append(notes, n.Author+" "+n.Text)
	}
	if want := []string{"Bob two", "Ann one"}; !slices.Equal(notes, want) || !r.Notes[1].At.Equal(carried) {
		t.Errorf("notes %q, the first of %v", notes, r.Notes[1].At)
	}
	if len(r.Resets) != 2 || r.Resets[1].End.Outcome != ResetRefused || r.Resets[1].End.Failure != NotReady || !r.Resets[1].End.Known() || r.Resets[0].End.Known() || !r.Resets[0].Erased {
		t.Errorf("resets %+v", r.Resets)
	}
	if len(r.Exports) != 1 || r.Exports[0].By != "Ann" || r.Erasure == nil || r.Erasure.By != "the operator" || r.Erasure.Reason != "asked to" {
		t.Errorf("exports %+v, erasure %+v", r.Exports, r.Erasure)
	}
	before, err := r.Before(2)
	if err != nil || len(before.Notes) != 1 || before.Erasure != nil || len(before.Entries) != 1 {
		t.Errorf("before the second note: %+v, %v", before, err)
	}
	if whole, err := r.Before(99); err != nil || len(whole.Entries) != 7 || whole.Entry(7) == nil || whole.Entry(8) != nil {
		t.Errorf("before what is yet to come: %+v, %v", whole, err)
	}
}

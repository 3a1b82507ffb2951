package review

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/ledger"
)

// The audit log and its export say every entry in words.
func TestEntriesInWords(t *testing.T) {
	seven, carried := 7, time.Date(2025, 1, 2, 3, 4, 0, 0, time.UTC)
	for _, test := range []struct {
		act        ledger.Act
		about      int64
		facts      Facts
		done, want string
	}{
		{ActDecision, 0, Facts{Verdict: Approve, Second: NotNeeded}, "decided", "Approved; no second review is needed"},
		{ActDecision, 12, Facts{Verdict: Reject, Second: Awaited}, "decided", "Rejected; a second review is needed; supersedes the decision in entry 12"},
		{ActDecision, 0, Facts{Verdict: "ponder", Second: "twice"}, "decided", "ponder; second review: twice"},
		{ActAgreed, 12, Facts{}, "confirmed in second review", "the decision in entry 12"},
		{ActAgreed, 12, Facts{OnePerson: []OnePerson{{Entry: 3, Change: account.LinkMade, By: "Sue", AccountName: "Ann"}}}, "confirmed in second review",
			"the decision in entry 12; One person could have been both author and second reviewer; Sue created a password link for Ann (entry 3)"},
		{ActDisagreed, 12, Facts{}, "did not confirm in second review", "the decision in entry 12"},
		{ActWithdrawn, 12, Facts{}, "withdrew a decision", "the decision in entry 12"},
		{ActNote, 0, Facts{Carried: &carried}, "wrote a note", "recorded 2 Jan 2025, 03:04 UTC, before there was a ledger"},
		{ActDisposition, 0, Facts{Disposition: HitFalsePositive}, "set the disposition of a watchlist hit", "False positive"},
		{ActExpectedSet, 0, Facts{}, "set the expected signer", ""},
		{ActExpectedSet, 4, Facts{}, "set the expected signer", "in the place of the one in entry 4"},
		{ActExpectedCleared, 4, Facts{}, "cleared the expected signer", "the one in entry 4"},
		{ActTaken, 0, Facts{}, "took the case", ""},
		{ActReleased, 0, Facts{}, "released the case", ""},
		{ActAssigned, 0, Facts{Assignee: 2, AssigneeName: "Bob"}, "assigned the case", "to Bob"},
		{ActTagged, 0, Facts{Tag: "vip"}, "added a tag", "vip"},
		{ActUntagged, 0, Facts{Tag: "vip"}, "removed a tag", "vip"},
		{ActReset, 0, Facts{}, "requested a session limit reset", ""},
		{ActResetEnded, 5, Facts{Outcome: ResetDone}, "received the answer to a reset request", "requested in entry 5; Yoti reset the limit"},
		{ActResetEnded, 5, Facts{Outcome: ResetRefused, Failure: NotReady}, "received the answer to a reset request",
			"requested in entry 5; Yoti did not reset the limit; Yoti refused to reset the limit"},
		{ActResetEnded, 5, Facts{Outcome: ResetUnknown, Failure: TimedOut}, "received the answer to a reset request",
			"requested in entry 5; it is not known whether Yoti reset the limit; Yoti did not answer in time"},
		{ActResetEnded, 5, Facts{Outcome: "odd"}, "received the answer to a reset request", "requested in entry 5; odd"},
		{ActExport, 0, Facts{}, "downloaded an evidence bundle", ""},
		{ActListExport, 0, Facts{List: LedgerList}, "exported a list", "the ledger"},
		{ActListExport, 0, Facts{List: AccessList}, "exported a list", "the access log"},
		{ActListExport, 0, Facts{List: FiguresList}, "exported a list", "the figures"},
		{ActListExport, 0, Facts{List: EventList}, "exported a list", "the security events"},
		{ActListExport, 0, Facts{List: "people"}, "exported a list", "people"},
		{ActErasure, 0, Facts{Reason: "asked to"}, "erased texts and results", "asked to"},
		{ActAccount, 0, Facts{AccountName: "Ann", AccountChange: string(account.Added), Role: string(account.Reviewer)}, "changed an account", "Ann: created as Reviewer"},
		{ActAccount, 0, Facts{AccountName: "Ann", AccountChange: string(account.Disabled)}, "changed an account", "Ann: disabled"},
		{ActAccount, 0, Facts{AccountName: "Ann", AccountChange: string(account.RoleChanged), Role: string(account.Supervisor)}, "changed an account", "Ann: role changed to Supervisor"},
		{ActAccount, 0, Facts{AccountName: "Ann", AccountChange: string(account.PasswordChanged)}, "changed an account", "Ann: password changed"},
		{ActAccount, 6, Facts{AccountName: "Ann", AccountChange: string(account.PasswordChanged), LinkBy: "Sue"}, "changed an account",
			"Ann: password changed, set with the link that Sue created in entry 6"},
		{ActAccount, 6, Facts{AccountName: "Ann", AccountChange: string(account.PasswordChanged)}, "changed an account",
			"Ann: password changed, set with the link that the operator created in entry 6"},
		{ActAccount, 0, Facts{AccountName: "Ann", AccountChange: string(account.LinkMade)}, "changed an account", "Ann: password link created"},
		{ActAccount, 0, Facts{AccountName: "Ann", AccountChange: string(account.Acknowledged), Acknowledged: 9}, "changed an account",
			"Ann: changes made by others acknowledged, up to entry 9"},
		{ActAccount, 0, Facts{AccountName: "Ann", AccountChange: string(account.Added), Role: string(account.Reviewer), Factor: account.ProviderIdentity}, "changed an account",
			"Ann: created as Reviewer, at the first sign-in through the company's sign-in"},
		{ActAccount, 0, Facts{AccountName: "Ann", AccountChange: string(account.Added), Role: string(account.Admin), Factor: account.BreakGlass}, "changed an account",
			"Ann: created as Administrator, for emergencies"},
		{ActAccount, 0, Facts{AccountName: "Ann", AccountChange: string(account.Bound)}, "changed an account", "Ann: bound to an identity of the company's sign-in"},
		{ActAccount, 0, Facts{AccountName: "Ann", AccountChange: string(account.BreakGlassUsed)}, "changed an account", "Ann: signed in to the account for emergencies"},
		{ActAccount, 0, Facts{AccountName: "Ann", AccountChange: "renamed"}, "changed an account", "Ann: renamed"},
		{ActAccount, 5, Facts{AccountName: "Sue", AccountChange: string(account.LinkMade), AskedBy: "eve", AskedByID: 3}, "changed an account",
			"Sue: password link created; requested by eve in entry 5"},
		{ActAccount, 0, Facts{AccountName: "eve", AccountChange: string(account.RequestAsked), Request: &account.RequestTerms{Kind: account.NewSupervisor, Name: "Sue"}},
			"changed an account", "requested: Create the supervisor account Sue"},
		{ActAccount, 5, Facts{AccountName: "max", AccountChange: string(account.RequestConfirmed), Request: &account.RequestTerms{Kind: account.BecomeSupervisor, Name: "Sue"}},
			"changed an account", "confirmed the request in entry 5: Give Sue the role Supervisor"},
		{ActAccount, 5, Facts{AccountName: "Sue", AccountChange: string(account.RequestCancelled), Request: &account.RequestTerms{Kind: account.SupervisorFactors, Name: "Sam", Reason: "phone lost"}},
			"changed an account", "cancelled the request in entry 5: Remove the passkeys and codes of the supervisor Sam: phone lost"},
		{ActAccess, 0, Facts{First: 1, Last: 9, Rows: 9, Items: &seven, SHA256: "ab"}, "viewed 7 items", "lines 1 to 9 of the access log, SHA-256 ab"},
		{ActAccess, 0, Facts{First: 1, Last: 1, Rows: 1, SHA256: "ab"}, "viewed 1 item", "lines 1 to 1 of the access log, SHA-256 ab"},
		{ActFetches, 0, Facts{First: 1, Last: 1, Rows: 1, SHA256: "ab"}, "fetched 1 result", "numbers 1 to 1 of the log, SHA-256 ab"},
		{ActFetches, 0, Facts{First: 1, Last: 2, Rows: 2, SHA256: "ab"}, "fetched 2 results", "numbers 1 to 2 of the log, SHA-256 ab"},
		{ActSignIns, 0, Facts{First: 1, Last: 2, Rows: 2, SHA256: "ab"}, "signed in or out, or tried to", "lines 1 to 2 of the sign-ins, SHA-256 ab"},
		{ActSigningKey, 0, Facts{PublicKey: "countersign+abc"}, "started using a signing key", "countersign+abc"},
		{ActSigningKey, 0, Facts{PublicKey: "countersign+abc", KeyChange: "made up"}, "started using a signing key", "countersign+abc; what should vouch for it does not"},
		{ActDataKey, 0, Facts{DataKey: "0123456789ab", EarlierDataKey: "ba9876543210", DataKeyChange: DataKeyBegun}, "changed the data key", "begun: 01234567 in the place of ba987654"},
		{ActDataKey, 0, Facts{DataKey: "0123456789ab", EarlierDataKey: "ba9876543210", DataKeyChange: DataKeyFinished, Rows: 12}, "changed the data key",
			"finished: 01234567 in the place of ba987654; 12 values were sealed anew"},
		{ActOlder, 0, Facts{Size: 40}, "accepted an older database", "the newest known checkpoint had 40 entries"},
		{ActLog, 0, Facts{Log: LogMissing}, "started the server", "the checkpoint log is missing"},
		{ActLog, 0, Facts{Log: LogFound}, "started the server", "the checkpoint log is there again"},
		{ActLog, 0, Facts{Log: LogAccepted}, "started the server", "without its checkpoint log, on purpose"},
		{ActLog, 0, Facts{Log: "lost"}, "started the server", "lost"},
		{ActBegun, 0, Facts{DataKey: "ab"}, "started the ledger", ""},
		{"dance", 0, Facts{}, "dance", ""},
	} {
		e := ledger.Entry{Act: test.act, About: test.about, Facts: test.facts.String()}
		if done, words := DoneWord(e), FactWords(e); done != test.done || words != test.want {
			t.Errorf("%s %s: %q, %q, want %q, %q", test.act, e.Facts, done, words, test.done, test.want)
		}
	}
	damaged := ledger.Entry{Act: ActAccess, Facts: "no facts"}
	if done, words := DoneWord(damaged), FactWords(damaged); done != "viewed items" || words != "no facts" {
		t.Errorf("facts that cannot be read: %q, %q", done, words)
	}
}

func TestEveryActIsOfferedOnceAndHasWords(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range Acts() {
		if words := ActWord(a); words == string(a) || seen[words] {
			t.Errorf("%s is said as %q", a, words)
		} else {
			seen[words] = true
		}
	}
	for _, a := range DecisiveActs() {
		if !slices.Contains(Acts(), a) {
			t.Errorf("%s is not offered", a)
		}
	}
}

func TestColumnsHaveTheirValues(t *testing.T) {
	e := ledger.Entry{
		Seq: 5, At: time.Date(2026, 3, 4, 12, 0, 0, 5e6, time.UTC), Actor: 1, Name: "Ann", Role: "reviewer", Recipient: "r", Snapshot: idv.Digest{1},
		Act: ActWithdrawn, About: 3, Facts: "{}", Content: idv.Digest{2}, Behind: 1500 * time.Millisecond,
	}
	row := map[string]string{}
	for i, value := range LedgerRow(e) {
		row[LedgerColumns()[i]] = value
	}
	for column, want := range map[string]string{
		"entry": "5", "at": "2026-03-04T12:00:00.005Z", "name": "Ann", "did": "withdrew a decision", "details": "the decision in entry 3", "about": "3",
		"result": idv.Digest{1}.String(), "sealed": "", "clock_behind_ms": "1500",
	} {
		if row[column] != want {
			t.Errorf("%s is %q, want %q", column, row[column], want)
		}
	}
	a := Access{ID: 4, At: e.At, Who: ann, Digest: idv.Digest{1}, What: AccessFile}
	access := map[string]string{}
	for i, value := range AccessRow(&a) {
		access[AccessColumns()[i]] = value
	}
	for column, want := range map[string]string{"number": "4", "name": "Ann", "what": "file", "recipient": "", "medium": "", "sha256": "", "page_view": ""} {
		if access[column] != want {
			t.Errorf("%s is %q, want %q", column, access[column], want)
		}
	}
	if len(access) != len(AccessColumns()) {
		t.Errorf("%d values in %d columns", len(access), len(AccessColumns()))
	}
}

// Every error of asking Yoti is told in words of its own, of a result, a medium, a report and
// a reset.
func TestFailuresInWords(t *testing.T) {
	titles := map[string]FailureKind{}
	for _, upstream := range []error{
		idv.ErrNotFound, idv.ErrUnauthorised, idv.ErrForbidden, idv.ErrNotReady, idv.ErrExpired, idv.ErrNoApplication, idv.ErrNotUnderstood, idv.ErrEmpty,
		idv.ErrRateLimited, idv.ErrUnavailable, idv.ErrTooLarge, idv.ErrInvalid, idv.ErrTimedOut, idv.ErrUnreachable, idv.ErrKeyEchoed, idv.ErrUnexpected,
	} {
		kind, known := KindOf(fmt.Errorf("fetch: %w", upstream))
		if !known {
			t.Errorf("%v is of no kind", upstream)
		}
		if other, taken := titles[kind.Word().Title]; taken {
			t.Errorf("%s and %s are told alike", kind, other)
		}
		titles[kind.Word().Title] = kind
		for _, word := range []FailureWord{kind.Word(), kind.MediumWord(), kind.ReportWord(), kind.ResetWord()} {
			for _, sentence := range []string{word.Title, word.Advice} {
				if !strings.HasSuffix(sentence, ".") {
					t.Errorf("%s: %q is not a sentence", kind, sentence)
				}
			}
		}
	}
	if kind, known := KindOf(errors.New("the disk is full")); known {
		t.Errorf("a full disk is Yoti's failure %q", kind)
	}
	for _, test := range []struct{ got, want FailureWord }{
		{NotReady.ResetWord(), FailureWord{"Yoti refused to reset the limit.", "Perhaps the session goes on, or no more sessions can be allowed."}},
		{Withheld.MediumWord(), FailureWord{"Yoti withholds this.", "The law, or a number that is not masked yet, keeps it from being shown."}},
		{TimedOut.ReportWord(), TimedOut.Word()},
	} {
		if test.got != test.want {
			t.Errorf("%+v, want %+v", test.got, test.want)
		}
	}
	if u := (&Unanswered{Why: Unreachable}).String(); u != "Yoti could not be reached." {
		t.Errorf("unanswered: %q", u)
	}
}

// What is kept of a failure is read as it was written, and what older programs kept, too.
func TestFailureIsKeptAsText(t *testing.T) {
	for _, test := range []struct {
		failure      Failure
		text, answer string
	}{
		{Failure{Kind: TimedOut}, "timed-out", ""},
		{Failure{Kind: Unavailable, Answer: Answer{Status: 503}}, "unavailable 503", "Yoti answered with HTTP status 503."},
		{Failure{Kind: Expired, Answer: Answer{410, "SESSION_EXPIRED"}}, "expired 410 SESSION_EXPIRED", "Yoti answered with HTTP status 410 and the code SESSION_EXPIRED."},
	} {
		kind, answer := ParseFailure(test.failure.Text())
		if test.failure.Text() != test.text || kind != test.failure.Kind || answer != test.failure.Answer || answer.String() != test.answer {
			t.Errorf("%q is read as %s, %+v, %q", test.failure.Text(), kind, answer, answer)
		}
	}
	if kind, answer := ParseFailure("expired x"); kind != Expired || answer != (Answer{}) {
		t.Errorf("a text of no form: %s, %+v", kind, answer)
	}
}

func TestDecisionsInWords(t *testing.T) {
	for _, s := range []DecisionState{Proposed, Confirmed, Declined, Superseded, Withdrawn} {
		if s.Label() == string(s) || s.Label() == "" {
			t.Errorf("%s has no words", s)
		}
	}
	for _, v := range Verdicts() {
		if v.Label() == string(v) || v.Done() == string(v) || v.doneWord() == string(v) {
			t.Errorf("%s has no words", v)
		}
	}
	if odd := Verdict("ponder"); odd.Label() != "ponder" || odd.Done() != "ponder" || odd.doneWord() != "ponder" || DecisionState("odd").Label() != "odd" {
		t.Error("a word that nobody knows is not shown as it came")
	}
	s := Statement{Checks: []DecidedCheck{{Key: "check-1", Label: "Face match by an expert"}}}
	if got := s.CheckLabel("check-1", "LIVENESS"); got != "Face match by an expert" {
		t.Errorf("a check that is listed is called %q", got)
	}
	if got, want := s.CheckLabel("check-2", "LIVENESS"), idv.CheckType("LIVENESS").Word().Label; got != want {
		t.Errorf("a check that is not listed is called %q, want %q", got, want)
	}
	if check, ok := FieldAgainst("check-1").Against(); !ok || check != "check-1" {
		t.Errorf("the field of a check is about %q", check)
	}
	if _, ok := FieldNote.Against(); ok {
		t.Error("the note is about a check")
	}
	for deed, want := range map[account.Change]string{
		account.Added: "Sue created the account of Ann (entry 3).", account.RoleChanged: "Sue changed the role of Ann (entry 3).",
		account.LinkMade:        "Sue created a password link for Ann (entry 3).",
		account.PasswordChanged: "Sue had the means to choose the password of Ann (entry 3).", account.Disabled: "Sue changed the account of Ann (entry 3).",
	} {
		if got := (OnePerson{Entry: 3, Change: deed, By: "Sue", AccountName: "Ann"}).String(); got != want {
			t.Errorf("%s: %q, want %q", deed, got, want)
		}
	}
}

func TestHitsInWords(t *testing.T) {
	labels := map[string]bool{}
	for _, f := range append(DispositionFilters(), AnyDisposition) {
		if f.Label() == "" || f.Label() == string(f) || labels[f.Label()] {
			t.Errorf("the filter %q is called %q", f, f.Label())
		}
		labels[f.Label()] = true
	}
	for _, r := range HitRules() {
		if code := r.Rationale(); code != "" {
			if _, err := rationaleFor(code, HitFalsePositive); err != nil {
				t.Errorf("the rationale of %s: %v", r, err)
			}
		}
	}
	agrees, differs := HitRow{}, HitRow{}
	agrees.Birth, differs.Birth = idv.BirthAgrees, idv.BirthDiffers
	if agrees.Advice() == "" || differs.Advice() != "" {
		t.Errorf("advice %q and %q", agrees.Advice(), differs.Advice())
	}
}

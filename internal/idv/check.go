package idv

import (
	"slices"
	"strconv"
	"strings"
)

// CheckType names what a check looks at. Yoti adds types; see CheckType.Known.
type CheckType string

// The check types. The first nine are on Yoti Sign's page, the others in Yoti's
// documentation of identity verification and its SDKs.
const (
	DocumentAuthenticity   CheckType = "ID_DOCUMENT_AUTHENTICITY"
	DocumentTextData       CheckType = "ID_DOCUMENT_TEXT_DATA_CHECK"
	Liveness               CheckType = "LIVENESS"
	DocumentFaceMatch      CheckType = "ID_DOCUMENT_FACE_MATCH"
	DocumentComparison     CheckType = "ID_DOCUMENT_COMPARISON"
	ThirdPartyIdentity     CheckType = "THIRD_PARTY_IDENTITY"
	WatchlistScreening     CheckType = "WATCHLIST_SCREENING"
	WatchlistAdvanced      CheckType = "WATCHLIST_ADVANCED_CA"
	SupplementaryTextData  CheckType = "SUPPLEMENTARY_DOCUMENT_TEXT_DATA_CHECK"
	FaceComparison         CheckType = "FACE_COMPARISON"
	FamiliarFaceSearch     CheckType = "FAMILIAR_FACE_SEARCH"
	ThirdPartyFraud        CheckType = "THIRD_PARTY_IDENTITY_FRAUD_1"
	SynecticsFraud         CheckType = "SYNECTICS_IDENTITY_FRAUD"
	BranchVisualReview     CheckType = "IBV_VISUAL_REVIEW_CHECK"
	SchemeDocumentValidity CheckType = "DOCUMENT_SCHEME_VALIDITY_CHECK"
	ProfileDocumentMatch   CheckType = "PROFILE_DOCUMENT_MATCH"
)

// SessionState is how far the whole session has come.
type SessionState string

// The session states. Source: Yoti IDV, session results.
const (
	SessionOngoing   SessionState = "ONGOING"
	SessionCompleted SessionState = "COMPLETED"
	SessionExpired   SessionState = "EXPIRED"
)

// CheckState is how far one check has come.
type CheckState string

// The check states. Source: Yoti IDV, results.
const (
	CheckCreated       CheckState = "CREATED"
	CheckReady         CheckState = "READY"
	CheckPending       CheckState = "PENDING"
	CheckDone          CheckState = "DONE"
	CheckInternalError CheckState = "INTERNAL_ERROR"
)

// TaskState is how far a task, such as reading a document's text, has come.
type TaskState string

// The task states. Source: Yoti IDV, results.
const (
	TaskCreated TaskState = "CREATED"
	TaskPending TaskState = "PENDING"
	TaskDone    TaskState = "DONE"
	TaskFailed  TaskState = "FAILED"
)

// Recommendation is what Yoti advises on one check. It governs: nothing in the
// breakdown turns a recommendation around.
type Recommendation string

// The recommendations. Source: Yoti IDV, understanding the report.
const (
	Approve      Recommendation = "APPROVE"
	Consider     Recommendation = "CONSIDER"
	Reject       Recommendation = "REJECT"
	NotAvailable Recommendation = "NOT_AVAILABLE"
)

// Result is the outcome of one sub-check.
type Result string

// The sub-check results.
const (
	Pass Result = "PASS"
	Fail Result = "FAIL"
)

// Check is one thing that Yoti looked at.
type Check struct {
	Index            int    // position in the session's checks: the key of this check
	Subject          string // what tells it from others of its type; empty where it is the only one
	ID               string
	Type             CheckType
	State            CheckState
	ResourcesUsed    []string // ids of resources; may name one that is not there
	Report           *Report  // nil until there is one
	GeneratedMedia   []Media
	GeneratedProfile *Media
	Scheme           string            // DOCUMENT_SCHEME_VALIDITY_CHECK only
	Pool             *FamiliarFacePool // FAMILIAR_FACE_SEARCH only
	Created          Time
	LastUpdated      Time
	Extras           []UnknownField
	Problems         []Problem
	JSON             string // the check as it is in the snapshot
}

// Report is what a finished check found.
type Report struct {
	Recommendation     Recommendation // empty when the report has none
	Reason             string
	RecoverySuggestion string
	Breakdown          []SubCheck
	Watchlist          *WatchlistSummary
}

// SubCheck is one row of a report's breakdown. Only what was attempted is listed,
// so an absent row is not a pass.
type SubCheck struct {
	Name    string
	Result  Result
	Details []Detail
	Process string // AUTOMATED, EXPERT_REVIEW, or empty in older results
}

// Detail is a named value that explains a sub-check. Values are text on the wire,
// even where they look like numbers.
type Detail struct {
	Name  string
	Value string
}

// FamiliarFacePool is the configuration of a familiar face search. Without its
// criteria one cannot tell whether a match is good or bad.
type FamiliarFacePool struct {
	ID               string
	Label            string
	ApprovalCriteria string // MATCH or NO_MATCH
}

// Key names the check within its session, for links and fragments: "check-3".
func (c *Check) Key() string { return "check-" + strconv.Itoa(c.Index+1) }

// Recommendation returns the recommendation of the check's report, or an empty one
// when there is no report or it has none.
func (c *Check) Recommendation() Recommendation {
	if c.Report == nil {
		return ""
	}
	return c.Report.Recommendation
}

// Waiting reports whether the check's report may still come. A check that ended in
// an internal error, or whose report could not be read, waits for nothing.
func (c *Check) Waiting() bool {
	return c.Report == nil && c.State != CheckInternalError && !c.Unreadable()
}

// WhyNoReport says why there is no report, as far as the result says. A state alone
// claims an outcome that is not there.
func (c *Check) WhyNoReport() string {
	switch {
	case c.Unreadable():
		return "The report of this check could not be read."
	case c.State == CheckDone:
		return "Yoti says that the check has ended, but this result has no report on it."
	case c.State == "":
		return "This result has no report on the check, and does not say how far it has come."
	case !c.State.Word().Known:
		return "This result has no report on the check, and Countersign does not know its state."
	case c.State == CheckCreated:
		return "The check has been set up; there is no outcome yet."
	}
	return c.State.Word().Meaning
}

// TotalHits returns the number of hits that the check gives; nil when it gives none.
func (c *Check) TotalHits() *int {
	if c == nil || c.Report == nil || c.Report.Watchlist == nil {
		return nil
	}
	return c.Report.Watchlist.TotalHits
}

// HitsOfLists returns the numbers of hits that the check gives for each sort of list.
func (c *Check) HitsOfLists() []Detail {
	if c == nil || c.Report == nil {
		return nil
	}
	var counts []Detail
	for _, row := range c.Report.Breakdown {
		for _, d := range row.Details {
			if d.Name == "number_of_hits" {
				counts = append(counts, Detail{Name: c.Type.SubCheck(row.Name).Label, Value: d.Value})
			}
		}
	}
	return counts
}

// ReadsText reports whether checks of the type are about the text of what they used.
func (t CheckType) ReadsText() bool {
	switch t {
	case DocumentTextData, SupplementaryTextData, DocumentComparison, ProfileDocumentMatch:
		return true
	}
	return false
}

// SearchesRecords reports whether checks of the type look a person up in records of others,
// so that no picture is their evidence.
func (t CheckType) SearchesRecords() bool {
	switch t {
	case WatchlistScreening, WatchlistAdvanced, ThirdPartyFraud, SynecticsFraud:
		return true
	}
	return false
}

// BreakdownUnread reports whether the breakdown, or a part of it, could not be read, so that
// nothing can be said of all its rows.
func (c *Check) BreakdownUnread() bool {
	return slices.ContainsFunc(c.Problems, func(p Problem) bool { return strings.HasPrefix(p.Path, "report.breakdown") })
}

// Unreadable reports whether the check as a whole, or what would hold its verdict,
// was of a form that gives none.
func (c *Check) Unreadable() bool {
	return c.Recommendation() == "" && slices.ContainsFunc(c.Problems, func(p Problem) bool {
		return p.Path == "" || p.Path == "report" || p.Path == "type" || p.Path == "report.recommendation"
	})
}

// Failed returns the rows of the breakdown whose result is FAIL.
func (r *Report) Failed() []SubCheck {
	var rows []SubCheck
	for _, row := range r.Breakdown {
		if row.Result == Fail {
			rows = append(rows, row)
		}
	}
	return rows
}

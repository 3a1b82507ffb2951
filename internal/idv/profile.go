package idv

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// ProfileKind is the field of a result in which an identity profile stands.
type ProfileKind string

// The kinds of identity profiles.
const (
	SimpleProfile   ProfileKind = "identity_profile"
	AdvancedProfile ProfileKind = "advanced_identity_profile"
)

// ProfileResult is how far Yoti came with an identity profile. It does not say whether
// the requirements are met.
type ProfileResult string

// The results.
const (
	ProfileDone    ProfileResult = "DONE"
	ProfileAborted ProfileResult = "ABORTED"
)

// IdentityProfile says whether an identity fulfils the schemes that the business asked
// for. A result has one only where its configuration does. It is an outcome of its own:
// every check can be approved and the profile aborted.
// Source: Yoti IDV, identity profiles; Yoti's SDKs.
type IdentityProfile struct {
	Kind       ProfileKind
	SubjectID  string // the business's own name for the person
	Result     ProfileResult
	Failure    *ProfileFailure // nil when there is none
	Frameworks []TrustFramework
	Report     *Media // the profile itself, which holds personal data
	Extras     []UnknownField
	Problems   []Problem
	JSON       string // the profile as it is in the snapshot
}

// ProfileFailure is why a profile failed.
type ProfileFailure struct {
	Reason string
	Unmet  []UnmetRequirement
}

// UnmetRequirement is one requirement that was not met, and on which document.
type UnmetRequirement struct {
	FailureType  string
	DocumentType string
	Country      string // ISO 3166-1 alpha-3
	AuditID      string
	Details      string // a code, or free text
}

// TrustFramework is the rules under which schemes were assessed.
type TrustFramework struct {
	Name    string
	Schemes []Scheme
}

// Scheme is one purpose for which an identity was assessed.
type Scheme struct {
	Type      string
	Objective string
	Label     string // the business's own
	Met       *bool  // whether its requirements are met; nil when that is not said
	UnmetInfo string // why they are not, as it came
	Unmet     []UnmetRequirement
}

// Key names the profile within its session, for links and fragments.
func (p *IdentityProfile) Key() string { return string(p.Kind) }

// profiles reads the identity profiles of a result.
func (r *reader) profiles(o *object) []IdentityProfile {
	var list []IdentityProfile
	for _, kind := range []ProfileKind{SimpleProfile, AdvancedProfile} {
		n := o.get(string(kind))
		if n == nil {
			continue
		}
		p := IdentityProfile{Kind: kind, JSON: r.jsonOf(n)}
		p.Extras, p.Problems = r.collectApart(func() { r.nested(n, "", func(o *object) { r.profile(o, &p) }) })
		list = append(list, p)
	}
	return list
}

func (r *reader) profile(o *object, p *IdentityProfile) {
	p.SubjectID = o.scalar("subject_id")
	p.Result = ProfileResult(o.word("result"))
	p.Failure = profileFailure(o)
	o.object("identity_profile_report", func(o *object) {
		// A simple report has one framework in itself, an advanced one a list of them.
		if o.get("trust_framework") != nil || o.get("schemes_compliance") != nil {
			p.Frameworks = append(p.Frameworks, r.framework(o))
		}
		o.objects("compliance", func(o *object) { p.Frameworks = append(p.Frameworks, r.framework(o)) })
		p.Report = readPlainMedia(o, "media")
	})
}

// profileFailure reads why a profile failed: an object with a code, or the bare code.
func profileFailure(o *object) *ProfileFailure {
	if n := o.get("failure_reason"); n != nil && n.kind == '"' {
		return &ProfileFailure{Reason: o.word("failure_reason")}
	}
	var f *ProfileFailure
	o.object("failure_reason", func(o *object) {
		f = &ProfileFailure{Reason: o.word("reason_code"), Unmet: unmetRequirements(o)}
	})
	return f
}

func unmetRequirements(o *object) []UnmetRequirement {
	var list []UnmetRequirement
	o.objects("requirements_not_met_details", func(o *object) {
		list = append(list, UnmetRequirement{
			FailureType:  o.word("failure_type"),
			DocumentType: o.word("document_type"),
			Country:      o.word("document_country_iso_code"),
			AuditID:      o.scalar("audit_id"),
			Details:      o.scalar("details"),
		})
	})
	return list
}

func (r *reader) framework(o *object) TrustFramework {
	f := TrustFramework{Name: o.word("trust_framework")}
	o.objects("schemes_compliance", func(o *object) {
		s := Scheme{Met: o.bool("requirements_met"), UnmetInfo: o.jsonText("requirements_not_met_info"), Unmet: unmetRequirements(o)}
		o.object("scheme", func(o *object) {
			s.Type, s.Objective, s.Label = o.word("type"), o.word("objective"), o.scalar("label")
		})
		f.Schemes = append(f.Schemes, s)
	})
	return f
}

// jsonText reads a text, and anything else as its JSON.
func (o *object) jsonText(name string) string {
	n := o.get(name)
	switch {
	case n == nil:
		return ""
	case n.kind == '"':
		return o.r.ownText(n)
	}
	return o.r.jsonOf(n)
}

// AssessedProfile is an identity profile with its place in triage.
type AssessedProfile struct {
	*IdentityProfile
	Bucket   Bucket
	Findings []Finding // what keeps it from being clear, the gravest first
}

// Finding is a sentence with the bucket into which it puts what it is about.
type Finding struct {
	Bucket   Bucket
	Sentence string
}

// assessProfiles judges the profiles of a session.
func assessProfiles(s *Session) []AssessedProfile {
	var list []AssessedProfile
	for i := range s.IdentityProfiles {
		a := AssessedProfile{IdentityProfile: &s.IdentityProfiles[i], Bucket: Clear}
		add := func(b Bucket, format string, args ...any) {
			text, _ := Visible(fmt.Sprintf(format, args...))
			a.Findings = append(a.Findings, Finding{b, text})
		}
		a.assessOutcome(s.State, add)
		a.assessSchemes(add)
		for _, p := range a.Problems {
			add(Investigate, "%s could not be read.", shortLabel(cmp.Or(p.Path, "The profile")))
		}
		if a.Report != nil {
			var f findings
			noteUnknownMedia(&f, *a.Report)
			for _, sentence := range f.sentences() {
				add(ClearWithNotes, "%s", sentence)
			}
		}
		for _, x := range a.Extras {
			add(ClearWithNotes, "Yoti sent a field that Countersign shows but does not assess: %s.", asItCame(x.Name))
		}
		slices.SortStableFunc(a.Findings, func(x, y Finding) int { return cmp.Compare(attentionRank(x.Bucket), attentionRank(y.Bucket)) })
		if len(a.Findings) > 0 {
			a.Bucket = a.Findings[0].Bucket
		}
		list = append(list, a)
	}
	return list
}

// assessOutcome judges what Yoti says came of the profile, and why it failed. A reason
// that was never documented cannot be taken for harmless.
func (p *IdentityProfile) assessOutcome(state SessionState, add func(Bucket, string, ...any)) {
	switch {
	case p.Result == "" && len(p.Problems) > 0: // said with the problem
	case p.Result == "" && state == SessionOngoing:
		add(NotReady, "There is no result yet.")
	case p.Result == "":
		add(Investigate, "Yoti does not say what came of it.")
	case !p.Result.Word().Known:
		add(Investigate, "Countersign does not know this result: %s.", asItCame(string(p.Result)))
	case p.Result == ProfileAborted && p.Failure == nil:
		add(Investigate, "Yoti aborted it and gives no reason.")
	case p.Result == ProfileDone && p.Failure != nil:
		add(Investigate, "Yoti gives a reason for a failure although the profile is done.")
	}
	if p.Failure == nil {
		return
	}
	word := ProfileFailureReason(p.Failure.Reason)
	switch {
	case p.Failure.Reason == "":
		add(Investigate, "It failed, and Yoti gives no code for the reason.")
	case !word.Known:
		add(Investigate, "Countersign does not know this reason for a failure: %s.", asItCame(p.Failure.Reason))
	default:
		add(word.Bucket, "%s.", word.Label)
	}
	assessUnmet(p.Failure.Unmet, add)
}

// assessSchemes judges what Yoti says about the requirements of each scheme.
func (p *IdentityProfile) assessSchemes(add func(Bucket, string, ...any)) {
	if len(p.Frameworks) == 0 && p.Result == ProfileDone {
		add(Investigate, "Yoti does not say whether the requirements of any scheme are met.")
	}
	for _, f := range p.Frameworks {
		if !TrustFrameworkName(f.Name).Known {
			add(Investigate, "Countersign does not know this trust framework: %s.", asItCame(f.Name))
		}
		if len(f.Schemes) == 0 {
			add(Investigate, "%s: Yoti does not name a scheme.", f.Title())
		}
		for _, s := range f.Schemes {
			p.assessScheme(s, add)
		}
	}
}

func (p *IdentityProfile) assessScheme(s Scheme, add func(Bucket, string, ...any)) {
	switch {
	case s.Met == nil:
		add(Investigate, "%s: Yoti does not say whether the requirements are met.", s.Title())
	case !*s.Met:
		add(p.unmetBucket(), "%s: %s.", s.Title(), s.Outcome())
	case p.Result == ProfileAborted || p.Failure != nil:
		add(Investigate, "%s: Yoti says that the requirements are met although the profile failed.", s.Title())
	case s.UnmetInfo != "" || len(s.Unmet) > 0:
		add(Investigate, "%s: Yoti says that the requirements are met, and also what was not met.", s.Title())
	}
	if s.Type != "" && !SchemeType(s.Type).Known {
		add(ClearWithNotes, "Countersign does not know this scheme: %s.", asItCame(s.Type))
	}
	if s.Objective != "" && !SchemeObjective(s.Objective).Known {
		add(ClearWithNotes, "Countersign does not know this objective of a scheme: %s.", asItCame(s.Objective))
	}
	assessUnmet(s.Unmet, add)
}

// unmetBucket is that of a scheme whose requirements are not met: where Yoti says what
// could not be done it clears nothing, and else someone has to find out.
func (p *IdentityProfile) unmetBucket() Bucket {
	if p.Failure != nil && ProfileFailureReason(p.Failure.Reason).Bucket == NotCleared {
		return NotCleared
	}
	return Investigate
}

func assessUnmet(list []UnmetRequirement, add func(Bucket, string, ...any)) {
	for _, u := range list {
		word := FailureType(u.FailureType)
		bucket := Investigate
		if word.Known {
			bucket = word.Bucket
		}
		if w := UnmetDetail(u.Details); w.Known {
			bucket = moreSerious(bucket, w.Bucket)
		}
		add(bucket, "Requirement not met: %s.", u.Title())
	}
}

func moreSerious(a, b Bucket) Bucket {
	if attentionRank(a) <= attentionRank(b) {
		return a
	}
	return b
}

// Title says the requirement in one line: "Face match, Passport, United Kingdom: Poor
// light".
func (u UnmetRequirement) Title() string {
	parts := []string{cmp.Or(FailureType(u.FailureType).Label, "no kind given")}
	if u.DocumentType != "" {
		parts = append(parts, DocumentType(u.DocumentType).Label)
	}
	if u.Country != "" {
		parts = append(parts, Country(u.Country).Label)
	}
	text := strings.Join(parts, ", ")
	if u.Details != "" {
		text += ": " + UnmetDetail(u.Details).Label
	}
	return text
}

// Title names a scheme: "Criminal record check, Standard".
func (s Scheme) Title() string {
	title := cmp.Or(SchemeType(s.Type).Label, "Scheme without a type")
	if s.Objective != "" {
		title += ", " + SchemeObjective(s.Objective).Label
	}
	if s.Label != "" {
		title += " (" + shortLabel(s.Label) + ")"
	}
	return title
}

// Outcome says whether the requirements of a scheme are met, and why they are not.
func (s Scheme) Outcome() string {
	switch {
	case s.Met == nil:
		return "not said whether requirements are met"
	case *s.Met:
		return "requirements met"
	case s.UnmetInfo != "":
		return "requirements not met, " + s.UnmetInfo
	}
	return "requirements not met"
}

// Title names a trust framework.
func (f TrustFramework) Title() string {
	return cmp.Or(TrustFrameworkName(f.Name).Label, "Trust framework without a name")
}

// Verdict says in a few words where the profile stands: "Aborted · Fraud detected",
// "Done · requirements met".
func (p *IdentityProfile) Verdict() string {
	parts := []string{"No result"}
	if p.Result != "" {
		parts[0] = p.Result.Word().Label
		if !p.Result.Word().Known {
			parts[0] += " (unknown)"
		}
	}
	if p.Failure != nil {
		parts = append(parts, cmp.Or(ProfileFailureReason(p.Failure.Reason).Label, "no reason given"))
	}
	met, unmet, unsaid := p.countSchemes()
	switch {
	case met+unmet+unsaid == 0:
	case unsaid > 0 || p.schemesDamaged():
		parts = append(parts, "not said of every scheme whether requirements are met")
	case unmet == 0:
		parts = append(parts, "requirements met")
	case met == 0:
		parts = append(parts, "requirements not met")
	default:
		parts = append(parts, fmt.Sprintf("requirements of %d of %d schemes met", met, met+unmet))
	}
	text, _ := Visible(strings.Join(parts, " · "))
	return text
}

// schemesDamaged reports whether something about the schemes could not be read, so that
// nothing can be said of all of them.
func (p *IdentityProfile) schemesDamaged() bool {
	return slices.ContainsFunc(p.Problems, func(one Problem) bool { return strings.Contains(one.Path, "compliance") })
}

func (p *IdentityProfile) countSchemes() (met, unmet, unsaid int) {
	for _, f := range p.Frameworks {
		for _, s := range f.Schemes {
			switch {
			case s.Met == nil:
				unsaid++
			case *s.Met:
				met++
			default:
				unmet++
			}
		}
	}
	return met, unmet, unsaid
}

// Summary says what Yoti found about the profile, line by line: the result with the
// reason of a failure, then each scheme under its trust framework.
func (p *IdentityProfile) Summary() []string {
	lines := []string{p.Kind.Word().Label + ": " + p.Verdict()}
	for _, f := range p.Frameworks {
		for _, s := range f.Schemes {
			line, _ := Visible(f.Title() + ", " + s.Title() + ": " + s.Outcome())
			lines = append(lines, line)
		}
	}
	return lines
}

// profileFieldLabel says the path of a field of a profile in words, as far as there are
// words for it.
func profileFieldLabel(path string) string {
	switch {
	case path == "result":
		return "Result"
	case path == "failure_reason", path == "failure_reason.reason_code":
		return "Failure reason"
	case strings.HasSuffix(path, "trust_framework"):
		return "Trust framework"
	}
	_, scheme, ok := strings.Cut(path, "schemes_compliance[")
	if !ok {
		return path
	}
	name, field, _ := strings.Cut(scheme, "]")
	kind, _ := unescapeStep(name)
	kind, objective, _ := strings.Cut(kind, " ")
	title := Scheme{Type: kind, Objective: objective}.Title()
	switch field {
	case ".requirements_met":
		return title + ": requirements met"
	case ".requirements_not_met_info":
		return title + ": what was not met"
	}
	return path
}

func profileValueLabel(path, value string) string {
	switch {
	case path == "result":
		return ProfileResult(value).Word().Label
	case path == "failure_reason", path == "failure_reason.reason_code":
		return ProfileFailureReason(value).Label
	case strings.HasSuffix(path, "trust_framework"):
		return TrustFrameworkName(value).Label
	case strings.HasSuffix(path, ".requirements_met"):
		return detailValues.wordFor(value).Label
	}
	return value
}

// IsMet reports whether the requirements of the scheme are met; false also where nobody says so.
func (s Scheme) IsMet() bool { return s.Met != nil && *s.Met }

// MetWord says whether the requirements of the scheme are met.
func (s Scheme) MetWord() string {
	switch {
	case s.Met == nil:
		return "Not said"
	case *s.Met:
		return "Requirements met"
	}
	return "Requirements not met"
}

// MetValue is the same as Yoti writes it; empty where it is not said.
func (s Scheme) MetValue() string {
	switch {
	case s.Met == nil:
		return ""
	case *s.Met:
		return "true"
	}
	return "false"
}

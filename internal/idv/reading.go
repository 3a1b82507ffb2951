package idv

// Reading is what Countersign reads in a result, for programs. Its form is stable: fields
// are added, but none is renamed, removed or given another meaning. Values of Yoti's stand
// in it as they came. Lists are never null.
type Reading struct {
	Digest     string            `json:"digest"` // SHA-256 of the canonical result, hexadecimal
	SessionID  string            `json:"session_id"`
	State      string            `json:"state"` // of the session
	Final      bool              `json:"final"` // whether Yoti has nothing to add
	Assessment ReadingAssessment `json:"assessment"`
	Checks     []ReadingCheck    `json:"checks"` // in order of concern
	Profiles   []ReadingProfile  `json:"identity_profiles"`
	Resources  []ReadingResource `json:"resources"`
	Secrets    int               `json:"secrets_removed"` // tokens and keys
}

// ReadingAssessment is where the result falls in triage.
type ReadingAssessment struct {
	Bucket  Bucket   `json:"bucket"`
	Reasons []string `json:"reasons"` // sentences, the one that governs first
}

// ReadingCheck is one check.
type ReadingCheck struct {
	Key            string            `json:"key"` // within this result
	ID             string            `json:"id"`
	Type           string            `json:"type"`
	Name           string            `json:"name"` // in words
	State          string            `json:"state"`
	Recommendation string            `json:"recommendation"` // empty when there is none
	Reason         string            `json:"reason"`
	Bucket         Bucket            `json:"bucket"`
	Notes          []string          `json:"notes"` // sentences about what a glance at the verdict would miss
	SubChecks      []ReadingSubCheck `json:"sub_checks"`
	Created        string            `json:"created"` // as it came
	LastUpdated    string            `json:"last_updated"`
	Superseded     bool              `json:"superseded"` // by a newer attempt, which is before it
}

// ReadingSubCheck is one row of a breakdown.
type ReadingSubCheck struct {
	Name   string `json:"name"`
	Label  string `json:"label"` // in words
	Result string `json:"result"`
	Known  bool   `json:"known"` // whether Countersign knows both name and result
}

// ReadingProfile is an identity profile.
type ReadingProfile struct {
	Kind   string   `json:"kind"`
	Result string   `json:"result"`
	Bucket Bucket   `json:"bucket"`
	Notes  []string `json:"notes"`
}

// ReadingResource is a document or a capture.
type ReadingResource struct {
	Key            string      `json:"key"`
	ID             string      `json:"id"`
	Kind           string      `json:"kind"`
	DocumentType   string      `json:"document_type"`
	IssuingCountry string      `json:"issuing_country"`
	Standing       ResourceUse `json:"standing"`
	Notes          []string    `json:"notes"`
}

// Reading returns what is read in the result.
func (d *Decoded) Reading() Reading {
	s, a := &d.Session, Assess(&d.Session)
	r := Reading{
		Digest: d.Digest.String(), SessionID: s.ID, State: string(s.State), Final: s.Final(), Secrets: d.Secrets,
		Assessment: ReadingAssessment{a.Bucket, nonNil(a.Reasons)},
		Checks:     []ReadingCheck{}, Profiles: []ReadingProfile{}, Resources: []ReadingResource{},
	}
	for i := range a.Checks {
		r.Checks = append(r.Checks, readingCheck(&a.Checks[i], false))
		for j := range a.Checks[i].Earlier {
			r.Checks = append(r.Checks, readingCheck(&a.Checks[i].Earlier[j], true))
		}
	}
	for _, p := range a.Profiles {
		read := ReadingProfile{Kind: string(p.Kind), Result: string(p.Result), Bucket: p.Bucket, Notes: []string{}}
		for _, f := range p.Findings {
			read.Notes = append(read.Notes, f.Sentence)
		}
		r.Profiles = append(r.Profiles, read)
	}
	for _, one := range a.Resources {
		r.Resources = append(r.Resources, ReadingResource{one.Key(), one.ID, string(one.Kind), one.DocumentType, one.IssuingCountry, one.Standing, nonNil(one.Notes)})
	}
	return r
}

func readingCheck(c *AssessedCheck, superseded bool) ReadingCheck {
	r := ReadingCheck{
		Key: c.Key(), ID: c.ID, Type: string(c.Type), Name: c.Name(), State: string(c.State), Recommendation: string(c.Recommendation()),
		Bucket: c.Bucket, Notes: nonNil(c.Notes), SubChecks: []ReadingSubCheck{},
		Created: c.Created.Wire, LastUpdated: c.LastUpdated.Wire, Superseded: superseded,
	}
	if c.Report == nil {
		return r
	}
	r.Reason = c.Report.Reason
	for _, row := range c.Report.Breakdown {
		word := c.Type.SubCheck(row.Name)
		r.SubChecks = append(r.SubChecks, ReadingSubCheck{row.Name, word.Label, string(row.Result), word.Known && row.Result.Word().Known})
	}
	return r
}

func nonNil(list []string) []string { return append([]string{}, list...) }

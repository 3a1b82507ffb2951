package idv

import (
	"crypto/sha256"
	"strconv"
	"time"
)

// MaxResultBytes is the largest session result that is read, in bytes after
// decompression.
const MaxResultBytes = 4 << 20

// Decoded is a session result as it may be kept and shown.
type Decoded struct {
	Session   Session
	Canonical []byte // canonical JSON without secrets
	Digest    Digest // SHA-256 of Canonical
	TokenTTL  *int64 // client_session_token_ttl in seconds; kept beside the snapshot
	Secrets   int    // how many tokens and keys were removed
	// Asked is when Yoti began to be asked for it, which tells it from news that came
	// meanwhile; the zero Time of a result that comes from elsewhere.
	Asked time.Time
}

// Decode reads a session result: strictly what could make it mean two things,
// tolerantly everything else. It returns an error that wraps ErrInvalid or
// ErrTooLarge when nothing of the body may be shown. Decode of a Canonical form
// gives the same form, digest and session again.
func Decode(body []byte) (*Decoded, error) {
	if len(body) > MaxResultBytes {
		return nil, ErrTooLarge
	}
	root, secrets, err := parseCounting(body)
	if err != nil {
		return nil, err
	}
	ttl := takeTokenTTL(root)
	canonical := root.canonical()
	r := &reader{text: string(canonical)}
	return &Decoded{
		Session:   r.session(root),
		Canonical: canonical,
		Digest:    sha256.Sum256(canonical),
		TokenTTL:  ttl,
		Secrets:   secrets,
	}, nil
}

// takeTokenTTL removes the seconds that the signer's token has left: they count
// down, so every fetch would look like a change. A value that is not a number of
// seconds stays where it is and shows as a field that could not be read.
func takeTokenTTL(root *node) *int64 {
	const name = "client_session_token_ttl"
	n := root.member(name)
	if n == nil {
		return nil
	}
	seconds, err := strconv.ParseInt(n.text, 10, 64)
	if err != nil {
		return nil
	}
	root.takeMember(name)
	return &seconds
}

func (r *reader) session(root *node) Session {
	var s Session
	s.Extras, s.Problems = r.collectApart(func() {
		r.nested(root, "", func(o *object) {
			s.ID = o.string("session_id")
			s.State = SessionState(o.word("state"))
			s.UserTrackingID = o.string("user_tracking_id")
			s.BiometricConsent = o.time("biometric_consent")
			o.int("client_session_token_ttl") // for the problem: a readable one was taken
			o.object("resources", func(o *object) { s.Resources = r.resources(o) })
			s.Checks = r.checks(o)
			s.IdentityProfiles = r.profiles(o)
		})
	})
	s.setNames()
	return s
}

// collectApart runs read with a clean list of extras and problems and returns those that
// it noted, so that they are shown with the value to which they belong.
func (r *reader) collectApart(read func()) ([]UnknownField, []Problem) {
	extras, problems := r.extras, r.problems
	r.extras, r.problems = nil, nil
	read()
	extras, r.extras = r.extras, extras
	problems, r.problems = r.problems, problems
	return extras, problems
}

func (r *reader) checks(o *object) []Check {
	items, _ := o.list("checks")
	var checks []Check
	for i := range items {
		c := Check{Index: i, JSON: r.jsonOf(&items[i])}
		c.Extras, c.Problems = r.collectApart(func() {
			r.nested(&items[i], "", func(o *object) { r.check(o, &c) })
		})
		checks = append(checks, c)
	}
	return checks
}

func (r *reader) check(o *object, c *Check) {
	c.ID = o.string("id")
	c.Type = CheckType(o.word("type"))
	c.State = CheckState(o.word("state"))
	c.ResourcesUsed = o.strings("resources_used")
	c.GeneratedMedia = readGeneratedMedia(o)
	c.GeneratedProfile = readWrappedMedia(o, "generated_profile")
	c.Scheme = o.scalar("scheme")
	o.object("config", func(o *object) {
		c.Pool = &FamiliarFacePool{
			ID:               o.scalar("pool_id"),
			Label:            o.scalar("pool_label"),
			ApprovalCriteria: o.word("approval_criteria"),
		}
	})
	c.Created = o.time("created")
	c.LastUpdated = o.time("last_updated")
	o.object("report", func(o *object) { c.Report = r.report(o) })
}

func (r *reader) report(o *object) *Report {
	var report Report
	o.object("recommendation", func(o *object) {
		report.Recommendation = Recommendation(o.word("value"))
		report.Reason = o.word("reason")
		report.RecoverySuggestion = o.word("recovery_suggestion")
	})
	o.objects("breakdown", func(o *object) {
		report.Breakdown = append(report.Breakdown, r.subCheck(o))
	})
	o.object("watchlist_summary", func(o *object) { report.Watchlist = r.watchlist(o) })
	return &report
}

func (r *reader) subCheck(o *object) SubCheck {
	row := SubCheck{
		Name:    o.word("sub_check"),
		Result:  Result(o.word("result")),
		Process: o.word("process"),
	}
	o.objects("details", func(o *object) {
		row.Details = append(row.Details, Detail{Name: o.word("name"), Value: o.scalar("value")})
	})
	return row
}

func (r *reader) watchlist(o *object) *WatchlistSummary {
	w := WatchlistSummary{
		TotalHits:              o.int("total_hits"),
		RawResults:             readWrappedMedia(o, "raw_results"),
		AssociatedCountryCodes: o.strings("associated_country_codes"),
	}
	o.object("search_config", func(o *object) { w.Search = r.searchConfig(o) })
	return &w
}

func (r *reader) searchConfig(o *object) SearchConfig {
	config := SearchConfig{
		Categories:      o.strings("categories"),
		Type:            o.word("type"),
		RemoveDeceased:  o.bool("remove_deceased"),
		ShareURL:        o.bool("share_url"),
		Monitoring:      o.bool("monitoring"),
		ClientReference: o.scalar("client_ref"),
	}
	o.object("sources", func(o *object) {
		config.Sources = SearchSources{
			Type:          o.word("type"),
			SearchProfile: o.scalar("search_profile"),
			Types:         o.strings("types"),
		}
	})
	o.object("matching_strategy", func(o *object) {
		config.Matching = MatchingStrategy{
			Type:       o.word("type"),
			ExactMatch: o.scalar("exact_match"),
			Fuzziness:  o.scalar("fuzziness"),
		}
	})
	o.eachNamed("tags", func(o *object, i int, name string) {
		config.Tags = append(config.Tags, Detail{Name: name, Value: o.scalarAt(i)})
	})
	return config
}

func (r *reader) resources(o *object) []Resource {
	var resources []Resource
	for _, kind := range ResourceKinds() {
		items, _ := o.list(string(kind))
		for i := range items {
			resource := Resource{Kind: kind, Index: i, JSON: r.jsonOf(&items[i])}
			resource.Extras, resource.Problems = r.collectApart(func() {
				r.nested(&items[i], "", func(o *object) { r.resource(o, &resource) })
			})
			resources = append(resources, resource)
		}
	}
	return resources
}

func (r *reader) resource(o *object, resource *Resource) {
	resource.ID = o.string("id")
	resource.Source = readSource(o)
	resource.DocumentType = o.word("document_type")
	resource.IssuingCountry = o.word("issuing_country")
	resource.LivenessType = o.word("liveness_type")
	resource.CaptureType = o.word("capture_type")
	o.objects("pages", func(o *object) { resource.Pages = append(resource.Pages, readPage(o)) })
	resource.Frames = readFrames(o)
	resource.Media = readNamedMedia(o, resource.Kind)
	o.objects("tasks", func(o *object) { resource.Tasks = append(resource.Tasks, readTask(o)) })
	resource.CreatedAt = o.time("created_at")
	resource.LastUpdated = o.time("last_updated")
}

// readSource reads who supplied a resource: an object with a type, or in some of
// Yoti's SDK tests the bare type.
func readSource(o *object) string {
	if n := o.get("source"); n != nil && n.kind == '"' {
		return o.word("source")
	}
	var name string
	o.object("source", func(o *object) { name = o.word("type") })
	return name
}

func readPage(o *object) Page {
	return Page{
		CaptureMethod:      o.word("capture_method"),
		Media:              readPlainMedia(o, "media"),
		Frames:             readFrames(o),
		ExtractionImageIDs: o.strings("extraction_image_ids"),
	}
}

func readFrames(o *object) []Frame {
	var list []Frame
	o.objects("frames", func(o *object) { list = append(list, Frame{Media: readPlainMedia(o, "media")}) })
	return list
}

func readTask(o *object) Task {
	t := Task{
		ID:             o.string("id"),
		Type:           o.word("type"),
		State:          TaskState(o.word("state")),
		GeneratedMedia: readGeneratedMedia(o),
		Created:        o.time("created"),
		LastUpdated:    o.time("last_updated"),
	}
	o.objects("generated_checks", func(o *object) {
		t.GeneratedChecks = append(t.GeneratedChecks, GeneratedCheck{ID: o.string("id"), Type: o.word("type")})
	})
	o.object("recommendation", func(o *object) {
		t.Recommendation = &TaskRecommendation{Value: o.word("value")}
		o.object("reason", func(o *object) {
			t.Recommendation.Reason = o.word("value")
			t.Recommendation.ReasonDetail = o.scalar("detail")
		})
	})
	return t
}

func readMedia(o *object) Media {
	return Media{
		ID:          o.string("id"),
		Type:        o.word("type"),
		Created:     o.time("created"),
		LastUpdated: o.time("last_updated"),
	}
}

// readPlainMedia reads a member that is a medium; nil when there is none.
func readPlainMedia(o *object, name string) *Media {
	var found *Media
	o.object(name, func(o *object) {
		m := readMedia(o)
		found = &m
	})
	return found
}

// readWrappedMedia reads a member that holds a medium in its own member "media".
func readWrappedMedia(o *object, name string) *Media {
	var found *Media
	o.object(name, func(o *object) { found = readPlainMedia(o, "media") })
	return found
}

func readGeneratedMedia(o *object) []Media {
	var list []Media
	o.objects("generated_media", func(o *object) { list = append(list, readMedia(o)) })
	return list
}

// readNamedMedia reads the media that stand directly in a resource. A field that is there
// without a medium in it is kept as one without an ID: it is not the same as no field.
func readNamedMedia(o *object, kind ResourceKind) []NamedMedia {
	var list []NamedMedia
	add := func(field string, m *Media) {
		if m != nil {
			list = append(list, NamedMedia{Field: field, Media: *m})
		}
	}
	for _, field := range []string{
		FieldDocumentFields, FieldExpandedFields, FieldIDPhoto, FieldFile,
		FieldFaceMap, FieldImage, "lookup_profile", "returned_profile", "id_photo",
	} {
		m := readWrappedMedia(o, field)
		if n := o.get(field); m == nil && n != nil && n.kind == '{' {
			m = &Media{}
		}
		add(field, m)
	}
	if kind == ApplicantProfiles {
		add(FieldProfile, readPlainMedia(o, "media"))
	}
	return list
}

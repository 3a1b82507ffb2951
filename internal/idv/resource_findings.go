package idv

import (
	"slices"
	"strconv"
	"strings"
)

// Uploaded reports whether a page of a document was supplied as a picture that already
// existed, where the camera could have captured it.
// Source: Yoti IDV, client preferences.
func (r *Resource) Uploaded() bool { return r.capturedBy("UPLOAD") }

// showsSigner reports whether the signer gave the resource as evidence: a document or a
// capture, not data about the signer that came from elsewhere.
func (r *Resource) showsSigner() bool {
	switch r.Kind {
	case IDDocuments, SupplementaryDocuments, LivenessCaptures, FaceCaptures:
		return true
	}
	return false
}

// capturedBy reports whether a page that the camera could have captured came by the
// method. Files such as the PDF of a bill have no original to show to a camera.
func (r *Resource) capturedBy(method string) bool {
	if r.Kind != IDDocuments && (r.Kind != SupplementaryDocuments || r.Medium(FieldFile) != nil) {
		return false
	}
	return slices.ContainsFunc(r.Pages, func(p Page) bool { return strings.EqualFold(p.CaptureMethod, method) })
}

// findings lists what has to be read about a resource. Of one that no check used, or
// only superseded ones, its values decide nothing and are merely shown; that a document or
// a capture was not used has to be read, since no verdict speaks of it.
func (r *Resource) findings(standing ResourceUse, decides bool) findings {
	var f findings
	if len(r.Problems) > 0 {
		f.addNote(minor, "Part of it could not be read.")
	}
	switch {
	case standing == NotUsedLate:
		f.addNote(minor, "It was captured after those that checks used, and no check used it.").withTitle("Not used, captured later")
	case standing == NotUsed && decides && r.showsSigner():
		f.addNote(minor, "No check that has a report names it, and one does not say what it used.").withTitle("Not used by a check that says so")
	case standing == NotUsed && r.showsSigner():
		f.addNote(minor, "No check that has a report used it.").withTitle("Not used in checks")
	}
	if decides {
		if r.Uploaded() {
			f.addNote(minor, "It was uploaded, not photographed, which is weaker evidence that the original was there.").
				withTitle("Uploaded, not photographed")
		}
		if r.capturedBy("CAMERA_AND_UPLOAD") {
			f.addNote(minor, "Yoti does not say whether it was photographed or uploaded.").withTitle("Photographed or uploaded: not known")
		}
		for i := range r.Tasks {
			r.Tasks[i].addFindings(&f)
		}
		r.noteUnknowns(&f)
	}
	return f.sorted()
}

// addFindings lists what a task leaves open about the resource on which it was done.
func (t *Task) addFindings(f *findings) {
	name := "A task"
	if t.Type != "" {
		name = strconv.Quote(labelOrNone(TaskType(t.Type)))
	}
	switch {
	case t.State == TaskFailed:
		f.addNote(minor, "%s failed.", name)
	case t.State == TaskPending, t.State == TaskCreated && len(t.GeneratedMedia) == 0:
		f.addNote(minor, "%s has not ended.", name)
	}
	f.addUnknown(TaskType(t.Type), "type of task", t.Type)
	f.addUnknown(t.State.Word(), "state of a task", string(t.State))
	noteUnknownMedia(f, t.GeneratedMedia...)
	f.addUnread("time of a task", t.Created)
	f.addUnread("time of a task", t.LastUpdated)
	for _, g := range t.GeneratedChecks {
		f.addUnknown(CheckType(g.Type).Word().Word, "type of check", g.Type)
	}
	if advice := t.Recommendation; advice != nil {
		switch advice.Value {
		case "SHOULD_TRY_AGAIN", "MUST_TRY_AGAIN":
			f.addNote(minor, "After %s, Yoti advised the signer: %s.", name, advice.Word().Label).withTitle("Advice to the signer: %s", advice.Word().Label)
		}
		f.addUnknown(advice.Word(), "advice after a task", advice.Value)
		f.addUnknown(TaskReason(advice.Reason), "reason of a task", advice.Reason)
	}
}

// noteUnknowns lists the values of a resource that have no words.
func (r *Resource) noteUnknowns(f *findings) {
	f.addUnread("time of creation", r.CreatedAt)
	f.addUnread("time of update", r.LastUpdated)
	f.addUnknown(SourceType(r.Source), "source", r.Source)
	f.addUnknown(DocumentType(r.DocumentType), "type of document", r.DocumentType)
	f.addUnknown(Country(r.IssuingCountry), "issuing country", r.IssuingCountry)
	f.addUnknown(LivenessType(r.LivenessType), "type of liveness capture", r.LivenessType)
	f.addUnknown(LivenessType(r.CaptureType), "type of capture", r.CaptureType)
	for _, p := range r.Pages {
		f.addUnknown(CaptureMethod(p.CaptureMethod), "capture method", p.CaptureMethod)
		if p.Media != nil {
			noteUnknownMedia(f, *p.Media)
		}
		noteUnknownFrames(f, p.Frames)
	}
	for _, m := range r.Media {
		noteUnknownMedia(f, m.Media)
	}
	noteUnknownFrames(f, r.Frames)
	for _, x := range r.Extras {
		f.addNote(minor, "Yoti sent a field that Countersign shows but does not assess: %s.", asItCame(x.Name)).
			withTitle("Unknown field: %s", asItCame(x.Name)).withKind(ExceptionUnknown, "")
	}
}

func noteUnknownFrames(f *findings, frames []Frame) {
	for _, frame := range frames {
		if frame.Media != nil {
			noteUnknownMedia(f, *frame.Media)
		}
	}
}

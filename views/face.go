package views

import (
	"cmp"
	"slices"

	"countersign/internal/idv"
)

// allFaces returns the faces of a session: portraits of documents, live captures, face
// captures, each with what became of it unless checks used it. Of a capture in several
// frames the first with a picture stands for all.
func (c caseView) allFaces() []Picture {
	var list pictureList
	for _, r := range c.Assessment.Resources {
		note := ""
		if r.Standing != idv.Used {
			note = r.Standing.Word().Label
		}
		before := len(list.pictures)
		for _, m := range r.Media {
			if m.Field == idv.FieldIDPhoto || m.Field == idv.FieldImage {
				list.add(c.facePicture(&m.Media, r.Resource, note))
			}
		}
		for j := 0; len(list.pictures) == before && j < len(r.Frames); j++ {
			list.add(c.facePicture(r.Frames[j].Media, r.Resource, note))
		}
	}
	return list.pictures
}

// facePicture is a picture of a face, named for what it was taken from.
func (c caseView) facePicture(m *idv.Media, r *idv.Resource, note string) (Picture, bool) {
	p, ok := c.pictureOf(m, "Face", note)
	p.Caption, p.Part = r.Title(), r.Key()
	if r.Kind == idv.IDDocuments {
		p.Caption = "Portrait: " + p.Caption
	}
	return p, ok
}

// headFaces returns the portrait of an identity document and the newest live capture, those
// first that checks used, and where they are compared: an address within the page.
func (c caseView) headFaces() (faces []Picture, compared string) {
	compared = "#" + DocumentsID
	if len(c.faces.Pairs) > 0 {
		compared = "#" + c.faces.Pairs[0].Check.Key()
	}
	document := c.Session.IdentityDocument() // by which the head names the signer
	portrait := c.faceOf(func(a, b *idv.AssessedResource) bool { return a.Resource == document }, idv.IDDocuments)
	live := c.faceOf(func(a, b *idv.AssessedResource) bool { return a.CreatedAt.At.After(b.CreatedAt.At) }, idv.LivenessCaptures, idv.FaceCaptures)
	for _, p := range []*Picture{portrait, live} {
		if p != nil {
			faces = append(faces, *p)
		}
	}
	return faces, compared
}

// faceOf returns the face of the best resource of some kinds: one that checks used before
// another, and else the one that is before the other, or stands first. It is nil where there
// is none.
func (c caseView) faceOf(before func(a, b *idv.AssessedResource) bool, kinds ...idv.ResourceKind) *Picture {
	var best *idv.AssessedResource
	var face *Picture
	for i := range c.Assessment.Resources {
		r := &c.Assessment.Resources[i]
		if !slices.Contains(kinds, r.Kind) {
			continue
		}
		better := best == nil || r.Standing.Counts() && !best.Standing.Counts() || r.Standing.Counts() == best.Standing.Counts() && before(r, best)
		if !better {
			continue
		}
		at := slices.IndexFunc(c.portraits, func(p Picture) bool { return p.Part == r.Key() })
		if at >= 0 {
			best, face = r, &c.portraits[at]
		}
	}
	return face
}

// facePair is the faces that a check compared, with what it found.
type facePair struct {
	Check *idv.Check
	Faces []Picture // empty where the result does not name two of them
	More  int       // faces that are not among these
}

// shownFaces are the faces of a session as a page shows them.
type shownFaces struct {
	Pairs      []facePair // the checks that compare faces, in order of concern, each with its own
	MorePairs  int
	Others     []Picture // that belong to none of them
	MoreOthers int
}

// comparedFaces returns the faces of a session. Without any picture of a face there is
// nothing to show.
func (c caseView) comparedFaces(faces []Picture) shownFaces {
	var shown shownFaces
	if len(faces) == 0 {
		return shown
	}
	ofPart := map[string][]Picture{}
	for _, p := range faces {
		ofPart[p.Part] = append(ofPart[p.Part], p)
	}
	paired := map[string]bool{}
	for _, check := range c.Assessment.Checks {
		if check.Type != idv.DocumentFaceMatch && check.Type != idv.FaceComparison {
			continue
		}
		if len(shown.Pairs) == maxFacePairs {
			shown.MorePairs++
			continue
		}
		shown.Pairs = append(shown.Pairs, c.pairOf(check.Check, ofPart, paired))
	}
	for _, p := range faces {
		if !paired[p.Part] {
			shown.Others = append(shown.Others, p)
		}
	}
	shown.MoreOthers = max(0, len(shown.Others)-maxFaces)
	shown.Others = shown.Others[:len(shown.Others)-shown.MoreOthers]
	return shown
}

// pairOf returns the faces that a check compared, in the order of the session, and adds
// the resources of which they are to those that are paired.
func (c caseView) pairOf(check *idv.Check, ofPart map[string][]Picture, paired map[string]bool) facePair {
	pair := facePair{Check: check}
	used, _ := c.links.ResourcesOf(check, len(c.Session.Resources))
	slices.SortFunc(used, func(a, b *idv.Resource) int {
		return cmp.Or(cmp.Compare(slices.Index(idv.ResourceKinds(), a.Kind), slices.Index(idv.ResourceKinds(), b.Kind)), cmp.Compare(a.Index, b.Index))
	})
	var own []Picture
	for _, r := range used {
		own = append(own, ofPart[r.Key()]...)
	}
	if !severalParts(own) {
		return pair
	}
	for _, r := range used {
		paired[r.Key()] = true
	}
	pair.More = max(0, len(own)-maxFaces)
	pair.Faces = own[:len(own)-pair.More]
	return pair
}

// severalParts reports whether pictures were taken from more than one resource.
func severalParts(pictures []Picture) bool {
	return slices.ContainsFunc(pictures, func(p Picture) bool { return p.Part != pictures[0].Part })
}

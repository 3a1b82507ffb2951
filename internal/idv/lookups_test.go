package idv

import (
	"slices"
	"testing"
)

const mediumA, mediumB, mediumC = "0f8fad5b-d9cb-469f-a165-70867728950e", "7c9e6679-7425-40de-944b-e07fc1f90ae7", "11111111-1111-4111-8111-111111111111"

// A text is what can be had and is neither a picture, a template nor a file.
func TestTextsOfAResource(t *testing.T) {
	r := &Resource{Media: []NamedMedia{
		{FieldDocumentFields, Media{ID: mediumA, Type: "JSON"}},
		{FieldFile, Media{ID: mediumB, Type: "PDF"}},
		{FieldFaceMap, Media{ID: mediumC, Type: "BINARY"}},
		{FieldDocumentFields, Media{ID: "no ID", Type: "JSON"}},
	}}
	if got := r.Texts(); len(got) != 1 || got[0].Media.ID != mediumA {
		t.Errorf("the texts are %+v", got)
	}
	if got := r.File(); got == nil || got.ID != mediumB {
		t.Errorf("the file is %+v", got)
	}
	if got := (&Resource{}).File(); got != nil {
		t.Errorf("the file of nothing is %+v", got)
	}
}

func TestTextsOfACheck(t *testing.T) {
	c := &Check{GeneratedProfile: &Media{ID: mediumA}, Report: &Report{Watchlist: &WatchlistSummary{RawResults: &Media{ID: mediumB}}}}
	if got := c.Texts(); len(got) != 2 || got[0].Field != FieldGeneratedProfile || got[1].Field != FieldRawResults {
		t.Errorf("the texts are %+v", got)
	}
	if got := (&Check{GeneratedProfile: &Media{ID: "no ID"}}).Texts(); len(got) != 0 {
		t.Errorf("what cannot be had is a text: %+v", got)
	}
}

// A list that could not be read is not an empty one.
func TestAbsent(t *testing.T) {
	s := &Session{
		Resources: []Resource{{Kind: IDDocuments}},
		Problems:  []Problem{{Path: "resources." + string(FaceCaptures)}},
	}
	absent, unread := s.Absent()
	if !slices.Equal(absent, []ResourceKind{SupplementaryDocuments, LivenessCaptures}) || !slices.Equal(unread, []ResourceKind{FaceCaptures}) {
		t.Errorf("absent are %v, unread %v", absent, unread)
	}
}

// Hits that nobody sees are counted, each in one way.
func TestCountsOfHits(t *testing.T) {
	three := 3
	l := &HitList{Searches: []Search{
		{HitsListed: true, TotalHits: &three, Hits: make([]Hit, 1), Skipped: 4},
		{Unread: &Unread{}},
		{},
	}}
	if answers, broken, skipped := l.CountUnread(); answers != 1 || broken != 0 || skipped != 4 {
		t.Errorf("unread are %d answers, %d broken, %d skipped", answers, broken, skipped)
	}
	if _, unknown := l.CountLacking(); unknown != 1 {
		t.Errorf("%d answers do not say how many hits there are", unknown)
	}
	if got := (*Check)(nil).TotalHits(); got != nil {
		t.Errorf("no check counts %d hits", *got)
	}
}

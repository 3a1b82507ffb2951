package idv

import (
	"testing"
	"time"
)

func TestSignerFacts(t *testing.T) {
	born, ok := ParseDate("1991-03-14")
	if !ok {
		t.Fatal("not a date")
	}
	quote := func(value string) string { return "<" + value + ">" }
	for name, test := range map[string]struct {
		expected  Expected
		extracted []Field
		want      []SignerFact
	}{
		"all agrees": {Expected{"Ann Example", born}, []Field{{Path: "full_name", Value: "Ann Example"}, {Path: "date_of_birth", Value: "1991-03-14"}},
			[]SignerFact{{Same, "as expected: name, birth date"}}},
		"another name": {Expected{"Ann Example", born}, []Field{{Path: "full_name", Value: "Bea Sample"}, {Path: "date_of_birth", Value: "1991-03-14"}},
			[]SignerFact{{Differs, "name differs: expected <Ann Example>, extracted <Bea Sample>"}, {Same, "as expected: birth date"}}},
		"nothing was extracted": {Expected{Name: "Ann Example"}, nil, []SignerFact{{Missing, "not comparable: name"}}},
	} {
		got := SignerFacts(test.expected, &Fields{List: test.extracted}, quote)
		if len(got) != len(test.want) {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
			continue
		}
		for i := range got {
			if got[i] != test.want[i] {
				t.Errorf("%s: %+v, want %+v", name, got[i], test.want[i])
			}
		}
	}
}

// What is not said, not known or not comparable never reads like what is good.
func TestShortWords(t *testing.T) {
	yes, no := true, false
	day := func(text string) Time {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return Time{Wire: text, At: at}
	}
	date := func(text string) Date {
		d, ok := ParseDate(text)
		if !ok {
			t.Fatalf("%q is not a date", text)
		}
		return d
	}
	session := day("2026-11-23T10:00:00Z").At
	for _, test := range [][2]string{
		{Scheme{}.MetWord(), "Not said"},
		{Scheme{Met: &yes}.MetWord(), "Requirements met"},
		{Scheme{Met: &no}.MetWord(), "Requirements not met"},
		{Agreement("new one").Mark(), "not comparable"},
		{SameDay.Mark(), "= signer"},
		{OtherYear.Mark(), "≠ signer"},
		{Result("").Label(), "No result"},
		{Fail.Label(), "Fail"},
		{SessionState("").Label(), "No state"},
		{Accents.ExpectedLabel(), Alike.Word().Label},
		{Damaged.ExpectedLabel(), "Not comparable"},
		{SourcedValue{}.Script(), ""},
		{Page{}.CapturedBy(), ""},
		{HitSource{}.ListedSpan(), ""},
		{Time{Wire: "soon"}.ListDay(), "soon"},
		{PassedInShort([]string{"A"}, 1), "1 passed: A"},
		{date("1991-03-14").AgeInWords(session), "35 years old at the time of the session"},
		{date("1991").AgeInWords(session), "about 35 years old at the time of the session"},
		{date("2027-01-01").AgeInWords(session), "after the time of the session"},
		{date("1200-01-01").AgeInWords(session), "longer ago than anybody has lived"},
		{Page{CaptureMethod: "SCANNER\u200b"}.CapturedBy(), "SCANNER⟨U+200B⟩ (unknown)"},
		{SourcedValue{Locale: "ru", NonLatin: true}.Script(), "locale ru, not in Latin letters"},
		{HitSource{ListedFrom: Time{Wire: "2020"}}.ListedSpan(), "listed from 2020"},
		{Change{Subject: "Face match", Field: "recommendation", Path: "other"}.InShort(), "Face match, recommendation"},
		{PassedInShort([]string{"Document in date", "MRZ valid"}, 5), "5 passed: document in date, MRZ valid and 3 more"},
	} {
		if got, want := test[0], test[1]; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if (Scheme{}).IsMet() || (Scheme{Met: &no}).IsMet() || !(Scheme{Met: &yes}).IsMet() {
		t.Error("only what is said to be met is met")
	}
	if !(SubCheck{}).DidNotPass() || !(SubCheck{Result: "PASSED"}).DidNotPass() || (SubCheck{Result: Pass}).DidNotPass() {
		t.Error("only PASS passes")
	}
	if OnlySigner([]Exception{{Kind: ExceptionSigner}, {Kind: ExceptionFailed}}) || !OnlySigner([]Exception{{Kind: ExceptionSigner}}) {
		t.Error("a sub-check that failed is not the signer")
	}
}

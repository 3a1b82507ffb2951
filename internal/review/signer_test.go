package review

import (
	"fmt"
	"strings"
	"testing"

	"countersign/internal/idv"
)

// A difference from the expected signer keeps a clear case from being clear and asks for a
// note, and so does an expected signer whom nobody has compared.
func TestSignerIsAnException(t *testing.T) {
	born, err := idv.ReadTypedDate("1985-03-12")
	if err != nil {
		t.Fatal(err)
	}
	anna := &ExpectedSigner{Seq: 5, Expected: idv.Expected{Name: "Anna Kovács", BirthDate: born}}
	digest := idv.Digest{1}
	compared := func(s *ExpectedSigner, digest idv.Digest, fields string) SignerCompared {
		return *compareSigner(s, digest, idv.ReadFields([]byte(fields)))
	}
	agrees := compared(anna, digest, `{"full_name":"KOVACS ANNA","date_of_birth":"1985-03-12"}`)
	differs := compared(anna, digest, `{"full_name":"BEA KOVACS","date_of_birth":"1985"}`)
	for name, test := range map[string]struct {
		signers          []ExpectedSigner
		compared         []SignerCompared
		exceptions, note string
	}{
		"nobody expected":           {nil, []SignerCompared{differs}, "", ""},
		"cleared":                   {[]ExpectedSigner{{Seq: 6, Cleared: true}, *anna}, []SignerCompared{differs}, "", ""},
		"not compared":              {[]ExpectedSigner{*anna}, nil, "clear-with-notes Expected signer not compared yet", "the expected signer is not compared yet"},
		"as expected":               {[]ExpectedSigner{*anna}, []SignerCompared{agrees}, "", ""},
		"another":                   {[]ExpectedSigner{*anna}, []SignerCompared{differs}, "investigate Full name not as expected; clear-with-notes Date of birth not comparable", "differs from the expected signer"},
		"nothing extracted":         {[]ExpectedSigner{*anna}, []SignerCompared{compared(anna, digest, `{}`)}, "clear-with-notes Full name, date of birth not comparable", "the expected signer is not comparable"},
		"the newest counts":         {[]ExpectedSigner{*anna}, []SignerCompared{agrees, differs, agrees}, "", ""},
		"of another result":         {[]ExpectedSigner{*anna}, []SignerCompared{compared(anna, idv.Digest{2}, `{}`)}, "clear-with-notes Expected signer not compared yet", "the expected signer is not compared yet"},
		"of somebody expected once": {[]ExpectedSigner{{Seq: 7, Expected: anna.Expected}, *anna}, []SignerCompared{agrees}, "clear-with-notes Expected signer not compared yet", "the expected signer is not compared yet"},
	} {
		c := &Case{File: File{Record: &Record{Signers: test.signers}, Compared: test.compared}, Snapshot: Snapshot{Digest: digest}, Session: &idv.Session{}, Assessment: idv.Assessment{Bucket: idv.Clear}}
		var got []string
		for _, e := range c.Exceptions() {
			if e.Kind != idv.ExceptionSigner {
				t.Errorf("%s: an exception %q", name, e.Kind)
			}
			got = append(got, fmt.Sprintf("%s %s", e.Bucket, e.Title))
		}
		if text := strings.Join(got, "; "); text != test.exceptions {
			t.Errorf("%s: %q, want %q", name, text, test.exceptions)
		}
		var needs []string
		for _, need := range noteNeeds(Approve, nil, c.Assessment, c.Signer()) {
			needs = append(needs, need.short)
		}
		if text := strings.Join(needs, "; "); text != test.note {
			t.Errorf("%s: a note is needed for %q, want %q", name, text, test.note)
		}
		if fits := (Policy{}).onlyFittingReason(Approve, c.Assessment, nil, c.Signer()) != ""; fits != (test.note == "") {
			t.Errorf("%s: the reason chosen beforehand: %t", name, fits)
		}
		if text := fmt.Sprintf("%+v %s", test.compared, c.Signer()); strings.Contains(strings.ToUpper(text), "KOV") || strings.Contains(text, "1985") {
			t.Errorf("%s: what is remembered names a person: %s", name, text)
		}
	}
}

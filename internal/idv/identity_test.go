package idv

import "testing"

func TestIdentity(t *testing.T) {
	licence := &Resource{DocumentType: "DRIVING_LICENCE", IssuingCountry: "GBR"}
	for name, test := range map[string]struct {
		text string
		want Identity
	}{
		"all of it": {`{"full_name": "ELISE SPECIMEN", "date_of_birth": "1991-03-14", "document_type": "NATIONAL_ID", "issuing_country": "BEL", "document_number": "CA3304471", "expiration_date": "2029-02-02"}`,
			Identity{"ELISE SPECIMEN", "1991-03-14", "NATIONAL_ID", "BEL", "CA3304471", "2029-02-02"}},
		"names apart":       {`{"given_names": "ELISE", "family_name": "SPECIMEN"}`, Identity{Name: "ELISE SPECIMEN", Type: "DRIVING_LICENCE", Issuer: "GBR"}},
		"one name":          {`{"family_name": "SPECIMEN", "given_names": ""}`, Identity{Name: "SPECIMEN", Type: "DRIVING_LICENCE", Issuer: "GBR"}},
		"nothing":           {`{}`, Identity{Type: "DRIVING_LICENCE", Issuer: "GBR"}},
		"what is no text":   {`{"full_name": {"a": "b"}, "document_number": ["1"]}`, Identity{Type: "DRIVING_LICENCE", Issuer: "GBR"}},
		"cannot be read":    {`[`, Identity{Type: "DRIVING_LICENCE", Issuer: "GBR"}},
		"other field names": {`{"Full_Name": "SOMEBODY ELSE"}`, Identity{Type: "DRIVING_LICENCE", Issuer: "GBR"}},
	} {
		if got := ReadFields([]byte(test.text)).Identity(licence); got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

func TestMaskedNumber(t *testing.T) {
	for number, want := range map[string]string{
		"": "", "1": "••••", "4471": "••••", "304471": "••••", "3304471": "•••• 4471", "CA3304471": "•••• 4471", "ÄÖÜ3304471": "•••• 4471", "1234567é89ß": "•••• é89ß",
	} {
		if got := (Identity{Number: number}).MaskedNumber(); got != want {
			t.Errorf("of %q: %q, want %q", number, got, want)
		}
	}
}

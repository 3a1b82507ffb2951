package idv

import (
	"errors"
	"testing"
)

func TestParseMediaID(t *testing.T) {
	const id = "1ebfcc7c-9d31-4d2c-8a4b-3f6b0e1d2c3a"
	for _, s := range []string{id, "1EBFCC7C-9D31-4D2C-8A4B-3F6B0E1D2C3A"} {
		if got, err := ParseMediaID(s); err != nil || got.String() != id {
			t.Errorf("ParseMediaID(%q) = %v, %v", s, got, err)
		}
	}
	for _, s := range []string{
		"", "x", "../reset-limit", id + "/..", " " + id, "{" + id + "}", "urn:uuid:" + id,
		"1ebfcc7c9d314d2c8a4b3f6b0e1d2c3a", "00000000-0000-0000-0000-000000000000", id[:35] + "g",
	} {
		if got, err := ParseMediaID(s); !errors.Is(err, ErrNoMediaID) || got != (MediaID{}) {
			t.Errorf("ParseMediaID(%q) = %v, %v", s, got, err)
		}
	}
}

func TestMayFetch(t *testing.T) {
	decoded, err := Decode([]byte(`{
		"resources": {
			"id_documents": [{
				"pages": [{"media": {"id": "00000000-0000-4000-8000-00000000aa01"},
					"frames": [{}, {"media": {"id": "00000000-0000-4000-8000-00000000AA02"}}, {"media": null}],
					"extraction_image_ids": ["00000000-0000-4000-8000-00000000aa03"]}],
				"document_fields": {"media": {"id": "00000000-0000-4000-8000-00000000aa04", "type": "IMAGE"}},
				"tasks": [{"generated_media": [{"id": "00000000-0000-4000-8000-00000000aa05", "type": "JSON"}]}]
			}],
			"liveness_capture": [{
				"facemap": {"media": {"id": "00000000-0000-4000-8000-00000000bb01", "type": "IMAGE"}},
				"frames": [{"media": {"id": "00000000-0000-4000-8000-00000000aa06"}}, {"media": {"id": "00000000-0000-4000-8000-00000000bb03"}}]
			}, {"image": {"media": {"id": "00000000-0000-4000-8000-00000000bb02", "type": "binary"}}}],
			"applicant_profiles": [{"media": {"id": "00000000-0000-4000-8000-00000000aa07"}}],
			"face_capture": [{"image": {"media": {"id": "00000000-0000-4000-8000-00000000bb03", "type": "BINARY"}}}, {"image": {"media": {"id": "not an id"}}}]
		},
		"checks": [{
			"generated_media": [{"id": "00000000-0000-4000-8000-00000000aa08"}],
			"generated_profile": {"media": {"id": "00000000-0000-4000-8000-00000000aa09"}},
			"report": {"watchlist_summary": {"raw_results": {"media": {"id": "00000000-0000-4000-8000-00000000aa10"}}}}
		}]
	}`))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]error{
		"00000000-0000-4000-8000-00000000aa01": nil,
		"00000000-0000-4000-8000-00000000aa02": nil,
		"00000000-0000-4000-8000-00000000aa03": nil,
		"00000000-0000-4000-8000-00000000aa04": nil,
		"00000000-0000-4000-8000-00000000aa05": nil,
		"00000000-0000-4000-8000-00000000aa06": nil,
		"00000000-0000-4000-8000-00000000aa07": nil,
		"00000000-0000-4000-8000-00000000aa08": nil,
		"00000000-0000-4000-8000-00000000aa09": nil,
		"00000000-0000-4000-8000-00000000aa10": nil,
		"00000000-0000-4000-8000-00000000bb01": ErrTemplate, // by its field, whatever its type says
		"00000000-0000-4000-8000-00000000bb02": ErrTemplate, // by its type, whatever its field is
		"00000000-0000-4000-8000-00000000bb03": ErrTemplate, // by one of its two places
		"00000000-0000-4000-8000-00000000cc01": ErrNotNamed,
	}
	for text, want := range tests {
		id, err := ParseMediaID(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := decoded.Session.MayFetch(id); got != want {
			t.Errorf("MayFetch(%s) = %v, want %v", text, got, want)
		}
	}
}

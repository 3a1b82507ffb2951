package idv

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mediaID is a media ID of the tests.
func mediaID(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

func medium(n int) string { return `{"media": {"id": "` + mediaID(n) + `"}}` }

func TestMediaNames(t *testing.T) {
	page := func(n int, more string) string {
		return `{"media": {"id": "` + mediaID(n) + `"}` + more + `}`
	}
	decoded, err := Decode([]byte(`{
		"resources": {
			"id_documents": [
				{"document_type": "PASSPORT", "issuing_country": "DNK",
					"pages": [` + page(1, `, "frames": [`+medium(2)+`, {}, `+medium(3)+`], "extraction_image_ids": ["`+mediaID(1)+`", "`+mediaID(4)+`"]`) + `],
					"document_id_photo": ` + medium(5) + `, "document_fields": ` + medium(6) + `,
					"expanded_document_fields": ` + medium(7) + `,
					"tasks": [{"generated_media": [{"id": "` + mediaID(8) + `"}, {"id": "` + mediaID(6) + `"}]}]},
				{"document_type": "DRIVING_LICENCE", "issuing_country": "GBR", "pages": [` + page(11, "") + `, ` + page(12, "") + `, ` + page(13, "") + `]},
				{"document_type": "DRIVING_LICENCE", "issuing_country": "GBR", "pages": [` + page(14, "") + `]}],
			"supplementary_documents": [{"document_type": "UTILITY_BILL", "issuing_country": "GBR", "file": {"media": {"id": "` + mediaID(21) + `", "type": "PDF"}}}],
			"liveness_capture": [{"liveness_type": "ZOOM", "facemap": ` + medium(31) + `, "frames": [` + medium(32) + `]}],
			"face_capture": [{"image": ` + medium(41) + `}]
		},
		"checks": [{"type": "WATCHLIST_SCREENING", "generated_profile": ` + medium(51) + `,
			"report": {"watchlist_summary": {"raw_results": ` + medium(52) + `}}}]
	}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 Passport, Denmark, page 1",
		"2 Passport, Denmark, page 1, frame 1",
		"3 Passport, Denmark, page 1, frame 3",
		"4 Passport, Denmark, page 1, as its text was read 2",
		"5 Passport, Denmark, portrait",
		"6 Passport, Denmark, extracted data",
		"7 Passport, Denmark, extracted data by source",
		"11 Driving licence, United Kingdom (1 of 2), front",
		"12 Driving licence, United Kingdom (1 of 2), back",
		"13 Driving licence, United Kingdom (1 of 2), page 3",
		"14 Driving licence, United Kingdom (2 of 2), front",
		"21 Utility bill, United Kingdom, file",
		"32 Liveness capture 1, frame 1",
		"41 Face capture 1, picture",
		"51 Watchlist screening, details used",
		"52 Watchlist screening, search results",
	}
	var got []string
	exhibits := decoded.Session.Exhibits()
	names := decoded.Session.MediaNames()
	for i := range exhibits {
		e := &exhibits[i]
		var n int
		if _, err := fmt.Sscanf(e.ID.String()[24:], "%d", &n); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(n, " ", e.Name()))
		if names[e.ID] != e.Name() {
			t.Errorf("%s is called %q", e.Name(), names[e.ID])
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("exhibits (-want +got):\n%s", diff)
	}
	// What cannot be opened still has a name, and what is not named has none.
	for n, want := range map[int]string{
		8: "Passport, Denmark, produced file", 31: "Liveness capture 1, face measurements", 99: "",
	} {
		id, err := ParseMediaID(mediaID(n))
		if err != nil {
			t.Fatal(err)
		}
		if got := decoded.Session.MediaName(id); got != want {
			t.Errorf("medium %d is called %q, want %q", n, got, want)
		}
	}
	for key, want := range map[string]string{
		"id_documents-1": "Passport, Denmark", "liveness_capture-1": "Liveness capture 1", decoded.Session.Checks[0].Key(): "Watchlist screening", "nothing": "",
	} {
		if got := decoded.Session.PartName(key); got != want {
			t.Errorf("PartName(%q) = %q, want %q", key, got, want)
		}
	}
}

// Where a result uses one ID for everything, there is one medium, called after the first
// place in which it can be opened.
func TestMediaNamesOfOneID(t *testing.T) {
	decoded, err := Decode([]byte(`{"resources": {"id_documents": [{"document_type": "PASSPORT", "pages": [{"frames": [` + medium(1) + `, ` + medium(1) + `]}], "document_fields": ` + medium(1) + `}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	list := decoded.Session.Exhibits()
	if len(list) != 1 || list[0].Name() != "Passport, page 1, frame 1" {
		t.Errorf("exhibits are %+v", list)
	}
}

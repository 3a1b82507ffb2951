package views

import (
	"fmt"
	"strings"
	"testing"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
)

const portraitID = "00000000-0000-4000-8000-00000000000a"

func passportResult(t *testing.T) *idv.Session {
	t.Helper()
	decoded, err := idv.Decode([]byte(`{"resources": {"id_documents": [{"document_type": "PASSPORT", "issuing_country": "DNK", "document_id_photo": {"media": {"id": "` + portraitID + `"}}}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	return &decoded.Session
}

// A receipt from before there were grades says that media were shown, and nothing about
// what was not opened; what they are called is read from the result, where that is there.
func TestOlderReceipts(t *testing.T) {
	older := &review.Coverage{Parts: []string{"id_documents-1"}, Media: []review.SentMedium{{ID: portraitID, SHA256: "d"}}}
	for _, test := range []struct {
		session *idv.Session
		name    string
	}{{passportResult(t), "Passport, Denmark, portrait"}, {nil, portraitID}} {
		page := rendering(t, receiptCoverage(ReceiptPage{Receipt: &review.Receipt{Session: test.session}}, older))
		text := page.Text()
		if got := strings.TrimSpace(page.Find("tbody td").First().Text()); got != test.name || !strings.Contains(text, "Pictures, texts and files that were shown") {
			t.Errorf("medium is %q, want %q: %s", got, test.name, text)
		}
		for _, no := range []string{"Not opened", "Sent", "screen", "Everything"} {
			if strings.Contains(text, no) {
				t.Errorf("it says %q: %s", no, text)
			}
		}
	}
}

// A long list of what was not opened is folded, and nothing of it is lost unsaid.
func TestNotOpened(t *testing.T) {
	for n, want := range map[int]struct{ sight, folded, further string }{
		0: {"0", "0", ""}, maxNotOpened: {"8", "0", ""}, maxNotOpened + 1: {"8", "1", ""}, maxListed + 3: {"8", "192", "3"},
	} {
		covered := &review.Coverage{Graded: true}
		for i := range n {
			covered.NotOpened = append(covered.NotOpened, review.UnopenedItem{Name: fmt.Sprint("Page ", i), Part: "id_documents-1"})
		}
		page := rendering(t, notOpened(ReviewPage{Coverage: covered}))
		got := struct{ sight, folded, further string }{
			fmt.Sprint(page.Find("[data-not-opened] > ul > li").Length()), fmt.Sprint(page.Find("details li").Length()), page.Find("[data-further]").AttrOr("data-further", ""),
		}
		if got != want {
			t.Errorf("%d: %+v, want %+v", n, got, want)
		}
		if everything := strings.Contains(page.Text(), "Everything in this result was opened."); everything != (n == 0) {
			t.Errorf("%d: it says %s", n, page.Text())
		}
	}
	if page := rendering(t, notOpened(ReviewPage{Frame: Frame{Who: account.Person{Role: account.Auditor}}})); page.Find("section").Length() > 0 {
		t.Error("whoever sees no evidence is told what they have not opened")
	}
}

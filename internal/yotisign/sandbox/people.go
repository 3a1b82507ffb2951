package sandbox

import (
	"bytes"
	"embed"
	"fmt"
	"net/http"
	"sync/atomic"
)

//go:embed people/*.json faults/*.json
var files embed.FS

// Person is a recipient that the sandbox knows.
type Person struct {
	ID    string // a UUID in lower case
	Name  string // a label such as "Counterfeit document", for want of a name
	Shows string // what the recipient demonstrates, in one line
	// Trouble is true for a recipient that stands for a fault of the service rather
	// than for someone with a result to review.
	Trouble bool
}

// recipient is a Person with what to answer for it. An answer may remember that it
// was given, so each Sandbox needs answers of its own.
type recipient struct {
	Person
	number  int      // of one of the people; zero for a fault
	results [][]byte // what result answers with, one after the other; nil for a fault
	result  http.HandlerFunc
	media   library          // nil where a medium is answered as the result is
	report  http.HandlerFunc // nil where a report is answered as the result is
	reset   http.HandlerFunc // nil where the limit can be reset; it is counted before
}

// mediumHandler answers for a medium.
func (r recipient) mediumHandler(id string) http.HandlerFunc {
	if r.media == nil {
		return r.result
	}
	if m := r.media()[id]; m != nil {
		return m
	}
	return mediumNotFound
}

// People returns every recipient that the sandbox knows: first those who can be
// reviewed, then those that stand for trouble. The caller owns the slice.
func People() []Person {
	var all []Person
	for _, r := range allRecipients() {
		all = append(all, r.Person)
	}
	return all
}

func allRecipients() []recipient { return append(allPeople(), faultRecipients()...) }

// allPeople lists who can be reviewed. The number is the end of the ID and, with the
// slug, the name of the file.
func allPeople() []recipient {
	return []recipient{
		newPerson(1, "all-clear", "All clear", "Passport, selfie and face match; every check approved and every sub-check passed."),
		newPerson(2, "clear-with-notes", "Clear with notes", "Every check approved although two sub-checks of the document check failed."),
		newPerson(3, "nine-checks", "All nine checks", "Every check type of Yoti's page in one result, each with its details."),
		newPerson(4, "counterfeit", "Counterfeit document", "An identity card rejected as a fake, with sub-checks that say why."),
		newPerson(5, "expired-document-accepted", "Expired passport", "A passport out of date, approved because the session allowed it."),
		newPerson(6, "watchlist-hits", "Watchlist hits", "A standard watchlist search to consider: adverse media, PEP and a warning."),
		newPerson(7, "watchlist-own-account", "Own watchlist account", "An advanced watchlist search on a custom account; the result echoes its API key."),
		newPerson(8, "address-mismatch", "Address mismatch", "Outside sources know the name and the birthday, but not at this address."),
		newPerson(9, "face-expert-overruled-software", "Expert overruled software", "The software saw two different faces, an expert saw one; approved."),
		newPerson(10, "three-liveness-attempts", "Third selfie lucky", "Three liveness attempts in no order; only the newest was approved."),
		newPerson(11, "text-not-available", "Text not readable", "The text of the licence could not be extracted: too blurry."),
		newPerson(12, "second-document-judged", "Second document, not used", "Every check approved, and a passport that no check used beside the card that they used."),
		newPerson(13, "camera-failed", "Camera failed", "Signed, but the camera failed: ongoing for ever, with a session token in the result."),
		newPerson(14, "checks-pending", "Checks pending", "Ongoing: one check is done, three wait for an expert and have no report."),
		newPerson(15, "expired", "Session expired", "The session ran out before two of its checks began."),
		newPerson(16, "no-checks", "No checks at all", "Completed, with a document and a selfie that no check used."),
		newPerson(17, "unknown-check", "Unknown check", "A check of a type that nobody has heard of: PALM_VEIN_MATCH."),
		newPerson(18, "unknown-recommendation", "Unknown recommendation", "A document check that recommends ESCALATE, for a reason as new as that."),
		newPerson(19, "unknown-sub-check", "Unknown sub-check", "A document check with a sub-check called microchip_resonance, for a specimen passport."),
		changingPerson(20, "changes", "Changes while you look", "Ongoing with a watchlist hit when first fetched; completed and cleared ever after."),
		newPerson(21, "proof-of-address", "Proof of address", "A council tax bill beside the licence, with a check of its own."),
		newPerson(22, "uploaded-licence", "Uploaded licence", "Uploaded pictures, a face match not available, and a check that failed inside Yoti."),
		newPerson(23, "chip-read", "Chip read", "A passport whose chip was read; all sub-checks passed."),
		newPerson(24, "everything-wrong", "Everything wrong", "Four documents, two supporting ones and sixteen checks: rejected, to consider or not available."),
		newPerson(25, "minimal", "Bare minimum", "The least that a result can hold: an id, a state and one approved check."),
		newPerson(31, "profile-aborted", "Profile aborted", "Every check approved, and an identity profile that Yoti aborted for fraud."),
		newPerson(32, "two-documents", "Two documents", "Two documents with a score each, two trust frameworks met, and a text that has no media ID."),
	}
}

func newPerson(number int, slug, name, shows string) recipient {
	body := loadPerson(fmt.Sprintf("people/%02d-%s.json", number, slug))
	return recipient{
		Person: Person{ID: personID(number), Name: name, Shows: shows},
		number: number, results: [][]byte{body},
		result: resultHandler(body),
		media:  newLibrary(number, body),
		report: reportOn(name, body),
	}
}

// changingPerson is a person with two results: the one before is answered once by each
// Sandbox, the one after from then on.
func changingPerson(number int, slug, name, shows string) recipient {
	file := fmt.Sprintf("people/%02d-%s-", number, slug)
	before, after := loadPerson(file+"before.json"), loadPerson(file+"after.json")
	return recipient{
		Person: Person{ID: personID(number), Name: name, Shows: shows},
		number: number, results: [][]byte{before, after},
		result: firstThen(resultHandler(before), resultHandler(after)),
		media:  newLibrary(number, before, after),
		report: reportOn(name, after),
	}
}

// reportOn answers with the report on someone, or that there is none yet.
func reportOn(name string, result []byte) http.HandlerFunc {
	if bytes.Contains(result, []byte(`"state": "ONGOING"`)) {
		return reportOngoing
	}
	return reportHandler(name)
}

func personID(number int) string {
	return fmt.Sprintf("00000000-0000-4000-8000-%012d", number)
}

func loadPerson(name string) []byte {
	body, err := files.ReadFile(name)
	if err != nil {
		panic(err) // embedded when built; every test would fail
	}
	return body
}

func resultHandler(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		sendBody(w, http.StatusOK, "application/json", body)
	}
}

// firstThen answers with first the first time and with then every time after.
func firstThen(first, then http.HandlerFunc) http.HandlerFunc {
	var asked atomic.Bool
	return func(w http.ResponseWriter, r *http.Request) {
		if asked.CompareAndSwap(false, true) {
			first(w, r)
			return
		}
		then(w, r)
	}
}

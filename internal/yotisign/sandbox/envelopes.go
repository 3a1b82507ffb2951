package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// envelopesBefore is the path of an envelope, before its ID.
const envelopesBefore = "/v2/envelopes/"

// Envelope is an envelope that the sandbox knows.
type Envelope struct {
	ID         string // a UUID in lower case
	Name       string // a label such as "Two tenants"
	Shows      string // what it demonstrates, in one line
	Recipients []EnvelopeRecipient
	// Trouble is true for an envelope that stands for a fault of the service.
	Trouble bool
}

// EnvelopeRecipient is somebody in an envelope. All of it is invented.
type EnvelopeRecipient struct {
	ID      string // a UUID in lower case
	Name    string
	Email   string
	Person  string // the Name of the Person whose result the ID answers with; empty where there is none
	Session string // the ID of the session in that result; empty where there is none
}

// envelope is an Envelope with what to answer for it.
type envelope struct {
	Envelope
	answer http.HandlerFunc
}

// Envelopes returns every envelope that a new Sandbox knows: first those with people in
// them, then those that stand for trouble. The caller owns the slice.
func Envelopes() []Envelope {
	var all []Envelope
	for _, e := range allEnvelopes() {
		all = append(all, e.Envelope)
	}
	return all
}

func allEnvelopes() []envelope {
	cast := allPeople()
	envelopeOf := func(number int, name, shows, status string, people ...int) envelope {
		return envelopeAmong(cast, Envelope{ID: envelopeNumbered(fmt.Sprintf("%012d", number)), Name: name, Shows: shows}, status, people)
	}
	return []envelope{
		envelopeOf(1, "One signer", "One signer whose identity was checked and is all clear.", "COMPLETE", 1),
		envelopeOf(2, "Two tenants", "A clear result and one with watchlist hits, beside a witness of whom nothing was asked.", "COMPLETE", 1, 6, nobody),
		envelopeOf(3, "Still signing", "A counterfeit document, and a signer whose camera failed; its status is ACTIVE.", "ACTIVE", 4, 13),
		envelopeOf(4, "Complete, checks pending", "COMPLETED, as the status endpoint writes it, while the checks wait for an expert.", "COMPLETED", 14, 20),
		envelopeInTrouble("00000000bad6", "Hostile envelope", "Readable, but types are wrong, an ID is a path, a name carries markup, and a recipient stands there twice.", answerWith(hostileEnvelope)),
		envelopeInTrouble("000000000404", "No envelope", "404: there is no such envelope.",
			failWith(http.StatusNotFound, "ENVELOPE_NOT_FOUND", "There is no such envelope.")),
		envelopeInTrouble("000000000403", "Envelope of others", "403: another key created the envelope.",
			failWith(http.StatusForbidden, "INSUFFICIENT_PERMISSION", "The API key did not create this envelope.")),
		envelopeInTrouble("000000000401", "Envelope, key refused", "401, even for the right API key.",
			failWith(http.StatusUnauthorized, "BAD_TOKEN", "The API key is missing or was not accepted.")),
		envelopeInTrouble("000000000429", "Envelope, too many requests", "429 with Retry-After: 30.", tooMany),
		envelopeInTrouble("000000000503", "Envelope, unavailable", "503, each time.",
			failWith(http.StatusServiceUnavailable, "TEMPORARILY_UNAVAILABLE", "The service is not available, please try again.")),
		envelopeInTrouble("00000000bad2", "Envelope, a web page", "200 with an HTML page where an envelope should be.", webPage),
		envelopeInTrouble("00000000bad3", "Envelope, two meanings", "The same keys twice, in different case.", answerWith(`{"envelope_id":"`+envelopeNumbered("00000000bad3")+`","details":{"recipients":[{"id":"`+personID(1)+`","ID":"`+personID(2)+`"}]}}`)),
		envelopeInTrouble("00000000bad7", "Another envelope", "An answer that is about another envelope.", answerWith(`{"envelope_id":"`+envelopeNumbered("000000000001")+`","status":"COMPLETE","details":{"recipients":[{"id":"`+personID(1)+`"}]}}`)),
	}
}

// nobody stands for a recipient without identity verification.
const nobody = 0

func envelopeNumbered(tail string) string { return "00000000-0000-4000-9000-" + tail }

func envelopeInTrouble(tail, name, shows string, answer http.HandlerFunc) envelope {
	return envelope{Envelope{ID: envelopeNumbered(tail), Name: name, Shows: shows, Trouble: true}, answer}
}

// envelopeAmong adds to e, which has no recipients yet, those of the given numbers.
func envelopeAmong(known []recipient, e Envelope, status string, numbers []int) envelope {
	for place, number := range numbers {
		e.Recipients = append(e.Recipients, envelopeMember(known, number, place))
	}
	return envelope{e, e.answer(status)}
}

// envelopeMember is the person of that number as a recipient in the given place.
func envelopeMember(known []recipient, number, place int) EnvelopeRecipient {
	if number == nobody {
		return EnvelopeRecipient{ID: fmt.Sprintf("00000000-0000-4000-a000-%012d", place), Name: "Wilma Witness", Email: "wilma.witness@example.org"}
	}
	for _, r := range known {
		if r.number == number {
			return r.asMember()
		}
	}
	panic("the sandbox has no such person") // the numbers are ours
}

// asMember is a recipient as somebody in an envelope.
func (r recipient) asMember() EnvelopeRecipient {
	name := "Alex Specimen"
	if documents := recipientAppearances()[r.number].documents; len(documents) > 0 {
		name = capitaliseName(faceOf(documents[0]).fullName())
	}
	email := strings.ToLower(strings.ReplaceAll(name, " ", ".")) + fmt.Sprintf(".%02d@example.org", r.number)
	return EnvelopeRecipient{ID: r.ID, Name: name, Email: email, Person: r.Person.Name, Session: r.sessionID()}
}

// capitaliseName writes a name that stands in capitals on a document as people write it.
func capitaliseName(name string) string {
	words := strings.Fields(name)
	for i, word := range words {
		words[i] = word[:1] + strings.ToLower(word[1:])
	}
	return strings.Join(words, " ")
}

// sessionID is the ID of the session in the result.
func (r recipient) sessionID() string {
	var result struct {
		ID string `json:"session_id"`
	}
	if err := json.Unmarshal(r.results[0], &result); err != nil {
		panic(err) // the files are ours
	}
	return result.ID
}

// answer answers with the envelope as Yoti's page shows it. What was asked for is said of
// every other recipient: Yoti's page does not say whether it is.
// Source: Yoti Sign, Get envelope; recipient object; idv object.
func (e Envelope) answer(status string) http.HandlerFunc {
	var recipients []map[string]any
	for i, r := range e.Recipients {
		recipients = append(recipients, r.wire(i, status))
	}
	details := map[string]any{"recipients": recipients, "errors": []any{}}
	if strings.HasPrefix(status, "COMPLETE") {
		details["completed_at"] = "2026-11-17T09:31:00.000Z"
	}
	body := mustMarshal(map[string]any{"envelope_id": e.ID, "status": status, "details": details})
	return func(w http.ResponseWriter, _ *http.Request) { sendBody(w, http.StatusOK, "application/json", body) }
}

// wire is a recipient as it stands in the answer about an envelope.
func (r EnvelopeRecipient) wire(place int, status string) map[string]any {
	wire := map[string]any{
		"id": r.ID, "name": r.Name, "email": r.Email, "auth_type": "no-auth", "role": "Signee",
		"sign_status": "SIGNED", "signed_at": "2026-11-17T09:30:00.000Z", "invitation_email_queued_at": "2026-11-17T08:00:00.000Z",
		"sign_group_order": "", "ip_address": "192.0.2.7", "last_email_status": "DELIVERED", "tags": []any{},
	}
	if r.Session != "" {
		wire["auth_type"] = "idv"
	}
	if r.Session != "" && place%2 == 0 {
		wire["verification"] = map[string]any{"idv": map[string]any{
			"session_config_name": "Real Estate", "when": "after_submitting", "session_limit": firstLimit,
			"blocks_signing": []string{"deadend_errors"},
		}}
	}
	if place > 0 && status == "ACTIVE" {
		wire["sign_status"], wire["signed_at"] = "UNSIGNED", nil
	}
	return wire
}

const hostileEnvelope = `{"envelope_id":["not","an","ID"],"status":7,"mood":{"x":[null]},"details":{"completed_at":"yesterday","recipients":[
	"a text",{"id":"../../v2/idv/sessions/configs","name":{"first":"Alex"},"email":7},
	{"id":"00000000-0000-4000-8000-000000000001","name":"<script>alert('name')</script>\u202egnp.exe","email":"a@example.org\r\nBcc: b@example.org","auth_type":"idv","verification":[]},
	{"id":"00000000-0000-4000-8000-000000000001","auth_type":"idv","verification":{"idv":{"session_config_name":"<b>","session_limit":"many","blocks_signing":[7]}}}]}}`

func answerWith(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		sendBody(w, http.StatusOK, "application/json", []byte(body))
	}
}

// mustMarshal writes what is ours as JSON.
func mustMarshal(v any) []byte {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts, numbers and lists of them always marshal
	}
	return body
}

// EnvelopeCalls returns how many requests for an envelope have come so far, whatever
// their answer was.
func (s *Sandbox) EnvelopeCalls() int { return int(s.envelopeCalls.Load()) }

// envelopeIn returns what stands in the path where an envelope's ID should; false for a
// path that is not one of an envelope.
func envelopeIn(u *url.URL) (id string, ok bool) {
	id, ok = strings.CutPrefix(u.EscapedPath(), envelopesBefore)
	return id, ok && id != "" && !strings.Contains(id, "/")
}

// serveEnvelope answers a request for an envelope.
func (s *Sandbox) serveEnvelope(w http.ResponseWriter, r *http.Request, id string) {
	if !isGet(w, r) {
		return
	}
	s.envelopeCalls.Add(1)
	id = strings.ToLower(id)
	if !s.admitKey(w, r) || !isUUID(w, id, "envelopeID") {
		return
	}
	s.mu.Lock()
	e, ok := s.envelopes[id]
	s.mu.Unlock()
	if !ok {
		failWith(http.StatusNotFound, "ENVELOPE_NOT_FOUND", "There is no such envelope.")(w, r)
		return
	}
	e.answer(w, r)
}

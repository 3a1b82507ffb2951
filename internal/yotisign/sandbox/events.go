package sandbox

import (
	"bytes"
	"fmt"
	"strings"
)

// Event is what one call of a webhook carries.
type Event struct {
	Topic string // the subscription's name, such as "signer_completion"
	Body  []byte // mostly JSON
}

// EventsOf returns the events of an envelope that everybody has signed, in the order in
// which they happen: envelope_ready, for each recipient signer_completion and the idv_*
// events, and envelope_completion.
//
// The shapes of the first and the last are documented. Of the idv_* events no shape is, so
// here they take turns through all that a receiver may meet: the one of core IDV, which
// names the session alone; one that names all; one that names the envelope alone; one
// nested under unknown names; and one that has the recipient's ID within an address.
// Source: Yoti Sign, notifications object; Yoti IDV, notifications.
func EventsOf(e Envelope) []Event {
	ready := newEvent("envelope_ready", map[string]any{"envelope_id": e.ID, "envelope_name": e.Name, "recipients": tokensOf(e)})
	events := []Event{ready}
	for i, r := range e.Recipients {
		events = append(events, signerCompletion(e))
		if r.Session == "" {
			continue
		}
		for j, topic := range []string{"idv_resource_update", "idv_task_completion", "idv_check_completion", "idv_session_completion"} {
			shape := eventShapes()[(shapeOf(e)+i+j)%len(eventShapes())]
			events = append(events, Event{topic, shape(topic, e, r)})
		}
	}
	return append(events, newEvent("envelope_completion", map[string]any{
		"envelope_id": e.ID, "envelope_name": e.Name, "status": "COMPLETE", "marked_for_deletion": false,
		"platform": map[string]any{"type": "API"}, "details": envelopeDetails(e),
	}))
}

// StrayEvents returns what a receiver has to bear: events of unknown kinds, of wrong
// types, and bodies that are no JSON or too large.
func StrayEvents() []Event {
	return []Event{
		newEvent("upload_errors", map[string]any{"envelope_id": Envelopes()[0].ID, "errors": []any{map[string]any{"file_name": "lease.pdf", "code": "FILE_DAMAGED"}}}),
		newEvent("idv_session_limit_reached", map[string]any{"recipient_id": personID(13)}),
		newEvent("envelope_shredded", map[string]any{"envelope_id": "6f0c7d1e-2b3a-4c58-9d47-e1a5b08c9f23"}),
		{"", []byte(`{}`)}, {"", []byte(`null`)}, {"", []byte(`["` + personID(1) + `",7,{"x":null}]`)},
		{"", []byte(`{"subscription_name":{"is":["idv_check_completion"]},"envelope_id":7,"details":"none","session_id":["x"]}`)},
		{"", []byte(`{"subscription_name":"<script>alert('topic')</script>","envelope_id":"../../v2/idv/sessions/configs"}`)},
		{"", nil}, {"", []byte(`{"envelope_id":`)}, {"", []byte("envelope_id=1&status=COMPLETE")}, {"", []byte("\xff\xfe\x00")},
		{"", bytes.Repeat([]byte("["), 20_000)},
		{"", []byte(`{"padding":"` + strings.Repeat("x", 64<<10) + `"}`)},
	}
}

// newEvent is an event with the documented name of its topic in it.
func newEvent(topic string, body map[string]any) Event {
	body["subscription_name"] = topic
	return Event{topic, mustMarshal(body)}
}

// tokensOf is who is told that an envelope is ready, with the capital letters that Yoti's
// page has here. Source: Yoti Sign, notifications object.
func tokensOf(e Envelope) []map[string]any {
	var list []map[string]any
	for _, r := range e.Recipients {
		list = append(list, map[string]any{"Token": "made-up-token-" + r.ID[:8], "Email": r.Email})
	}
	return list
}

func signerCompletion(e Envelope) Event {
	return newEvent("signer_completion", map[string]any{"envelope_id": e.ID, "status": "ACTIVE", "details": envelopeDetails(e)})
}

// envelopeDetails is an envelope as events have it.
// Source: Yoti Sign, notifications object.
func envelopeDetails(e Envelope) map[string]any {
	var recipients []map[string]any
	for i, r := range e.Recipients {
		recipients = append(recipients, map[string]any{
			"id": r.ID, "name": r.Name, "email": r.Email, "type": "SIGNER", "tags": []any{},
			"signer_id":                  fmt.Sprintf("%s-0000-4000-b000-%012d", r.ID[:8], i),
			"invitation_email_queued_at": "", "sign_group_order": "",
		})
	}
	return map[string]any{
		"recipients": recipients, "completed_at": "2026-11-17T09:31:00.000Z",
		"files": []map[string]any{{"id": e.ID[:8] + "-0000-4000-8f00-000000000000", "name": "lease.pdf"}},
	}
}

// shape writes an idv_* event about a recipient.
type shape func(topic string, e Envelope, r EnvelopeRecipient) []byte

func eventShapes() []shape {
	return []shape{shapeOfCore, shapeWithAll, shapeOfEnvelope, shapeNested, shapeWithAddress}
}

// shapeOf is the place in eventShapes with which the events of an envelope begin.
func shapeOf(e Envelope) int { return int(e.ID[0]) + int(e.ID[len(e.ID)-1]) }

func shapeOfCore(topic string, _ Envelope, r EnvelopeRecipient) []byte {
	return mustMarshal(map[string]any{"session_id": r.Session, "topic": strings.TrimPrefix(topic, "idv_"), "check_id": r.Session[:8] + "-0000-4000-8c00-000000000000"})
}

func shapeWithAll(topic string, e Envelope, r EnvelopeRecipient) []byte {
	return newEvent(topic, map[string]any{"envelope_id": e.ID, "recipient_id": r.ID, "session_id": r.Session, "attempt": 1}).Body
}

func shapeOfEnvelope(topic string, e Envelope, _ EnvelopeRecipient) []byte {
	return newEvent(topic, map[string]any{"envelope_id": strings.ToUpper(e.ID), "details": nil}).Body
}

func shapeNested(topic string, _ Envelope, r EnvelopeRecipient) []byte {
	return mustMarshal(map[string]any{"version": 2, "event": map[string]any{"topic": topic, "data": []any{map[string]any{"about": []any{r.ID, true}}}}})
}

func shapeWithAddress(topic string, _ Envelope, r EnvelopeRecipient) []byte {
	return newEvent(topic, map[string]any{"result": "https://api.yotisign.com" + pathBefore + r.ID + pathAfter}).Body
}

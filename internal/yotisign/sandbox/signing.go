package sandbox

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/http"
)

// SignEnvelopes makes n fresh envelopes in which everybody has signed, and returns them.
// From then on the Sandbox answers for them, and for each recipient in them with the
// result of one of its people, under a session ID of its own. Every fifth envelope has two
// recipients. The people take turns in a shuffled order, so that no kind of result comes
// twice before each has come once.
//
// The same n and seed give the same envelopes, with the same IDs; signed again, they begin
// anew. Those with another seed are others.
func (s *Sandbox) SignEnvelopes(n int, seed uint64) []Envelope {
	signing := signing{random: rand.New(rand.NewPCG(seed, uint64(n)))}
	var signed []Envelope
	for i := range n {
		e := Envelope{ID: signing.uuid(), Name: fmt.Sprintf("Signed envelope %d", i+1), Shows: "Freshly signed, with results of the people here."}
		for range 1 + (i%5)/4 {
			r := signing.recipient()
			e.Recipients = append(e.Recipients, r.asMember())
			s.add(r)
		}
		s.mu.Lock()
		s.envelopes[e.ID] = envelope{e, e.answer("COMPLETE")}
		s.mu.Unlock()
		signed = append(signed, e)
	}
	return signed
}

func (s *Sandbox) add(r recipient) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recipients[r.ID] = r
}

// signing makes fresh recipients.
type signing struct {
	random *rand.Rand
	turn   []recipient // who are still to come in this round
}

// recipient returns the next of the people under a fresh ID.
func (s *signing) recipient() recipient {
	if len(s.turn) == 0 {
		s.turn = allPeople()
		s.random.Shuffle(len(s.turn), func(i, j int) { s.turn[i], s.turn[j] = s.turn[j], s.turn[i] })
	}
	next := s.turn[0]
	s.turn = s.turn[1:]
	return next.withIDs(s.uuid(), s.uuid())
}

// uuid returns a random UUID of version 4. Source: RFC 9562, section 5.4.
func (s *signing) uuid() string {
	var id [16]byte
	binary.BigEndian.PutUint64(id[:8], s.random.Uint64())
	binary.BigEndian.PutUint64(id[8:], s.random.Uint64())
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// withIDs is the same person under another ID, with a session of another ID.
func (r recipient) withIDs(id, session string) recipient {
	old := []byte(`"session_id": "` + r.sessionID() + `"`)
	var results [][]byte
	var answers []http.HandlerFunc
	for _, body := range r.results {
		body = bytes.Replace(body, old, []byte(`"session_id": "`+session+`"`), 1)
		results = append(results, body)
		answers = append(answers, resultHandler(body))
	}
	r.ID, r.results, r.result = id, results, answers[0]
	if len(answers) > 1 {
		r.result = firstThen(answers[0], answers[1])
	}
	return r
}

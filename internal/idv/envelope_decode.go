package idv

// Limits of an envelope.
const (
	// MaxEnvelopeBytes is the largest answer that is read, in bytes after decompression.
	MaxEnvelopeBytes = 1 << 20
	// MaxEnvelopeRecipients is how many recipients an envelope may have: several times the
	// sixty that Yoti Sign allows, thirty who sign and thirty who do not.
	// Source: Yoti Sign, recipient object.
	MaxEnvelopeRecipients = 500
)

// DecodeEnvelope reads the answer about an envelope: strictly what could make it mean two
// things, tolerantly everything else. A field that is absent, unknown or of the wrong type
// costs that field. It returns an error that wraps ErrInvalid or ErrTooLarge when nothing
// of the body may be shown; no error quotes the body.
func DecodeEnvelope(body []byte) (*Envelope, error) {
	if len(body) > MaxEnvelopeBytes {
		return nil, ErrTooLarge
	}
	root, err := parseTree(body)
	if err != nil {
		return nil, err
	}
	r := &reader{text: string(root.canonical())}
	e := r.envelope(root)
	if len(e.Recipients) > MaxEnvelopeRecipients {
		return nil, ErrTooLarge
	}
	return e, nil
}

func (r *reader) envelope(root *node) *Envelope {
	var e Envelope
	r.nested(root, "", func(o *object) {
		if id := o.string("envelope_id"); id != "" {
			if e.ID, _ = ParseEnvelopeID(id); e.ID == (EnvelopeID{}) {
				r.addProblem(o.get("envelope_id"), "envelope_id", "an envelope ID")
			}
		}
		e.Name = o.string("envelope_name")
		e.Status = EnvelopeStatus(o.word("status"))
		e.Verification = readVerification(o)
		o.object("details", func(o *object) {
			e.CompletedAt = o.time("completed_at")
			e.ArchivedAt = o.time("archived_at")
			if !e.Asked() {
				e.Verification = readVerification(o)
			}
			o.objects("recipients", func(o *object) { e.Recipients = append(e.Recipients, envelopeRecipient(o)) })
		})
	})
	for _, p := range r.problems {
		e.Problems = append(e.Problems, Problem{Path: p.Path, Want: p.Want})
	}
	return &e
}

func envelopeRecipient(o *object) EnvelopeRecipient {
	r := EnvelopeRecipient{
		Name:         o.string("name"),
		Email:        o.string("email"),
		AuthType:     o.word("auth_type"),
		Type:         o.word("type"),
		Role:         o.string("role"),
		SignStatus:   SignStatus(o.word("sign_status")),
		SignedAt:     o.time("signed_at"),
		Verification: readVerification(o),
	}
	n := o.get("id")
	switch id, err := ParseRecipientID(o.string("id")); {
	case err == nil:
		r.ID = id
	case n == nil:
		o.r.problems = append(o.r.problems, Problem{Path: o.pathOf("id"), Want: "a recipient ID"})
	case n.kind == '"': // of anything else it is noted that it is not a text
		o.r.addProblem(n, o.pathOf("id"), "a recipient ID")
	}
	return r
}

// readVerification reads what was asked for where verification.idv stands.
func readVerification(o *object) Verification {
	var v Verification
	o.object("verification", func(o *object) {
		o.object("idv", func(o *object) {
			v = Verification{
				SessionConfig: o.string("session_config_name"),
				When:          o.word("when"),
				SessionLimit:  o.int("session_limit"),
				BlocksSigning: o.strings("blocks_signing"),
			}
		})
	})
	return v
}

package webhook

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"countersign/internal/idv"
)

// scanner goes once through a body, value by value and without recursion, and gathers what
// a Hint may have.
type scanner struct {
	dec    *jsontext.Decoder
	within []container // the objects and lists around the next value, the outermost first

	kinds      [places]Kind // the first known kind in each place where one may stand
	recipients ids
	envelopes  ids
	sessions   ids
	others     ids
}

// container is an object or a list that has begun.
type container struct {
	subject string // the plain name under which it stands, or that of the list that it is in
	member  string // of an object, the plain name of the member that comes next
	isList  bool
	isName  bool // of an object, whether a name comes next
}

// The places where a kind may stand, the one that counts most first.
const (
	subscriptionOfEvent = iota // subscription_name of the event itself
	topicOfEvent               // topic of the event itself
	anywhere                   // either name further in
	places
)

func newScanner(body []byte) *scanner {
	body = bytes.TrimPrefix(body, []byte("\ufeff")) // a byte order mark
	return &scanner{dec: jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))}
}

// scan reads one JSON value with nothing behind it.
func (s *scanner) scan() error {
	for first := true; first || len(s.within) > 0; first = false {
		token, err := s.dec.ReadToken()
		if err != nil {
			return err
		}
		switch token.Kind() {
		case '{', '[':
			s.enterContainer(token.Kind() == '[')
		case '}', ']':
			s.within = s.within[:len(s.within)-1]
			s.leaveValue()
		case '"':
			s.text(token.String())
		default:
			s.leaveValue()
		}
	}
	if _, err := s.dec.ReadToken(); err != io.EOF {
		return ErrNotJSON
	}
	return nil
}

// enterContainer notes that an object or a list begins.
func (s *scanner) enterContainer(isList bool) {
	s.within = append(s.within, container{subject: s.name(), isList: isList, isName: !isList})
}

// name is the plain name of the value that comes next; in a list, that of the list.
func (s *scanner) name() string {
	if len(s.within) == 0 {
		return ""
	}
	if c := s.within[len(s.within)-1]; !c.isList {
		return c.member
	}
	return s.within[len(s.within)-1].subject
}

// leaveValue notes that a value ended: in an object a name comes next.
func (s *scanner) leaveValue() {
	if n := len(s.within); n > 0 {
		s.within[n-1].isName = !s.within[n-1].isList
	}
}

// text takes a string, which may be the name of a member.
func (s *scanner) text(text string) {
	s.others.find(text)
	if n := len(s.within); n > 0 && s.within[n-1].isName {
		s.within[n-1].member, s.within[n-1].isName = plainName(text), false
		return
	}
	s.value(s.name(), text)
	s.leaveValue()
}

// value takes a string under its plain name.
// Source: Yoti Sign, notifications object; Yoti IDV, notifications.
func (s *scanner) value(name, text string) {
	switch name {
	case "subscriptionname":
		s.kind(subscriptionOfEvent, text)
	case "topic":
		s.kind(topicOfEvent, text)
	case "envelopeid":
		s.envelopes.add(text)
	case "sessionid":
		s.sessions.add(text)
	case "recipientid":
		s.recipients.add(text)
	case "id":
		s.idOf(s.within[len(s.within)-1].subject, text)
	}
}

// idOf takes a string that stands as the ID of a subject.
func (s *scanner) idOf(subject, text string) {
	switch subject {
	case "recipients", "recipient":
		s.recipients.add(text)
	case "envelope":
		s.envelopes.add(text)
	case "session":
		s.sessions.add(text)
	}
}

// kind takes a string that stands where the kind of the event is told.
func (s *scanner) kind(place int, text string) {
	if len(s.within) > 1 {
		place = anywhere
	}
	if k := kindOf(text); k != Unknown && s.kinds[place] == "" {
		s.kinds[place] = k
	}
}

// plainName is a member's name without what writers spell differently: letter case and
// what parts words.
func plainName(name string) string {
	if len(name) > 32 { // longer than any that means something here
		return ""
	}
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r == '_' || r == '-' {
			return -1
		}
		return r
	}, name))
}

// hint returns what was gathered.
func (s *scanner) hint() Hint {
	h := Hint{Kind: Unknown, Sessions: s.sessions.list, More: s.recipients.more || s.envelopes.more || s.sessions.more}
	for _, k := range s.kinds {
		if k != "" {
			h.Kind = k
			break
		}
	}
	for _, id := range s.recipients.list {
		if r, err := idv.ParseRecipientID(id.String()); err == nil {
			h.Recipients = append(h.Recipients, r)
		}
	}
	for _, id := range s.envelopes.list {
		if e, err := idv.ParseEnvelopeID(id.String()); err == nil {
			h.Envelopes = append(h.Envelopes, e)
		}
	}
	if len(h.Recipients)+len(h.Envelopes)+len(h.Sessions) == 0 {
		h.Others, h.More = s.others.list, s.others.more
	}
	return h
}

// ids are different UUIDs, MaxIDs at most.
type ids struct {
	list []uuid.UUID
	more bool // whether there were more
}

// add adds the UUID that a text is; any other text adds nothing.
func (l *ids) add(text string) {
	id, err := idv.ParseRecipientID(text)
	if err != nil {
		return
	}
	l.insert(uuid.MustParse(id.String()))
}

func (l *ids) insert(id uuid.UUID) {
	switch {
	case id == uuid.Nil || slices.Contains(l.list, id):
	case len(l.list) == MaxIDs:
		l.more = true
	default:
		l.list = append(l.list, id)
	}
}

// idBytes is how long a UUID with hyphens is.
const idBytes = len("7c9e6679-7425-40de-944b-e07fc1f90ae7")

// find adds the UUIDs with hyphens that stand in a text, such as an address. One that goes
// on before or behind with a letter, a digit or a hyphen is a part of something else.
func (l *ids) find(text string) {
	for i := 0; i+idBytes <= len(text) && !l.more; i++ {
		part := text[i : i+idBytes]
		if part[8] != '-' || part[13] != '-' || part[18] != '-' || part[23] != '-' {
			continue
		}
		if i > 0 && goesOn(text[i-1]) || i+idBytes < len(text) && goesOn(text[i+idBytes]) {
			continue
		}
		if id, err := uuid.Parse(part); err == nil {
			l.insert(id)
		}
	}
}

func goesOn(c byte) bool {
	return c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

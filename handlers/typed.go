package handlers

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/views"
)

// typedForm is what a form held. It outlives the form: in a draft, on the page that says why
// nothing was recorded, and through a sign-in.
type typedForm struct {
	recipient idv.RecipientID
	snapshot  string // digest, as it was sent
	key       string
	field     string // that holds the text; empty for that of notes
	text      string
	action    string            // where it can be sent again; empty where the text is only given back
	besides   []views.FormField // what was sent besides
	answer    bool              // whether it was typed into another form than that of notes
}

// typedNote is what a form of a note held, and what is chosen beside it.
func typedNote(id idv.RecipientID, form url.Values) *typedForm {
	t := typedAnswer(id, form, views.NotesPath(id))
	t.snapshot, t.besides = form.Get("snapshot"), decisionFields(form)
	return t
}

// typedDecision is what a form of a decision held.
func typedDecision(id idv.RecipientID, form url.Values) *typedForm {
	t := typedNote(id, form)
	t.action = views.DecisionsPath(id)
	return t
}

// typedAnswer is what a form held that is sent to the action, with what it has in the fields
// that have one of the names.
func typedAnswer(id idv.RecipientID, form url.Values, action string, names ...string) *typedForm {
	return &typedForm{recipient: id, key: form.Get("key"), text: form.Get("note"), action: action, besides: fieldsOf(form, names...)}
}

// typedText is a text that is only given back; nil when there is none.
func typedText(text string) *typedForm {
	if text == "" {
		return nil
	}
	return &typedForm{text: text}
}

// typedExpected is what was typed into a form of the expected signer, as a text; empty when
// nothing was.
func typedExpected(name, birthDate string) string {
	return strings.TrimSpace(strings.TrimSpace(name) + "\n" + strings.TrimSpace(birthDate))
}

// textIn is the text in a form of any kind; empty when it has none.
func textIn(form url.Values) string {
	expected := ""
	if form.Has("birth_date") {
		expected = typedExpected(form.Get("name"), form.Get("birth_date"))
	}
	text := cmp.Or(form.Get("note"), form.Get("reason"), expected)
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return text
}

// carriedNote returns the note that a form about something else carries, and what is chosen
// beside it; nil when it carries neither.
func carriedNote(form url.Values) *typedForm {
	id, err := idv.ParseRecipientID(form.Get("recipient"))
	if err != nil || strings.TrimSpace(form.Get("note")) == "" && choiceOf(form).None() {
		return nil
	}
	t := typedNote(id, form)
	t.answer = form.Has("answer")
	return t
}

// typedUnsigned returns what somebody sent who was not signed in; nil when it has no text.
func typedUnsigned(c echo.Context, form url.Values) *typedForm {
	if note := carriedNote(form); note != nil {
		return note
	}
	id, err := recipientParam(c)
	if err != nil || textIn(form) == "" {
		return nil
	}
	return &typedForm{recipient: id, key: form.Get("key"), text: textIn(form), answer: true}
}

// typedUnknown returns what somebody sent of whom it is not known who they are: a note or a
// decision as it can be sent again, and of other forms the text; nil when there is none.
func typedUnknown(c echo.Context, form url.Values) *typedForm {
	id, err := recipientParam(c)
	switch {
	case err == nil && c.Path() == notesRoute:
		return typedNote(id, form)
	case err == nil && c.Path() == decisionsRoute:
		return typedDecision(id, form)
	}
	return typedText(textIn(form))
}

// choice is what is chosen beside the text.
func (t *typedForm) choice() review.Choice {
	form := url.Values{}
	for _, f := range t.besides {
		form.Add(f.Name, f.Value)
	}
	return choiceOf(form)
}

// draft is the form as a draft of who.
func (t *typedForm) draft(who account.Person) review.NewDraft {
	return review.NewDraft{Recipient: t.recipient, Author: who, Text: t.text, Choice: t.choice(), Key: t.key}
}

// forRetry is the form for a page on which it can be sent again; nil when there is nothing.
func (t *typedForm) forRetry() *views.TypedForm {
	if t == nil {
		return nil
	}
	again := &views.TypedForm{Action: t.action, Name: cmp.Or(t.field, "note"), Text: t.text}
	if t.action == "" {
		return again
	}
	again.Hide("recipient", t.recipient.String())
	if t.snapshot != "" || t.action == views.NotesPath(t.recipient) {
		again.Hide("snapshot", t.snapshot)
	}
	again.Hide("key", t.key)
	again.Hidden = append(again.Hidden, t.besides...)
	return again
}

// forSignIn is the form for a sign-in to carry; nil when there is nothing. carriedNote reads it.
func (t *typedForm) forSignIn() *views.TypedForm {
	if t == nil {
		return nil
	}
	carried := &views.TypedForm{Name: "note", Text: t.text}
	carried.Hide("recipient", t.recipient.String())
	carried.Hide("snapshot", t.snapshot)
	carried.Hide("key", t.key)
	if t.answer {
		carried.Hide("answer", "yes")
	}
	carried.Hidden = append(carried.Hidden, t.besides...)
	return carried
}

// typedError is a failure while a form was at hand, which the page must give back.
type typedError struct {
	form *typedForm // nil when there was no text after all
	err  error
}

func (e *typedError) Error() string { return e.err.Error() }
func (e *typedError) Unwrap() error { return e.err }

// choiceOf is what is chosen in the form of a decision.
func choiceOf(form url.Values) review.Choice {
	c := review.Choice{Verdict: review.Verdict(form.Get("verdict")), Reasons: form["reason"], ReferTo: form.Get("refer"), Contradictions: map[string]string{}}
	for name := range form {
		if key, ok := review.Field(name).Against(); ok && strings.TrimSpace(form.Get(name)) != "" {
			c.Contradictions[key] = form.Get(name)
		}
	}
	return c
}

// decisionFields are what a form of a decision holds besides the note.
func decisionFields(form url.Values) []views.FormField {
	var overrides []string
	for key := range choiceOf(form).Contradictions {
		overrides = append(overrides, string(review.FieldAgainst(key)))
	}
	slices.Sort(overrides)
	list := fieldsOf(form, "verdict", "reason", "refer", "seen")
	for _, name := range overrides {
		list = append(list, views.FormField{Name: name, Value: form.Get(name)})
	}
	return list
}

// fieldsOf are those fields of a form that have one of the names, in the order of these.
func fieldsOf(form url.Values, names ...string) []views.FormField {
	var list []views.FormField
	for _, name := range names {
		for _, v := range form[name] {
			list = append(list, views.FormField{Name: name, Value: v})
		}
	}
	return list
}

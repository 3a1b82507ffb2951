package handlers

import (
	"net/url"
	"reflect"
	"testing"

	"countersign/internal/account"
	"countersign/internal/idv"
	"countersign/views"
)

// sentAgain is the form as a browser sends it from a page.
func sentAgain(f *views.TypedForm) url.Values {
	form := url.Values{f.Name: {f.Text}}
	for _, hidden := range f.Hidden {
		form.Add(hidden.Name, hidden.Value)
	}
	return form
}

// What a form held is the same after a page gave it back, and after a sign-in carried it,
// however often the password was wrong.
func TestTypedSurvives(t *testing.T) {
	t.Parallel()
	id, err := idv.ParseRecipientID("11111111-1111-4111-8111-111111111111")
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{
		"recipient": {id.String()}, "snapshot": {"sha256:00"}, "key": {"KEY"}, "note": {" two\nlines "},
		"verdict": {"approve"}, "reason": {"a", "b"}, "refer": {"somebody"}, "seen": {"7"},
		"against-2": {"why too"}, "against-1": {"why"}, "unknown": {"x"},
	}
	typed := typedNote(id, form)
	draft := typed.draft(account.Person{})
	if draft.Recipient != id || draft.Key != "KEY" || draft.Text != " two\nlines " || len(draft.Choice.Reasons) != 2 || draft.Choice.Contradictions["1"] != "why" {
		t.Fatalf("the draft is %+v", draft)
	}
	for name, through := range map[string]url.Values{
		"given back":   sentAgain(typedDecision(id, form).forRetry()),
		"through one":  sentAgain(carriedNote(form).forSignIn()),
		"through more": sentAgain(carriedNote(sentAgain(carriedNote(form).forSignIn())).forSignIn()),
	} {
		if got := carriedNote(through); !reflect.DeepEqual(got, typed) {
			t.Errorf("%s: %+v, want %+v", name, got, typed)
		}
	}
}

// What was said to a decision goes to the draft after a sign-in, and a text that fits no
// form is only given back.
func TestTypedElsewhere(t *testing.T) {
	t.Parallel()
	id, err := idv.ParseRecipientID("11111111-1111-4111-8111-111111111111")
	if err != nil {
		t.Fatal(err)
	}
	said := &typedForm{recipient: id, key: "KEY", text: "Because.", answer: true}
	if got := carriedNote(sentAgain(said.forSignIn())); got == nil || !got.answer || got.text != said.text {
		t.Errorf("the sign-in carried %+v", got)
	}
	if f := typedText("Because.").forRetry(); f.Action != "" || f.Text != "Because." {
		t.Errorf("given back is %+v", f)
	}
	if f := typedText("").forRetry(); f != nil {
		t.Errorf("of nothing, given back is %+v", f)
	}
}

package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/views"
)

// against begins the names of the fields in which somebody says why an approval goes
// against a check; the key of the check follows.
const against = "against-"

// decide records a decision, or shows the page again with everything that was typed.
func (s *Server) decide(c echo.Context, id idv.RecipientID) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	typed := &views.KeptNote{
		Recipient: id, Snapshot: form.Get("snapshot"), Key: form.Get("key"), Text: form.Get("note"),
		Action: views.DecisionsPath(id), More: more(form),
	}
	asked := review.DecisionForm{
		Recipient: id, By: who(c), Verdict: review.Verdict(form.Get("verdict")), Reasons: form["reason"], Note: typed.Text,
		ReferTo: form.Get("refer"), Contradictions: contradictions(form), Seen: seen(form), Key: typed.Key,
	}
	if asked.Digest, err = idv.ParseDigest(typed.Snapshot); err != nil {
		typed.Snapshot = ""
		return s.refuseDecision(c, typed, asked, errBadDigest)
	}
	if _, err := s.Desk.Decide(c.Request().Context(), asked); err != nil {
		return s.refuseDecision(c, typed, asked, err)
	}
	return c.Redirect(http.StatusSeeOther, views.RecipientPath(id)+"#"+views.DecisionsID)
}

// more is what a form of a decision holds besides the note.
func more(form url.Values) []views.KeptField {
	var list []views.KeptField
	for name, values := range form {
		if name != "verdict" && name != "reason" && name != "refer" && name != "seen" && !strings.HasPrefix(name, against) {
			continue
		}
		for _, v := range values {
			list = append(list, views.KeptField{Name: name, Value: v})
		}
	}
	return list
}

func contradictions(form url.Values) map[string]string {
	list := map[string]string{}
	for name := range form {
		if key, ok := strings.CutPrefix(name, against); ok {
			list[key] = form.Get(name)
		}
	}
	return list
}

// seen is the newest act on decisions that a form showed; nil when it does not say.
func seen(form url.Values) *int64 {
	seq, err := strconv.ParseInt(form.Get("seen"), 10, 64)
	if err != nil {
		return nil
	}
	return &seq
}

// refuseDecision shows the recipient again with what was typed and chosen. The text is
// kept as a draft too, so that it outlives the page.
func (s *Server) refuseDecision(c echo.Context, typed *views.KeptNote, asked review.DecisionForm, err error) error {
	var refused *review.Refused
	status, problem := 0, ""
	switch {
	case errors.As(err, &refused):
		status, problem = http.StatusUnprocessableEntity, refused.Why
	case errors.Is(err, errBadDigest):
		status, problem = http.StatusBadRequest, "The form did not say which result the decision is about. Nothing was recorded."
	case errors.Is(err, review.ErrStale):
		status, problem = http.StatusConflict, "Not recorded: the result has changed since you read it. Please look at the changes, then decide again."
	case errors.Is(err, review.ErrDecided):
		status, problem = http.StatusConflict, "Not recorded: somebody has decided since you opened this page. Their decision stands above. If yours shall take its place, record it again."
	case errors.Is(err, review.ErrKeyUsed):
		status, problem = http.StatusConflict, "This form was already used for something else, which stands on this page. Send it again if this is a further decision."
	default:
		return &keptError{typed, err}
	}
	page, err := s.refusedPage(c, typed, err)
	if err != nil {
		return &keptError{typed, err}
	}
	page.Choice = views.DecisionChoice{
		Verdict: asked.Verdict, Reasons: asked.Reasons, ReferTo: asked.ReferTo, Contradictions: asked.Contradictions, Problem: problem,
	}
	return s.renderCase(c, status, page)
}

// refusedPage is the page of a recipient with the text that was not recorded in its form,
// and with what changed where that is why.
func (s *Server) refusedPage(c echo.Context, typed *views.KeptNote, why error) (views.ReviewPage, error) {
	ctx := c.Request().Context()
	var refused *review.Refused
	if err := s.Desk.KeepDraft(ctx, draftOf(who(c), typed)); err != nil && !errors.As(err, &refused) {
		return views.ReviewPage{}, err
	}
	opened, err := s.Desk.Open(ctx, who(c), typed.Recipient)
	if err != nil {
		return views.ReviewPage{}, err
	}
	page, err := s.reviewPage(c, opened)
	if err != nil {
		return views.ReviewPage{}, err
	}
	page.Note.Text = typed.Text
	if errors.Is(why, review.ErrStale) {
		page.Refused, err = s.refused(c, opened, typed.Snapshot)
	}
	return page, err
}

// decisionOf reads the number of a decision in an address.
func decisionOf(c echo.Context) (int64, error) {
	seq, err := strconv.ParseInt(c.Param("seq"), 10, 64)
	if err != nil || seq <= 0 || strconv.FormatInt(seq, 10) != c.Param("seq") {
		return 0, review.ErrNoDecision
	}
	return seq, nil
}

// showReceipt shows what a decision put on record, and what proves it.
func (s *Server) showReceipt(c echo.Context, id idv.RecipientID) error {
	seq, err := decisionOf(c)
	if err != nil {
		return err
	}
	receipt, err := s.Desk.Receipt(c.Request().Context(), who(c), id, seq)
	if err != nil {
		return err
	}
	page := views.ReceiptPage{Frame: s.frame(c, "Decision "+c.Param("seq")+" on recipient "+id.String()), Receipt: receipt}
	page.Path, page.Search = views.DecisionPath(id, seq), id.String()
	return render(c, http.StatusOK, views.Receipt(page))
}

// replay shows a recipient as it stood on the screen when somebody decided.
func (s *Server) replay(c echo.Context, id idv.RecipientID) error {
	seq, err := decisionOf(c)
	if err != nil {
		return err
	}
	then, err := s.Desk.Replay(c.Request().Context(), who(c), id, seq)
	if err != nil {
		return err
	}
	page := views.ReviewPage{Frame: s.frame(c, "As it stood at decision "+c.Param("seq")+" on recipient "+id.String()), Case: then.Case, Replay: then}
	page.Path, page.Search = views.ReplayPath(id, seq), id.String()
	return s.renderCase(c, http.StatusOK, page)
}

// second records what a second reviewer says.
func (s *Server) second(c echo.Context, id idv.RecipientID) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	n := review.NewSecond{Recipient: id, By: who(c), Agrees: form.Get("agree") == "yes", Note: form.Get("note"), Key: form.Get("key")}
	if n.Decision, err = decisionOf(c); err != nil {
		return err
	}
	typed := &views.KeptNote{
		Recipient: id, Snapshot: form.Get("snapshot"), Key: n.Key, Text: n.Note,
		Action: views.SecondPath(id, n.Decision), More: fieldsOf(form, "agree"),
	}
	if n.Digest, err = idv.ParseDigest(typed.Snapshot); err != nil {
		return s.refuseAnswer(c, typed, errBadDigest)
	}
	if agree := form.Get("agree"); agree != "yes" && agree != "no" {
		return s.refuseAnswer(c, typed, &review.Refused{Why: "Please say whether you agree or disagree."})
	}
	if err := s.Desk.Second(c.Request().Context(), n); err != nil {
		return s.refuseAnswer(c, typed, err)
	}
	return c.Redirect(http.StatusSeeOther, views.RecipientPath(id)+"#"+views.DecisionsID)
}

// withdraw takes a decision back.
func (s *Server) withdraw(c echo.Context, id idv.RecipientID) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	n := review.NewWithdrawal{Recipient: id, By: who(c), Reason: form.Get("reason"), Key: form.Get("key")}
	if n.Decision, err = decisionOf(c); err != nil {
		return err
	}
	typed := &views.KeptNote{Recipient: id, Key: n.Key, Text: n.Reason, Field: "reason", Action: views.WithdrawPath(id, n.Decision)}
	if err := s.Desk.Withdraw(c.Request().Context(), n); err != nil {
		return s.refuseAnswer(c, typed, err)
	}
	return c.Redirect(http.StatusSeeOther, views.RecipientPath(id)+"#"+views.DecisionsID)
}

// fieldsOf are those fields of a form that have one of the names, in the order of these.
func fieldsOf(form url.Values, names ...string) []views.KeptField {
	var list []views.KeptField
	for _, name := range names {
		for _, v := range form[name] {
			list = append(list, views.KeptField{Name: name, Value: v})
		}
	}
	return list
}

// refuseAnswer shows the recipient again with what was said to a decision, which was not
// recorded, and why.
func (s *Server) refuseAnswer(c echo.Context, typed *views.KeptNote, err error) error {
	status, problem := answerProblem(err)
	if status == 0 {
		return &keptError{typed, err}
	}
	opened, openErr := s.Desk.Open(c.Request().Context(), who(c), typed.Recipient)
	if openErr != nil {
		return &keptError{typed, openErr}
	}
	page, pageErr := s.reviewPage(c, opened)
	if pageErr != nil {
		return &keptError{typed, pageErr}
	}
	page.Answer.Text, page.Answer.Problem, page.Choice.Problem = typed.Text, problem, problem
	return s.renderCase(c, status, page)
}

// answerProblem says why an answer to a decision was not recorded, and with which
// status; zero when it is not for the page of the recipient to say.
func answerProblem(err error) (int, string) {
	var refused *review.Refused
	switch {
	case errors.As(err, &refused):
		return http.StatusUnprocessableEntity, refused.Why
	case errors.Is(err, errBadDigest):
		return http.StatusBadRequest, "The form did not say which result it is about. Nothing was recorded."
	case errors.Is(err, review.ErrStale):
		return http.StatusConflict, "Not recorded: the decision is about another result than the newest. It can be withdrawn, or somebody decides anew."
	case errors.Is(err, review.ErrSettled):
		return http.StatusConflict, "Not recorded: the decision was answered, superseded or withdrawn meanwhile."
	case errors.Is(err, review.ErrKeyUsed):
		return http.StatusConflict, "Not recorded: this form was already used for something else."
	case errors.Is(err, review.ErrOwnDecision):
		return http.StatusForbidden, "Not recorded: a second review takes a second person, and this decision is your own."
	case errors.Is(err, review.ErrNotYours):
		return http.StatusForbidden, "Not recorded: only its author or a supervisor withdraws a decision."
	}
	return 0, ""
}

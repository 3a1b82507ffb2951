package handlers

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/views"
)

// decide records a decision, or shows the page again with everything that was typed.
func (s *Server) decide(c echo.Context, id idv.RecipientID) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	typed := typedDecision(id, form)
	chosen := choiceOf(form)
	asked := review.DecisionForm{
		Recipient: id, By: who(c), Verdict: chosen.Verdict, Reasons: chosen.Reasons, Note: typed.text,
		ReferTo: chosen.ReferTo, Contradictions: chosen.Contradictions, Seen: seen(form), Key: typed.key,
	}
	if asked.Digest, err = idv.ParseDigest(typed.snapshot); err != nil {
		typed.snapshot = ""
		return s.refuse(c, typed, errBadDigest)
	}
	seq, err := s.Desk.Decide(c.Request().Context(), asked)
	if err != nil {
		return s.refuse(c, typed, err)
	}
	return c.Redirect(http.StatusSeeOther, views.RecordedPath(id, seq))
}

// toRecorded leads to the page of a recipient after a form was recorded.
func (s *Server) toRecorded(c echo.Context, id idv.RecipientID, key string) error {
	seq, err := s.Desk.Recorded(c.Request().Context(), who(c), key)
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, views.RecordedPath(id, seq))
}

// seen is the newest act on decisions that a form showed; nil when it does not say.
func seen(form url.Values) *int64 {
	seq, err := strconv.ParseInt(form.Get("seen"), 10, 64)
	if err != nil {
		return nil
	}
	return &seq
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
	title := views.CaseTitle(receipt.Bucket(), id, "Decision receipt "+c.Param("seq"))
	page := views.ReceiptPage{Frame: s.frame(c, title), Receipt: receipt}
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
	title := views.CaseTitle(then.Assessment.Bucket, id, "At the time of decision "+c.Param("seq"))
	page := views.ReviewPage{Frame: s.frame(c, title), Case: then.Case, Replay: then}
	page.Path, page.Search = views.ReplayPath(id, seq), id.String()
	if covered := &then.Decision.Statement.Coverage; covered.Graded {
		page.Coverage = covered
	}
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
	typed := typedAnswer(id, form, views.SecondPath(id, n.Decision), "agree")
	typed.snapshot = form.Get("snapshot")
	if n.Digest, err = idv.ParseDigest(typed.snapshot); err != nil {
		return s.refuseAnswer(c, typed, errBadDigest)
	}
	if agree := form.Get("agree"); agree != "yes" && agree != "no" {
		return s.refuseAnswer(c, typed, &review.Refused{Why: "Please say whether you confirm the decision."})
	}
	if err := s.Desk.Second(c.Request().Context(), n); err != nil {
		return s.refuseAnswer(c, typed, err)
	}
	return s.toRecorded(c, id, n.Key)
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
	typed := &typedForm{recipient: id, key: n.Key, field: "reason", text: n.Reason, action: views.WithdrawPath(id, n.Decision)}
	if err := s.Desk.Withdraw(c.Request().Context(), n); err != nil {
		return s.refuseAnswer(c, typed, err)
	}
	return s.toRecorded(c, id, n.Key)
}

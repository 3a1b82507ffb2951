package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/labstack/echo/v4"

	"countersign/internal/idv"
	"countersign/internal/review"
	"countersign/views"
)

// recordDecision records a decision, or shows the page again with everything that was typed.
func (s *Server) recordDecision(c echo.Context, id idv.RecipientID) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	typed := typedDecision(id, form)
	chosen := choiceOf(form)
	asked := review.DecisionForm{
		Recipient: id, By: currentUser(c), Verdict: chosen.Verdict, Reasons: chosen.Reasons, Note: typed.text,
		ReferTo: chosen.ReferTo, Contradictions: chosen.Contradictions, Seen: seenSeq(form), Key: typed.key,
	}
	if asked.Digest, err = idv.ParseDigest(typed.snapshot); err != nil {
		typed.snapshot = ""
		return s.refuseForm(c, typed, errBadDigest)
	}
	seq, err := s.Desk.Decide(c.Request().Context(), asked)
	if err != nil {
		return s.refuseForm(c, typed, err)
	}
	return s.redirectAfterDecision(c, id, seq)
}

func (s *Server) redirectAfterDecision(c echo.Context, id idv.RecipientID, seq int64) error {
	return c.Redirect(http.StatusSeeOther, s.afterDecision(c, id, seq))
}

// redirectToEntry leads to the page of a recipient after a form was recorded.
func (s *Server) redirectToEntry(c echo.Context, id idv.RecipientID, key string) error {
	seq, err := s.Desk.Recorded(c.Request().Context(), currentUser(c), key)
	if errors.Is(err, review.ErrNoDatabase) { // it is recorded, which the page shows once there is one again
		return c.Redirect(http.StatusSeeOther, keepView(c, views.RecipientPath(id)))
	}
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, keepView(c, views.RecordedPath(id, seq)))
}

// seenSeq is the newest act on decisions that a form showed; nil when it does not say.
func seenSeq(form url.Values) *int64 {
	seq, err := strconv.ParseInt(form.Get("seen"), 10, 64)
	if err != nil {
		return nil
	}
	return &seq
}

// decisionParam reads the number of a decision in an address.
func decisionParam(c echo.Context) (int64, error) {
	seq, err := strconv.ParseInt(c.Param("seq"), 10, 64)
	if err != nil || seq <= 0 || strconv.FormatInt(seq, 10) != c.Param("seq") {
		return 0, review.ErrNoDecision
	}
	return seq, nil
}

// recordSecondReview records what a second reviewer says.
func (s *Server) recordSecondReview(c echo.Context, id idv.RecipientID) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	n := review.NewSecond{Recipient: id, By: currentUser(c), Agrees: form.Get("agree") == "yes", Note: form.Get("note"), Key: form.Get("key")}
	if n.Decision, err = decisionParam(c); err != nil {
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
	ctx := c.Request().Context()
	if err := s.Desk.Second(ctx, n); err != nil {
		return s.refuseAnswer(c, typed, err)
	}
	seq, err := s.Desk.Recorded(ctx, n.By, n.Key)
	if err != nil {
		return err
	}
	return s.redirectAfterDecision(c, id, seq)
}

// withdrawDecision takes a decision back.
func (s *Server) withdrawDecision(c echo.Context, id idv.RecipientID) error {
	form, err := readForm(c)
	if err != nil {
		return err
	}
	n := review.NewWithdrawal{Recipient: id, By: currentUser(c), Reason: form.Get("reason"), Key: form.Get("key")}
	if n.Decision, err = decisionParam(c); err != nil {
		return err
	}
	typed := &typedForm{recipient: id, key: n.Key, field: "reason", text: n.Reason, action: views.WithdrawPath(id, n.Decision)}
	if err := s.Desk.Withdraw(c.Request().Context(), n); err != nil {
		return s.refuseAnswer(c, typed, err)
	}
	return s.redirectToEntry(c, id, n.Key)
}

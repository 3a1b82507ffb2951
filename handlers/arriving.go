package handlers

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"strings"

	"github.com/labstack/echo/v4"

	"countersign/internal/arrivals"
	"countersign/internal/idv"
	"countersign/views"
)

func readHint(body []byte) arrivals.Hint {
	h := arrivals.Hint{Digest: sha256.Sum256(body)}
	var v struct {
		Topic, Subscription_name, Envelope_id, Session_id, Recipient_id string
	}
	if err := json.Unmarshal(body, &v); err != nil {
		h.Unreadable = true
		return h
	}
	h.Kind = v.Topic + v.Subscription_name
	if v.Envelope_id != "" {
		h.Envelopes = []string{v.Envelope_id}
	}
	if v.Session_id != "" {
		h.Sessions = []string{v.Session_id}
	}
	if id, err := idv.ParseRecipientID(v.Recipient_id); err == nil {
		h.Recipients = []idv.RecipientID{id}
	}
	return h
}

func listProblem(error) string { return "" }

func (s *Server) previewOf(c echo.Context, data []byte) (views.PreviewPage, error) {
	page := views.PreviewPage{Frame: s.frame(c, "Check the list"), Key: newKey()}
	page.Path = views.ImportPath
	var ids []idv.RecipientID
	lines := strings.Split(string(bytes.TrimSpace(data)), "\n")
	for _, line := range lines {
		if id, err := idv.FindRecipientID(line); err == nil {
			ids = append(ids, id)
		}
	}
	known, err := s.Arrivals.Preview(c.Request().Context(), ids)
	if err != nil {
		return page, err
	}
	for i, line := range lines {
		id, err := idv.FindRecipientID(line)
		if err != nil {
			page.Wrong++
			page.Lines = append(page.Lines, views.ListLine{Number: i + 1, Tone: views.Warn, Words: "No ID"})
			continue
		}
		page.Lines = append(page.Lines, lineOf(i+1, id, known[id]))
		if known[id] {
			page.Known++
		} else {
			page.New = append(page.New, arrivals.Line{Number: i + 1, Recipient: id})
		}
	}
	return page, nil
}

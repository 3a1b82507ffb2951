package securityevent_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"countersign/internal/securityevent"
)

// The document names every event, field and reason, and the bound on bursts.
func TestDocumentNamesEverything(t *testing.T) {
	text, err := os.ReadFile("../../docs/security-events.md")
	if err != nil {
		t.Fatal(err)
	}
	document := string(text)
	for _, k := range securityevent.Kinds() {
		if strings.Count(document, "\n| `"+string(k)+"` | ") != 1 {
			t.Errorf("the table of events does not have %s", k)
		}
	}
	if rows, kinds := strings.Count(document, "\n| `"), len(securityevent.Kinds())+len(fields(t)); rows != kinds {
		t.Errorf("the tables have %d rows, and there are %d events and fields", rows, kinds)
	}
	for _, name := range fields(t) {
		if !strings.Contains(document, "\n| `"+name+"` | ") {
			t.Errorf("the table of fields does not have %s", name)
		}
	}
	words := []string{"Of each event with the outcome `failure`, ten a minute"}
	for _, reason := range []securityevent.Reason{
		securityevent.WrongAnswer, securityevent.TooMany, securityevent.NotValid, securityevent.Replaced, securityevent.EndedByTime,
		securityevent.ByLink, securityevent.ByOwner, securityevent.ByPassword, securityevent.ByCode, securityevent.ByPasskey,
		securityevent.ByRecovery, securityevent.ByProvider, securityevent.BreakGlassMade, securityevent.DataKey, securityevent.SigningKey, securityevent.ByOperator, securityevent.BundleTaken, securityevent.FirstAccount, securityevent.CountedSummary,
	} {
		words = append(words, "`"+string(reason)+"`")
	}
	for _, outcome := range securityevent.Outcomes() {
		words = append(words, "`"+string(outcome)+"`")
	}
	for _, word := range words {
		if !strings.Contains(document, word) {
			t.Errorf("the document does not have %s", word)
		}
	}
	if securityevent.PerMinute != 10 {
		t.Error("the document has another bound")
	}
}

// fields are the names of an event's fields as JSON.
func fields(t *testing.T) []string {
	t.Helper()
	e := securityevent.Event{
		Time: noon, Kind: "k", Outcome: "o", Account: 1, Role: "r", Subject: 2, Session: "s", Address: "a", Request: "q", Route: "t", Reason: "w", Count: 3,
	}
	line, err := e.Line()
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(line, &all); err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range all {
		names = append(names, name)
	}
	return names
}

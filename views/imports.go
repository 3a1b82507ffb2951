package views

import (
	"strconv"
	"strings"

	"countersign/internal/arrivals"
	"countersign/internal/idv"
)

// The addresses of imports.
const (
	ImportPath      = "/import"
	StartImportPath = "/import/start"
)

// OneImportPath is the progress page of an import.
func OneImportPath(id int64) string { return ImportPath + "/" + strconv.FormatInt(id, 10) }

// StopImportPath is where an import is stopped by a POST.
func StopImportPath(id int64) string { return OneImportPath(id) + "/stop" }

// ResumeImportPath is where it is started again.
func ResumeImportPath(id int64) string { return OneImportPath(id) + "/resume" }

// linesFrom is the progress page with the lines behind a number.
func linesFrom(id int64, after int) string {
	return OneImportPath(id) + "?after=" + strconv.Itoa(after) + "#lines"
}

// ImportPage is where a list is given, and where lists that were given are found.
type ImportPage struct {
	Frame
	Text    string // as pasted
	Problem string // why the list could not be read, as a sentence
	Imports []arrivals.Import
}

// ListLine is what a line of a list gives.
type ListLine struct {
	Number int
	ID     idv.RecipientID // the zero ID when it gives none
	Tone   Tone
	Words  string
	Text   string // what stands there instead of an ID
}

// PreviewPage shows what a list gives before anything is asked.
type PreviewPage struct {
	Frame
	Key      string
	New      []arrivals.Line // that would be asked for
	Known    int             // of which something is stored already
	Repeated int
	Blank    int
	Wrong    int        // lines without an ID
	Lines    []ListLine // every line that is not blank, in the order of the list
	Column   int        // that holds the IDs, counted from one
	Heading  string     // of that column; empty where it has none
	// OtherColumns reports whether IDs stand in other columns too.
	OtherColumns bool
}

// columnWords say in which column the IDs were found, as sentences.
func (p *PreviewPage) columnWords() string {
	words := "The IDs were found in column " + strconv.Itoa(p.Column)
	if p.Heading != "" {
		words += ", “" + visibleText(p.Heading) + "”"
	}
	words += "."
	if p.OtherColumns {
		words += " Other columns hold IDs too: check that these are the recipients’, and not the envelopes’."
	}
	return words
}

// previewLines is how many lines of each sort a preview shows.
const previewLines = 200

// wrongLines are those that give nothing, and goodLines those that give an ID, as far as they are
// shown.
func (p *PreviewPage) wrongLines() []ListLine {
	return p.linesWhere(func(l ListLine) bool { return l.Tone == Warn })
}

func (p *PreviewPage) goodLines() []ListLine {
	return p.linesWhere(func(l ListLine) bool { return l.Tone != Warn })
}

func (p *PreviewPage) linesWhere(is func(ListLine) bool) []ListLine {
	var list []ListLine
	for _, l := range p.Lines {
		if is(l) && len(list) < previewLines {
			list = append(list, l)
		}
	}
	return list
}

// notShownCount is how many lines that are not wrong the preview does not show.
func (p *PreviewPage) notShownCount() int { return len(p.Lines) - p.Wrong - len(p.goodLines()) }

// carriedLines is the list as the form that starts the import sends it; ParseCarried reads it.
func (p *PreviewPage) carriedLines() string {
	var b strings.Builder
	for _, l := range p.New {
		b.WriteString(strconv.Itoa(l.Number) + " " + l.Recipient.String() + "\n")
	}
	return b.String()
}

// ParseCarried reads a list that the form of a preview carries; false when it is not one.
func ParseCarried(text string) ([]arrivals.Line, bool) {
	var list []arrivals.Line
	last := 0
	seen := map[idv.RecipientID]bool{}
	for line := range strings.Lines(text) {
		number, id, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		n, err := strconv.Atoi(number)
		recipient, idErr := idv.ParseRecipientID(id)
		if err != nil || idErr != nil || n <= last || seen[recipient] {
			return nil, false
		}
		last, seen[recipient] = n, true
		list = append(list, arrivals.Line{Number: n, Recipient: recipient})
	}
	return list, true
}

// ProgressPage shows how far an import is.
type ProgressPage struct {
	Frame
	Import arrivals.Import
	Failed []arrivals.ImportLine // the first of those for which Yoti gave nothing
	Lines  []arrivals.ImportLine
	After  int // number of the line behind which Lines begins
	Next   int // number of the line behind which the next page begins; zero when there is none
	Pace   int // how many requests a minute there are at most; zero where nothing is asked
}

// toneOfImport is the tone of how far an import is.
func toneOfImport(s arrivals.ImportState) Tone {
	switch s {
	case arrivals.Running:
		return Wait
	case arrivals.Done:
		return Good
	}
	return Mute
}

// progressWords say how far an import is, as a sentence.
func progressWords(c arrivals.ImportCounts) string {
	return strconv.Itoa(c.Ended()) + " of " + countNoun(c.Total, "recipient", "recipients")
}

// paceWords say how long the rest of an import takes at least, as a sentence; empty where
// nothing is left.
func (p *ProgressPage) paceWords() string {
	if p.Import.State == arrivals.Done || p.Pace <= 0 {
		return ""
	}
	minutes := (p.Import.Counts.Waiting + p.Pace - 1) / p.Pace
	return "Yoti is asked at most " + countNoun(p.Pace, "time", "times") + " a minute, for everything together: the rest takes at least " + countNoun(minutes, "minute", "minutes") + ". You can close this page."
}

// lineWords say what came of a line.
func lineWords(l arrivals.ImportLine) string {
	switch l.State {
	case arrivals.LineWaiting:
		return "Waiting"
	case arrivals.LineFetched:
		return "Fetched"
	case arrivals.LineKnown:
		return "Already known"
	case arrivals.LineErased:
		return "Erased"
	}
	kind, _ := l.State.Failure()
	words := kind.Word().Title
	if l.Again {
		words += " It is tried again."
	}
	return words
}

// toneOfLine is the tone of what came of a line.
func toneOfLine(s arrivals.LineState) Tone {
	switch s {
	case arrivals.LineWaiting:
		return Wait
	case arrivals.LineFetched:
		return Good
	case arrivals.LineKnown, arrivals.LineErased:
		return Mute
	}
	return Warn
}

// hasResult reports whether a line leads to a result that can be opened.
func hasResult(s arrivals.LineState) bool {
	return s == arrivals.LineFetched || s == arrivals.LineKnown
}

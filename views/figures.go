package views

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"countersign/internal/review"
)

// FiguresPath is the page of figures.
const FiguresPath = "/figures"

// FiguresPage is how much was done on which days.
type FiguresPage struct {
	Frame
	From, Until, Reviewer string // as typed
	Problem               string // what is wrong with these, as a sentence; empty when nothing is
	Figures               *review.Figures
}

// figuresAddress is the page of the figures of some days; of everybody where no reviewer is
// named.
func figuresAddress(days review.DayRange, reviewer string) string {
	q := url.Values{"from": {days.First.Format(time.DateOnly)}, "until": {days.Last.Format(time.DateOnly)}}
	if reviewer != "" {
		q.Set("reviewer", reviewer)
	}
	return FiguresPath + "?" + q.Encode()
}

// typedDay is what stands in a field for a day: what was typed, or the day that it became.
func (p FiguresPage) typedDay(typed string, day func(review.DayRange) time.Time) string {
	if p.Figures == nil {
		return typed
	}
	return day(p.Figures.Days).Format(time.DateOnly)
}

func (p FiguresPage) from() string {
	return p.typedDay(p.From, func(r review.DayRange) time.Time { return r.First })
}

func (p FiguresPage) until() string {
	return p.typedDay(p.Until, func(r review.DayRange) time.Time { return r.Last })
}

// summary says whose figures these are, and of which days.
func (p FiguresPage) summary() string {
	who := "All users"
	if p.Figures.Reviewer != "" {
		who = p.Figures.Reviewer
	}
	days := p.Figures.Days
	return who + ", " + formatDay(days.First) + " to " + formatDay(days.Last) + " (" + countNoun(len(p.Figures.ByDay), "day", "days") + ", in UTC)"
}

func formatDay(t time.Time) string { return t.Format("2 Jan 2006") }

// figureTable is a small table with a bar in each row.
type figureTable struct {
	id      string
	caption string
	head    []string // the first is of the names of rows
	bar     string   // what the bars show, as the head of their column
	rows    []figureRow
}

// figureRow is a line of figures.
type figureRow struct {
	label string
	href  string // empty for a total
	cells []string
	bar   figureBar
}

// figureBar is a bar whose parts are drawn over a scale of barScale.
type figureBar struct {
	words string // what it shows
	parts []barPart
}

// barPart is a part of a bar.
type barPart struct {
	class    string
	from, to int
}

const barScale = 1000

// topic is a kind of figures: how a line of them becomes a row.
type topic struct {
	id, title string
	head      []string
	bar       string
	row       func(l *review.FigureLine) []string
	parts     func(l *review.FigureLine, most int64) figureBar
	size      func(l *review.FigureLine) int64 // the length of the bar
}

// topics are the kinds of figures, in the order of the page.
func (p FiguresPage) topics() []topic {
	return []topic{decisionTopic(), timeTopic(), p.reviewTopic()}
}

// tables are the two tables of a topic: by day and by person.
func (p FiguresPage) tables(t topic) []figureTable {
	f := p.Figures
	byDay := t.table("day", t.title+", by day", f.ByDay)
	for i := range f.ByDay {
		day := f.ByDay[i].Day
		byDay.rows[i].label = day.Format("Mon 2 Jan")
		byDay.rows[i].href = figuresAddress(review.DayRange{First: day, Last: day}, f.Reviewer)
	}
	total := t.table("day", "", []review.FigureLine{f.Total}).rows[0]
	total.label, total.bar = "All days", figureBar{}
	byDay.rows = append(byDay.rows, total)

	byPerson := t.table("person", t.title+", by user", f.ByPerson)
	for i := range f.ByPerson {
		byPerson.rows[i].label = f.ByPerson[i].Person
		byPerson.rows[i].href = figuresAddress(f.Days, f.ByPerson[i].Person)
	}
	byDay.head = append([]string{"Day"}, t.head...)
	byPerson.head = append([]string{"User"}, t.head...)
	return []figureTable{byDay, byPerson}
}

// table makes rows, whose bars have the same scale.
func (t topic) table(by, caption string, lines []review.FigureLine) figureTable {
	table := figureTable{id: t.id + "-by-" + by, caption: caption, bar: t.bar}
	var most int64
	for i := range lines {
		most = max(most, t.size(&lines[i]))
	}
	for i := range lines {
		table.rows = append(table.rows, figureRow{cells: t.row(&lines[i]), bar: t.parts(&lines[i], most)})
	}
	return table
}

// barPlace is where on a bar a value is.
func barPlace(value, most int64) int {
	if most == 0 {
		return 0
	}
	return int(float64(value) / float64(most) * barScale)
}

// stackedBar is a bar of parts one after another.
func stackedBar(words string, most int64, parts ...int) figureBar {
	bar := figureBar{words: words}
	var sum int64
	for i, n := range parts {
		from := barPlace(sum, most)
		sum += int64(n)
		if n > 0 {
			bar.parts = append(bar.parts, barPart{"bar-" + strconv.Itoa(i+1), from, barPlace(sum, most)})
		}
	}
	return bar
}

func decisionTopic() topic {
	return topic{
		id: "decisions", title: "Cases and decisions", bar: "Decided",
		head: []string{"Opened", "Approved", "Rejected", "Referred"},
		row: func(l *review.FigureLine) []string {
			return countTexts(l.Opened, l.Approved, l.Rejected, l.Referred)
		},
		size: func(l *review.FigureLine) int64 { return int64(l.Decided()) },
		parts: func(l *review.FigureLine, most int64) figureBar {
			words := fmt.Sprintf("%d approved, %d rejected, %d referred", l.Approved, l.Rejected, l.Referred)
			return stackedBar(words, most, l.Approved, l.Rejected, l.Referred)
		},
	}
}

func timeTopic() topic {
	return topic{
		id: "times", title: "Time from result to decision", bar: "Median and p90",
		head: []string{"Decisions", "Median", "p90"},
		row: func(l *review.FigureLine) []string {
			return []string{strconv.Itoa(l.Timed()), durationWords(l, l.Median()), durationWords(l, l.P90())}
		},
		size: func(l *review.FigureLine) int64 { return int64(l.P90()) },
		parts: func(l *review.FigureLine, most int64) figureBar {
			if l.Timed() == 0 {
				return figureBar{words: "no time is known"}
			}
			return figureBar{
				words: "median " + durationWords(l, l.Median()) + ", p90 " + durationWords(l, l.P90()),
				parts: []barPart{{"bar-p90", 0, barPlace(int64(l.P90()), most)}, {"bar-median", 0, barPlace(min(int64(l.Median()), most), most)}},
			}
		},
	}
}

func (p FiguresPage) reviewTopic() topic {
	against := func(l *review.FigureLine) string {
		if p.Figures.TooSealed {
			return "not counted"
		}
		return strconv.Itoa(l.Against)
	}
	return topic{
		id: "reviews", title: "Second reviews, withdrawals and overrides", bar: "Second reviews given",
		head: []string{"Asked for", "Confirmed", "Not confirmed", "Withdrawn", "Overrides Yoti"},
		row: func(l *review.FigureLine) []string {
			return append(countTexts(l.Asked, l.Confirmed, l.NotConfirmed, l.Withdrawn), against(l))
		},
		size: func(l *review.FigureLine) int64 { return int64(l.Confirmed + l.NotConfirmed) },
		parts: func(l *review.FigureLine, most int64) figureBar {
			return stackedBar(fmt.Sprintf("%d confirmed, %d not confirmed", l.Confirmed, l.NotConfirmed), most, l.Confirmed, l.NotConfirmed)
		},
	}
}

// reasonTable is how often each reason was given.
func (p FiguresPage) reasonTable() figureTable {
	table := figureTable{id: "reasons", caption: "Reasons of decisions", head: []string{"Reason", "Verdict", "Decisions"}, bar: "Share"}
	most := 0
	for _, r := range p.Figures.Reasons {
		most = max(most, r.Count)
	}
	for _, r := range p.Figures.Reasons {
		table.rows = append(table.rows, figureRow{
			label: r.Words, cells: []string{r.Verdict.Label(), strconv.Itoa(r.Count)},
			bar: stackedBar(countNoun(r.Count, "decision", "decisions"), int64(most), r.Count),
		})
	}
	return table
}

// unreadWords says of how many decisions it is not known why they were made; empty when it is
// of all.
func (p FiguresPage) unreadWords() string {
	n := p.Figures.Total.Unread
	switch {
	case p.Figures.TooSealed:
		return fmt.Sprintf("Reasons and decisions against Yoti are not counted: they stand in sealed statements, and of more than %d decisions none is opened. Ask for fewer days.", review.MaxFigureStatements)
	case n == 1:
		return "1 decision counts, but its statement was erased: neither its reasons nor whether it went against Yoti is known."
	case n > 1:
		return strconv.Itoa(n) + " decisions count, but their statements were erased: neither their reasons nor whether they went against Yoti is known."
	}
	return ""
}

func countTexts(list ...int) []string {
	var texts []string
	for _, n := range list {
		texts = append(texts, strconv.Itoa(n))
	}
	return texts
}

// durationWords writes how long something took, to the two largest units that matter.
func durationWords(l *review.FigureLine, d time.Duration) string {
	if l.Timed() == 0 {
		return "–"
	}
	d = d.Round(time.Second)
	if d >= time.Hour {
		d = d.Round(time.Minute)
	}
	days, hours, minutes, seconds := int(d/(24*time.Hour)), int(d/time.Hour)%24, int(d/time.Minute)%60, int(d/time.Second)%60
	switch {
	case days > 0:
		return twoUnits(days, "d", hours, "h")
	case hours > 0:
		return twoUnits(hours, "h", minutes, "min")
	case minutes > 0:
		return twoUnits(minutes, "min", seconds, "s")
	}
	return strconv.Itoa(seconds) + " s"
}

func twoUnits(n int, large string, m int, small string) string {
	text := strconv.Itoa(n) + " " + large
	if m > 0 {
		text += " " + strconv.Itoa(m) + " " + small
	}
	return strings.ReplaceAll(text, " ", "\u00a0") // a time is not broken
}

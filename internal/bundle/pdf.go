package bundle

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"countersign/internal/idv"
	"countersign/internal/ledger"
	"countersign/internal/pdf"
	"countersign/internal/review"
)

// recordContent is what a bundle says, out of which its PDF is made.
type recordContent struct {
	about      bundleOrigin
	entries    []review.Recorded
	results    map[string][]byte // canonical JSON, by digest
	checkpoint []byte
	public     string
}

// renderPDF returns the readable record.
func (c *recordContent) renderPDF() ([]byte, error) {
	record, err := review.ReadRecord(slices.Clone(c.entries))
	if err != nil {
		return nil, err
	}
	d := pdf.Document{
		Title:    "Decision record",
		Subtitle: "Recipient " + c.about.Recipient,
		Footer:   "Recipient " + c.about.Recipient + " · downloaded " + formatTime(c.about.Made),
		Made:     c.about.Made,
		Sections: []pdf.Section{c.summarySection(record)},
	}
	d.Sections = append(d.Sections, decisionSections(record)...)
	result, err := c.resultSections()
	if err != nil {
		return nil, err
	}
	d.Sections = append(d.Sections, result...)
	d.Sections = append(d.Sections, notesSection(record), hitsSection(record))
	d.Sections = append(d.Sections, expectedSections(record)...)
	d.Sections = append(d.Sections, c.ledgerSection(), c.proofSection())
	return d.PDF()
}

func formatTime(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04:05 UTC") }

// entryTime is the time of an entry, with what there is to say about its clock.
func entryTime(e *ledger.Entry) string {
	return strings.TrimSpace(formatTime(e.At) + "\n" + review.BehindWords(e.Behind))
}

// clockFact says that a clock stood behind the entry before; nothing when it did not.
func clockFact(behind time.Duration) pdf.Facts {
	return optionalFact("Clock", review.BehindWords(behind))
}

// summarySection is what someone reads who reads nothing else.
func (c *recordContent) summarySection(r *review.Record) pdf.Section {
	facts := pdf.Facts{{Label: "Recipient", Value: c.about.Recipient}}
	if latest := r.Latest(); latest != nil {
		facts = append(facts,
			pdf.Fact{Label: "Decision", Value: latest.Verdict.Done()},
			pdf.Fact{Label: "State", Value: latest.State.Label()},
			pdf.Fact{Label: "Decided by", Value: pdf.IsolateDirection(latest.By) + ", " + latest.Role},
			pdf.Fact{Label: "Decided", Value: formatTime(latest.At)},
		)
	} else {
		facts = append(facts, pdf.Fact{Label: "Decision", Value: "No decision."})
	}
	return pdf.Section{Heading: "Summary", Blocks: []pdf.Block{append(facts,
		pdf.Fact{Label: "Result", Value: c.about.Primary},
		pdf.Fact{Label: "Bundle downloaded by", Value: pdf.IsolateDirection(c.about.By) + ", " + c.about.Role},
		pdf.Fact{Label: "Bundle downloaded", Value: formatTime(c.about.Made)},
		pdf.Fact{Label: "Made by", Value: c.about.Program},
	)}}
}

// decisionSections are the decisions, the newest first.
func decisionSections(r *review.Record) []pdf.Section {
	var sections []pdf.Section
	left := &budget{decisionsShare}
	for i := range r.Decisions {
		if left.isSpent() {
			more := len(r.Decisions) - i
			return append(sections, pdf.Section{Heading: "Older decisions", Blocks: omittedNote(more, "decision is", "decisions are", entriesName)})
		}
		sections = append(sections, decisionSection(left, r, &r.Decisions[i]))
	}
	return sections
}

// decisionSection is one decision with what became of it.
func decisionSection(left *budget, r *review.Record, d *review.Decision) pdf.Section {
	left.left -= sectionCost
	section := pdf.Section{Heading: fmt.Sprintf("Decision in entry %d: %s", d.Seq, d.Verdict.Done())}
	facts := pdf.Facts{
		{Label: "State", Value: d.State.Label()},
		{Label: "By", Value: pdf.IsolateDirection(d.By) + ", " + d.Role},
		{Label: "Decided", Value: formatTime(d.At)},
		{Label: "On result", Value: d.Digest.String()},
	}
	facts = append(facts, clockFact(d.Behind)...)
	if d.Supersedes != 0 {
		facts = append(facts, pdf.Fact{Label: "Supersedes", Value: "the decision in entry " + strconv.FormatInt(d.Supersedes, 10)})
	}
	if d.Statement != nil {
		facts = append(facts, statementFacts(left, d.Seq, d.Statement)...)
		if s := r.ExpectedBefore(d.Seq); s != nil {
			facts = append(facts, pdf.Fact{Label: "Expected signer", Value: left.cutTyped(s.Expected.String(), s.Seq) + fmt.Sprintf(" (entry %d)", s.Seq)})
		}
	}
	if s := d.Second; s != nil {
		word := "Not confirmed"
		if s.Agrees {
			word = "Confirmed"
		}
		facts = append(facts, pdf.Fact{Label: "Second review", Value: fmt.Sprintf("%s: %s, %s", word, pdf.IsolateDirection(s.By), formatTime(s.At))})
		facts = append(facts, clockFact(s.Behind)...)
		for i, why := range withinListLimit(s.OnePerson) {
			value := left.cutTyped(why.String(), s.Seq)
			if i == 0 {
				value = review.OnePersonTitle + " Within the day before: " + value
			}
			facts = append(facts, pdf.Fact{Label: "Not to be relied on", Value: value})
		}
		facts = append(facts, optionalFact("Second review note", left.cutTyped(s.Note, s.Seq))...)
	}
	if w := d.Withdrawal; w != nil {
		facts = append(facts, pdf.Fact{Label: "Withdrawn", Value: pdf.IsolateDirection(w.By) + ", " + formatTime(w.At)}, pdf.Fact{Label: "Reason for withdrawal", Value: left.cutTyped(w.Reason, w.Seq)})
		facts = append(facts, clockFact(w.Behind)...)
	}
	section.Blocks = append(section.Blocks, facts)
	if d.Statement != nil {
		section.Blocks = append(section.Blocks, coverageBlocks(left, d.Seq, &d.Statement.Coverage)...)
	}
	return section
}

// sectionCost is what the labels of a section cost.
const sectionCost = 1_000

// optionalFact is a fact that is only there when something was typed.
func optionalFact(label, value string) pdf.Facts {
	if value == "" {
		return nil
	}
	return pdf.Facts{{Label: label, Value: value}}
}

func statementFacts(left *budget, seq int64, s *review.Statement) pdf.Facts {
	var facts pdf.Facts
	for _, r := range s.Reasons {
		facts = append(facts, pdf.Fact{Label: "Reason", Value: pdf.IsolateDirection(r.Words) + " (" + r.Code + ")"})
	}
	facts = append(facts, optionalFact("Note", left.cutTyped(s.Note, seq))...)
	if s.Verdict == review.Refer {
		facts = append(facts, pdf.Fact{Label: "Referred to", Value: orElse(s.ReferredTo, "any supervisor")})
	}
	for _, c := range withinListLimit(s.Contradictions) {
		value := left.cutTyped(c.Recommendation, seq) + ": " + pdf.IsolateDirection(left.cutTyped(c.Reason, seq))
		facts = append(facts, pdf.Fact{Label: "Overrides Yoti: " + s.CheckLabel(c.Check, c.Type), Value: value})
	}
	facts = append(facts, omittedFact("Overrides Yoti", len(s.Contradictions)-maxRows, "checks", seq)...)
	facts = append(facts, hitReviewFacts(s)...)
	facts = append(facts,
		pdf.Fact{Label: "Signed under", Value: s.Meaning},
		pdf.Fact{Label: "Second review rule", Value: s.Rule},
		pdf.Fact{Label: "Assessment", Value: s.Assessment.Word().Label},
		pdf.Fact{Label: "Fetched", Value: formatTime(s.Fetched)},
		pdf.Fact{Label: "First fetched", Value: formatTime(s.FirstFetched)},
	)
	if s.Unanswered != nil {
		facts = append(facts, pdf.Fact{Label: "Retry failed", Value: formatTime(s.Unanswered.At) + ": " + s.Unanswered.String()})
	}
	if s.Verified != nil {
		facts = append(facts, pdf.Fact{Label: "Verified", Value: formatTime(*s.Verified)})
	}
	for _, p := range withinListLimit(s.Profiles) {
		facts = append(facts, pdf.Fact{Label: idv.ProfileKind(p.Kind).Word().Label, Value: p.Verdict})
	}
	for _, d := range withinListLimit(s.Documents) {
		facts = append(facts, pdf.Fact{Label: "Document", Value: left.cutTyped(d.String(), seq)})
	}
	return append(facts, omittedFact("Document", len(s.Documents)-maxRows, "documents", seq)...)
}

// hitReviewFacts says what became of the watchlist hits by the time of a decision.
func hitReviewFacts(s *review.Statement) pdf.Facts {
	var facts pdf.Facts
	for _, r := range withinListLimit(s.HitReviews) {
		facts = append(facts, pdf.Fact{Label: "Watchlist hits", Value: s.CheckLabel(r.Check, r.Type) + ": " + r.String()})
		for _, conflict := range r.ConflictTexts() {
			facts = append(facts, pdf.Fact{Label: "Watchlist hits", Value: conflict})
		}
	}
	if s.Undecided > 0 {
		facts = append(facts, pdf.Fact{Label: "Unresolved hits", Value: strconv.Itoa(s.Undecided) + " of the newest search results"})
	}
	if s.HitsUnknown && len(s.HitReviews) == 0 {
		facts = append(facts, pdf.Fact{Label: "Unresolved hits", Value: "The result did not say how many hits there were."})
	}
	return facts
}

// omittedFact says how many of the facts of a decision are not written, and where they
// are; nothing when there are none.
func omittedFact(label string, n int, what string, seq int64) pdf.Facts {
	if n <= 0 {
		return nil
	}
	return pdf.Facts{{Label: label, Value: fmt.Sprintf("%d more %s: %s, entry %d, has them all", n, what, entriesName, seq)}}
}

func orElse(value, other string) string {
	if value == "" {
		return other
	}
	return value
}

// coverageBlocks is what was opened before a decision.
func coverageBlocks(left *budget, seq int64, c *review.Coverage) []pdf.Block {
	var blocks []pdf.Block
	if c.NothingOpened() {
		blocks = append(blocks, pdf.Text("Nothing besides the page itself was opened before the decision."))
	} else {
		blocks = append(blocks, pdf.Text("What was opened before the decision:"))
	}
	if facts := coverageFacts(left, seq, c); len(facts) > 0 {
		blocks = append(blocks, facts)
	}
	blocks = append(blocks, coverageMedia(seq, c)...)
	if !c.Graded {
		return blocks
	}
	return append(blocks, notOpenedBlocks(left, seq, c.NotOpened)...)
}

// coverageFacts are the pages that were opened.
func coverageFacts(left *budget, seq int64, c *review.Coverage) pdf.Facts {
	var facts pdf.Facts
	label, between := "Hits shown", ", "
	if c.Graded {
		label, between = "Hits sent", "; " // names have commas
	}
	if len(c.Parts) > 0 {
		var names []string
		for _, key := range c.Parts {
			names = append(names, partName(c, key))
		}
		facts = append(facts, pdf.Fact{Label: "Opened", Value: left.cutTyped(strings.Join(names, between), seq)})
	}
	shown := c.ShownHits()
	for _, h := range withinListLimit(shown) {
		facts = append(facts, pdf.Fact{Label: label, Value: left.cutTyped(h.Which+" of "+partName(c, h.Check), seq)})
	}
	facts = append(facts, omittedFact(label, len(shown)-maxRows, "pages of hits", seq)...)
	if c.Report {
		facts = append(facts, pdf.Fact{Label: "Opened", Value: "Yoti's report"})
	}
	return facts
}

// partName is what people call a part, or its key where nobody put a name on record.
func partName(c *review.Coverage, key string) string {
	if name := c.PartNames[key]; name != "" {
		return name + " (" + key + ")"
	}
	return key
}

// coverageMedia are the media that were sent, with how far each got where that is known.
func coverageMedia(seq int64, c *review.Coverage) []pdf.Block {
	if len(c.Media) == 0 {
		return nil
	}
	table := pdf.Table{Head: []string{"Medium that was shown", "SHA-256"}, Widths: []float64{3.5, 6.5}}
	one, many := "medium that was shown is", "media that were shown are"
	media := c.Media
	if c.Graded {
		table = pdf.Table{Head: []string{"Evidence", "How far", "Media ID and SHA-256"}, Widths: []float64{4, 1.5, 4.5}}
		one, many = "medium that was sent is", "media that were sent are"
		media = nil
		for _, g := range review.Grades() {
			media = append(media, c.Of(g)...)
		}
	}
	for _, m := range withinListLimit(media) {
		row := []string{m.ID, m.SHA256}
		if c.Graded {
			row = []string{orElse(m.Name, "not named by this result"), m.Grade.Label(), m.ID + "\n" + m.SHA256}
		}
		table.Rows = append(table.Rows, row)
	}
	blocks := []pdf.Block{table}
	if c.Graded {
		blocks = append(blocks, pdf.Text(gradeMeanings()))
	}
	return append(blocks, omittedNote(len(c.Media)-maxRows, one, many, fmt.Sprintf("%s, entry %d,", entriesName, seq))...)
}

// gradeMeanings says what the grades mean.
func gradeMeanings() string {
	var lines []string
	for _, g := range review.Grades() {
		lines = append(lines, g.Label()+": "+g.Meaning())
	}
	return strings.Join(lines, "\n")
}

// notOpenedBlocks names what of the result was not opened.
func notOpenedBlocks(left *budget, seq int64, list []review.UnopenedItem) []pdf.Block {
	if len(list) == 0 {
		return []pdf.Block{pdf.Text("Everything in the result was opened.")}
	}
	var lines []string
	for _, n := range withinListLimit(list) {
		line := n.Name
		if n.Grade != "" {
			line += " (" + strings.ToLower(n.Grade.Label()) + ")"
		}
		lines = append(lines, line)
	}
	blocks := []pdf.Block{pdf.Facts{{Label: "Not opened", Value: left.cutTyped(strings.Join(lines, "\n"), seq)}}}
	return append(blocks, omittedNote(len(list)-maxRows, "thing that was not opened is", "things that were not opened are", fmt.Sprintf("%s, entry %d,", entriesName, seq))...)
}

// resultSections are the primary result, check by check.
func (c *recordContent) resultSections() ([]pdf.Section, error) {
	decoded, err := idv.Decode(c.results[c.about.Primary])
	if err != nil {
		return nil, err
	}
	session := &decoded.Session
	assessment := idv.Assess(session)
	left := &budget{resultShare}
	reasons := withinListLimit(assessment.Reasons)
	sections := []pdf.Section{{Heading: "The result", Blocks: append([]pdf.Block{
		pdf.Facts{
			{Label: "Digest", Value: c.about.Primary},
			{Label: "Session", Value: left.cutValue(session.ID)},
			{Label: "State", Value: session.State.Word().Label + " (" + left.cutValue(string(session.State)) + ")"},
			{Label: "Assessment", Value: assessment.Bucket.Word().Label},
		},
		pdf.Text(left.cutText(strings.Join(reasons, "\n"), resultShare/4, snapshotName)),
	}, omittedNote(len(assessment.Reasons)-len(reasons), "reason is", "reasons are", snapshotName)...)}}
	for i := range assessment.Profiles {
		sections = append(sections, profileSection(left, &assessment.Profiles[i]))
	}
	for i := range assessment.Checks { // in order of concern
		if left.isSpent() {
			more := omittedNote(len(assessment.Checks)-i, "check, of no greater concern, is", "checks, of no greater concern, are", snapshotName)
			sections = append(sections, pdf.Section{Heading: "More checks", Blocks: more})
			break
		}
		sections = append(sections, checkSection(left, &assessment.Checks[i]))
	}
	return append(sections, resourcesSection(assessment.Resources)), nil
}

// resourcesSection says what became of each document and capture.
func resourcesSection(resources []idv.AssessedResource) pdf.Section {
	section := pdf.Section{Heading: "Documents and captures"}
	if len(resources) == 0 {
		section.Blocks = append(section.Blocks, pdf.Text("There are no documents and no captures in this result."))
		return section
	}
	table := pdf.Table{Head: []string{"What", "Use", "Notes"}, Widths: []float64{4, 2.2, 4}}
	left := &budget{resultShare}
	for _, r := range withinListLimit(usedFirst(resources)) {
		table.Rows = append(table.Rows, []string{r.Title() + "\n" + r.Key(), r.Standing.Word().Label, left.cutValue(strings.Join(r.Notes, "\n"))})
	}
	section.Blocks = append(section.Blocks, table)
	section.Blocks = append(section.Blocks, omittedNote(len(resources)-len(table.Rows), "of them is", "of them are", snapshotName)...)
	return section
}

// usedFirst returns the resources in their order; where not all are written, those that
// checks used before the others.
func usedFirst(resources []idv.AssessedResource) []idv.AssessedResource {
	if len(resources) <= maxRows {
		return resources
	}
	resources = slices.Clone(resources)
	unused := func(r idv.AssessedResource) int {
		if r.Standing == idv.Used || r.Standing == idv.Waiting {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(resources, func(a, b idv.AssessedResource) int { return unused(a) - unused(b) })
	return resources
}

// profileSection is an identity profile with what was found about each scheme.
func profileSection(left *budget, p *idv.AssessedProfile) pdf.Section {
	left.left -= sectionCost
	section := pdf.Section{Heading: p.Kind.Word().Label + ": " + p.Verdict()}
	facts := pdf.Facts{{Label: "Result", Value: wordAndWire(p.Result.Word(), string(p.Result))}}
	if p.Failure != nil {
		facts = append(facts, pdf.Fact{Label: "Failure reason", Value: wordAndWire(idv.ProfileFailureReason(p.Failure.Reason).Word, p.Failure.Reason)})
		for _, u := range withinListLimit(p.Failure.Unmet) {
			facts = append(facts, pdf.Fact{Label: "Not met", Value: left.cutValue(visibleText(u.Title()))})
		}
		if more := len(p.Failure.Unmet) - maxRows; more > 0 {
			facts = append(facts, pdf.Fact{Label: "Not met", Value: fmt.Sprintf("%d more: %s has them all", more, snapshotName)})
		}
	}
	section.Blocks = append(section.Blocks, facts)
	if len(p.Findings) > 0 {
		var lines []string
		for _, f := range withinListLimit(p.Findings) {
			lines = append(lines, left.cutValue(f.Sentence))
		}
		section.Blocks = append(section.Blocks, pdf.Text(strings.Join(lines, "\n")))
		section.Blocks = append(section.Blocks, omittedNote(len(p.Findings)-maxRows, "finding is", "findings are", snapshotName)...)
	}
	table := pdf.Table{Head: []string{"Trust framework", "Scheme", "Requirements"}, Widths: []float64{3, 3, 3}}
	more := 0
	for _, f := range p.Frameworks {
		for _, s := range f.Schemes {
			if len(table.Rows) == maxRows {
				more++
				continue
			}
			table.Rows = append(table.Rows, []string{
				left.cutValue(wordAndWire(idv.TrustFrameworkName(f.Name), f.Name)),
				left.cutValue(visibleText(s.Title()) + "\n" + visibleText(strings.TrimSpace(s.Type+" "+s.Objective))), left.cutValue(visibleText(s.Outcome())),
			})
		}
	}
	if len(table.Rows) > 0 {
		section.Blocks = append(section.Blocks, table)
	}
	section.Blocks = append(section.Blocks, omittedNote(more, "scheme is", "schemes are", snapshotName)...)
	return section
}

func checkSection(left *budget, c *idv.AssessedCheck) pdf.Section {
	left.left -= sectionCost
	section := pdf.Section{Heading: c.Name() + ": " + c.Verdict()}
	facts := pdf.Facts{{Label: "Check", Value: left.cutValue(string(c.Type))}, {Label: "State", Value: left.cutValue(string(c.State))}}
	if c.Report != nil {
		facts = append(facts, optionalFact("Recommendation", left.cutValue(string(c.Report.Recommendation)))...)
		facts = append(facts, optionalFact("Reason", left.cutValue(c.Report.Reason))...)
		if w := c.Report.Watchlist; w != nil && w.TotalHits != nil {
			facts = append(facts, pdf.Fact{Label: "Total hits", Value: strconv.Itoa(*w.TotalHits)})
		}
	}
	section.Blocks = append(section.Blocks, facts)
	if len(c.Notes) > 0 {
		notes := withinListLimit(c.Notes)
		section.Blocks = append(section.Blocks, pdf.Text(left.cutText(strings.Join(notes, "\n"), resultShare/4, snapshotName)))
		section.Blocks = append(section.Blocks, omittedNote(len(c.Notes)-len(notes), "note is", "notes are", snapshotName)...)
	}
	if c.Report == nil || len(c.Report.Breakdown) == 0 {
		return section
	}
	table := pdf.Table{Head: []string{"Sub-check", "Result", "Details"}, Widths: []float64{4, 1.2, 4}}
	for _, row := range withinListLimit(failedFirst(c.Report.Breakdown)) {
		var details []string
		for _, d := range withinListLimit(row.Details) {
			details = append(details, pdf.IsolateDirection(left.cutValue(d.Name))+": "+pdf.IsolateDirection(left.cutValue(d.Value)))
		}
		if more := len(row.Details) - maxRows; more > 0 {
			details = append(details, fmt.Sprintf("%d more: %s has them all", more, snapshotName))
		}
		if row.Process != "" {
			details = append(details, left.cutValue(wordAndWire(idv.Process(row.Process), row.Process)))
		}
		table.Rows = append(table.Rows, []string{c.Type.SubCheckOf(row).Label + "\n" + left.cutValue(row.Name), left.cutValue(string(row.Result)), strings.Join(details, "\n")})
	}
	section.Blocks = append(section.Blocks, table)
	section.Blocks = append(section.Blocks, omittedNote(len(c.Report.Breakdown)-len(table.Rows), "sub-check is", "sub-checks are", snapshotName)...)
	return section
}

// failedFirst returns the rows in their order; where not all are written, those that are
// no pass before the others.
func failedFirst(rows []idv.SubCheck) []idv.SubCheck {
	if len(rows) <= maxRows {
		return rows
	}
	rows = slices.Clone(rows)
	passed := func(row idv.SubCheck) int {
		if row.Result == idv.Pass {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(rows, func(a, b idv.SubCheck) int { return passed(a) - passed(b) })
	return rows
}

// wordAndWire is a value in plain words with Yoti's own behind it.
func wordAndWire(w idv.Word, value string) string {
	switch {
	case value == "":
		return "not given"
	case !w.Known:
		return visibleText(value) + " (unknown)"
	}
	return w.Label + " (" + visibleText(value) + ")"
}

func notesSection(r *review.Record) pdf.Section {
	section := pdf.Section{Heading: "Notes"}
	left := &budget{notesShare}
	for i, n := range r.Notes { // the newest first
		if !left.fits(n.Text, maxText) {
			section.Blocks = append(section.Blocks, omittedNote(len(r.Notes)-i, "note, older than these, is", "notes, older than these, are", entriesName)...)
			break
		}
		left.left -= sectionCost / 5
		section.Blocks = append(section.Blocks,
			pdf.Facts{{Label: n.Author, Value: fmt.Sprintf("%s, entry %d, on result %s", formatTime(n.At), n.ID, n.Digest.Short())}}, pdf.Text(left.cutTyped(n.Text, n.ID)))
	}
	if len(r.Notes) == 0 {
		section.Blocks = append(section.Blocks, pdf.Text("No notes."))
	}
	return section
}

func hitsSection(r *review.Record) pdf.Section {
	section := pdf.Section{Heading: "Watchlist hit dispositions"}
	if len(r.Dispositions) == 0 {
		section.Blocks = append(section.Blocks, pdf.Text("No dispositions."))
		return section
	}
	table := pdf.Table{Head: []string{"Entity and lists", "Disposition", "By, and rationale"}, Widths: []float64{4, 2, 4}}
	left := &budget{hitsShare}
	for _, j := range r.Dispositions { // the newest first
		if left.left -= sectionCost / 5; left.isSpent() {
			break
		}
		table.Rows = append(table.Rows, []string{
			left.cutTyped(j.Hit.Entity+"\n"+strings.Join(j.Hit.Lists, ", "), j.Seq), j.Disposition.Label(),
			fmt.Sprintf("%s, %s, entry %d\n%s", pdf.IsolateDirection(j.By), formatTime(j.At), j.Seq, left.cutTyped(j.Note, j.Seq)),
		})
	}
	section.Blocks = append(section.Blocks, table)
	section.Blocks = append(section.Blocks, omittedNote(len(r.Dispositions)-len(table.Rows), "disposition, older than these, is", "dispositions, older than these, are", entriesName)...)
	return section
}

// expectedSections says who the signer should be, the newest first; nothing where nobody ever
// said so.
func expectedSections(r *review.Record) []pdf.Section {
	if len(r.Signers) == 0 {
		return nil
	}
	table := pdf.Table{Head: []string{"Expected signer", "Recorded by"}, Widths: []float64{5, 5}}
	left := &budget{notesShare}
	for _, s := range withinListLimit(r.Signers) {
		words := left.cutTyped(s.Expected.String(), s.Seq)
		switch {
		case s.Cleared:
			words = "Cleared"
		case s.Erased:
			words = "Erased"
		}
		table.Rows = append(table.Rows, []string{words, fmt.Sprintf("%s, %s, entry %d", pdf.IsolateDirection(s.By), formatTime(s.At), s.Seq)})
	}
	blocks := append([]pdf.Block{table}, omittedNote(len(r.Signers)-len(table.Rows), "entry, older than these, is", "entries, older than these, are", entriesName)...)
	return []pdf.Section{{Heading: "Expected signer", Blocks: blocks}}
}

// ledgerSection lists the entries with their codes, to be compared with receipts.
func (c *recordContent) ledgerSection() pdf.Section {
	table := pdf.Table{Head: []string{"Entry", "Time", "Who", "What", "Code"}, Widths: []float64{0.8, 2.8, 2.3, 2.9, 3.5}}
	older := max(0, len(c.entries)-maxEntryRows)
	for i := range c.entries[older:] {
		e := &c.entries[older+i].Entry
		table.Rows = append(table.Rows, []string{
			strconv.FormatInt(e.Seq, 10), entryTime(e), review.Actor(*e), review.DoneWord(*e), e.Code(),
		})
	}
	blocks := omittedNote(older, "entry, older than these, is", "entries, older than these, are", entriesName)
	return pdf.Section{Heading: "Entries of the ledger", Blocks: append(blocks, table)}
}

func (c *recordContent) proofSection() pdf.Section {
	return pdf.Section{Heading: "Proof", Blocks: []pdf.Block{
		pdf.Text("The files beside this one prove that these entries are in the ledger of which the following checkpoint was signed, and that the texts and results are the ones that the entries commit to. VERIFY.md says how to check that."),
		pdf.Preformatted(strings.TrimRight(string(c.checkpoint), "\n")),
		pdf.Facts{{Label: "Public key", Value: c.public}},
		pdf.Text("It does not prove that there are no further entries about the recipient, that the clock of the server was right, who sat at a keyboard, or that what Yoti found is true."),
	}}
}

package review

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// ViewHistory is what follows from who saw what.
type ViewHistory interface {
	// Coverage returns what somebody was shown of a result so far.
	Coverage(ctx context.Context, id idv.RecipientID, digest idv.Digest, who account.Person) (Coverage, error)
	// HitsRead returns what is remembered of the search results about a recipient.
	HitsRead(ctx context.Context, id idv.RecipientID) ([]HitsRead, error)
	// Openings lists who was shown a recipient's results, the latest first.
	ViewSummaries(ctx context.Context, id idv.RecipientID) ([]ViewSummary, error)
}

// Grade is how far something got on its way to somebody's eyes. Nobody knows whether
// they looked.
type Grade string

// The grades. Each holds what the one before says.
const (
	// GradeSent: it was sent, as a thumbnail, in an evidence bundle or for a comparison.
	// Nothing says that it was on the screen.
	GradeSent Grade = "sent"
	// GradeOnScreen: at least half of the thumbnail was visible for at least half a second,
	// as the browser says.
	GradeOnScreen Grade = "on-screen"
	// GradeOpened: somebody asked for it at full size, or for the page that shows the text,
	// and all of it was sent.
	GradeOpened Grade = "opened"
)

// Grades returns the grades, the highest first.
func Grades() []Grade { return []Grade{GradeOpened, GradeOnScreen, GradeSent} }

// Label is the grade in words.
func (g Grade) Label() string {
	switch g {
	case GradeSent:
		return "Sent only"
	case GradeOnScreen:
		return "On screen"
	case GradeOpened:
		return "Opened"
	case "":
		return "Not sent"
	}
	return string(g)
}

// Meaning says what is known of what has the grade, as a sentence.
func (g Grade) Meaning() string {
	switch g {
	case GradeSent:
		return "Sent to the browser as a thumbnail, in an evidence bundle or for a comparison. Nothing says that it was on the screen."
	case GradeOnScreen:
		return "At least half of the thumbnail was visible for at least half a second, as the browser reported. It was not opened."
	case GradeOpened:
		return "Opened at full size, or as a page of text, and sent to its end."
	}
	return ""
}

// rank orders grades; nothing at all comes first.
func (g Grade) rank() int {
	switch g {
	case GradeSent:
		return 1
	case GradeOnScreen:
		return 2
	case GradeOpened:
		return 3
	}
	return 0
}

// Higher returns the higher of two grades.
func (g Grade) Higher(other Grade) Grade {
	if other.rank() > g.rank() {
		return other
	}
	return g
}

// Grade is the grade that an entry of the access log stands for; empty where it stands for
// nothing that was sent whole. Older entries do not say how a medium was sent, so they
// stand for no more than that it was.
func (s AccessKind) Grade() Grade {
	switch s {
	case AccessThumbnail, AccessConsulted, AccessBundled, AccessMediumComplete, AccessHitPage:
		return GradeSent
	case AccessOnScreen:
		return GradeOnScreen
	case AccessOpened, AccessPart, AccessDetails, AccessPerson, AccessNumber, AccessReportSent, AccessResult, AccessSnapshot, AccessJSON, AccessDiff,
		AccessReplay, AccessReceipt, AccessBundle, AccessTicket, AccessEnvelope, AccessFile:
		return GradeOpened
	}
	return ""
}

// Coverage is what somebody was shown of a result before deciding.
type Coverage struct {
	Parts  []string     `json:"parts"`  // keys of the checks and resources whose pages were opened
	Hits   []ViewedHits `json:"hits"`   // pages of hits of watchlist checks that were sent
	Media  []SentMedium `json:"media"`  // sent whole
	Report bool         `json:"report"` // whether Yoti's report was opened

	// Graded is whether the media have grades, and NotOpened is known. In older statements
	// they do not: each was sent whole, as a thumbnail or otherwise.
	Graded    bool              `json:"graded,omitempty"`
	PartNames map[string]string `json:"part_names,omitempty"` // of Parts and Hits, by key
	NotOpened []UnopenedItem    `json:"not_opened,omitempty"`
}

// ViewedHits says how many hits of a check were on a page.
type ViewedHits struct {
	Check string `json:"check"`
	Which string `json:"which"` // such as "1 to 100 of 130", or HitInDetail
}

// HitInDetail says that the details of a hit were shown, by its rank among all.
func HitInDetail(rank int) string { return inDetailBefore + strconv.Itoa(rank) + inDetailAfter }

const (
	inDetailBefore = "hit "
	inDetailAfter  = " in detail"
)

// ShownHits returns which hits of each check were shown, those in detail in one line.
func (c *Coverage) ShownHits() []ViewedHits {
	var list []ViewedHits
	ranks := map[string][]string{} // by check
	for _, h := range c.Hits {
		rank, before := strings.CutPrefix(h.Which, inDetailBefore)
		rank, after := strings.CutSuffix(rank, inDetailAfter)
		if !before || !after {
			list = append(list, h)
			continue
		}
		if ranks[h.Check] == nil {
			list = append(list, ViewedHits{Check: h.Check}) // filled in below
		}
		ranks[h.Check] = append(ranks[h.Check], rank)
	}
	for i := range list {
		if list[i].Which != "" {
			continue
		}
		of := ranks[list[i].Check]
		list[i].Which = inDetailBefore + of[0] + inDetailAfter
		if len(of) > 1 {
			list[i].Which = "hits " + strings.Join(of, ", ") + inDetailAfter
		}
	}
	return list
}

// SentMedium is a medium that was sent, and the SHA-256 digest of its bytes.
type SentMedium struct {
	ID     string `json:"id"`
	SHA256 string `json:"sha256"`
	Grade  Grade  `json:"grade,omitempty"` // empty in older statements
	Name   string `json:"name,omitempty"`  // as people call it; empty in older statements, and where the result does not name it
}

// NotOpened is what of a result was not opened. Frames of a sequence that follow on each
// other are one.
type UnopenedItem struct {
	Name  string `json:"name"`            // as people call it: "Passport, Denmark, page 1, frames 2 to 30"
	Part  string `json:"part"`            // key of the resource, check or identity profile
	Grade Grade  `json:"grade,omitempty"` // how far it got; empty where it was not sent
}

// Nothing reports whether nothing was opened.
func (c *Coverage) NothingOpened() bool {
	return len(c.Parts) == 0 && len(c.Hits) == 0 && len(c.Opened()) == 0 && !c.Report
}

// Opened are the media that were opened; in older statements those that were shown.
func (c *Coverage) Opened() []SentMedium {
	if !c.Graded {
		return c.Media
	}
	return c.Of(GradeOpened)
}

// Of returns the media that have a grade.
func (c *Coverage) Of(g Grade) []SentMedium {
	var list []SentMedium
	for _, m := range c.Media {
		if m.Grade == g {
			list = append(list, m)
		}
	}
	return list
}

// Medium returns the medium with an ID and a digest; nil when it was not sent.
func (c *Coverage) Medium(id, digest string) *SentMedium {
	for i := range c.Media {
		if m := &c.Media[i]; m.ID == id && m.SHA256 == digest {
			return m
		}
	}
	return nil
}

// Sent reports whether a medium was sent, with whatever digest.
func (c *Coverage) Sent(id string) bool {
	return slices.ContainsFunc(c.Media, func(m SentMedium) bool { return m.ID == id })
}

// CoverageBuilder makes a Coverage of entries of the access log.
type CoverageBuilder struct {
	covered Coverage
	media   map[sentMedium]int // places among the media
}

type sentMedium struct {
	id     idv.MediaID
	sha256 idv.Digest
}

// NewCoverage returns a builder that has no entries yet.
func NewCoverage() *CoverageBuilder {
	return &CoverageBuilder{Coverage{Parts: []string{}, Hits: []ViewedHits{}, Media: []SentMedium{}}, map[sentMedium]int{}}
}

// Coverage returns what the entries say. They do not say what was not opened.
func (b *CoverageBuilder) Coverage() Coverage { return b.covered }

// Add adds an entry about the result, or about another of the same recipient: media are
// the same in each.
func (b *CoverageBuilder) Add(a *Access, sameResult bool) {
	c := &b.covered
	switch {
	case a.Medium != (idv.MediaID{}):
		b.addMedium(a)
	case !sameResult:
	case a.What == AccessReportSent, a.What == AccessReport && a.Older: // which do not say what came of it
		c.Report = true
	case a.What == AccessPart:
		if a.Part != "" && !slices.Contains(c.Parts, a.Part) {
			c.Parts = append(c.Parts, a.Part)
		}
	case a.What == AccessHitPage:
		if h := (ViewedHits{a.Part, a.Hits}); !slices.Contains(c.Hits, h) {
			c.Hits = append(c.Hits, h)
		}
	}
}

func (b *CoverageBuilder) addMedium(a *Access) {
	if a.SHA256 == (idv.Digest{}) { // asked for, and not known to have been sent
		return
	}
	c, key := &b.covered, sentMedium{a.Medium, a.SHA256}
	at, known := b.media[key]
	if !known {
		at = len(c.Media)
		b.media[key] = at
		c.Media = append(c.Media, SentMedium{ID: a.Medium.String(), SHA256: a.SHA256.String()})
	}
	c.Media[at].Grade = c.Media[at].Grade.Higher(a.What.Grade())
}

// inventory is what can be opened of a result, with what people call it.
type inventory struct {
	session  *idv.Session
	exhibits []idv.Exhibit
	ids      []string          // of the exhibits
	names    map[string]string // of media, by ID
	places   map[string]int    // of media in the result, by ID
}

func inventoryOf(s *idv.Session) *inventory {
	v := &inventory{session: s, exhibits: s.Exhibits(), names: map[string]string{}, places: map[string]int{}}
	for i := range v.exhibits {
		v.ids = append(v.ids, v.exhibits[i].ID.String())
	}
	for id, name := range s.MediaNames() {
		v.names[id.String()] = name
	}
	for i, m := range s.Media() {
		id, ok := m.Media.MediaID()
		if _, known := v.places[id.String()]; ok && !known {
			v.places[id.String()] = i
		}
	}
	return v
}

// nameAndOrder names what the coverage has, puts it in the order of the result, and adds what
// was not opened of that.
func (c *Coverage) nameAndOrder(v *inventory, hits []HitReview) {
	c.Graded = true
	for i := range c.Media {
		c.Media[i].Name = v.names[c.Media[i].ID]
	}
	place := func(m SentMedium) int {
		if at, named := v.places[m.ID]; named {
			return at
		}
		return math.MaxInt
	}
	slices.SortStableFunc(c.Media, func(a, b SentMedium) int { return cmp.Compare(place(a), place(b)) })
	c.PartNames = map[string]string{}
	for _, key := range c.Parts {
		c.PartNames[key] = v.session.PartName(key)
	}
	for _, h := range c.Hits {
		c.PartNames[h.Check] = v.session.PartName(h.Check)
	}
	c.NotOpened = append(c.unopenedMedia(v), unreviewedHits(v.session, hits)...)
}

// unopenedMedia are the media of a result that were not opened, in its order.
func (c *Coverage) unopenedMedia(v *inventory) []UnopenedItem {
	reached := map[string]Grade{}
	for _, m := range c.Media {
		reached[m.ID] = reached[m.ID].Higher(m.Grade)
	}
	var list []UnopenedItem
	for i := 0; i < len(v.exhibits); i++ {
		first := &v.exhibits[i]
		grade := reached[v.ids[i]]
		if grade == GradeOpened || first.Field == idv.FieldRawResults { // whose hits are reviewed one by one
			continue
		}
		for i+1 < len(v.exhibits) && isNextFrame(&v.exhibits[i], &v.exhibits[i+1]) && reached[v.ids[i+1]] == grade {
			i++
		}
		list = append(list, UnopenedItem{framesName(first, &v.exhibits[i]), first.Part, grade})
	}
	return list
}

// isNextFrame reports whether one frame comes next after another in the same sequence.
func isNextFrame(frame, next *idv.Exhibit) bool {
	return frame.Frame > 0 && next.Frame == frame.Frame+1 && next.Part == frame.Part && next.Sequence == frame.Sequence
}

// framesName names the frames from one to another.
func framesName(first, last *idv.Exhibit) string {
	if first.ID == last.ID {
		return first.Name()
	}
	frames := *first
	frames.What = "Frames " + strconv.Itoa(first.Frame) + " to " + strconv.Itoa(last.Frame)
	if first.Sequence != "" {
		frames.What = first.Sequence + ", " + frames.What
	}
	return frames.Name()
}

// unreviewedHits are the checks whose hits are not all reviewed.
func unreviewedHits(s *idv.Session, hits []HitReview) []UnopenedItem {
	var list []UnopenedItem
	for _, r := range hits {
		if r.Open() > 0 || r.Unread || r.Unknown {
			name := cmp.Or(s.PartName(r.Check), idv.CheckType(r.Type).Word().Label)
			list = append(list, UnopenedItem{Name: name + ", hits: " + r.String(), Part: r.Check})
		}
	}
	return list
}

// Coverage returns what somebody was shown of the result of a case so far, and what not.
func (d *Desk) Coverage(ctx context.Context, who account.Person, c *Case) (Coverage, error) {
	covered, err := d.Records.Coverage(ctx, c.Recipient, c.Snapshot.Digest, who)
	if err != nil {
		return Coverage{}, fmt.Errorf("look up what was opened of %s: %w", c.Recipient, err)
	}
	read, err := d.readResult(&c.Snapshot)
	if err != nil {
		return Coverage{}, fmt.Errorf("read result %s of %s: %w", c.Snapshot.Digest.Short(), c.Recipient, err)
	}
	covered.nameAndOrder(read.inventory, c.HitReviews())
	return covered, nil
}

// Caption is the heading of a list of media that have the grade.
func (g Grade) Caption() string {
	switch g {
	case GradeOpened:
		return "Opened at full size, or as text"
	case GradeOnScreen:
		return "On screen as a thumbnail"
	case GradeSent:
		return "Sent, not known to have been on screen"
	}
	return g.Label()
}

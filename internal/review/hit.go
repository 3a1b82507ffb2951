package review

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"countersign/internal/account"
	"countersign/internal/idv"
)

// Disposition is what a reviewer holds a watchlist hit for.
type Disposition string

// The dispositions.
const (
	HitConfirmed     Disposition = "confirmed"      // it is the signer
	HitFalsePositive Disposition = "false-positive" // it is somebody else
	HitUndecided     Disposition = "undecided"      // nobody can say yet
)

// Dispositions returns every disposition, in the order in which a form offers them.
func Dispositions() []Disposition {
	return []Disposition{HitFalsePositive, HitConfirmed, HitUndecided}
}

// Label is the disposition as reviewers call it.
func (d Disposition) Label() string {
	switch d {
	case HitConfirmed:
		return "True match"
	case HitFalsePositive:
		return "False positive"
	case HitUndecided:
		return "Inconclusive"
	}
	return string(d)
}

// HitKey tells whether a hit is the same as one of an earlier result: the provider's ID
// of the entity, and the sorts of lists on which it stands. An entity that turns up on
// another list is another hit. Where the provider gives no ID, the hit is the same as long
// as the list says the same about it, to the letter.
type HitKey struct {
	Entity string   `json:"entity"`
	Lists  []string `json:"lists"` // sorted
}

// KeyOf returns the key of a hit.
func HitKeyOf(h *idv.Hit) HitKey {
	lists := h.Lists()
	slices.Sort(lists)
	entity := h.EntityID
	if entity == "" {
		entity = "sha256:" + hitDigest(h)
	}
	return HitKey{entity, lists}
}

// ID is the key in a form: a digest, so that it holds nothing of a person.
func (k HitKey) ID() string {
	text, err := json.Marshal(k)
	if err != nil {
		panic(err) // text alone can be written
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// HitDisposition is a hit with what a reviewer holds it for.
type HitDisposition struct {
	Seq         int64       `json:"entry"` // in the ledger
	At          time.Time   `json:"at"`
	By          string      `json:"by"`
	Result      string      `json:"result"` // digest of the one in which it was judged
	Check       string      `json:"check"`  // type of the check
	Part        string      `json:"part"`   // key of the check in that result
	List        string      `json:"list"`   // names the search results in which it was found
	Hit         HitKey      `json:"hit"`
	SHA256      string      `json:"sha256"` // of what the list said about it
	Disposition Disposition `json:"disposition"`
	Note        string      `json:"note"`
	Erased      bool        `json:"-"` // whether everything but the disposition is gone for good
}

// dispositionContent is what the entry of a disposition commits to.
type dispositionContent struct {
	Check  string `json:"check"`
	Part   string `json:"part"`
	List   string `json:"list"`
	Hit    HitKey `json:"hit"`
	SHA256 string `json:"sha256"`
	Note   string `json:"note"`
}

// NewDispositions are hits of one check that get the same disposition.
type NewDispositions struct {
	Recipient   idv.RecipientID
	Digest      idv.Digest
	By          account.Person
	At          time.Time
	Check       *idv.Check
	Hits        []*idv.Hit
	Disposition Disposition
	Note        string // the rationale, which only inconclusive hits may lack
	Rationale   string // code of the one that stands for an empty Note; empty for none
	Key         string // idempotency key of the form
}

// maxJudged is how many hits get a disposition with one form: all that a page shows.
const maxJudged = idv.HitsPerPage

// SetDispositions records the disposition of hits, once however often it is sent, all or none.
// It returns a *Refused when something is missing and ErrStale when the result is no
// longer the newest.
func (d *Desk) SetDispositions(ctx context.Context, n NewDispositions) error {
	n.Note = UnixLines(n.Note)
	if err := d.mayRecord(ctx, n.By, n.Key); err != nil {
		return err
	}
	if err := n.fillIn(); err != nil {
		return err
	}
	n.At = d.Now()
	if _, err := d.Records.Record(ctx, n.By, n.Recipient, n.Key, n.Acts); err != nil {
		return fmt.Errorf("set dispositions of hits of %s: %w", n.Recipient, err)
	}
	return nil
}

// Acts returns what the dispositions put on record, one act for each hit: nothing when they
// were sent before. See Desk.SetDispositions for its errors.
func (n *NewDispositions) Acts(now *OnRecord) ([]Act, error) {
	contents, err := n.Contents()
	if err != nil {
		return nil, err
	}
	if sent, err := now.sentBefore(n.Same); sent || err != nil {
		if err == nil && !n.sameContents(now.Sent, contents) {
			err = ErrKeyUsed
		}
		return nil, err
	}
	if err := IsNewest(n.Digest, now.Newest); err != nil {
		return nil, err
	}
	var acts []Act
	for _, content := range contents {
		acts = append(acts, Act{At: n.At, Act: ActDisposition, Snapshot: n.Digest, Facts: Facts{Disposition: n.Disposition}, Content: content})
	}
	return acts, nil
}

// fillIn fills in the rationale that was chosen where none was written. It returns a
// *Refused when something is missing.
func (n *NewDispositions) fillIn() error {
	switch {
	case !slices.Contains(Dispositions(), n.Disposition):
		return &Refused{"Choose a disposition: false positive, true match or inconclusive."}
	case len(n.Hits) == 0:
		return &Refused{"Select at least one hit."}
	case len(n.Hits) > maxJudged:
		return &Refused{fmt.Sprintf("At most %d hits can get a disposition at a time.", maxJudged)}
	}
	if isBlank(n.Note) && n.Rationale != "" {
		text, err := rationaleFor(n.Rationale, n.Disposition)
		if err != nil {
			return err
		}
		n.Note = text
	}
	if isBlank(n.Note) {
		if n.Disposition != HitUndecided {
			return &Refused{"Rationale required: a true match and a false positive need one. Choose a template or write it."}
		}
		return nil
	}
	return checkText("rationale", n.Note, MaxNoteLength)
}

// Contents returns what the entries of the dispositions commit to, one for each hit.
func (n *NewDispositions) Contents() ([][]byte, error) {
	var list [][]byte
	for _, h := range n.Hits {
		text, err := json.Marshal(dispositionContent{string(n.Check.Type), n.Check.Key(), listOf(n.Check), HitKeyOf(h), hitDigest(h), n.Note})
		if err != nil {
			return nil, err
		}
		list = append(list, text)
	}
	return list, nil
}

// listOf names the search results of a check, and how new they are; empty when the result
// names none.
func listOf(c *idv.Check) string {
	if c.Report == nil || c.Report.Watchlist == nil || c.Report.Watchlist.RawResults == nil || c.Report.Watchlist.RawResults.ID == "" {
		return ""
	}
	m := c.Report.Watchlist.RawResults
	return strings.TrimSpace(m.ID + " " + m.LastUpdated.Wire)
}

func hitDigest(h *idv.Hit) string {
	sum := sha256.Sum256([]byte(h.JSON))
	return hex.EncodeToString(sum[:])
}

// Changed reports whether the list says something else about the hit than when it was
// judged.
func (j *HitDisposition) Changed(h *idv.Hit) bool { return j.SHA256 != hitDigest(h) }

// CarriedTo reports whether the hit was judged in another result than the one with the
// digest.
func (j *HitDisposition) CarriedTo(digest idv.Digest) bool { return j.Result != digest.String() }

func (r *Record) addDisposition(e *Recorded, facts Facts) error {
	j := HitDisposition{Seq: e.Seq, At: e.At, By: e.Name, Result: e.Snapshot.String(), Disposition: facts.Disposition, Erased: e.Content == nil}
	if !j.Erased {
		var c dispositionContent
		if err := json.Unmarshal(e.Content, &c); err != nil {
			return fmt.Errorf("read disposition %d: %w", e.Seq, err)
		}
		j.Check, j.Part, j.List, j.Hit, j.SHA256, j.Note = c.Check, c.Part, c.List, c.Hit, c.SHA256, c.Note
	}
	r.Dispositions = append(r.Dispositions, j)
	return nil
}

// Standing returns the newest disposition of each hit, by the ID of its key.
func (r *Record) CurrentDispositions() map[string]*HitDisposition {
	standing := map[string]*HitDisposition{}
	if r == nil {
		return standing
	}
	for i := range r.Dispositions {
		j := &r.Dispositions[i]
		if id := j.Hit.ID(); standing[id] == nil && !j.Erased {
			standing[id] = j
		}
	}
	return standing
}

// HitsOn returns what stands about the hits of the watchlist checks of a session, in the
// order in which they were judged.
func (r *Record) HitsOn(s *idv.Session) []HitDisposition {
	list := []HitDisposition{}
	types := map[string]bool{}
	for i := range s.Checks {
		types[string(s.Checks[i].Type)] = true
	}
	for _, j := range r.CurrentDispositions() {
		if types[j.Check] {
			list = append(list, *j)
		}
	}
	slices.SortFunc(list, func(a, b HitDisposition) int { return int(a.Seq - b.Seq) })
	return list
}

// resolves reports whether a judgement says what one of the hits of a check is. One that
// was carried over does as long as the search results are those in which the hit was
// found: of others nobody knows yet whether it is still among them.
func (j *HitDisposition) resolves(c *idv.Check, digest idv.Digest) bool {
	if j.Disposition == HitUndecided || j.Check != string(c.Type) {
		return false
	}
	if !j.CarriedTo(digest) {
		return j.Part == c.Key()
	}
	return j.List != "" && j.List == listOf(c)
}

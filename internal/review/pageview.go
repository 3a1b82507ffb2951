package review

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"countersign/internal/idv"
)

// PageView is one request for a page with what was loaded for it, or one request that
// belongs to no page.
type PageView struct {
	Access          // of the page itself
	Lines  []Access // of what was loaded for it, oldest first
	More   int      // lines that are not among these
	// ByTime is whether nobody kept to which page the lines belong: they are those of the
	// same person and result within a minute of each other.
	ByTime bool
}

// Item is something that a page view brought, with the grade that it reached.
type Item struct {
	Medium     idv.MediaID
	Part, Hits string
	Grade      Grade // empty where it was asked for and not sent
}

// Items are what was loaded for the page, each once, in the order in which it was asked
// for. How a document compared with the expected signer is no item of its own.
func (v *PageView) Items() []Item {
	var list []Item
	at := map[Item]int{} // by what it is, without a grade
	for i := range v.Lines {
		a := &v.Lines[i]
		if a.What == AccessSigner {
			continue
		}
		item := Item{Medium: a.Medium, Part: a.Part, Hits: a.Hits}
		if a.Medium == (idv.MediaID{}) {
			item.Hits += string(a.What)
		}
		place, known := at[item]
		if !known {
			place = len(list)
			at[item] = place
			list = append(list, item)
			list[place].Hits = a.Hits
		}
		list[place].Grade = list[place].Grade.Higher(a.What.Grade())
	}
	return list
}

// Words says what was viewed, to follow the name of the page: "viewed 14 items (1 opened, 4
// on screen, 9 sent only)". It is empty where nothing was loaded for the page.
func (v *PageView) Words() string {
	if len(v.Lines) == 0 {
		return ""
	}
	counts := map[Grade]int{}
	viewed := 0
	for _, item := range v.Items() {
		counts[item.Grade]++
		if item.Grade != "" {
			viewed++
		}
	}
	var parts []string
	for _, g := range append(Grades(), "") {
		if n := counts[g]; n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+strings.ToLower(g.Label()))
		}
	}
	words := "viewed " + itemCount(viewed) + " (" + strings.Join(parts, ", ") + ")"
	if v.More > 0 {
		words += fmt.Sprintf(", and %d more lines", v.More)
	}
	return words
}

func itemCount(n int) string {
	if n == 1 {
		return "1 item"
	}
	return strconv.Itoa(n) + " items"
}

// apart is after how long at least two lines from before page views were kept belong to
// different pages.
const apart = time.Minute

// groupOlder puts lines from before page views were kept together, those of the same
// person and result that are within a minute of each other. The list has the newest first,
// and so does the one that it returns.
func groupOlder(list []PageView) []PageView {
	type whose struct {
		account   int64
		recipient idv.RecipientID
		digest    idv.Digest
	}
	open := map[whose]int{} // place of the group that a line may still join
	var groups []PageView
	for _, v := range list {
		key := whose{v.Who.ID, v.Recipient, v.Digest}
		at, joins := open[key]
		if joins {
			between := earliestLine(&groups[at]).At.Sub(v.At)
			joins = between <= apart && between >= -apart
		}
		if !v.Older || !joins {
			if v.Older {
				open[key] = len(groups)
			}
			groups = append(groups, v)
			continue
		}
		groups[at].addOlder(v.Access)
	}
	return groups
}

// earliestLine returns the line of a group that was made first.
func earliestLine(v *PageView) *Access {
	first := &v.Access
	for i := range v.Lines {
		if v.Lines[i].ID < first.ID {
			first = &v.Lines[i]
		}
	}
	return first
}

// addOlder adds a line that was made before the others. What is a page, and no medium,
// stands for the group.
func (v *PageView) addOlder(a Access) {
	v.ByTime = true
	if a.Medium == (idv.MediaID{}) || v.Medium != (idv.MediaID{}) {
		a, v.Access = v.Access, a
	}
	v.Lines = append([]Access{a}, v.Lines...)
}

// PageViews lists who viewed what, the newest page view first, and returns the ID of the
// entry after which the list goes on; zero when it does not. What is asked for by kind is
// listed line by line.
func (d *Desk) PageViews(ctx context.Context, q AccessQuery) ([]PageView, int64, error) {
	limit := q.Limit
	q.Limit++
	list, err := d.pageViews(ctx, q)
	if err != nil {
		return nil, 0, fmt.Errorf("list page views: %w", err)
	}
	var next int64
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	list = groupOlder(list)
	d.nameAccesses(ctx, list)
	return list, next, nil
}

func (d *Desk) pageViews(ctx context.Context, q AccessQuery) ([]PageView, error) {
	if q.What == "" {
		return d.Records.PageViews(ctx, q)
	}
	lines, err := d.Records.AccessLog(ctx, q)
	list := make([]PageView, len(lines))
	for i := range lines {
		list[i].Access, list[i].Older = lines[i], false // each stands for itself
	}
	return list, err
}

// nameAccesses gives the lines of page views the names of their media and parts. Where the
// result cannot be read, the IDs stand alone.
func (d *Desk) nameAccesses(ctx context.Context, list []PageView) {
	names := accessNames{desk: d, known: map[resultKey]sessionNames{}}
	for i := range list {
		names.nameAccess(ctx, &list[i].Access)
		for j := range list[i].Lines {
			names.nameAccess(ctx, &list[i].Lines[j])
		}
	}
}

// accessNames looks up each result once.
type accessNames struct {
	desk  *Desk
	known map[resultKey]sessionNames
}

type resultKey struct {
	recipient idv.RecipientID
	digest    idv.Digest
}

type sessionNames struct {
	session *idv.Session // nil where it cannot be read
	media   idv.MediaNames
}

func (n *accessNames) nameAccess(ctx context.Context, a *Access) {
	if a.Medium == (idv.MediaID{}) && a.Part == "" {
		return
	}
	key := resultKey{a.Recipient, a.Digest}
	found, looked := n.known[key]
	if !looked {
		if session, err := n.desk.storedSession(ctx, a.Recipient, a.Digest); err == nil && session != nil {
			found = sessionNames{session, session.MediaNames()}
		}
		n.known[key] = found
	}
	a.Name = found.media[a.Medium]
	if a.Part != "" && found.session != nil {
		a.Name = found.session.PartName(a.Part)
	}
}

package idv

import (
	"cmp"
	"strconv"
	"strings"
)

// Change is one field that differs between two results.
type Change struct {
	Subject string // what it belongs to, in words: "Face match", "Session"
	Field   string // which field, in words where there are any
	Path    string // the field's name on the wire, within the subject
	Before  string // empty when it was not there
	After   string // empty when it is gone
}

// FurtherFields is the subject of the last of very many changes: how many more there are.
const FurtherFields = "Further fields"

// Changes lists what differs between two canonical results, check by check and
// field by field, verdicts first. Whatever changes a digest is listed: a field
// without words of its own shows under its wire name. Of very many the last says how
// many more there are, and none is left out for one that weighs less. It returns an
// error that wraps ErrInvalid when one of the texts is not a result.
func Changes(before, after []byte) ([]Change, error) {
	old, err := outlineOf(before)
	if err != nil {
		return nil, err
	}
	now, err := outlineOf(after)
	if err != nil {
		return nil, err
	}
	var found changeList
	for _, s := range now.subjects {
		found.addDifferences(s, old.byKey[s.key], old.text, now.text)
	}
	for _, s := range old.subjects {
		if now.byKey[s.key] == nil {
			gone := &diffSubject{label: s.label, isCheck: s.isCheck, check: s.check, isProfile: s.isProfile}
			found.addDifferences(gone, s, old.text, now.text)
		}
	}
	changes := found.inOrder()
	if len(changes) == 0 && old.text != now.text {
		changes = []Change{{Subject: "Session", Field: "Order of the entries", Before: "as before", After: "another order"}}
	}
	return changes, nil
}

// recommendationPath is the path of the recommendation of a check.
const recommendationPath = "report.recommendation.value"

// maxChanges is how many changes of one weight are listed.
const maxChanges = 200

// changeList is changes by their weight, and how many more there are.
type changeList struct {
	byWeight [lightest + 1][]Change
	more     int
}

func (l *changeList) isFull(weight int) bool { return len(l.byWeight[weight]) == maxChanges }

func (l *changeList) addAll(other *changeList) {
	for weight, changes := range other.byWeight {
		listed := changes[:min(len(changes), maxChanges-len(l.byWeight[weight]))]
		l.byWeight[weight] = append(l.byWeight[weight], listed...)
		l.more += len(changes) - len(listed)
	}
	l.more += other.more
}

func (l *changeList) inOrder() []Change {
	var list []Change
	for _, changes := range l.byWeight {
		list = append(list, changes...)
	}
	if l.more > 0 {
		field := strconv.Itoa(l.more) + " more that differ"
		list = append(list, Change{Subject: FurtherFields, Field: field, Path: field, Before: "in the stored JSON of that result", After: "in the stored JSON of this one"})
	}
	return list
}

// addDifferences adds the fields in which s differs from old, which may be nil: those that it
// has, and then those that are gone.
func (l *changeList) addDifferences(s, old *diffSubject, oldText, text string) {
	if old == nil {
		old = &diffSubject{}
	}
	d := differ{subject: s, before: oldText, after: text}
	d.compare(nil, old.root, s.root)
	l.addAll(&d.found)
	l.addAll(&d.gone)
}

// resultOutline is a result taken apart into what can be compared.
type resultOutline struct {
	text     string // canonical form
	subjects []*diffSubject
	byKey    map[string]*diffSubject
	keys     nameTurns
	labels   nameTurns
}

// diffSubject is a part of a result whose fields are compared with those of the same
// part in another result.
type diffSubject struct {
	key     string
	label   string
	isCheck bool
	check   CheckType // for words

	isProfile bool
	root      *node // nil where the other result alone has it
}

// leafValue is a value that is compared as a whole.
type leafValue struct {
	text string // for people
	json string // for comparing: the text 7 is not the number 7
}

// differ compares the fields of one subject in two results.
type differ struct {
	subject       *diffSubject
	before, after string // canonical forms, into which the nodes point
	found, gone   changeList
}

// maxPath is how long a path may be, in bytes, before what is below is compared as a
// whole. Paths of Yoti's own results have less than a hundred.
const maxPath = 500

// compare adds what differs between two values of one path; nil is a value that is not
// there.
func (d *differ) compare(path []byte, before, after *node) {
	if before != nil && after != nil && d.before[before.start:before.end] == d.after[after.start:after.end] {
		return
	}
	old, now := before.isWhole(path), after.isWhole(path)
	switch {
	case before != nil && old && after != nil && now:
		if b, a := before.leafOf(d.before), after.leafOf(d.after); b.json != a.json {
			d.add(&d.found, path, b, a)
		}
		return
	case after != nil && now:
		d.add(&d.found, path, leafValue{}, after.leafOf(d.after))
		after = nil
	}
	if before != nil && old {
		d.add(&d.gone, path, before.leafOf(d.before), leafValue{})
		before = nil
	}
	switch {
	case before != nil && after != nil && before.kind != after.kind:
		d.compareWithin(path, nil, after)
		d.compareWithin(path, before, nil)
	case before != nil || after != nil:
		d.compareWithin(path, before, after)
	}
}

// compareWithin compares what is in two values of the same kind, of which one may be nil.
func (d *differ) compareWithin(path []byte, before, after *node) {
	old := map[string]*node{}
	before.eachChild(func(name string, n *node) { old[name] = n })
	now := map[string]bool{}
	after.eachChild(func(name string, n *node) {
		now[name] = true
		d.compare(pathStep(path, after, name), old[name], n)
	})
	before.eachChild(func(name string, n *node) {
		if !now[name] {
			d.compare(pathStep(path, before, name), n, nil)
		}
	})
}

// add adds a change of the field at the path.
func (d *differ) add(to *changeList, path []byte, before, after leafValue) {
	at := string(path)
	if weight := changeWeight(at); to.isFull(weight) {
		to.more++
	} else {
		to.byWeight[weight] = append(to.byWeight[weight], d.subject.newChange(at, before, after))
	}
}

func (s *diffSubject) newChange(path string, before, after leafValue) Change {
	c := Change{
		Subject: s.label,
		Field:   s.fieldLabel(path),
		Path:    path,
		Before:  s.valueLabel(path, before.text),
		After:   s.valueLabel(path, after.text),
	}
	if c.Before == c.After {
		c.Before, c.After = before.json, after.json
	}
	return c
}

// outlineOf takes a result apart: every check, every resource, and the session as
// the rest. Ids tell entries of a list apart only together with their type and
// their turn, since Yoti's own example uses one id for all.
func outlineOf(body []byte) (*resultOutline, error) {
	root, err := parseTree(body)
	if err != nil {
		return nil, err
	}
	o := &resultOutline{text: string(root.canonical()), byKey: map[string]*diffSubject{}, keys: nameTurns{}, labels: nameTurns{}}
	session := (&reader{text: o.text}).session(root) // for names
	checks := root.takeList("checks")
	for i := range checks {
		n := &checks[i]
		kind := CheckType(n.textOf("type"))
		o.add(diffSubject{
			key:     "check " + escapeStep(string(kind)) + " " + escapeStep(n.textOf("id")),
			label:   session.Checks[i].Name(),
			isCheck: true,
			check:   kind,
		}, n)
	}
	if resources := root.member("resources"); resources != nil {
		for _, kind := range ResourceKinds() {
			list := resources.takeList(string(kind))
			for i := range list {
				o.add(diffSubject{key: string(kind) + " " + escapeStep(list[i].textOf("id")), label: kind.Word().Label}, &list[i])
			}
		}
	}
	for _, kind := range []ProfileKind{SimpleProfile, AdvancedProfile} {
		if n := root.member(string(kind)); n != nil && n.kind == '{' {
			profile := root.takeMember(string(kind))
			o.add(diffSubject{key: string(kind), label: kind.Word().Label, isProfile: true}, profile)
		}
	}
	if len(root.members) > 0 {
		o.add(diffSubject{key: "session", label: "Session"}, root)
	}
	return o, nil
}

func (o *resultOutline) add(s diffSubject, n *node) {
	s.key, s.label = o.keys.uniqueName(s.key, "#"), o.labels.uniqueName(s.label, " ")
	s.root = n
	o.subjects, o.byKey[s.key] = append(o.subjects, &s), &s
}

// takeList removes the member of that name and returns its items; what is not a list,
// or an empty one, stays where it is.
func (n *node) takeList(name string) []node {
	if list := n.member(name); list == nil || len(list.items) == 0 {
		return nil
	}
	return n.takeMember(name).items
}

func (n *node) textOf(name string) string {
	if m := n.member(name); m != nil && m.kind == '"' {
		return m.text
	}
	return ""
}

// nameTurns counts names, so that the second of a name is told from the first.
type nameTurns map[string]int

func (t nameTurns) uniqueName(name, separator string) string {
	t[name]++
	if t[name] == 1 {
		return name
	}
	return name + separator + strconv.Itoa(t[name])
}

// isWhole reports whether the value at the path is compared as a whole.
func (n *node) isWhole(path []byte) bool {
	return n != nil && (len(n.members)+len(n.items) == 0 || len(path) > maxPath)
}

// leafOf returns the value as a whole. The text is the canonical form into which n points.
func (n *node) leafOf(text string) leafValue {
	json := text[n.start:n.end]
	if n.kind == '{' && len(n.members) == 0 {
		json = "{}" // its members may have become subjects
	}
	return leafValue{cmp.Or(n.text, json), json}
}

// eachChild calls do with what is in an object or a list, each with what tells it from its
// neighbours; a nil node holds nothing.
func (n *node) eachChild(do func(name string, n *node)) {
	if n == nil {
		return
	}
	for i := range n.members {
		do(n.members[i].name, &n.members[i].value)
	}
	names := nameTurns{}
	for i := range n.items {
		do(names.uniqueName(n.items[i].entryName(i), "#"), &n.items[i])
	}
}

// pathStep is a path with a further name behind it, cut where it is very long: paths are for
// people. The name is that of something in n.
func pathStep(path []byte, n *node, name string) []byte {
	if n.kind == '[' {
		return append(append(append(path, '['), shortLabel(name)...), ']')
	}
	if len(path) > 0 {
		path = append(path, '.')
	}
	return append(path, escapeStep(shortLabel(name))...)
}

// entryName is what tells an entry of a list from its neighbours: the name that it
// bears, or else its position.
func (n *node) entryName(index int) string {
	for _, name := range []string{"sub_check", "name", "trust_framework"} {
		if text := n.textOf(name); text != "" {
			return escapeStep(text)
		}
	}
	if scheme := n.member("scheme"); scheme != nil && scheme.textOf("type") != "" {
		return escapeStep(strings.TrimSpace(scheme.textOf("type") + " " + scheme.textOf("objective")))
	}
	return strconv.Itoa(index)
}

// escaped are the characters by which paths are put together, and how a name that
// has them is written, so that no two fields have the same path.
var escaped, unescaped = strings.NewReplacer("%", "%25", ".", "%2E", "[", "%5B", "]", "%5D", "#", "%23"),
	strings.NewReplacer("%25", "%", "%2E", ".", "%5B", "[", "%5D", "]", "%23", "#")

func escapeStep(name string) string { return escaped.Replace(name) }

// unescapeStep returns the name within a path, and the turn that it has there: empty
// for the first.
func unescapeStep(name string) (plain, turn string) {
	plain, turn, _ = strings.Cut(name, "#")
	return unescaped.Replace(plain), turn
}

// lightest is the greatest weight.
const lightest = 4

// changeWeight puts verdicts before circumstances and times last.
func changeWeight(path string) int {
	switch {
	case path == "state", strings.HasPrefix(path, "report.recommendation"):
		return 0
	case path == "result", strings.HasPrefix(path, "failure_reason.reason_code"), strings.HasSuffix(path, ".requirements_met"):
		return 0 // of an identity profile
	case strings.HasPrefix(path, "report.breakdown") && strings.HasSuffix(path, "].result"):
		return 1
	case strings.HasPrefix(path, "report."):
		return 2
	case strings.HasSuffix(path, "last_updated"), strings.HasSuffix(path, "created"), strings.HasSuffix(path, "created_at"):
		return lightest
	}
	return 3
}

// fieldLabel says a path in words, as far as there are words for it.
func (s *diffSubject) fieldLabel(path string) string {
	if s.isProfile && path != "" {
		return profileFieldLabel(path)
	}
	switch path {
	case "":
		return "Whole entry"
	case "state":
		return "State"
	case recommendationPath:
		return "Recommendation"
	case "report.recommendation.reason":
		return "Reason"
	case "report.watchlist_summary.total_hits":
		return "Total hits"
	case "created", "created_at":
		return "Created"
	case "last_updated":
		return "Last updated"
	}
	row, rest, ok := cutEntry(path, "report.breakdown[")
	if !ok {
		return path
	}
	name, turn := unescapeStep(row)
	label := s.check.SubCheck(name).Label
	if turn != "" {
		label += " " + turn
	}
	if detail, _, ok := cutEntry(rest, ".details["); ok {
		name, _ := unescapeStep(detail)
		return label + ": " + DetailName(name).Label
	}
	return label + ": " + strings.ReplaceAll(strings.TrimPrefix(rest, "."), "_", " ")
}

// cutEntry cuts "prefix[name]rest" into name and rest.
func cutEntry(path, prefix string) (name, rest string, ok bool) {
	path, ok = strings.CutPrefix(path, prefix)
	if !ok {
		return "", "", false
	}
	return strings.Cut(path, "]")
}

func (s *diffSubject) valueLabel(path, value string) string {
	switch {
	case value == "":
		return ""
	case s.isProfile:
		return profileValueLabel(path, value)
	case path == "state" && s.isCheck:
		return CheckState(value).Word().Label
	case path == "state":
		return SessionState(value).Word().Label
	case path == recommendationPath:
		return Recommendation(value).Word().Label
	case path == "report.recommendation.reason":
		return s.check.Reason(value).Label
	case strings.HasPrefix(path, "report.breakdown[") && strings.HasSuffix(path, "].result"):
		return Result(value).Word().Label
	}
	return value
}

// Directions returns the changes with one for each check whose recommendation changed, from
// where it stood to where it stands: before it had a recommendation, that is its state.
func Directions(changes []Change) []Change {
	states := map[string]Change{} // by subject
	recommended := map[string]bool{}
	for _, c := range changes {
		switch c.Path {
		case "state":
			states[c.Subject] = c
		case recommendationPath:
			recommended[c.Subject] = true
		}
	}
	var list []Change
	for _, c := range changes {
		switch {
		case c.Path == "state" && recommended[c.Subject]:
			continue
		case c.Path == recommendationPath:
			c.Before = cmp.Or(c.Before, states[c.Subject].Before)
			c.After = cmp.Or(c.After, states[c.Subject].After)
		}
		list = append(list, c)
	}
	return list
}

// IsRecommendation reports whether it is the recommendation of a check that changed.
func (c Change) IsRecommendation() bool { return c.Path == recommendationPath }

// InShort says in a few words what changed: the check alone where it is its recommendation.
func (c Change) InShort() string {
	if c.IsRecommendation() {
		return c.Subject
	}
	return c.Subject + ", " + c.Field
}

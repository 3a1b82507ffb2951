package idv

import (
	"cmp"
	"slices"
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

// Changes lists what differs between two canonical results, check by check and
// field by field, verdicts first. Whatever changes a digest is listed: a field
// without words of its own shows under its wire name. It returns an error that
// wraps ErrInvalid when one of the texts is no result.
func Changes(before, after []byte) ([]Change, error) {
	old, err := outlineOf(before)
	if err != nil {
		return nil, err
	}
	now, err := outlineOf(after)
	if err != nil {
		return nil, err
	}
	var changes []Change
	for _, s := range now.subjects {
		changes = append(changes, s.since(old.byKey[s.key])...)
	}
	for _, s := range old.subjects {
		if now.byKey[s.key] == nil {
			gone := subject{label: s.label, isCheck: s.isCheck, check: s.check, isProfile: s.isProfile}
			changes = append(changes, gone.since(s)...)
		}
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return cmp.Compare(weight(a.Path), weight(b.Path)) })
	if len(changes) == 0 && old.text != now.text {
		changes = []Change{{Subject: "Session", Field: "Order of the entries", Before: "as before", After: "another order"}}
	}
	return changes, nil
}

// outline is a result taken apart into what can be compared.
type outline struct {
	text     string // canonical form
	subjects []*subject
	byKey    map[string]*subject
	keys     turns
	labels   turns
}

// subject is a part of a result whose fields are compared with those of the same
// part in another result.
type subject struct {
	key     string
	label   string
	isCheck bool
	check   CheckType // for words

	isProfile bool
	fields    []leaf
}

// leaf is a value without members, and its path from the subject.
type leaf struct {
	path string
	text string // for people
	json string // for comparing: the text 7 is not the number 7
}

// since lists the fields in which s differs from old, which may be nil.
func (s *subject) since(old *subject) []Change {
	if old == nil {
		old = &subject{}
	}
	before, after := byPath(old.fields), byPath(s.fields)
	var changes []Change
	for _, f := range s.fields {
		if before[f.path].json != f.json {
			changes = append(changes, s.change(before[f.path], f))
		}
	}
	for _, f := range old.fields {
		if _, both := after[f.path]; !both {
			changes = append(changes, s.change(f, leaf{}))
		}
	}
	return changes
}

func (s *subject) change(before, after leaf) Change {
	path := cmp.Or(after.path, before.path)
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

func byPath(fields []leaf) map[string]leaf {
	values := make(map[string]leaf, len(fields))
	for _, f := range fields {
		values[f.path] = f
	}
	return values
}

// outlineOf takes a result apart: every check, every resource, and the session as
// the rest. Ids tell entries of a list apart only together with their type and
// their turn, since Yoti's own example uses one id for all.
func outlineOf(body []byte) (*outline, error) {
	root, err := parse(body)
	if err != nil {
		return nil, err
	}
	o := &outline{text: string(root.canonical()), byKey: map[string]*subject{}, keys: turns{}, labels: turns{}}
	session := (&reader{text: o.text}).session(root) // for names
	for i, n := range root.takeList("checks") {
		kind := CheckType(n.textOf("type"))
		o.add(subject{
			key:     "check " + escape(string(kind)) + " " + escape(n.textOf("id")),
			label:   session.Checks[i].Name(),
			isCheck: true,
			check:   kind,
		}, &n)
	}
	if resources := root.member("resources"); resources != nil {
		for _, kind := range ResourceKinds() {
			for _, n := range resources.takeList(string(kind)) {
				o.add(subject{key: string(kind) + " " + escape(n.textOf("id")), label: kind.Word().Label}, &n)
			}
		}
	}
	for _, kind := range []ProfileKind{SimpleProfile, AdvancedProfile} {
		if n := root.member(string(kind)); n != nil && n.kind == '{' {
			profile := root.take(string(kind))
			o.add(subject{key: string(kind), label: kind.Word().Label, isProfile: true}, profile)
		}
	}
	if len(root.members) > 0 {
		o.add(subject{key: "session", label: "Session"}, root)
	}
	return o, nil
}

func (o *outline) add(s subject, n *node) {
	s.key, s.label = o.keys.next(s.key, "#"), o.labels.next(s.label, " ")
	s.fields = n.leaves(nil, o.text, "")
	o.subjects, o.byKey[s.key] = append(o.subjects, &s), &s
}

// takeList removes the member of that name and returns its items; what is no list,
// or an empty one, stays where it is.
func (n *node) takeList(name string) []node {
	if list := n.member(name); list == nil || len(list.items) == 0 {
		return nil
	}
	return n.take(name).items
}

func (n *node) textOf(name string) string {
	if m := n.member(name); m != nil && m.kind == '"' {
		return m.text
	}
	return ""
}

// turns counts names, so that the second of a name is told from the first.
type turns map[string]int

func (t turns) next(name, separator string) string {
	t[name]++
	if t[name] == 1 {
		return name
	}
	return name + separator + strconv.Itoa(t[name])
}

// leaves appends the values within n that have no members themselves. The text is
// the canonical form into which n points.
func (n *node) leaves(fields []leaf, text, path string) []leaf {
	switch {
	case len(n.members) > 0:
		for i := range n.members {
			name := escape(n.members[i].name)
			if path != "" {
				name = path + "." + name
			}
			fields = n.members[i].value.leaves(fields, text, name)
		}
		return fields
	case len(n.items) > 0:
		names := turns{}
		for i := range n.items {
			name := names.next(n.items[i].naming(i), "#")
			fields = n.items[i].leaves(fields, text, path+"["+name+"]")
		}
		return fields
	}
	json := text[n.start:n.end]
	if n.kind == '{' {
		json = "{}" // its members may have become subjects
	}
	return append(fields, leaf{path, cmp.Or(n.text, json), json})
}

// naming is what tells an entry of a list from its neighbours: the name that it
// bears, or else its position.
func (n *node) naming(index int) string {
	for _, name := range []string{"sub_check", "name", "trust_framework"} {
		if text := n.textOf(name); text != "" {
			return escape(text)
		}
	}
	if scheme := n.member("scheme"); scheme != nil && scheme.textOf("type") != "" {
		return escape(strings.TrimSpace(scheme.textOf("type") + " " + scheme.textOf("objective")))
	}
	return strconv.Itoa(index)
}

// escaped are the characters by which paths are put together, and how a name that
// has them is written, so that no two fields have the same path.
var escaped, unescaped = strings.NewReplacer("%", "%25", ".", "%2E", "[", "%5B", "]", "%5D", "#", "%23"),
	strings.NewReplacer("%25", "%", "%2E", ".", "%5B", "[", "%5D", "]", "%23", "#")

func escape(name string) string { return escaped.Replace(name) }

// unescape returns the name within a path, and the turn that it has there: empty
// for the first.
func unescape(name string) (plain, turn string) {
	plain, turn, _ = strings.Cut(name, "#")
	return unescaped.Replace(plain), turn
}

// weight puts verdicts before circumstances and times last.
func weight(path string) int {
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
		return 4
	}
	return 3
}

// fieldLabel says a path in words, as far as there are words for it.
func (s *subject) fieldLabel(path string) string {
	if s.isProfile && path != "" {
		return profileFieldLabel(path)
	}
	switch path {
	case "":
		return "Whole entry"
	case "state":
		return "State"
	case "report.recommendation.value":
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
	row, rest, ok := entry(path, "report.breakdown[")
	if !ok {
		return path
	}
	name, turn := unescape(row)
	label := s.check.SubCheck(name).Label
	if turn != "" {
		label += " " + turn
	}
	if detail, _, ok := entry(rest, ".details["); ok {
		name, _ := unescape(detail)
		return label + ": " + DetailName(name).Label
	}
	return label + ": " + strings.ReplaceAll(strings.TrimPrefix(rest, "."), "_", " ")
}

// entry cuts "prefix[name]rest" into name and rest.
func entry(path, prefix string) (name, rest string, ok bool) {
	path, ok = strings.CutPrefix(path, prefix)
	if !ok {
		return "", "", false
	}
	return strings.Cut(path, "]")
}

func (s *subject) valueLabel(path, value string) string {
	switch {
	case value == "":
		return ""
	case s.isProfile:
		return profileValueLabel(path, value)
	case path == "state" && s.isCheck:
		return CheckState(value).Word().Label
	case path == "state":
		return SessionState(value).Word().Label
	case path == "report.recommendation.value":
		return Recommendation(value).Word().Label
	case path == "report.recommendation.reason":
		return s.check.Reason(value).Label
	case strings.HasPrefix(path, "report.breakdown[") && strings.HasSuffix(path, "].result"):
		return Result(value).Word().Label
	}
	return value
}

package idv

import (
	"cmp"
	"fmt"
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
	old, err := subjects(before)
	if err != nil {
		return nil, err
	}
	now, err := subjects(after)
	if err != nil {
		return nil, err
	}
	var changes []Change
	for _, s := range now {
		changes = append(changes, s.since(find(old, s.key))...)
	}
	for _, s := range old {
		if find(now, s.key) == nil {
			changes = append(changes, (&subject{key: s.key, label: s.label}).since(s)...)
		}
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return cmp.Compare(weight(a.Path), weight(b.Path)) })
	if len(changes) == 0 && string(before) != string(after) {
		changes = []Change{{Subject: "Session", Field: "Order of the entries", Before: "as before", After: "another order"}}
	}
	return changes, nil
}

// subject is a part of a result whose fields are compared with those of the same
// part in another result.
type subject struct {
	key    string
	label  string
	check  CheckType // for words; empty unless the subject is a check
	fields []leaf
}

// leaf is a value without members, and its path from the subject.
type leaf struct {
	path  string
	value string
}

func find(list []*subject, key string) *subject {
	for _, s := range list {
		if s.key == key {
			return s
		}
	}
	return nil
}

// since lists the fields in which s differs from old, which may be nil.
func (s *subject) since(old *subject) []Change {
	if old == nil {
		old = &subject{}
	}
	check := cmp.Or(s.check, old.check)
	before, after := byPath(old.fields), byPath(s.fields)
	var changes []Change
	add := func(path string) {
		if before[path] != after[path] {
			changes = append(changes, Change{
				Subject: s.label,
				Field:   fieldLabel(check, path),
				Path:    path,
				Before:  valueLabel(check, path, before[path]),
				After:   valueLabel(check, path, after[path]),
			})
		}
	}
	for _, f := range s.fields {
		add(f.path)
	}
	for _, f := range old.fields {
		if _, both := after[f.path]; !both {
			add(f.path)
		}
	}
	return changes
}

func byPath(fields []leaf) map[string]string {
	values := make(map[string]string, len(fields))
	for _, f := range fields {
		values[f.path] = f.value
	}
	return values
}

// subjects takes a result apart: every check, every resource, and the session as
// the rest. Ids tell entries of a list apart only together with their type and
// their turn, since Yoti's own example uses one id for all.
func subjects(canonical []byte) ([]*subject, error) {
	root, err := parse(canonical)
	if err != nil {
		return nil, err
	}
	text, err := root.canonical()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	f := flattener{text: string(text)}
	var list []*subject
	keys, labels := turns{}, turns{}
	add := func(label, key string, check CheckType, n *node) {
		list = append(list, &subject{keys.next(key, "#"), labels.next(label, " "), check, f.leaves(nil, n, "")})
	}
	if checks := root.take("checks"); checks != nil {
		for i := range checks.items {
			n := &checks.items[i]
			kind := CheckType(strings.TrimSpace(n.textOf("type")))
			add(kind.Word().Label, "check "+string(kind)+" "+n.textOf("id"), kind, n)
		}
	}
	if resources := root.member("resources"); resources != nil {
		for _, kind := range ResourceKinds() {
			entries := resources.take(string(kind))
			if entries == nil {
				continue
			}
			for i := range entries.items {
				n := &entries.items[i]
				add(kind.Word().Label, string(kind)+" "+n.textOf("id"), "", n)
			}
		}
	}
	add("Session", "session", "", root)
	return list, nil
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

// flattener lists the leaves of a value.
type flattener struct{ text string }

func (f *flattener) leaves(fields []leaf, n *node, path string) []leaf {
	switch {
	case len(n.members) > 0:
		for i := range n.members {
			name := n.members[i].name
			if path != "" {
				name = path + "." + name
			}
			fields = f.leaves(fields, &n.members[i].value, name)
		}
		return fields
	case len(n.items) > 0:
		names := turns{}
		for i := range n.items {
			name := names.next(n.items[i].naming(i), "#")
			fields = f.leaves(fields, &n.items[i], path+"["+name+"]")
		}
		return fields
	case n.text != "":
		return append(fields, leaf{path, n.text})
	}
	return append(fields, leaf{path, f.text[n.start:n.end]})
}

// naming is what tells an entry of a list from its neighbours: the name that it
// bears, or else its position.
func (n *node) naming(index int) string {
	for _, name := range []string{"sub_check", "name"} {
		if text := n.textOf(name); text != "" {
			return text
		}
	}
	return strconv.Itoa(index)
}

// weight puts verdicts before circumstances and times last.
func weight(path string) int {
	switch {
	case path == "state", strings.HasPrefix(path, "report.recommendation"):
		return 0
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
func fieldLabel(check CheckType, path string) string {
	switch path {
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
	label := check.SubCheck(row).Label
	if detail, _, ok := entry(rest, ".details["); ok {
		return label + ": " + DetailName(detail).Label
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

func valueLabel(check CheckType, path, value string) string {
	switch {
	case value == "":
		return ""
	case path == "state" && check != "":
		return CheckState(value).Word().Label
	case path == "state":
		return SessionState(value).Word().Label
	case path == "report.recommendation.value":
		return Recommendation(value).Word().Label
	case path == "report.recommendation.reason":
		return check.Reason(value).Label
	case strings.HasPrefix(path, "report.breakdown[") && strings.HasSuffix(path, "].result"):
		return Result(value).Word().Label
	}
	return value
}

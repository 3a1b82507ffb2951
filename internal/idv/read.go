package idv

import (
	"strconv"
	"strings"
	"time"
)

// reader turns nodes into values. What it cannot read it notes as a Problem of the
// value being read, what it does not know as an Extra, and goes on.
type reader struct {
	text     string // canonical form, into which all nodes point
	extras   []Extra
	problems []Problem
}

func (r *reader) json(n *node) string { return r.text[n.start:n.end] }

// object is a JSON object while it is read: it remembers which members were asked
// for, so that the rest can be shown.
type object struct {
	r       *reader
	members []member
	known   []bool
	path    string
}

// object starts to read n; a node of another kind is a problem and reads as empty.
func (r *reader) object(n *node, path string) object {
	if n.kind != '{' {
		r.problem(n, path, "an object")
		return object{r: r, path: path}
	}
	return object{r: r, members: n.members, known: make([]bool, len(n.members)), path: path}
}

func (r *reader) problem(n *node, path, want string) {
	r.problems = append(r.problems, Problem{Path: path, Want: want, JSON: r.json(n)})
}

// done notes the members that nobody asked for.
func (o *object) done() {
	for i, known := range o.known {
		if !known {
			m := &o.members[i]
			o.r.extras = append(o.r.extras, Extra{Name: o.at(m.name), JSON: o.r.json(&m.value)})
		}
	}
}

func (o *object) at(name string) string {
	if o.path == "" {
		return name
	}
	return o.path + "." + name
}

// get returns the member of that name, or nil when it is absent or null.
func (o *object) get(name string) *node {
	for i := range o.members {
		if o.members[i].name == name {
			o.known[i] = true
			if o.members[i].value.kind == 'n' {
				return nil
			}
			return &o.members[i].value
		}
	}
	return nil
}

// string reads a text.
func (o *object) string(name string) string {
	n := o.get(name)
	if n == nil {
		return ""
	}
	if n.kind != '"' {
		o.r.problem(n, o.at(name), "text")
		return ""
	}
	return n.text
}

// word reads a value of a vocabulary. Live results have blanks around some.
func (o *object) word(name string) string { return strings.TrimSpace(o.string(name)) }

// scalar reads a text, number or boolean as the text that it was written as.
func (o *object) scalar(name string) string {
	n := o.get(name)
	if n == nil {
		return ""
	}
	switch n.kind {
	case '"', '0':
		return n.text
	case 't', 'f':
		return n.kind.String()
	}
	o.r.problem(n, o.at(name), "text")
	return ""
}

func (o *object) time(name string) Time {
	wire := o.string(name)
	at, err := time.Parse(time.RFC3339Nano, wire)
	if err != nil {
		return Time{Wire: wire}
	}
	return Time{Wire: wire, At: at.UTC()}
}

func (o *object) bool(name string) *bool {
	n := o.get(name)
	if n == nil {
		return nil
	}
	if n.kind != 't' && n.kind != 'f' {
		o.r.problem(n, o.at(name), "true or false")
		return nil
	}
	value := n.kind == 't'
	return &value
}

func (o *object) int(name string) *int {
	n := o.get(name)
	if n == nil {
		return nil
	}
	value, err := strconv.Atoi(n.text)
	if err != nil {
		o.r.problem(n, o.at(name), "a whole number")
		return nil
	}
	return &value
}

// object reads a member as an object and hands it to read; an absent one is left out.
func (o *object) object(name string, read func(*object)) {
	if n := o.get(name); n != nil {
		o.r.nested(n, o.at(name), read)
	}
}

func (r *reader) nested(n *node, path string, read func(*object)) {
	inner := r.object(n, path)
	read(&inner)
	inner.done()
}

// list returns the items of a list and the path of the list.
func (o *object) list(name string) ([]node, string) {
	n := o.get(name)
	if n == nil {
		return nil, ""
	}
	if n.kind != '[' {
		o.r.problem(n, o.at(name), "a list")
		return nil, ""
	}
	return n.items, o.at(name)
}

// objects reads a list of objects. An item that is null or no object is a problem,
// and the others are still read.
func (o *object) objects(name string, read func(*object)) {
	items, path := o.list(name)
	for i := range items {
		at := path + "[" + strconv.Itoa(i) + "]"
		if items[i].kind != '{' {
			o.r.problem(&items[i], at, "an object")
			continue
		}
		o.r.nested(&items[i], at, read)
	}
}

func (o *object) strings(name string) []string {
	items, path := o.list(name)
	var texts []string
	for i := range items {
		if items[i].kind != '"' {
			o.r.problem(&items[i], path+"["+strconv.Itoa(i)+"]", "text")
			continue
		}
		texts = append(texts, items[i].text)
	}
	return texts
}

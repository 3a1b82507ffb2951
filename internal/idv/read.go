package idv

import (
	"strconv"
	"strings"
)

// reader turns nodes into values. What it cannot read it notes as a Problem of the
// value being read, what it does not know as an Extra, and goes on.
type reader struct {
	text     string // canonical form, into which all nodes point
	extras   []UnknownField
	problems []Problem
}

func (r *reader) jsonOf(n *node) string { return r.text[n.start:n.end] }

// ownText returns the text of n as a part of the canonical form, or a copy: what is
// read must not keep the body, with the secrets in it, in memory.
func (r *reader) ownText(n *node) string {
	json := r.jsonOf(n)
	switch len(n.text) {
	case len(json) - len(`""`):
		return json[1 : len(json)-1]
	case len(json):
		return json
	}
	return strings.Clone(n.text)
}

// object is a JSON object while it is read: it remembers which members were asked
// for, so that the rest can be shown.
type object struct {
	r       *reader
	members []member
	path    string
}

// nested calls read with n as an object. A node of another kind is a problem, and so is
// one in which a name comes twice, in whatever letter case; neither is handed on.
func (r *reader) nested(n *node, path string, read func(*object)) {
	r.readObject(n, path, notTwice, read)
}

// nestedMap does the same for an object whose names are not Yoti's or the provider's:
// those that differ in letter case are different ones.
func (r *reader) nestedMap(n *node, path string, read func(*object)) {
	r.readObject(n, path, twiceByCase, read)
}

func (r *reader) readObject(n *node, path string, most duplicateKind, read func(*object)) {
	if n.kind != '{' {
		r.addProblem(n, path, "an object")
		return
	}
	if n.twice > most {
		r.addProblem(n, path, "an object with each name once")
		return
	}
	o := object{r, n.members, path}
	read(&o)
	o.noteExtras()
}

func (r *reader) addProblem(n *node, path, want string) {
	r.problems = append(r.problems, Problem{Path: path, Want: want, JSON: r.jsonOf(n)})
}

// noteExtras notes the members that nobody asked for.
func (o *object) noteExtras() {
	for i := range o.members {
		if m := &o.members[i]; !m.value.known {
			o.r.extras = append(o.r.extras, UnknownField{Name: strings.Clone(o.pathOf(m.name)), JSON: o.r.jsonOf(&m.value)})
		}
	}
}

func (o *object) pathOf(name string) string {
	if o.path == "" {
		return name
	}
	return o.path + "." + name
}

// get returns the member of that name, or nil when it is absent or null.
func (o *object) get(name string) *node {
	for i := range o.members {
		if o.members[i].name == name {
			return o.takeAt(i)
		}
	}
	return nil
}

// takeAt returns the member at i, or nil when it is null.
func (o *object) takeAt(i int) *node {
	n := &o.members[i].value
	n.known = true
	if n.kind == 'n' {
		return nil
	}
	return n
}

// string reads a text.
func (o *object) string(name string) string {
	n := o.get(name)
	if n == nil {
		return ""
	}
	if n.kind != '"' {
		o.r.addProblem(n, o.pathOf(name), "text")
		return ""
	}
	return o.textOf(n, name)
}

// textOf returns the text of n, a part of the member of that name. That a character of it
// is lost is a problem, and the rest is still read.
func (o *object) textOf(n *node, name string) string {
	if isDamaged(n.text) {
		o.r.addProblem(n, o.pathOf(name), wantWhole)
	}
	return o.r.ownText(n)
}

// itemText returns the text of an item of the list of that name.
func (o *object) itemText(items []node, i int, name string) string {
	if n := &items[i]; isDamaged(n.text) {
		return o.textOf(n, name+"["+strconv.Itoa(i)+"]")
	}
	return o.r.ownText(&items[i])
}

// word reads a value of a vocabulary, which counts exactly as Yoti writes it: with a
// blank around it, or in another letter case, it is another value.
func (o *object) word(name string) string { return o.string(name) }

// scalar reads a text, number or boolean as text.
func (o *object) scalar(name string) string {
	for i := range o.members {
		if o.members[i].name == name {
			return o.scalarAt(i)
		}
	}
	return ""
}

func (o *object) scalarAt(i int) string {
	n := o.takeAt(i)
	if n == nil {
		return ""
	}
	switch n.kind {
	case '"', '0':
		return o.textOf(n, o.members[i].name)
	case 't', 'f':
		return n.kind.String()
	}
	o.r.addProblem(n, o.pathOf(o.members[i].name), "text")
	return ""
}

func (o *object) time(name string) Time { return ReadTime(o.string(name)) }

func (o *object) bool(name string) *bool {
	n := o.get(name)
	if n == nil {
		return nil
	}
	if n.kind != 't' && n.kind != 'f' {
		o.r.addProblem(n, o.pathOf(name), "true or false")
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
		o.r.addProblem(n, o.pathOf(name), "a whole number")
		return nil
	}
	return &value
}

// object reads a member as an object and hands it to read; an absent one is left out.
func (o *object) object(name string, read func(*object)) {
	if n := o.get(name); n != nil {
		o.r.nested(n, o.pathOf(name), read)
	}
}

// eachNamed reads a member as an object whose names mean something, and hands each with its
// place to read.
func (o *object) eachNamed(name string, read func(o *object, i int, key string)) {
	n := o.get(name)
	if n == nil {
		return
	}
	o.r.nestedMap(n, o.pathOf(name), func(o *object) {
		for i := range o.members {
			key := strings.Clone(o.members[i].name)
			if isDamaged(key) {
				o.r.addProblem(&o.members[i].value, o.pathOf(key), "a name of which no character is lost")
			}
			read(o, i, key)
		}
	})
}

// list returns the items of a list and the path of the list.
func (o *object) list(name string) ([]node, string) {
	n := o.get(name)
	if n == nil {
		return nil, ""
	}
	if n.kind != '[' {
		o.r.addProblem(n, o.pathOf(name), "a list")
		return nil, ""
	}
	return n.items, o.pathOf(name)
}

// objects reads a list of objects. An item that is null or no object is a problem,
// and the others are still read.
func (o *object) objects(name string, read func(*object)) {
	items, path := o.list(name)
	for i := range items {
		o.r.nested(&items[i], path+"["+strconv.Itoa(i)+"]", read)
	}
}

func (o *object) strings(name string) []string {
	items, path := o.list(name)
	var texts []string
	for i := range items {
		if items[i].kind != '"' {
			o.r.addProblem(&items[i], path+"["+strconv.Itoa(i)+"]", "text")
			continue
		}
		texts = append(texts, o.itemText(items, i, name))
	}
	return texts
}

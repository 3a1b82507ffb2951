package review

import "strings"

// Field is a field of the form of a decision, by its name in the form.
type Field string

// The fields that a decision may lack something in.
const (
	FieldVerdict Field = "verdict"
	FieldReason  Field = "reason"
	FieldNote    Field = "note"
	FieldRefer   Field = "refer"
)

// againstPrefix begins the names of the fields in which somebody says why an approval
// overrides a check; the key of the check follows.
const againstPrefix = "against-"

// FieldAgainst is the field for why an approval overrides the check with the key.
func FieldAgainst(check string) Field { return Field(againstPrefix + check) }

// Against returns the key of the check that a field is about; false when it is about none.
func (f Field) Against() (check string, ok bool) {
	return strings.CutPrefix(string(f), againstPrefix)
}

// Fault is what is wrong with one field of a form, as a sentence for its author.
type Fault struct {
	Field Field
	Why   string
}

// Faults is everything that is wrong with a form, in the order of its fields. It wraps a
// *Refused for each.
type Faults []Fault

func (f Faults) Error() string {
	var list []string
	for _, fault := range f {
		list = append(list, fault.Why)
	}
	return strings.Join(list, " ")
}

// Unwrap returns each fault as a *Refused.
func (f Faults) Unwrap() []error {
	var list []error
	for _, fault := range f {
		list = append(list, &Refused{fault.Why})
	}
	return list
}

// add adds why something was refused that stands in a field; nothing when err is nil.
func (f *Faults) add(field Field, err error) {
	if err != nil {
		*f = append(*f, Fault{field, err.Error()})
	}
}

// has reports whether something is wrong with a field.
func (f Faults) has(field Field) bool {
	for _, fault := range f {
		if fault.Field == field {
			return true
		}
	}
	return false
}

// err is the faults as an error; nil when there are none.
func (f Faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

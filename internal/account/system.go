package account

// The account of the program itself, which every database has. It stands in the record where
// no person acted: fetches that a webhook asked for, and what is done in the background. It
// may do nothing by itself, nobody can sign in to it, and it is in no list of people.
const (
	SystemID   int64 = -2 // so that no account that is added has it
	SystemName       = "Countersign (system)"
	SystemKey        = "SYSTEM" // in the place of a NameKey, which has no capital letters
	SystemRole Role  = "system"
)

// System returns the program as the one who acts.
func System() Person { return Person{ID: SystemID, Name: SystemName, Role: SystemRole} }

// IsSystem reports whether the person is the program itself.
func (p Person) IsSystem() bool { return p.ID == SystemID }

// FindKey returns the key by which an account is looked up that acted under a name: the
// NameKey, but for the program itself.
func FindKey(name string) string {
	if name == SystemName {
		return SystemKey
	}
	return NameKey(name)
}

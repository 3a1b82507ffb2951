package review

import "fmt"

// Rationale is a text that reviewers can take for why a hit has its disposition. It is a
// beginning: whoever takes it can edit it before it is recorded.
type Rationale struct {
	Code  string
	Label string
	For   Disposition
	Text  string
}

// Rationales returns every rationale, in the order in which a form offers them.
func Rationales() []Rationale {
	return []Rationale{
		{"other-year", "Another year of birth", HitFalsePositive, "Not the signer: the year of birth on the list differs from the signer's."},
		{"other-country", "Another country", HitFalsePositive, "Not the signer: the list connects the entry with other countries than the signer's nationality and address."},
		{"name-only", "Name alone is similar", HitFalsePositive, "Not the signer: only the name is similar, and the other identifiers on the list differ."},
		{"not-a-person", "Not a person", HitFalsePositive, "Not the signer: the entry is not a person."},
		{"identifiers-agree", "Name and date of birth agree", HitConfirmed, "The signer: name and date of birth on the list agree with the signer's."},
		{"too-little", "Too little on the list", HitUndecided, "The list gives too little to tell whether the entry is the signer."},
	}
}

// rationaleFor returns the text of the rationale with the code; a *Refused when there is
// none, or it is for another disposition.
func rationaleFor(code string, d Disposition) (string, error) {
	for _, r := range Rationales() {
		if r.Code != code {
			continue
		}
		if r.For != d {
			return "", &Refused{fmt.Sprintf("The rationale %q goes with %q. Choose another, or write one.", r.Label, r.For.Label())}
		}
		return r.Text, nil
	}
	return "", &Refused{"This rationale template does not exist. Choose another, or write one."}
}

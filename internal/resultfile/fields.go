package resultfile

import "slices"

// Fields of a session result. Source: Yoti Sign, Get IDV session result.
var (
	mainFields  = []string{"checks", "resources"}
	otherFields = []string{
		"session_id", "state", "user_tracking_id", "biometric_consent", "client_session_token", "client_session_token_ttl",
		"identity_profile", "advanced_identity_profile",
	}
)

// fieldCount counts those of a session result that an object has.
type fieldCount struct{ main, others int }

// isResult reports whether an object that stands among other things is a session result.
func (f fieldCount) isResult() bool { return f.main > 0 && f.main+f.others > 1 }

// mayBeResult reports whether an object that someone gives as one may be a session
// result.
func (f fieldCount) mayBeResult() bool { return f.main > 0 || f.others > 1 }

func countFields(object []byte) fieldCount {
	main, others := map[string]bool{}, map[string]bool{}
	if len(object) == 0 || object[0] != '{' {
		return fieldCount{}
	}
	eachValue(object, func(name, _ []byte) {
		switch {
		case slices.Contains(mainFields, string(name)):
			main[string(name)] = true
		case slices.Contains(otherFields, string(name)):
			others[string(name)] = true
		}
	})
	return fieldCount{len(main), len(others)}
}

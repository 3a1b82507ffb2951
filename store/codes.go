package store

import "strconv"

// codeKeyPlace is where the data key of an account's secret for codes stands.
func codeKeyPlace(owner int64) string {
	return "code_secrets:v1:key:" + strconv.FormatInt(owner, 10)
}

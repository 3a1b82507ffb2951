package review

import "fmt"

// importWords say what somebody did with a list of recipients. What is in it stays with the
// list: the entry commits to it by its digest.
func importWords(f Facts) []string {
	list := fmt.Sprintf("list %d", f.Import)
	if f.Rows == 0 {
		return []string{list + " was " + f.AccountChange}
	}
	return []string{fmt.Sprintf("%s was %s with %d IDs, SHA-256 %s", list, f.AccountChange, f.Rows, f.SHA256)}
}

package idv

import (
	"slices"
	"strconv"
	"strings"
)

// maxInShort is how many exceptions InShort names.
const maxInShort = 2

// InShort says in a few words why the result is in its bucket: the titles of the gravest
// exceptions of that bucket, such as "Counterfeit; on the fraud list and 2 more". It is empty
// for a clear result, which has none.
func (a *Assessment) InShort() string {
	var titles []string
	for _, e := range a.Exceptions {
		if e.Bucket == a.Bucket && e.Title != "" && !slices.Contains(titles, e.Title) {
			titles = append(titles, e.Title)
		}
	}
	more := len(titles) - maxInShort
	titles = titles[:min(len(titles), maxInShort)]
	for i := range titles {
		if titles[i] = short(titles[i]); i > 0 {
			titles[i] = WithinSentence(titles[i])
		}
	}
	text := strings.Join(titles, "; ")
	if more > 0 {
		text += " and " + strconv.Itoa(more) + " more"
	}
	return text
}

package idv

// MatchType says in which way a hit matches the name and the birth year that were
// searched. Source: Yoti IDV, AML report; ComplyAdvantage (match types).
func MatchType(value string) Word { return matchTypes.wordFor(value) }

// WordMatchType says in which way one word of a name matches. Some providers' answers
// use the match types of whole names for it.
// Source: ComplyAdvantage (match types).
func WordMatchType(value string) Word {
	if w := wordMatchTypes.wordFor(value); w.Known {
		return w
	}
	return matchTypes.wordFor(value)
}

// EntityType says what a hit is about. Source: ComplyAdvantage (entity types).
func EntityType(value string) Word { return entityTypes.wordFor(value) }

// SearchStatus says how far the provider's account has got with a search. It is
// nothing that Yoti reports. Source: ComplyAdvantage (match status).
func SearchStatus(value string) Word { return searchStatuses.wordFor(value) }

// Word says how a date of birth compares.
func (b Birth) Word() Word { return births.wordFor(string(b)) }

// Word says why search results could not be read.
func (u UnreadReason) Word() Word { return unreadReasons.wordFor(string(u)) }

var births = words{
	{"agrees", "Same date of birth", "A list gives the very date that the signer's details give."},
	{"differs", "Another year of birth", "Every date of birth on the lists is of another year than the signer's; lists can be wrong."},
	{"same-year", "Same birth year", "A list gives the signer's year of birth; month and day differ, or are not known on both sides."},
	{"unknown", "Birth year not compared", "The signer's date of birth or that on the lists is not known, not written as a date that can mean one day only, or one at which nobody was born who is alive."},
}

var entityTypes = words{
	{"aircraft", "Aircraft", ""},
	{"company", "Company", ""},
	{"organisation", "Organisation", ""},
	{"organization", "Organisation", ""},
	{"person", "Person", ""},
	{"unknown", "Kind not stated", ""},
	{"vessel", "Ship", ""},
}

var searchStatuses = words{
	{"false_positive", "False positive", "Somebody with access to the provider's account marked the hits as other people."},
	{"no_match", "No match", "The search found nothing."},
	{"potential_match", "Possible match", "The hits have no disposition in the provider's account."},
	{"true_positive", "True positive", "Somebody with access to the provider's account marked a hit as the person."},
	{"true_positive_approve", "True positive, approved", "Somebody with access to the provider's account marked a hit as the person, and approved."},
	{"true_positive_reject", "True positive, rejected", "Somebody with access to the provider's account marked a hit as the person, and rejected."},
	{"unknown", "Not stated", ""},
}

var unreadReasons = words{
	{"has-secret", "It holds what looks like a key, so it is not shown", "The text could not be read and seems to hold an access key, which nobody should see."},
	{"no-base64", "It is not base64", "The provider's answer should be text in base64, and is something else."},
	{"no-hits", "It is not the answer to a search", "It is JSON, but without the part in which a search says what it found."},
	{"no-json", "It is not JSON that can be trusted", "It is not well-formed, has the same member twice, is nested too deeply or goes on behind its end."},
	{"no-output", "There is no answer from the provider", "The result names the search without what it found."},
	{"too-large", "It is too large", "It has more bytes, or more values, than Countersign reads."},
}

var wordMatchTypes = words{
	{"digit_to_word", "Number written as a word", ""},
	{"edit_distance", "One letter differs", ""},
	{"exact_birth_year_match", "Same birth year", ""},
	{"exact_match", "Same word", ""},
	{"fuzzy_birth_year_match", "Birth year close by", ""},
	{"initial_to_word", "Initial of this word", ""},
	{"phonetic", "Sounds alike", ""},
	{"removed_space", "Same letters, different spacing", ""},
	{"word_to_digit", "Word written as a number", ""},
	{"word_to_initial", "Word shortened to its initial", ""},
}

package review

// accessWords say in a few words what was viewed, in the access log. A test looks for gaps.
var accessWords = map[Seen]string{
	SeenResult:     "Result",
	SeenSnapshot:   "Earlier result",
	SeenJSON:       "Stored JSON",
	SeenDiff:       "Comparison of results",
	SeenPart:       "Part of a result",
	SeenDetails:    "Details of a part",
	SeenPerson:     "Name and document",
	SeenNumber:     "Document number",
	SeenSigner:     "Comparison with the expected signer",
	SeenMedium:     "Medium requested",
	SeenThumbnail:  "Thumbnail sent",
	SeenOnScreen:   "Thumbnail on screen",
	SeenOpened:     "Opened",
	SeenConsulted:  "Text consulted",
	SeenBundled:    "Medium in a bundle",
	SeenWhole:      "Medium, complete",
	SeenHitPage:    "Watchlist hits",
	SeenReplay:     "Page at the time of a decision",
	SeenReceipt:    "Decision receipt",
	SeenBundle:     "Evidence bundle",
	SeenReport:     "Yoti's report requested",
	SeenReportSent: "Yoti's report",
	SeenTicket:     "Text for a ticket",
	SeenFile:       "Result from a file",
}

// Label says what was viewed, in a few words. What Countersign has no words for is returned
// as it is on record.
func (s Seen) Label() string {
	if words, ok := accessWords[s]; ok {
		return words
	}
	return string(s)
}

// Label says what an entry of the access log is about: "Opened: Passport, Denmark, page 1".
func (a Access) Label() string {
	label := a.What.Label()
	if a.Name != "" {
		label += ": " + a.Name
	}
	if a.Hits != "" {
		label += ", " + a.Hits
	}
	return label
}

package review

// accessWords say in a few words what was viewed, in the access log. A test looks for gaps.
var accessWords = map[AccessKind]string{
	AccessResult:         "Result",
	AccessSnapshot:       "Earlier result",
	AccessJSON:           "Stored JSON",
	AccessDiff:           "Comparison of results",
	AccessPart:           "Part of a result",
	AccessDetails:        "Details of a part",
	AccessPerson:         "Name and document",
	AccessNumber:         "Document number",
	AccessSigner:         "Comparison with the expected signer",
	AccessMedium:         "Medium requested",
	AccessThumbnail:      "Thumbnail sent",
	AccessOnScreen:       "Thumbnail on screen",
	AccessOpened:         "Opened",
	AccessConsulted:      "Text consulted",
	AccessBundled:        "Medium in a bundle",
	AccessMediumComplete: "Medium, complete",
	AccessHitPage:        "Watchlist hits",
	AccessReplay:         "Page at the time of a decision",
	AccessReceipt:        "Decision receipt",
	AccessBundle:         "Evidence bundle",
	AccessReport:         "Yoti's report requested",
	AccessReportSent:     "Yoti's report",
	AccessTicket:         "Text for a ticket",
	AccessEnvelope:       "Name and address in an envelope",
	AccessFile:           "Result from a file",
}

// Label says what was viewed, in a few words. What Countersign has no words for is returned
// as it is on record.
func (s AccessKind) Label() string {
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

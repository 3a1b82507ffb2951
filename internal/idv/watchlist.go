package idv

// WatchlistSummary is what a watchlist check says about its search. Hit counts of
// the breakdown count list entries and do not add up to TotalHits; nobody should
// try. Source: Yoti IDV, AML report.
type WatchlistSummary struct {
	TotalHits              *int // nil when absent; at most 100 a page at the provider
	Search                 SearchConfig
	RawResults             *Media
	AssociatedCountryCodes []string // ISO 3166-1 alpha-3
}

// SearchConfig is how the lists were searched: Categories for the standard check,
// the other fields for the advanced one. Either form is taken in either check.
type SearchConfig struct {
	Categories      []string // SANCTIONS, ADVERSE-MEDIA
	Type            string   // WITH_YOTI_ACCOUNT, WITH_CUSTOM_ACCOUNT
	RemoveDeceased  *bool
	ShareURL        *bool
	Sources         SearchSources
	Matching        MatchingStrategy
	Monitoring      *bool
	ClientReference string
	Tags            []Detail // sorted by name
}

// SearchSources is where an advanced search looked.
type SearchSources struct {
	Type          string // PROFILE or TYPE_LIST
	SearchProfile string
	Types         []string
}

// MatchingStrategy is how close a name had to be.
type MatchingStrategy struct {
	Type       string // EXACT or FUZZY
	ExactMatch string // "true", "false"; Yoti's SDKs disagree whether it is text
	Fuzziness  string // 0.0 to 1.0, as it came
}

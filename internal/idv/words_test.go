package idv

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// plain returns the words of every vocabulary whose values stand by themselves.
func plain() map[string]func(string) Word {
	return map[string]func(string) Word{
		"approval-criteria":   ApprovalCriteria,
		"capture-method":      CaptureMethod,
		"check":               func(v string) Word { return CheckType(v).Word().Word },
		"check-state":         func(v string) Word { return CheckState(v).Word() },
		"country":             Country,
		"detail":              DetailName,
		"detail-value":        func(v string) Word { return DetailValue("name", v) },
		"document-type":       DocumentType,
		"likelihood":          func(v string) Word { return DetailValue("portrait_substitution", v) },
		"liveness-type":       LivenessType,
		"match-type":          func(v string) Word { return DetailValue("closest_match", v) },
		"matching":            Matching,
		"media-field":         MediaField,
		"media-type":          MediaType,
		"process":             Process,
		"recommendation":      func(v string) Word { return Recommendation(v).Word() },
		"recovery-suggestion": RecoverySuggestion,
		"failure-type":        func(v string) Word { return FailureType(v).Word },
		"profile-kind":        func(v string) Word { return ProfileKind(v).Word() },
		"profile-reason":      func(v string) Word { return ProfileFailureReason(v).Word },
		"profile-result":      func(v string) Word { return ProfileResult(v).Word() },
		"scheme-objective":    SchemeObjective,
		"scheme-type":         SchemeType,
		"trust-framework":     TrustFrameworkName,
		"unmet-detail":        func(v string) Word { return UnmetDetail(v).Word },
		"resource":            func(v string) Word { return ResourceKind(v).Word() },
		"result":              func(v string) Word { return Result(v).Word() },
		"search-account":      SearchAccount,
		"search-source":       SearchSource,
		"session-state":       func(v string) Word { return SessionState(v).Word() },
		"source-type":         SourceType,
		"task-reason":         TaskReason,
		"task-recommendation": func(v string) Word { return (&TaskRecommendation{Value: v}).Word() },
		"task-state":          func(v string) Word { return TaskState(v).Word() },
		"task-type":           TaskType,
		"watchlist-category":  WatchlistCategory,
		"watchlist-source":    WatchlistSource,
	}
}

// unheard are values that no vocabulary has, some of them meant to do harm.
func unheard() []string {
	return []string{
		"string", "APPROVED", "approve", "COUNTERFEIT ", " PASS", "no_sign_of_forgery\x00",
		"<script>alert(1)</script>", "\u202eEVORPPA", "\xff\xfe", "name_exact,<b>", ",", ".",
		"ÅÄÖ", "0x1p-2", "NaN", "1e9", "826", "001", "ZZ", "QMZ", strings.Repeat("APPROVE", 1<<17),
	}
}

func TestWordsCoverVocabulary(t *testing.T) {
	list, err := os.ReadFile("testdata/vocabulary.txt")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for line := range strings.SplitSeq(string(list), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		kind, value, _ := strings.Cut(line, " ")
		seen[kind] = true
		check, inner, _ := strings.Cut(value, " ")
		switch kind {
		case "sub-check":
			if w := CheckType(check).SubCheck(inner); !w.Known || !hasOwn(check, inner) {
				t.Errorf("%s: no words of its own: %+v", line, w)
			}
		case "reason":
			if w := CheckType(check).Reason(inner); !w.Known || !hasOwnReason(check, inner) {
				t.Errorf("%s: no words of its own: %+v", line, w)
			}
		default:
			if w := plain()[kind](value); !w.Known || w.Label == "" || w.Label == value && value != "PDF" {
				t.Errorf("%s: no words: %+v", line, w)
			}
		}
	}
	for kind := range plain() {
		if !seen[kind] {
			t.Errorf("the vocabulary has no values of kind %q", kind)
		}
	}
}

// hasOwn reports whether the type itself has the row, not another type.
func hasOwn(check, name string) bool {
	_, ok := checkTypes[CheckType(check).Rank()].subChecks.find(name)
	return ok
}

func hasOwnReason(check, value string) bool {
	_, ok := checkTypes[CheckType(check).Rank()].reason(value)
	return ok
}

// visibleLabel is a value as its label shows it: to its two hundredth character.
func visibleLabel(value string) string {
	if runes := []rune(value); len(runes) > 200 {
		return VisibleWord(string(runes[:200])) + "…"
	}
	return VisibleWord(value)
}

func TestWordsOfUnknownValues(t *testing.T) {
	for kind, words := range plain() {
		for _, value := range append(unheard(), "") {
			if kind == "capture-method" && strings.EqualFold(value, "camera") || kind == "check" && value == "" {
				continue
			}
			if w := words(value); w != (Word{Label: visibleLabel(value)}) {
				t.Errorf("%s(%.40q) = %.80v, want the value with its signs made visible, unknown", kind, value, w)
			}
		}
	}
	for _, value := range append(unheard(), "") {
		for _, kind := range []CheckType{DocumentAuthenticity, Liveness, "PALM_VEIN_MATCH", ""} {
			if w := kind.SubCheck(value); w != (SubCheckWord{Word: Word{Label: visibleLabel(value)}}) {
				t.Errorf("CheckType(%q).SubCheck(%.40q) = %.80v, want the value with its signs made visible, unknown", kind, value, w)
			}
			if w := kind.Reason(value); w != (ReasonWord{Word: Word{Label: visibleLabel(value)}}) {
				t.Errorf("CheckType(%q).Reason(%.40q) = %.80v, want the value with its signs made visible, unknown", kind, value, w)
			}
		}
	}
}

func TestWordsOfUnknownChecks(t *testing.T) {
	for _, kind := range []CheckType{"PALM_VEIN_MATCH", "liveness", ""} {
		w := kind.Word()
		if kind.Known() || w.Known || w.Question != "" || w.Meaning != "" || w.Short == "" || w.Label == "" {
			t.Errorf("CheckType(%q).Word() = %+v, Known() = %v, want an unknown check that has a name", kind, w, kind.Known())
		}
		if kind.Rank() <= ProfileDocumentMatch.Rank() {
			t.Errorf("CheckType(%q).Rank() = %d, want it behind all known types", kind, kind.Rank())
		}
	}
	if got := CheckType("PALM_VEIN_MATCH").Word().Label; got != "PALM_VEIN_MATCH" {
		t.Errorf("label of an unknown check = %q, want its type", got)
	}
}

func TestWordsOfRowsInOtherChecks(t *testing.T) {
	tests := []struct {
		check CheckType
		row   string
		known bool
	}{
		{"PALM_VEIN_MATCH", "liveness_auth", true},         // one meaning only
		{"PALM_VEIN_MATCH", "yoti_fraud_list_check", true}, // in two types, with one meaning
		{Liveness, "mrz_validation", true},
		{WatchlistScreening, "name_match", false}, // two documents agree, or records have the name
		{"PALM_VEIN_MATCH", "ai_face_match", false},
		{ThirdPartyIdentity, "name_match", true},
		{DocumentComparison, "name_match", true},
	}
	for _, test := range tests {
		if w := test.check.SubCheck(test.row); w.Known != test.known {
			t.Errorf("CheckType(%q).SubCheck(%q).Known = %v, want %v", test.check, test.row, w.Known, test.known)
		}
	}
	if one, two := ThirdPartyIdentity.SubCheck("name_match"), DocumentComparison.SubCheck("name_match"); one == two {
		t.Errorf("name_match means %q in both types, want two meanings", one.Meaning)
	}
	if w := CheckType("PALM_VEIN_MATCH").Reason("NO_MATCH"); w.Known {
		t.Errorf("NO_MATCH in an unknown check = %+v, want unknown: it means two things", w)
	}
	if w := FaceComparison.Reason("DIFFERENT_PERSON"); !w.Known || w.Advice == "" {
		t.Errorf("DIFFERENT_PERSON in another check = %+v, want the words of the face match", w)
	}
}

func TestSubCheckWordSays(t *testing.T) {
	known, unknown := DocumentAuthenticity.SubCheck("chip_parse"), DocumentAuthenticity.SubCheck("microchip_resonance")
	said := map[string]bool{}
	for _, w := range []SubCheckWord{known, unknown} {
		for _, r := range []Result{Pass, Fail, "", "NOT_AVAILABLE", "MAYBE"} {
			s := w.Sentence(r)
			checkSentence(t, "Says("+string(r)+")", s)
			said[s] = true
			if good := s == known.Pass; good != (r == Pass && w == known) {
				t.Errorf("%q says %q of the result %q", w.Label, s, r)
			}
		}
	}
	if known.Sentence(Fail) != known.Fail {
		t.Errorf("Says(FAIL) = %q, want %q", known.Sentence(Fail), known.Fail)
	}
	if len(said) != 7 {
		t.Errorf("%d different sentences, want 7: pass and fail, each known or not, and the three without a verdict", len(said))
	}
}

func TestDetailValueWords(t *testing.T) {
	tests := []struct {
		name, value, label string
		known              bool
	}{
		{"confidence_score", "0.68", "0.68", true},
		{"confidence_score", "high", "high", false},
		{"confidence_score", "0.", "0.", false},
		{"confidence_score", "-1", "-1", false},
		{"confidence_score", "1.00", "1.00", true},
		{"confidence_score", "1.01", "1.01", false},
		{"portrait_substitution_trust_score", "99", "99", false},
		{"number_of_hits", "251", "251", true},
		{"provider_org", "YOTI", "YOTI", true},
		{"quality_factor", "41", "41", false},
		{"quality_factor", "MATCH", "Agrees", true},
		{"date_of_birth", "MISMATCH", "Differs", true},
		{"address_match", "false", "No", true},
		{"face_photo_integrity", "FAIL", "Fail", true},
		{"portrait_substitution", "VERY_UNLIKELY", "Very unlikely", true},
		{"portrait_substitution", "MATCH", "MATCH", false},
		{"closest_match", "name_exact,year_of_birth", "Exact name, year of birth", true},
		{"closest_match", "aka_fuzzy , year_of_birth", "Similar alias, year of birth", true},
		{"closest_match", "name_exact,shoe_size", "name_exact,shoe_size", false},
		{"closest_match", "name_exact,", "name_exact,", false},
	}
	for _, test := range tests {
		if w := DetailValue(test.name, test.value); w.Label != test.label || w.Known != test.known {
			t.Errorf("DetailValue(%q, %q) = %q, known %v, want %q, known %v", test.name, test.value, w.Label, w.Known, test.label, test.known)
		}
	}
}

func TestCountryWords(t *testing.T) {
	tests := []struct {
		code, label string
		known       bool
	}{
		{"GBR", "United Kingdom", true},
		{"gbr", "United Kingdom", true},
		{"GB", "United Kingdom", true},
		{"D", "Germany", true},
		{"CIV", "Côte d’Ivoire", true},
		{"SWZ", "Eswatini", true},
		{"SZ", "Eswatini", true},
		{"MKD", "North Macedonia", true},
		{"XK", "Kosovo", true},
		{"UTO", "Utopia (specimen)", true},
		{"ZAR", "Zaire (until 1997)", true},
		{"GBR ", "GBR⟨U+0020⟩", false},
		{"ZZZ", "ZZZ", false},
		{"AAA", "AAA", false},
		{"GB-ENG", "GB-ENG", false},
		{"United Kingdom", "United Kingdom", false},
	}
	for _, test := range tests {
		if w := Country(test.code); w.Label != test.label || w.Known != test.known {
			t.Errorf("Country(%q) = %q, known %v, want %q, known %v", test.code, w.Label, w.Known, test.label, test.known)
		}
	}
}

// A country that is called unknown keeps a result from being clear, so none of the ISO
// list may be missing.
func TestEveryCountryHasWords(t *testing.T) {
	codes := strings.Fields(`
		ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR
		BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL
		COM CPV CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK
		FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV
		HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO
		LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG
		MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN
		PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE
		SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKM TKL TLS TON TTO
		TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE`)
	if len(codes) != 249 {
		t.Errorf("%d codes, want the 249 of ISO 3166-1", len(codes))
	}
	for _, code := range codes {
		if w := Country(code); !w.Known || w.Label == code {
			t.Errorf("Country(%q) = %+v, want its name", code, w)
		}
	}
}

// Anyone who reads that a session is ongoing must learn that waiting may not help.
func TestOngoingWord(t *testing.T) {
	meaning := SessionOngoing.Word().Meaning
	for _, part := range []string{"may never change", "only a resent envelope"} {
		if !strings.Contains(meaning, part) {
			t.Errorf("the meaning of ONGOING is %q, want it to say %q", meaning, part)
		}
	}
}

func TestWordTablesOfChecks(t *testing.T) {
	yotiSign := []CheckType{
		DocumentAuthenticity, DocumentTextData, Liveness, DocumentFaceMatch, DocumentComparison,
		ThirdPartyIdentity, WatchlistScreening, WatchlistAdvanced, SupplementaryTextData,
	}
	shorts := map[string]bool{}
	for i, c := range checkTypes {
		if c.name.Rank() != i || i < len(yotiSign) && c.name != yotiSign[i] {
			t.Errorf("%s has rank %d and stands at %d, want the order of Yoti Sign's page", c.name, c.name.Rank(), i)
		}
		w := c.name.Word()
		if n := utf8.RuneCountInString(w.Short); n == 0 || n > 14 || shorts[w.Short] {
			t.Errorf("%s: Short is %q with %d characters, want one of its own with at most 14", c.name, w.Short, n)
		}
		shorts[w.Short] = true
		if !strings.HasSuffix(w.Question, "?") {
			t.Errorf("%s: Question is %q, want a question", c.name, w.Question)
		}
		checkLabel(t, string(c.name), w.Label)
		checkSentence(t, string(c.name), w.Meaning)
		checkRows(t, string(c.name)+" sub-check", c.subChecks)
		for _, row := range c.subChecks {
			checkLabel(t, row.name, row.label)
			checkSentence(t, row.name, row.meaning)
			checkSentence(t, row.name+" pass", row.pass)
			checkSentence(t, row.name+" fail", row.fail)
			if row.pass == row.fail {
				t.Errorf("%s says the same for pass and fail", row.name)
			}
		}
		for _, reasons := range c.reasons {
			checkRows(t, string(c.name)+" reason", reasons)
			for _, row := range reasons {
				checkLabel(t, row.value, row.label)
				checkSentence(t, row.value, row.meaning)
				checkSentence(t, row.value+" advice", row.advice)
			}
		}
	}
	for _, short := range []string{CheckType("NEW").Word().Short, CheckType("").Word().Short} {
		if utf8.RuneCountInString(short) > 14 || shorts[short] {
			t.Errorf("Short of a check without words is %q, want at most 14 characters that no known check has", short)
		}
	}
}

func TestWordTables(t *testing.T) {
	tables := map[string]words{
		"approvalCriteria": approvalCriteria, "captureMethods": captureMethods, "checkStates": checkStates,
		"detailValues": detailValues, "documentTypes": documentTypes, "likelihoods": likelihoods,
		"livenessTypes": livenessTypes, "matchTypes": matchTypes, "matchings": matchings,
		"mediaFields": mediaFields, "mediaTypes": mediaTypes, "processes": processes,
		"recommendations": recommendations, "recoverySuggestions": recoverySuggestions,
		"resourceKinds": resourceKinds, "results": results, "searchAccounts": searchAccounts,
		"profileKinds": profileKinds, "profileResults": profileResults, "trustFrameworks": trustFrameworks,
		"schemeTypes": schemeTypes, "schemeObjectives": schemeObjectives,
		"searchSources": searchSources, "sessionStates": sessionStates, "sourceTypes": sourceTypes,
		"taskReasons": taskReasons, "taskRecommendations": taskRecommendations, "taskStates": taskStates,
		"taskTypes": taskTypes, "travelCodes": travelCodes, "watchlistCategories": watchlistCategories,
		"watchlistSources": watchlistSources,
	}
	for name, rows := range tables {
		checkRows(t, name, table[wordRow](rows))
		for _, row := range rows {
			checkLabel(t, name+" "+row.value, row.label)
			if row.meaning != "" {
				checkSentence(t, name+" "+row.value, row.meaning)
			}
		}
	}
	for _, name := range []string{
		"approvalCriteria", "checkStates", "recommendations", "results", "sessionStates", "taskStates",
	} {
		for _, row := range tables[name] {
			checkSentence(t, name+" "+row.value, row.meaning)
		}
	}
	for name, rows := range map[string]table[failureRow]{"profileReasons": profileReasons, "failureTypes": failureTypes, "unmetDetails": unmetDetails} {
		checkRows(t, name, rows)
		for _, row := range rows {
			checkLabel(t, name+" "+row.value, row.label)
			checkSentence(t, name+" "+row.value, row.meaning)
			if row.bucket == "" || attentionRank(row.bucket) > attentionRank(NotCleared) {
				t.Errorf("%s %s is %q, want what keeps a result from being clear", name, row.value, row.bucket)
			}
		}
	}
	checkRows(t, "details", details)
	for _, row := range details {
		checkLabel(t, row.name, row.label)
		checkSentence(t, row.name, row.meaning)
	}
}

// checkRows looks for rows that are out of order or there twice.
func checkRows[R interface{ key() string }](t *testing.T, name string, rows table[R]) {
	t.Helper()
	for i := 1; i < len(rows); i++ {
		if rows[i-1].key() >= rows[i].key() {
			t.Errorf("%s: %q stands before %q", name, rows[i-1].key(), rows[i].key())
		}
	}
}

// checkLabel wants a few words that begin like a line and do not end like a sentence.
func checkLabel(t *testing.T, name, label string) {
	t.Helper()
	first, _ := utf8.DecodeRuneInString(label)
	if label == "" || len(label) > 60 || strings.HasSuffix(label, ".") || strings.Contains(label, "_") ||
		strings.TrimSpace(label) != label || 'a' <= first && first <= 'z' {
		t.Errorf("%s: %q is no label", name, label)
	}
}

// checkSentence wants one whole sentence.
func checkSentence(t *testing.T, name, text string) {
	t.Helper()
	first, _ := utf8.DecodeRuneInString(text)
	if text == "" || first < 'A' || first > 'Z' || !strings.HasSuffix(text, ".") ||
		strings.Contains(text, ". ") || strings.Contains(text, "  ") || strings.ContainsAny(text, "!_\n") {
		t.Errorf("%s: %q is no sentence", name, text)
	}
	if slices.ContainsFunc(strings.Fields(text), func(word string) bool { return word == "OCR" || word == "MRZ" || word == "PEP" }) {
		t.Errorf("%s: %q has jargon", name, text)
	}
}

// Who decided a row is for its process to say, which can be absent or another than
// usual: the words of rows and checks name nobody.
func TestWordsOfRowsNameNobody(t *testing.T) {
	who := regexp.MustCompile(`(?i)\b(experts?|software|automat\w*|manual\w*|AI|humans?|staff at yoti|trained)\b`)
	for _, c := range checkTypes {
		texts := []string{c.label, c.meaning}
		for _, row := range c.subChecks {
			texts = append(texts, row.label, row.meaning, row.pass, row.fail)
		}
		for _, reasons := range c.reasons {
			for _, row := range reasons {
				texts = append(texts, row.label, row.meaning)
			}
		}
		for _, text := range texts {
			if found := who.FindString(text); found != "" {
				t.Errorf("%s: %q names %q, which the process of a row may contradict", c.name, text, found)
			}
		}
	}
	for _, row := range details {
		if found := who.FindString(row.meaning); found != "" {
			t.Errorf("detail %s: %q names %q", row.name, row.meaning, found)
		}
	}
}

// A row of a face match says who decided it, by its process and not by its name: an expert
// can have looked at what software scored.
func TestFaceMatchSaysWhoDecided(t *testing.T) {
	tests := []struct{ check, row, process, want string }{
		{"ID_DOCUMENT_FACE_MATCH", "ai_face_match", "AUTOMATED", "Face match (automated)"},
		{"ID_DOCUMENT_FACE_MATCH", "ai_face_match", "EXPERT_REVIEW", "Face match (by an expert)"},
		{"ID_DOCUMENT_FACE_MATCH", "ai_face_match", "", "Face match by score"},
		{"ID_DOCUMENT_FACE_MATCH", "manual_face_match", "EXPERT_REVIEW", "Face match (by an expert)"},
		{"ID_DOCUMENT_FACE_MATCH", "manual_face_match", "ORACLE", "Face match by inspection"},
		{"LIVENESS", "liveness_auth", "AUTOMATED", "Person present"},
	}
	for _, test := range tests {
		got := CheckType(test.check).SubCheckOf(SubCheck{Name: test.row, Process: test.process}).Label
		if got != test.want {
			t.Errorf("%s by %q is called %q, want %q", test.row, test.process, got, test.want)
		}
	}
}

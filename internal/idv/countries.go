package idv

import (
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Country says which country, or which other issuer of travel documents, a code
// names: ISO 3166-1 alpha-3 or alpha-2, or a code of ICAO's own. Letter case does
// not matter. A code that was withdrawn is named as what it stood for.
// Source: Yoti Sign, Get IDV session result; ICAO Doc 9303, part 3, section 5.
func Country(code string) Word {
	upper := strings.ToUpper(code)
	if w := travelCodes.wordFor(upper); w.Known {
		return w
	}
	if !isCountryCode(upper) {
		return Word{Label: labelOf(code)}
	}
	region, err := language.ParseRegion(upper)
	if err != nil || !region.IsCountry() {
		return Word{Label: labelOf(code)}
	}
	if w := travelCodes.wordFor(region.ISO3()); w.Known {
		return w
	}
	name := regionNames.Name(region)
	if name == "" {
		return Word{Label: labelOf(code)}
	}
	return Word{Label: name, Known: true}
}

var regionNames = display.Regions(language.BritishEnglish)

// isCountryCode reports whether text has the form of an ISO 3166-1 code in
// letters; the parser of regions takes digits as well.
func isCountryCode(text string) bool {
	return (len(text) == 2 || len(text) == 3) && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// travelCodes are the codes that the library does not know, or names in a way that
// would mislead on a document: those of ICAO for issuers that are not countries, those
// that ISO withdrew, and countries that have changed their name.
var travelCodes = words{
	{"ANT", "Netherlands Antilles (until 2010)", withdrawn},
	{"BUR", "Burma (code until 1989)", withdrawn},
	{"COD", "Congo (Democratic Republic)", ""},
	{"COG", "Congo (Republic)", ""},
	{"CSK", "Czechoslovakia (until 1992)", withdrawn},
	{"D", "Germany", "German documents carry this one letter instead of the usual three."},
	{"DDR", "East Germany (until 1990)", withdrawn},
	{"EU", "European Union", "The document was issued by the European Union, not by one of its members."},
	{"EUE", "European Union", "The document was issued by the European Union, not by one of its members."},
	{"GBD", "British Overseas Territories Citizen", british},
	{"GBN", "British National (Overseas)", british},
	{"GBO", "British Overseas Citizen", british},
	{"GBP", "British Protected Person", british},
	{"GBS", "British Subject", british},
	{"HKG", "Hong Kong", ""},
	{"MAC", "Macao", ""},
	{"MKD", "North Macedonia", ""},
	{"NTZ", "Neutral Zone (until 1993)", withdrawn},
	{"RKS", "Kosovo", "The code that Kosovo's own documents carry; it is not part of the ISO list."},
	{"ROM", "Romania (code until 2002)", withdrawn},
	{"SCG", "Serbia and Montenegro (until 2006)", withdrawn},
	{"SUN", "Soviet Union (until 1992)", withdrawn},
	{"SWZ", "Eswatini", ""},
	{"TMP", "East Timor (code until 2002)", withdrawn},
	{"UK", "United Kingdom", ""},
	{"UN", "United Nations", "The document was issued by the United Nations, not by a country."},
	{"UNA", "United Nations specialised agency", "The document was issued to an official of an agency of the United Nations, not by a country."},
	{"UNK", "Kosovo (United Nations mission)", "The document was issued to a resident of Kosovo by the United Nations mission there."},
	{"UNO", "United Nations", "The document was issued to an official of the United Nations, not by a country."},
	{"UTO", "Utopia (specimen)", "No such country exists: the code marks specimens, and no genuine document carries it."},
	{"XBA", "African Development Bank", organisation},
	{"XCC", "Caribbean Community", organisation},
	{"XCE", "Council of Europe", organisation},
	{"XCO", "Common Market for Eastern and Southern Africa", organisation},
	{"XDC", "Southern African Development Community", organisation},
	{"XEC", "Economic Community of West African States", organisation},
	{"XES", "Organisation of Eastern Caribbean States", organisation},
	{"XIM", "African Export-Import Bank", organisation},
	{"XKX", "Kosovo", "A code in common use for Kosovo; it is not part of the ISO list."},
	{"XMP", "Parliamentary Assembly of the Mediterranean", organisation},
	{"XOM", "Sovereign Military Order of Malta", organisation},
	{"XPO", "Interpol", organisation},
	{"XXA", "Stateless person", "The holder has no nationality, as the convention of 1954 defines it."},
	{"XXB", "Refugee", "The holder is a refugee, as the convention of 1951 defines it."},
	{"XXC", "Refugee (other)", "The holder is a refugee on other grounds than the convention of 1951."},
	{"XXX", "Nationality not stated", "The holder's nationality is unknown or was not specified."},
	{"YUG", "Yugoslavia (until 2003)", withdrawn},
	{"ZAR", "Zaire (until 1997)", withdrawn},
}

const (
	british      = "A form of British nationality other than citizenship, with a code of its own on travel documents."
	organisation = "The document was issued by an international organisation, not by a country."
	withdrawn    = "The code is no longer in use, so a document that carries it is old or deserves a closer look."
)

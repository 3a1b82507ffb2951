package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// faceData is what is on the documents of an invented person, as draw reads it too.
type faceData struct {
	Family, Given, Born, Sex, Nation, Number, Issued, Expires string
	Address                                                   []string
}

func (f faceData) fullName() string { return f.Given + " " + f.Family }

// faceOf returns the data of a face, counted from one.
func faceOf(number int) faceData {
	body, err := mediaFiles.ReadFile("media/faces.json")
	if err != nil {
		panic(err) // embedded when built
	}
	var all []faceData
	if err := json.Unmarshal(body, &all); err != nil {
		panic(err) // the file is ours
	}
	return all[number-1]
}

// searchedPerson is the person whom the searches were about.
func (s *mediaBuilder) searchedPerson() faceData {
	if len(s.part.documents) == 0 {
		return faceOf(1)
	}
	return faceOf(s.part.documents[0])
}

func (f faceData) structuredAddress() map[string]any {
	return map[string]any{
		"address_format": 1, "address_line1": f.Address[0], "town_city": f.Address[1], "postal_code": f.Address[2],
		"country": f.Address[3], "country_iso": f.Nation, "formatted_address": strings.Join(f.Address, "\n"),
	}
}

// documentFields is the text of an identity document. Source: Yoti IDV, data extraction.
func (s *mediaBuilder) documentFields(document tree, number int) map[string]any {
	f := faceOf(number)
	fields := map[string]any{
		"full_name": f.fullName(), "given_names": f.Given, "family_name": f.Family, "date_of_birth": f.Born, "gender": f.Sex,
		"nationality": f.Nation, "document_type": document.text("document_type"), "issuing_country": document.text("issuing_country"),
		"document_number": f.Number, "date_of_issue": f.Issued, "expiration_date": f.Expires,
	}
	switch document.text("document_type") {
	case "PASSPORT", "TRAVEL_DOCUMENT":
		fields["mrz"] = map[string]any{"type": 2,
			"line1": padMachineText("P<"+f.Nation+f.Family+"<<"+strings.ReplaceAll(f.Given, " ", "<"), 44),
			"line2": padMachineText(f.Number, 44)}
	case "DRIVING_LICENCE":
		fields["structured_postal_address"] = f.structuredAddress()
		fields["driving_licence_class"] = "AM/A/B1/B/f/k/p/q"
		fields["place_of_birth"] = "UNITED KINGDOM"
	}
	s.spoilFields(fields)
	return fields
}

func padMachineText(text string, length int) string {
	return text + strings.Repeat("<", max(0, length-len(text)))
}

// spoilFields makes texts as they come in life: with parts missing, wrong or unheard of.
func (s *mediaBuilder) spoilFields(fields map[string]any) {
	switch s.number {
	case 4:
		fields["date_of_birth"] = "1978-01-17" // as printed, and changed
	case 10:
		fields["expiration_date"] = "LIFETIME"
		fields["parent_name"] = "Зразкова Олена"
	case 16:
		fields["date_of_birth"] = "1979"
		fields["middle_name"] = ""
		fields["place_of_birth"] = nil
	case 17:
		fields["given_names"] = []string{"INES", "MARIA"}
		fields["height"] = 1.68
	case 19:
		fields["chip_serial"] = "made-up-00-17"
	case 22:
		delete(fields, "given_names")
		delete(fields, "family_name")
		delete(fields, "structured_postal_address")
	case 18:
		fields["expiration_date"] = "2026-11-25"
	}
}

// expandedFields is the same text by its source. Source: Yoti IDV, expanded document fields.
func (s *mediaBuilder) expandedFields(number int) map[string]any {
	f := faceOf(number)
	var list []map[string]any
	add := func(name, source, value string, more ...string) {
		field := map[string]any{"name": name, "source": source, "value": value, "locale": "la"}
		for _, flag := range more {
			field[flag] = true
		}
		list = append(list, field)
	}
	title := func(text string) string { return text[:1] + strings.ToLower(text[1:]) }
	add("family_name", "VIZ", title(f.Family))
	add("family_name", "MRZ", f.Family)
	add("given_names", "VIZ", title(f.Given))
	add("given_names", "MRZ", f.Given)
	add("date_of_birth", "VIZ", f.Born)
	add("date_of_birth", "MRZ", f.Born)
	add("document_number", "VIZ", f.Number)
	add("document_number", "MRZ", f.Number)
	add("expiration_date", "VIZ", f.Expires)
	add("expiration_date", "MRZ", f.Expires)
	add("nationality", "VIZ", f.Nation)
	switch s.number {
	case 4: // what is printed was changed, and what machines read was not
		list[4]["value"] = "1978-01-17"
		list[7]["value"] = "CA3309746"
		add("document_number", "BARCODE", "CA3309746")
	case 24:
		add("family_name", "VIZ", "СПЕСІМЕН", "is_non_latin")
		add("given_names", "VIZ", "Оксана", "is_non_latin")
		add("given_names", "VIZ", "Oksána", "is_transliteration")
		add("blood_group", "CHIP", "0+")
	case 3:
		add("given_names", "BARCODE", "JORDAN A")
	}
	return map[string]any{"fields": list}
}

// letterFields is the text of a supporting document. Source: Yoti IDV, data extraction.
func (s *mediaBuilder) letterFields() map[string]any {
	f := s.searchedPerson()
	fields := map[string]any{
		"full_name": f.fullName(), "organisation": "Invented Water", "date_of_issue": "2026-08-12", "structured_postal_address": f.structuredAddress(),
	}
	switch s.number {
	case 21:
		fields["full_name"], fields["organisation"] = "Tomas Specimen", "Example City Council"
		fields["structured_postal_address"] = map[string]any{"formatted_address": "Flat 6, 41 Example Ave\nBristol\nBS1 4ZZ\nUnited Kingdom", "town_city": "Bristol", "postal_code": "bs1 4zz"}
	case 24:
		fields["full_name"], fields["organisation"] = "L. Otherperson", "Sample Telephones"
		fields["structured_postal_address"] = map[string]any{"formatted_address": "2 Different Street\nYork\nYO1 7HH", "town_city": "York", "postal_code": "YO1 7HH"}
	}
	return fields
}

// profileFields is what a check searched with.
func (s *mediaBuilder) profileFields() map[string]any {
	f := s.searchedPerson()
	return map[string]any{"full_name": f.fullName(), "date_of_birth": f.Born, "structured_postal_address": f.structuredAddress()}
}

// searchHits is what a watchlist search found. Source: Yoti IDV, results; the answer itself
// has the shape that public clients of the provider's API expect.
func (s *mediaBuilder) searchHits(checkType string) []map[string]any {
	f := s.searchedPerson()
	var found []map[string]any
	switch {
	case s.number == 24 && checkType == "WATCHLIST_SCREENING":
		return []map[string]any{searchResult(f, "base64_encoded_string")}
	case s.number == 6:
		for i := range 94 {
			found = append(found, namesakeHit(f, i))
		}
		return []map[string]any{searchResult(f, searchAnswer(f, append(remarkableHits(f), found...))), searchResult(f, searchAnswer(f, namesakeHits(f, 94, 124)))}
	case s.number == 7:
		found = remarkableHits(f)[:5]
	case s.number == 3 && checkType == "WATCHLIST_SCREENING", s.number == 24:
		found = remarkableHits(f)[1:3]
	case s.number == 20:
		found = remarkableHits(f)[4:5]
	}
	return []map[string]any{searchResult(f, searchAnswer(f, found))}
}

func namesakeHits(f faceData, from, to int) []map[string]any {
	var found []map[string]any
	for i := from; i < to; i++ {
		found = append(found, namesakeHit(f, i))
	}
	return found
}

// searchResult is one answer of the provider, as Yoti passes it on.
func searchResult(f faceData, output string) map[string]any {
	return map[string]any{
		"provider": "Comply Advantage", "search_types": []string{"sanction", "warning", "pep", "adverse-media"},
		"search_id": "616943686", "search_ref": "made-up-1629902969", "url": "", "raw_output": output,
	}
}

func searchAnswer(f faceData, found []map[string]any) string {
	body, err := json.Marshal(map[string]any{"code": 200, "status": "success", "content": map[string]any{"data": map[string]any{
		"id": 616943686, "ref": "made-up-1629902969", "match_status": "potential_match", "risk_level": "unknown",
		"search_term": f.fullName(), "total_hits": len(found), "limit": 100, "offset": 0, "created_at": "2026-11-02 10:00:00",
		"filters": map[string]any{"types": []string{"sanction", "pep"}, "birth_year": f.Born[:4], "fuzziness": 0.5},
		"hits":    append([]map[string]any{}, found...),
	}}})
	if err != nil {
		panic(err) // our own literals
	}
	return base64.StdEncoding.EncodeToString(body)
}

// searchHit is an entity that a list names.
func searchHit(id, name, born string, score float64, match, types []string, source, listName, country string, more map[string]any) map[string]any {
	doc := map[string]any{
		"id": id, "name": name, "entity_type": "person", "last_updated_utc": "2026-06-01T00:00:00Z", "types": types, "sources": []string{source},
		"source_notes": map[string]any{source: map[string]any{"name": listName, "aml_types": types, "country_codes": []string{country},
			"listing_started_utc": "2019-03-01T00:00:00Z", "url": "https://lists.example/" + source}},
	}
	if born != "" {
		doc["fields"] = []map[string]any{{"name": "Date of Birth", "tag": "date_of_birth", "source": source, "value": born}}
	}
	for key, value := range more {
		doc[key] = value
	}
	return map[string]any{
		"score": score, "is_whitelisted": false, "match_types": match,
		"match_types_details": map[string]any{name: map[string]any{"match_types": map[string]any{"specimen": []string{"exact_match"}}, "type": "name"}},
		"doc":                 doc,
	}
}

// remarkableHits are hits of every sort.
func remarkableHits(f faceData) []map[string]any {
	year := f.Born[:4]
	title := strings.ToUpper(f.Given[:1]) + strings.ToLower(f.Given[1:])
	list := []map[string]any{
		searchHit("MADEUP0001", title+" Specimen", "1944", 1.2, []string{"name_exact"}, []string{"adverse-media", "adverse-media-fraud"}, "example-news", "Example news archive", "GB",
			map[string]any{"media": []map[string]any{
				{"date": "2021-03-04T00:00:00Z", "title": "Invented trader fined over invented accounts", "snippet": "A story that never happened.", "url": "https://news.example/2021/fined"},
				{"date": "2022-07-19T00:00:00Z", "title": `<b onmouseover="alert(1)">Appeal</b> refused`, "snippet": "Another.", "url": "javascript:alert(document.domain)"},
			}}),
		searchHit("MADEUP0002", title+" Specimen", year, 1.7, []string{"name_exact", "year_of_birth"}, []string{"pep", "pep-class-2"}, "example-pep-list", "Example list of office holders", "GB",
			map[string]any{"aka": []map[string]any{{"name": title[:1] + ". Specimen"}, {"name": "Specimen, " + title}, {"name": "Спесімен"}},
				"associates": []map[string]any{{"association": "spouse", "name": "Sam Specimen"}, {"association": "business partner", "name": "Invented Holdings Ltd"}}}),
		searchHit("MADEUP0003", title+"a Specimenova", "", 0.9, []string{"name_fuzzy", "phonetic_name"}, []string{"sanction"}, "example-sanctions", "Example sanctions list", "US", nil),
		searchHit("MADEUP0004", "Specimen Shipping", year+"-01-01", 0.4, []string{"aka_fuzzy"}, []string{"warning", "fitness-probity"}, "example-warnings", "Example warnings of a regulator", "FR", nil),
		searchHit("MADEUP0005", title+" X. Specimen", "1990-05-05", 1.1, []string{"aka_exact", "unheard_of"}, []string{"pep", "pep-class-4", "a-new-sort"}, "example-council", "Example council members", "XX", nil),
		searchHit("MADEUP0006", title+" Specimen", f.Born, 2.1, []string{"name_exact", "year_of_birth"}, []string{"sanction", "warning"}, "example-sanctions", "Example sanctions list", "GB", nil),
	}
	list[2]["match_types_details"] = []any{}
	for _, i := range []int{1, 5} { // the countries of the person, and not only those of the list
		doc := list[i]["doc"].(map[string]any)
		countries := map[string]any{"name": "Countries", "tag": "country_names", "value": "Malta, Libya"}
		doc["fields"] = append(doc["fields"].([]map[string]any), countries)
	}
	return list
}

// namesakeHit is one of many whose name is only similar.
func namesakeHit(f faceData, i int) map[string]any {
	sorts := [][]string{{"adverse-media"}, {"pep", "pep-class-3"}, {"warning"}, {"adverse-media", "adverse-media-general"}}
	return searchHit(fmt.Sprintf("MADEUP1%03d", i), fmt.Sprintf("%s Specimen the %dth", strings.ToUpper(f.Given[:1])+strings.ToLower(f.Given[1:]), i+4),
		fmt.Sprint(1940+i%60), 0.3+float64(i%50)/100, []string{"name_fuzzy"}, sorts[i%len(sorts)], "example-archive", "Example archive", "GB", nil)
}

package account

import "testing"

func TestLooks(t *testing.T) {
	for _, test := range []struct {
		a, b string
		like bool
	}{
		{"adm1", "аdm1", true},   // Cyrillic
		{"adm1", "adml", true},   // a one, an l
		{"adm1", "admI", true},   // a capital i
		{"ann", "аnn", true},     // Cyrillic
		{"ann", "ANN", true},     // the same name
		{"Ann", "АNN", true},     // Cyrillic capital
		{"bob", "ВОВ", true},     // all of it Cyrillic, in capitals
		{"scope", "ѕсоре", true}, // all of it Cyrillic
		{"oscar", "οscar", true}, // Greek
		{"oscar", "0scar", true},
		{"tom", "torn", true},
		{"ann", "𝖺𝗇𝗇", true},
		{"ann", "a\u0301nn", false},
		{"ann", "anna", false},
		{"ann", "arn", false},
		{"supervisor", "supervisor2", false},
		{"Владимир", "Владимиp", true}, // a Latin p
		{"Владимир", "Vladimir", false},
		{"王小明", "王小朋", false},
	} {
		for _, pair := range [][2]string{{test.a, test.b}, {test.b, test.a}} {
			if got := SkeletonsOf(pair[0]).Confusable(SkeletonsOf(pair[1])); got != test.like {
				t.Errorf("%s is like %s: %v", pair[0], pair[1], got)
			}
		}
	}
}

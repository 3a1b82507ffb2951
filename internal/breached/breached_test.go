package breached

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"os"
	"strconv"
	"strings"
	"testing"
)

// commonPasswords are those of which the filter was made.
func commonPasswords(t testing.TB) []string {
	t.Helper()
	file, err := os.Open("common.txt.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	lines := bufio.NewScanner(text)
	for lines.Scan() {
		list = append(list, lines.Text())
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestEveryCommonPasswordIsKnown(t *testing.T) {
	list := commonPasswords(t)
	long := 0
	for _, password := range list {
		if !IsCommon(password) {
			t.Fatalf("%q is not known", password)
		}
		if len(password) >= 12 {
			long++
		}
	}
	if len(list) < 100_000 || long < 40_000 {
		t.Errorf("there are %d passwords, %d of them of 12 characters and more", len(list), long)
	}
	for _, password := range []string{"Password", "LEAVE me ALONE", " sonyericsson", "ｐａｓｓｗｏｒｄ"} {
		if !IsCommon(password) {
			t.Errorf("%q is not known", password)
		}
	}
}

// The filter takes one in ten thousand or fewer for a password that it was given.
func TestFewOthersAreKnown(t *testing.T) {
	given := map[string]bool{}
	for _, password := range commonPasswords(t) {
		given[password] = true
	}
	const tried = 300_000
	wrong := 0
	for i := range tried {
		other := "gravel otter " + strconv.Itoa(i) + " lantern"
		if IsCommon(other) && !given[plain(other)] {
			wrong++
		}
	}
	t.Logf("%d of %d", wrong, tried)
	if wrong > tried/10_000 {
		t.Errorf("%d of %d others are taken for common passwords", wrong, tried)
	}
}

// What the generator makes of the list is what the program has.
func TestFilterIsThatOfTheList(t *testing.T) {
	list := commonPasswords(t)
	filter := NewFilter(len(list))
	for _, password := range list {
		filter.Add(password)
	}
	if !bytes.Equal(filter.Bytes(), commonFilter) {
		t.Error("common.filter was made of another list: run go generate")
	}
	if _, err := parseFilter(nil); err == nil {
		t.Error("nothing is taken for a filter")
	}
}

func BenchmarkIsCommon(b *testing.B) {
	IsCommon("")
	password := strings.Repeat("gravel otter lantern ", 2)
	for b.Loop() {
		IsCommon(password)
	}
}

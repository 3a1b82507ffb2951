package static_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sources is the text of the files that a pattern names.
func sources(t *testing.T, pattern string) string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, error %v", pattern, len(files), err)
	}
	var text strings.Builder
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(body)
	}
	return text.String()
}

// The reset leaves a control without border and ground. It has the class that draws it,
// and the class has rules.
func TestControlsAreStyled(t *testing.T) {
	pages, rules := sources(t, "../views/*.templ"), sources(t, "css/controls.css")
	hidden := regexp.MustCompile(`type="hidden"|\shidden[\s/>]`)
	for _, control := range []string{"input", "select", "textarea", "table"} {
		if !strings.Contains(rules, "."+control+" {") && !strings.Contains(rules, "."+control+",") {
			t.Errorf("there is no rule for .%s", control)
		}
		class := regexp.MustCompile(`class="([^"]* )?` + control + `[ "]`)
		tags := regexp.MustCompile(`<`+control+`\s[^>]*>`).FindAllString(pages, -1)
		if len(tags) == 0 {
			t.Errorf("no page has a %s", control)
		}
		for _, tag := range tags {
			if !hidden.MatchString(tag) && !class.MatchString(tag) {
				t.Errorf("%s has not the class %q", tag, control)
			}
		}
	}
}

// A variant or a size that no rule knows would be drawn as the plain button.
func TestButtonVariantsAreStyled(t *testing.T) {
	pages, rules := sources(t, "../views/*.templ"), sources(t, "css/controls.css")
	used := regexp.MustCompile(`data-(variant|size)="[^"]*"`).FindAllString(pages, -1)
	if len(used) == 0 {
		t.Error("no button has a variant")
	}
	for _, variant := range used {
		if !strings.Contains(rules, "["+variant+"]") {
			t.Errorf("there is no rule for a button with %s", variant)
		}
	}
}

package views

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// sources returns the text of every templ file by name.
func sources(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob("*.templ")
	if err != nil || len(names) == 0 {
		t.Fatalf("templ files: %v, %v", names, err)
	}
	texts := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(text)
	}
	return texts
}

// An icon that is not in the sprite would show as nothing.
func TestIconsAreInTheSprite(t *testing.T) {
	sprite, err := os.ReadFile("../static/icons/sprite.svg")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, tone := range []Tone{Good, Minor, Warn, Bad, Mute, Wait, "another"} {
		used[tone.icon()] = true
	}
	for _, text := range sources(t) {
		for _, found := range regexp.MustCompile(`@icon\("([^"]+)"\)|"(sun|moon|sun-moon)"`).FindAllStringSubmatch(text, -1) {
			used[found[1]+found[2]] = true
		}
	}
	for name := range used {
		if !strings.Contains(string(sprite), `id="`+name+`"`) {
			t.Errorf("the sprite has no %s", name)
		}
	}
}

// What the content security policy refuses, and what would bypass escaping.
func TestPagesHaveNothingInline(t *testing.T) {
	inline := regexp.MustCompile(`templ\.Raw|templ\.JSUnsafe|templ\.SafeURL|\bstyle=|\son[a-z]+=|<style|<script>|javascript:`)
	for name, text := range sources(t) {
		for _, found := range inline.FindAllString(text, -1) {
			t.Errorf("%s has %q", name, found)
		}
	}
}

func TestAgo(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 2, 0, 0, time.UTC)
	for d, want := range map[time.Duration]string{
		-time.Hour:           "just now", // by a clock that was ahead
		59 * time.Second:     "just now",
		time.Minute:          "1 minute ago",
		59 * time.Minute:     "59 minutes ago",
		time.Hour:            "1 hour ago",
		47 * time.Hour:       "47 hours ago",
		48 * time.Hour:       "2 days ago",
		400 * 24 * time.Hour: "400 days ago",
	} {
		if got := Ago(now, now.Add(-d)); got != want {
			t.Errorf("%s ago is %q, want %q", d, got, want)
		}
	}
}

func TestSpan(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 2, 0, 0, time.UTC)
	for d, want := range map[time.Duration]string{
		-time.Second:           "1 second",
		200 * time.Millisecond: "1 second",
		30 * time.Second:       "30 seconds",
		91 * time.Second:       "2 minutes",
		5 * time.Minute:        "5 minutes",
		2 * time.Hour:          "2 hours",
		6 * 24 * time.Hour:     "6 days",
	} {
		if got := Span(now, now.Add(d)); got != want {
			t.Errorf("Span of %s is %q, want %q", d, got, want)
		}
	}
}

package idv

import (
	"fmt"
	"testing"
	"time"
)

func TestReadTime(t *testing.T) {
	noon := time.Date(2024, time.January, 1, 12, 0, 0, 0, time.UTC)
	for wire, want := range map[string]time.Time{
		"2024-01-01T12:00:00Z":           noon,
		"2024-01-01T12:00:00.000Z":       noon,
		"2024-01-01T13:00:00+01:00":      noon,
		"2024-01-01T13:00:00+0100":       noon,
		"2024-01-01T13:00:00+01":         noon,
		"2024-01-01T06:30:00-05:30":      noon,
		"2024-01-01T06:30:00−0530":       noon,
		"2024-01-01T12:00:00,5Z":         noon.Add(500 * time.Millisecond),
		"2024-01-01T12:00:00.123456789Z": noon.Add(123456789),
		"2024-01-01T12:00Z":              noon,
		"2024-01-01T12,5Z":               noon.Add(30 * time.Minute),
		"2024-01-01T12:00.5Z":            noon.Add(30 * time.Second),
		"2024-01-01T12Z":                 noon,
		"2024-01-01t12:00:00z":           noon,
		"2024-01-01 12:00:00":            noon,
		"2024-01-01T12:00:00":            noon,
		" 2024-01-01T12:00:00Z\n":        noon,
		"20240101T120000Z":               noon,
		"20240101T1200+0000":             noon,
		"20240101T130000.0+01":           noon,
		"2024-001T12:00:00Z":             noon,
		"2024001T120000Z":                noon,
		"2024-W01-1T12:00:00Z":           noon,
		"2024W011T120000Z":               noon,
		"2023-12-31T24:00:00Z":           noon.Add(-12 * time.Hour),
		"2024-01-01T11:59:60Z":           noon,
		"2024-01-01":                     noon.Add(-12 * time.Hour),
		"20240101":                       noon.Add(-12 * time.Hour),
		"2024-W01":                       noon.Add(-12 * time.Hour),
		"2024-01":                        noon.Add(-12 * time.Hour),
		"2024":                           noon.Add(-12 * time.Hour),
		"2020-W53-7":                     time.Date(2021, time.January, 3, 0, 0, 0, 0, time.UTC),
		"2024-366":                       time.Date(2024, time.December, 31, 0, 0, 0, 0, time.UTC),
	} {
		if got := ReadTime(wire); !got.At.Equal(want) || got.At.Location() != time.UTC || got.Wire != wire {
			t.Errorf("ReadTime(%q) = %v, want %v", wire, got.At, want)
		}
	}
	for _, wire := range []string{
		"", "soon", "1704110400", "202401", "01/02/2024", "1.2.2024", "2024-1-1", "24-01-01", "2024-13-01", "2024-02-30", "2023-02-29", "2024-00",
		"2024-000", "2023-366", "2024-W00", "2024-W53", "2024-W01-8", "2024-01-01T25:00Z", "2024-01-01T24:01Z", "2024-01-01T12:60Z", "2024-01-01T12:00:61Z",
		"2024-01-01T12:00:00+24:00", "2024-01-01T12:00:00+01:60", "2024-01-01T", "2024-01-01TZ", "2024-01T12:00Z", "2024-W01T12:00Z", "2024T12Z", "2024-01-01T12:00:00Z!", "2024-0101",
	} {
		if got := ReadTime(wire); !got.At.IsZero() || got.Exact() {
			t.Errorf("ReadTime(%q) = %v", wire, got.At)
		}
	}
}

func TestTimeBefore(t *testing.T) {
	order := func(a, b string) string {
		first, second := ReadTime(a), ReadTime(b)
		switch {
		case first.Before(second) && second.Before(first):
			return "both"
		case first.Before(second):
			return "<"
		case second.Before(first):
			return ">"
		}
		return "?"
	}
	for _, test := range [][3]string{
		{"2024-01-01T12:00:00Z", "<", "2024-01-01T12:00:00.001Z"},
		{"2024-01-01T12:00:00Z", "?", "2024-01-01T13:00:00+01"},
		{"2024-01-01T12:00:00Z", ">", "2024-01-01T12:59:59+0100"},
		{"2024-01-01", "<", "2024-01-02"},
		{"2024-01-01", "<", "2024-01-02T00:00:00Z"},
		{"2024-01-01", "?", "2024-01-01T12:00:00Z"},
		{"2024-01-01", "?", "2024-01-01T00:00:00Z"},
		{"2024-01-01", "?", "2024-01-01"},
		{"2024-01-01T12:00Z", "?", "2024-01-01T12:00:30Z"},
		{"2024-01-01T12:00Z", "<", "2024-01-01T12:01Z"},
		{"2024-01-01T12Z", "?", "20240101T1230Z"},
		{"2024-W01", "?", "2024-01-07"},
		{"2024-W01", "<", "2024-01-08"},
		{"2024-01", ">", "2023-365"},
		{"2024", "?", "2024-12-31T23:59:59Z"},
		{"soon", "?", "2024-01-01T12:00:00Z"},
		{"", "?", ""},
	} {
		if got := order(test[0], test[2]); got != test[1] {
			t.Errorf("%s %s %s, want %s", test[0], got, test[2], test[1])
		}
	}
}

func TestTimeAsItIsShown(t *testing.T) {
	for wire, want := range map[string]string{
		"2024-01-01T00:30:00+02:00": "exact, 2024-01-01",
		"20240101T003000Z":          "exact, 2024-01-01",
		"2024-01-01T00:30:00":       "2024-01-01", // nobody says where
		"2024-01-01T00:30Z":         "2024-01-01",
		"2024-01-01":                "2024-01-01",
		"2024-01":                   "",
		"2024-W01":                  "",
		"2024":                      "",
		"soon":                      "",
	} {
		got := ""
		if day, ok := ReadTime(wire).Day(); ok {
			got = day.Format(time.DateOnly)
		}
		if ReadTime(wire).Exact() {
			got = "exact, " + got
		}
		if got != want {
			t.Errorf("%s: %q, want %q", wire, got, want)
		}
	}
}

// FuzzReadTime holds every moment to one meaning in all its forms, and every text to an
// order in which nothing is before itself.
func FuzzReadTime(f *testing.F) {
	f.Add(int64(1704110400), int16(60), "2024-W01-1T12Z")
	f.Add(int64(-1), int16(-1), "2024-01-01")
	f.Fuzz(func(t *testing.T, seconds int64, offset int16, text string) {
		const hours = 23
		zone := time.FixedZone("", int(offset)%(hours*60)*60)
		at := time.Unix(seconds%(1<<36), 0).In(zone)
		if year := at.Year(); year < 1 || year > 9998 {
			return
		}
		year, week := at.ISOWeek()
		clock := at.Format("150405Z0700")
		for _, wire := range []string{
			at.Format(time.RFC3339), at.Format("20060102T") + clock, at.Format("2006-002T") + clock, at.Format("2006002T") + clock,
			fmt.Sprintf("%04d-W%02d-%dT%s", year, week, (int(at.Weekday())+6)%7+1, clock), at.Format("2006-01-02 15:04:05,000-07:00"),
		} {
			got := ReadTime(wire)
			if day, ok := got.Day(); !got.At.Equal(at) || !got.Exact() && !at.IsZero() || !ok || day.Format(time.DateOnly) != at.Format(time.DateOnly) {
				t.Errorf("%q is %v, want %v", wire, got.At, at)
			}
			other := ReadTime(text)
			if got.Before(got) || other.Before(other) || got.Before(other) && other.Before(got) {
				t.Errorf("%q and %q are before each other", wire, text)
			}
		}
	})
}

package main

import (
	"testing"
	"time"
)

func TestTimesAreSaidAsPeopleDo(t *testing.T) {
	zone := time.FixedZone("", 2*3600)
	now := time.Date(2026, 1, 2, 15, 4, 5, 0, zone)
	for text, want := range map[string]time.Time{
		"":                     {},
		"90s":                  now.Add(-90 * time.Second),
		"2h":                   now.Add(-2 * time.Hour),
		"08:30":                time.Date(2026, 1, 2, 8, 30, 0, 0, zone),
		"2026-01-01":           time.Date(2026, 1, 1, 0, 0, 0, 0, zone),
		"2026-01-01 08:30":     time.Date(2026, 1, 1, 8, 30, 0, 0, zone),
		"2026-01-01 08:30:01":  time.Date(2026, 1, 1, 8, 30, 1, 0, zone),
		"2026-01-01T08:30:01Z": time.Date(2026, 1, 1, 8, 30, 1, 0, time.UTC),
	} {
		if got, err := momentOf(text, now); err != nil || !got.Equal(want) {
			t.Errorf("%q: %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"yesterday", "-2h", "25:00", "2026-13-01"} {
		if got, err := momentOf(text, now); err == nil {
			t.Errorf("%q is %s", text, got)
		}
	}
}

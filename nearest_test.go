package gstorm

import (
	"strings"
	"testing"
)

func TestEditDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "ab", 2}, {"ab", "", 2}, {"split", "split", 0}, {"split", "spilt", 1}, {"split", "splt", 1}, {"split", "splitt", 1},
		{"split", "splat", 1}, {"ab", "ba", 1}, {"kitten", "sitting", 3}, {"abcd", "badc", 2}}
	for _, test := range tests {
		if got := editDistance(test.a, test.b); got != test.want {
			t.Errorf("%s to %s: %d, want %d", test.a, test.b, got, test.want)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"lines", "split", "count_words", "a"}
	for name, want := range map[string]string{"line": "lines", "spilt": "split", "count_wrods": "count_words", "cuont_wrods": "count_words",
		"words": "", "b": "", "": "", "lins": "lines"} {
		if got := Nearest(name, names); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestNearestOfALongName: what nobody can have meant is not looked at: strangers can ask for names of a megabyte.
func TestNearestOfALongName(t *testing.T) {
	names, long := []string{"lines", "split"}, strings.Repeat("x", 1<<20)
	if n := testing.AllocsPerRun(1, func() { Nearest(long, names) }); n > 0 {
		t.Errorf("it was compared with %g tables", n)
	}
	if got := Nearest("ab", []string{long}); got != "" {
		t.Errorf("it is near to %.10s", got)
	}
}

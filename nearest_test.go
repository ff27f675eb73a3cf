package gstorm

import "testing"

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

package terminal

import (
	"testing"

	"pgregory.net/rapid"
)

func TestNumbersAreWrittenForPeople(t *testing.T) {
	for got, want := range map[string]string{
		thousands(0): "0", thousands(999): "999", thousands(1_000): "1,000", thousands(1_234_567): "1,234,567",
		short(999_999): "999,999", short(1_000_000): "1.00M", short(12_345_678): "12.3M", short(999_499_999): "999M",
		short(999_500_000): "1.00G", short(1 << 63): "9.22E",
		rate(0): "0", rate(0.04): "0.0", rate(3.14): "3.1", rate(9.96): "10", rate(52_341.4): "52,341", rate(-1): "0",
		millis(0): "0.00", millis(0.044): "0.04", millis(9.996): "10.0", millis(99.97): "100", millis(1_204.4): "1,204", millis(73_210): "73.2k", millis(999_499): "999k", millis(999_500): "1.00M",
		elapsed(0.089): "0.08s", elapsed(1.25): "1.2s", elapsed(59.96): "59.9s", elapsed(61): "1m01s", elapsed(3_599.9): "59m59s", elapsed(7_500): "2h05m",
		counted(1, "tree"): "1 tree", counted(0, "tree"): "0 trees", counted(1_024, "tree"): "1,024 trees",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestShortNumbersFitTheirColumns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64().Draw(t, "n")
		for s, cells := range map[string]int{short(n): 7, rate(float64(n) / 1000): 7, millis(float64(n%1e15) / 1e6): 6} {
			if len(s) > cells {
				t.Fatalf("%q takes more than %d cells", s, cells)
			}
		}
	})
}

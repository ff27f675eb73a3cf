package terminal

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestWidthCountsCells(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "split": 5, "zählen": 6, "za\u0308hlen": 6, "単語": 4, "단어": 4, "🦀 storm": 8, "ｗ": 2, "a\u200bb": 2,
	} {
		if got := width(text); got != want {
			t.Errorf("width(%q) = %d, want %d", text, got, want)
		}
	}
}

func TestTruncateShowsThatItCut(t *testing.T) {
	for _, c := range []struct {
		text  string
		limit int
		want  string
	}{
		{"split", 5, "split"}, {"split", 4, "spl…"}, {"split", 1, "…"}, {"split", 0, ""}, {"単語数", 6, "単語数"},
		{"単語数", 5, "単語…"}, {"単語数", 4, "単…"}, {"単語数", 2, "…"},
	} {
		if got := truncate(c.text, c.limit); got != c.want {
			t.Errorf("truncate(%q, %d) = %q, want %q", c.text, c.limit, got, c.want)
		}
	}
}

func TestTruncateNeverExceedsItsLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, limit := rapid.String().Draw(t, "text"), rapid.IntRange(0, 20).Draw(t, "limit")
		if got := truncate(text, limit); width(got) > limit {
			t.Fatalf("truncate(%q, %d) = %q, which takes %d cells", text, limit, got, width(got))
		}
	})
}

func TestEscapeSpellsOutWhatATerminalWouldObey(t *testing.T) {
	for text, want := range map[string]string{
		"plain ünï 単":    "plain ünï 単",
		"\x1b[2J\a":      `\x1b[2J\x07`,
		"a\rb\n":         `a\rb\n`,
		"tab\tstays":     "tab\tstays",
		"bad \xff utf8":  `bad \xff utf8`,
		"a \uFFFD stays": "a \uFFFD stays",
		"\u202Eevil":     `\u202eevil`,
		"\u0085next":     `\x85next`,
	} {
		if got := escape(text, false); got != want {
			t.Errorf("escape(%q) = %q, want %q", text, got, want)
		}
	}
	if got := escape("two\nlines\x00", true); got != "two\nlines\\x00" {
		t.Errorf("lines are not kept: %q", got)
	}
}

func TestEscapedTextIsHarmless(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		got := escape(text, false)
		if !utf8.ValidString(got) || strings.IndexFunc(got, func(r rune) bool { return r != '\t' && unicode.IsControl(r) }) >= 0 {
			t.Fatalf("escape(%q) = %q", text, got)
		}
	})
}

func TestPrintedLinesKeepTheirColoursAndNothingElse(t *testing.T) {
	for line, want := range map[string]string{
		"plain":                     "plain",
		"\x1b[1;31mred\x1b[0m":      "\x1b[1;31mred\x1b[0m\x1b[m",
		"\x1b[31mleft red":          "\x1b[31mleft red\x1b[m",
		"\x1b[2Jcleared":            `\x1b[2Jcleared`,
		"\x1b[31":                   `\x1b[31`,
		"\x1b]0;title\a":            `\x1b]0;title\x07`,
		"progress 10%\rprogress 20": `progress 10%\rprogress 20`,
	} {
		if got := escapePrinted(line); got != want {
			t.Errorf("escapePrinted(%q) = %q, want %q", line, got, want)
		}
	}
}

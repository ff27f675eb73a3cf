package scaffold

import "testing"

// A name may be written in the way of any language; files and classes get it in the way of theirs.
func TestNamesAreSpeltAsTheLanguageSpellsThem(t *testing.T) {
	for text, want := range map[string][2]string{
		"count":           {"count", "CountTopology"},
		"word_count":      {"word_count", "WordCountTopology"},
		"word-count":      {"word_count", "WordCountTopology"},
		"WordCount":       {"word_count", "WordCountTopology"},
		"wordCount2":      {"word_count2", "WordCount2Topology"},
		"JSONLines":       {"json_lines", "JsonLinesTopology"},
		"word_topology":   {"word_topology", "WordTopology"},
		"topology":        {"topology", "TopologyTopology"},
		"top-10-of-a-day": {"top_10_of_a_day", "Top10OfADayTopology"},
	} {
		n, err := newName(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]string{n.snake(), n.class()}; got != want {
			t.Errorf("%s is spelt %q, want %q", text, got, want)
		}
	}
}

func TestWhatIsNoNameIsRefused(t *testing.T) {
	for _, text := range []string{"", ".", "..", "/", "2_words", "word count", "word.rb", "wörter", "_count", "count_", "word__count", "-c", "a\nb"} {
		if n, err := newName(text); err == nil {
			t.Errorf("%q is taken for a name: %q", text, n.snake())
		}
	}
}

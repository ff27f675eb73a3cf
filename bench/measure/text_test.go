package measure_test

import (
	"maps"
	"testing"

	"github.com/gstorm/gstorm/bench/measure"
)

var text = measure.Text{"a b a", "b c", "d"}

func TestCountsAreThoseOfEverySpoutsSentences(t *testing.T) {
	for _, c := range []struct {
		emitted []uint64
		want    map[string]uint64
	}{
		{nil, map[string]uint64{}},
		{[]uint64{1}, map[string]uint64{"a": 2, "b": 1}},
		{[]uint64{3}, map[string]uint64{"a": 2, "b": 2, "c": 1, "d": 1}},
		{[]uint64{5}, map[string]uint64{"a": 4, "b": 4, "c": 2, "d": 1}},
		{[]uint64{2, 0, 3}, map[string]uint64{"a": 4, "b": 4, "c": 2, "d": 1}},
	} {
		if got := text.Counts(c.emitted...); !maps.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.emitted, got, c.want)
		}
	}
	if got := text.WordsPerSentence(); got != 2 {
		t.Errorf("%v words a sentence", got)
	}
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	want := map[string]uint64{"a": 2, "b": 1}
	for _, c := range []struct {
		got  map[string]uint64
		want string
	}{
		{map[string]uint64{"a": 2, "b": 1}, ""},
		{map[string]uint64{"a": 2}, `"b" was counted 0 times, it was emitted 1 times`},
		{map[string]uint64{"a": 3, "b": 1}, `"a" was counted 3 times, it was emitted 2 times`},
		{map[string]uint64{"a": 2, "b": 1, "c": 1}, `"c" was counted 1 times, it was never emitted`},
	} {
		said := ""
		if err := measure.Check(want, c.got); err != nil {
			said = err.Error()
		}
		if said != c.want {
			t.Errorf("%v: %q, want %q", c.got, said, c.want)
		}
	}
}

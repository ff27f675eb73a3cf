package route

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gstorm/gstorm"
)

func TestNeeds(t *testing.T) {
	word := []string{"word"}
	for _, c := range []struct {
		name      string
		consumers []consumer
		want      Needs
	}{
		{"no consumer", nil, Nothing},
		{"shuffle", []consumer{{gstorm.Shuffle, nil, 2}}, Turn},
		{"shuffle over one task", []consumer{{gstorm.Shuffle, nil, 1}}, Nothing},
		{"local or shuffle", []consumer{{gstorm.LocalOrShuffle, nil, 2}}, Turn},
		{"none", []consumer{{gstorm.None, nil, 3}}, Turn},
		{"all", []consumer{{gstorm.All, nil, 3}}, Nothing},
		{"global", []consumer{{gstorm.Global, nil, 3}}, Nothing},
		{"fields", []consumer{{gstorm.FieldsGrouping, word, 2}}, Values},
		{"fields over one task", []consumer{{gstorm.FieldsGrouping, word, 1}}, Nothing},
		{"partial key", []consumer{{gstorm.PartialKey, word, 2}}, Values},
		{"partial key over one task", []consumer{{gstorm.PartialKey, word, 1}}, Nothing},
		{"direct", []consumer{{gstorm.Direct, nil, 2}}, Nothing},
		{"the most of all", []consumer{{gstorm.All, nil, 2}, {gstorm.FieldsGrouping, word, 2}, {gstorm.Shuffle, nil, 2}}, Values},
	} {
		if got := streamTo(t, c.consumers...).Needs(); got != c.want {
			t.Errorf("%s: needs %d, want %d", c.name, got, c.want)
		}
	}
}

// TestChoose: what is chosen before there are tuples is what would have been chosen for them.
func TestChoose(t *testing.T) {
	consumers := []consumer{
		{gstorm.Shuffle, nil, 3}, {gstorm.All, nil, 2}, {gstorm.None, nil, 4}, {gstorm.FieldsGrouping, []string{"word"}, 1},
	}
	ahead, later := streamTo(t, consumers...), streamTo(t, consumers...)
	for range 100 {
		chosen := ahead.Choose(nil)
		got, err := ahead.RouteTo([]Target{{Task: 99}}, text(`["a",1,null]`), chosen)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(append([]int{99}, route(t, later, text(`["a",1,null]`))...), tasks(got)); d != "" {
			t.Fatalf("(-routed +chosen):\n%s", d)
		}
	}
}

// TestRouteToRefusesWhatRouteRefuses: that the tasks are known is no reason to let a tuple pass.
func TestRouteToRefusesWhatRouteRefuses(t *testing.T) {
	for name, s := range map[string]*Stream{
		"a field is missing": streamTo(t, consumer{gstorm.FieldsGrouping, []string{"rest"}, 1}),
		"direct":             streamTo(t, consumer{gstorm.Direct, nil, 2}),
	} {
		tuple := &gstorm.Tuple{Values: gstorm.Values{"a", 1}}
		_, want := s.Route(nil, tuple)
		got, err := s.RouteTo([]Target{{Task: 99}}, tuple, s.Choose(nil))
		if want == nil || err == nil || err.Error() != want.Error() || !slices.Equal(tasks(got), []int{99}) {
			t.Errorf("%s: %v and %v, Route has %v", name, tasks(got), err, want)
		}
	}
}

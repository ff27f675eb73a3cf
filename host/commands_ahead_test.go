package host

import (
	"testing"
	"time"
)

// TestCommandsAhead: how many nexts a spout is written at once, by what it did with those before.
func TestCommandsAhead(t *testing.T) {
	const quick = 10 * time.Microsecond
	for name, tc := range map[string]struct {
		rounds []ahead
		room   int // then, in tuples
		want   int // nexts
	}{
		"at first":                         {nil, 1000, 1},
		"twice as many":                    {[]ahead{{1, 1, quick}, {1, 1, quick}}, 1000, 4},
		"up to a limit":                    {times(20, ahead{1, 1, quick}), 1000, maxCommandsAhead},
		"no more than there is room":       {times(20, ahead{1, 1, quick}), 3, 3},
		"of those that bring several":      {times(20, ahead{5, 5, quick}), 12, 2},
		"at least one":                     {times(20, ahead{5, 5, quick}), 1, 1},
		"one after one that had nothing":   {append(times(20, ahead{1, 1, quick}), ahead{1, 0, quick}), 1000, 1},
		"and more again when there is":     {append(times(20, ahead{1, 0, quick}), ahead{1, 1, quick}), 1000, 2},
		"one where each takes its time":    {times(20, ahead{1, 1, 10 * time.Millisecond}), 1000, 1},
		"what can be done in a short time": {times(20, ahead{1, 1, commandsAheadTime / 5}), 1000, 5},
		"in no time at all":                {times(20, ahead{1, 1, 0}), 1000, maxCommandsAhead},
	} {
		t.Run(name, func(t *testing.T) {
			a := newCommandsAhead()
			for _, r := range tc.rounds {
				a.note(r.most, r.fewest, r.each)
			}
			if got := a.calls(min(tc.room, a.credit())); got != tc.want {
				t.Errorf("%d nexts, want %d", got, tc.want)
			}
		})
	}
}

// ahead is what became of the nexts that were written at once.
type ahead struct {
	most, fewest int
	each         time.Duration
}

func times[T any](n int, what T) (list []T) {
	for range n {
		list = append(list, what)
	}
	return list
}

// TestRound: acks and fails come first and may emit too, which counts for no next.
func TestRound(t *testing.T) {
	r := round{notices: 2}
	for _, emits := range []int{7, 0, 3, 1, 2} {
		r.emits += emits
		r.sync()
	}
	if r.most != 3 || r.fewest != 1 {
		t.Errorf("nexts brought %d to %d tuples, want 1 to 3", r.fewest, r.most)
	}
}

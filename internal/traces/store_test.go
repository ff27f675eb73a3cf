package traces

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gstorm/gstorm/internal/stats"
)

var now = time.UnixMicro(2_000_000)

func begun(root string, at int64) stats.TraceEvent {
	return stats.TraceEvent{Root: root, At: at, Begun: &stats.TraceBegun{Component: "lines", Task: 1, Stream: "default", Message: "7", Values: []stats.TapValue{{Field: "line", JSON: `"a b"`}}}}
}

func emitted(root, id string, at int64, component string, task int, parents ...string) stats.TraceEvent {
	return stats.TraceEvent{Root: root, At: at, Emitted: &stats.TraceEmitted{ID: id, Parents: parents, Source: "from", SourceTask: 1, Stream: "default", Component: component, Task: task}}
}

func handed(root, id string, at int64, component string, task int) stats.TraceEvent {
	return stats.TraceEvent{Root: root, At: at, Handed: &stats.TraceHanded{ID: id, Component: component, Task: task, PID: 10 * task}}
}

func answered(root, id string, at, before int64, cause string) stats.TraceEvent {
	return stats.TraceEvent{Root: root, At: at, Answered: &stats.TraceAnswered{ID: id, Before: before, Failed: cause != "", Cause: cause}}
}

func ended(root string, at int64, outcome string, micros int64) stats.TraceEvent {
	return stats.TraceEvent{Root: root, At: at, Ended: &stats.TraceEnded{Outcome: outcome, Micros: micros}}
}

func ms(v float64) *float64 { return &v }

// TestATraceOfTwoNodes: each tuple is put together of what both ends know; the second node's clock is 5 s behind.
func TestATraceOfTwoNodes(t *testing.T) {
	s := NewStore()
	const r, behind = "1-7", -5_000_000
	s.Add(Place{"a", 1}, []stats.TraceEvent{
		begun(r, 1_000_000), emitted(r, "a1", 1_001_000, "split", 2), emitted(r, "c1", 1_030_000, "count", 4, "a1"),
		handed(r, "c1", 1_031_000, "count", 4), answered(r, "c1", 1_040_000, 1_035_000, "count: task 4: bad"), ended(r, 1_041_000, stats.TraceFailed, 41_000),
	}, now)
	s.Add(Place{"b", 2}, []stats.TraceEvent{
		handed(r, "a1", 1_010_000+behind, "split", 2), answered(r, "a1", 1_030_500+behind, 900_000+behind, ""),
	}, now)
	got := s.Get(r, now)
	want := &Trace{
		Summary: Summary{
			Root: r, Component: "lines", Task: 1, Stream: "default", Message: "7", Began: time.UnixMicro(1_000_000).UTC(), MS: 41, Outcome: "failed",
			Components: []string{"split", "count"}, Nodes: []string{"b", "a"},
		},
		ClocksMS: 4991, // that is what is known: the tuple was not there before it was sent
		Values:   []Value{{Name: "line", Value: `"a b"`}},
		Spans: []Span{
			{ID: "a1", Parents: []string{}, Source: "from", SourceTask: 1, Stream: "default", Component: "split", Task: 2, Node: "b", Worker: 2, PID: 20,
				Emitted: ms(1), Handed: ms(1), Began: ms(1), Answered: ms(21.5), Outcome: "acked"},
			{ID: "c1", Parents: []string{"a1"}, Source: "from", SourceTask: 1, Stream: "default", Component: "count", Task: 4, Node: "a", Worker: 1, PID: 40,
				Emitted: ms(30), Handed: ms(31), Began: ms(35), Answered: ms(40), Outcome: "failed", Cause: "count: task 4: bad"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestAClockAhead is moved back as far as the end of a tree that was acked says that it must.
func TestAClockAhead(t *testing.T) {
	s := NewStore()
	const r, ahead = "1-7", 9_000_000
	s.Add(Place{"a", 1}, []stats.TraceEvent{begun(r, 1_000_000), emitted(r, "a1", 1_001_000, "split", 2), ended(r, 1_041_000, stats.TraceAcked, 41_000)}, now)
	s.Add(Place{"b", 2}, []stats.TraceEvent{handed(r, "a1", 1_010_000+ahead, "split", 2), answered(r, "a1", 1_030_000+ahead, 0, "")}, now)
	if trace := s.Get(r, now); *trace.Spans[0].Handed != 21 || *trace.Spans[0].Answered != 41 || trace.ClocksMS != 8989 {
		t.Errorf("%+v: handed at %v, answered at %v", trace, *trace.Spans[0].Handed, *trace.Spans[0].Answered)
	}
}

// TestWhatIsNotYetKnown is not there: of a tree that is open, and of one that has run into its timeout.
func TestWhatIsNotYetKnown(t *testing.T) {
	s := NewStore()
	const r = "1-7"
	s.Add(Place{}, []stats.TraceEvent{emitted(r, "a1", 1_001_000, "split", 2), emitted(r, "a2", 1_001_000, "split", 3)}, now)
	if s.Get(r, now) != nil || len(s.List(Recent, 10, now)) != 0 || len(s.Roots()) != 0 {
		t.Error("where it began is not known")
	}
	s.Add(Place{}, []stats.TraceEvent{begun(r, 1_000_000), handed(r, "a1", 1_002_000, "split", 2)}, now)
	trace := s.Get(r, now)
	if trace.Outcome != stats.TracePending || trace.MS != 1000 || trace.Spans[0].Began != nil || trace.Spans[1].Handed != nil || s.Sampled() != 1 {
		t.Errorf("%+v", trace)
	}
	if list := s.List(Recent, 10, now); len(list) != 1 || list[0].Spans != 2 {
		t.Errorf("%+v", list)
	}
	s.Add(Place{}, []stats.TraceEvent{ended(r, 1_900_000, stats.TraceTimedOut, 900_000)}, now)
	if trace := s.Get(r, now); trace.Cause != "split: task 2 has not answered in time, split: task 3 did not get to its tuple in time" {
		t.Errorf("%q", trace.Cause)
	}
	s.Add(Place{}, []stats.TraceEvent{{Root: r, Dropped: 3}, {Root: r, Dropped: 5}, answered(r, "a9", 1, 1, "")}, now)
	s.Add(Place{"b", 2}, []stats.TraceEvent{{Root: r, Dropped: 2}}, now)
	if trace := s.Get(r, now); trace.Dropped != 7 || len(trace.Spans) != 2 {
		t.Errorf("%d were dropped, %d are there", trace.Dropped, len(trace.Spans))
	}
}

// TestSlowAndFailedOnesOutliveTheRest, within bounds.
func TestSlowAndFailedOnesOutliveTheRest(t *testing.T) {
	s := NewStore()
	at := now
	for i := range 5000 {
		r, outcome, took := fmt.Sprintf("1-%d", i), stats.TraceAcked, int64(1000+i%100)
		switch i {
		case 10:
			outcome = stats.TraceFailed
		case 20:
			took = 1_000_000
		}
		s.Add(Place{}, []stats.TraceEvent{begun(r, at.UnixMicro()), emitted(r, "a1", at.UnixMicro(), "split", 2), ended(r, at.UnixMicro(), outcome, took)}, at)
		at = at.Add(100 * time.Millisecond)
	}
	if list := s.List(Recent, 200, at); len(list) != mostRecent || list[0].Root != "1-4999" {
		t.Errorf("%d recent ones, the first %s", len(list), list[0].Root)
	}
	if list := s.List(Failed, 200, at); len(list) != 1 || list[0].Root != "1-10" || s.Get("1-10", at) == nil {
		t.Errorf("failed: %+v", list)
	}
	if list := s.List(Slowest, 200, at); len(list) != mostSlowest || list[0].Root != "1-20" || list[1].MS != 1.099 || s.Get("1-20", at) == nil {
		t.Errorf("slowest: %+v", list[:2])
	}
	if len(s.traces) > mostRecent+mostFailed+mostSlowest || s.Get("1-50", at) != nil || s.Sampled() != 5000 {
		t.Errorf("%d are kept", len(s.traces))
	}
	at = at.Add(2 * time.Hour)
	s.Add(Place{}, nil, at)
	if list := s.List(Slowest, 200, at); len(list) != 0 {
		t.Errorf("%d slow ones of two hours ago", len(list))
	}
	if list := s.List(Recent, 3, at); len(list) != 3 {
		t.Errorf("%d of 3", len(list))
	}
}

// TestLargeTracesAreBounded, one and all.
func TestLargeTracesAreBounded(t *testing.T) {
	s := NewStore()
	for i := range 120 {
		r := fmt.Sprintf("1-%d", i)
		events := []stats.TraceEvent{begun(r, 1)}
		for n := range 2000 {
			events = append(events, emitted(r, fmt.Sprint(n), 1, "split", 2))
		}
		s.Add(Place{}, append(events, ended(r, 2, stats.TraceFailed, 1)), now)
	}
	sum := 0
	for _, t := range s.traces {
		sum += len(t.spans)
	}
	trace := s.Get("1-119", now)
	if s.spans != sum || sum > mostSpans || len(trace.Spans) != mostOfTrace || trace.Dropped != 1000 {
		t.Errorf("%d tuples are kept, %d are there; of the last %d, and %d dropped", s.spans, sum, len(trace.Spans), trace.Dropped)
	}
	for range 3 * mostOpen {
		s.Add(Place{}, []stats.TraceEvent{emitted(fmt.Sprint(rand.Uint64()), "a", 1, "split", 2)}, now)
	}
	if len(s.open) > mostOpen {
		t.Errorf("%d traces are open", len(s.open))
	}
}

// TestFinished are all that have ended, each once, some time after.
func TestFinished(t *testing.T) {
	s := NewStore()
	s.Add(Place{}, []stats.TraceEvent{begun("1-1", 1), ended("1-1", 2, stats.TraceAcked, 1)}, now)
	if list := s.Finished(now.Add(time.Hour), now); len(list) != 0 {
		t.Errorf("nobody has asked before: %v", list)
	}
	s.Watch()
	for i := range 1000 {
		r := fmt.Sprintf("1-%d", i+2)
		s.Add(Place{}, []stats.TraceEvent{begun(r, 1), ended(r, 2, stats.TraceAcked, 1)}, now.Add(time.Duration(i)*time.Second))
	}
	if list := s.Finished(now, now); len(list) != 0 {
		t.Errorf("too early: %v", list)
	}
	list := s.Finished(now.Add(990*time.Second), now)
	if n := len(list); n == 0 || list[n-1].Root != "1-991" {
		t.Errorf("%d have ended", n)
	}
	if list := s.Finished(now.Add(time.Hour), now); len(list) != 10 {
		t.Errorf("%d are left", len(list))
	}
	if len(s.traces) > mostRecent+mostSlowest {
		t.Errorf("%d are kept", len(s.traces))
	}
}

// TestAnyOrderOnAnyClocks: a random tree over nodes with clocks of their own, told in any order and more than once, is the same
// trace: with all tuples, the parents that they had, and no length below 0.
func TestAnyOrderOnAnyClocks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const root = "3-17"
		nodes := rapid.IntRange(1, 4).Draw(t, "nodes")
		var clock []int64
		for range nodes {
			clock = append(clock, rapid.Int64Range(-10_000_000, 10_000_000).Draw(t, "clock"))
		}
		clock[0] = 0
		type told struct {
			place Place
			event stats.TraceEvent
		}
		var all []told
		tell := func(node int, e stats.TraceEvent) {
			all = append(all, told{Place{string(rune('a' + node)), node + 1}, e})
		}
		tell(0, begun(root, 1_000_000_000))
		parents, at, on := map[string][]string{}, []int64{1_000_000_000}, []int{0}
		ids := []string{""}
		last := int64(0)
		for i := range rapid.IntRange(1, 20).Draw(t, "tuples") {
			from := rapid.IntRange(0, len(ids)-1).Draw(t, "from")
			id, node := fmt.Sprintf("%016x", i+1), rapid.IntRange(0, nodes-1).Draw(t, "node")
			var above []string
			if ids[from] != "" {
				above = []string{ids[from]}
			}
			step := func(what string) int64 { return rapid.Int64Range(0, 50_000).Draw(t, what) }
			sent := at[from] + step("emits after")
			got := sent + step("waits")
			done := got + step("works")
			last = max(last, done)
			parents[id] = above
			tell(on[from], emitted(root, id, sent+clock[on[from]], "c", 7, above...))
			tell(node, handed(root, id, got+clock[node], "c", 7))
			tell(node, answered(root, id, done+clock[node], got+clock[node]-step("before")+step("before"), ""))
			ids, at, on = append(ids, id), append(at, got), append(on, node)
		}
		tell(0, ended(root, last, stats.TraceAcked, last-1_000_000_000))
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "order"), 1))
		trace := func() *Trace {
			s := NewStore()
			list := append(slices.Clone(all), all[:len(all)/2]...)
			random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			slices.SortStableFunc(list, func(a, b told) int { // an answer comes after what it is to, by the same worker
				return rank(a.event) - rank(b.event)
			})
			for _, l := range list {
				s.Add(l.place, []stats.TraceEvent{l.event}, now)
			}
			return s.Get(root, now)
		}
		first := trace()
		if diff := cmp.Diff(first, trace()); diff != "" {
			t.Fatalf("in another order it is another:\n%s", diff)
		}
		if len(first.Spans) != len(parents) || first.Outcome != stats.TraceAcked {
			t.Fatalf("of %d tuples %d are there: %+v", len(parents), len(first.Spans), first)
		}
		before := 0.0
		for _, s := range first.Spans {
			if strings.Join(s.Parents, " ") != strings.Join(parents[s.ID], " ") {
				t.Fatalf("%s has the parents %v", s.ID, s.Parents)
			}
			if *s.Emitted < before || *s.Handed < *s.Emitted || *s.Began < *s.Handed || *s.Answered < *s.Began {
				t.Fatalf("%s goes back in time: %v %v %v %v, before it %v", s.ID, *s.Emitted, *s.Handed, *s.Began, *s.Answered, before)
			}
			before = *s.Emitted
		}
	})
}

func rank(e stats.TraceEvent) int {
	if e.Answered != nil {
		return 1
	}
	return 0
}

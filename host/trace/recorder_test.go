package trace

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/internal/stats"
)

var (
	traced   = acker.NewRoot(3, 17).Mark()
	other    = acker.NewRoot(4, 1).Mark()
	untraced = acker.NewRoot(3, 18)
	words    = &gstorm.Source{Component: "split", Stream: "default", Task: 5}
)

func at(us int64) time.Time { return time.UnixMicro(us) }

// TestWhatIsRecorded: of a tuple with several trees each that is traced, with those parents that are of that tree.
func TestWhatIsRecorded(t *testing.T) {
	r := NewRecorder()
	l := acker.NewLineage(acker.Edge{Root: traced, ID: 1}, acker.Edge{Root: untraced, ID: 2}, acker.Edge{Root: other, ID: 0xabc})
	parents := []acker.Edge{{Root: traced, ID: 8}, {Root: other, ID: 9}, {Root: traced, ID: 10}, {Root: traced, ID: 8}}
	r.Begun(at(1), traced, stats.TraceBegun{Component: "lines", Task: 3})
	r.Emitted(at(2), &l, parents, words, "count", 7)
	r.Handed(at(3), &l, "count", 7, 99)
	r.Answered(at(5), at(4), &l, &acker.Cause{Component: "count", Task: 7, PID: 99, Tuple: "12", Reason: "bad\nvery"})
	one := acker.NewLineage(acker.Edge{Root: traced, ID: 8})
	r.Handed(at(5), &one, "split", 5, 0)
	r.Answered(at(6), time.Time{}, &one, nil)
	r.Ended(at(7), traced, stats.TraceEnded{Outcome: stats.TraceFailed, Micros: 6})
	const why = "count: task 7 pid 99 tuple 12: bad"
	emitted := func(id string, parents ...string) *stats.TraceEmitted {
		return &stats.TraceEmitted{ID: id, Parents: parents, Source: "split", SourceTask: 5, Stream: "default", Component: "count", Task: 7}
	}
	handed := func(id string) *stats.TraceHanded {
		return &stats.TraceHanded{ID: id, Component: "count", Task: 7, PID: 99}
	}
	want := []stats.TraceEvent{
		{Root: "3-17", At: 1, Begun: &stats.TraceBegun{Component: "lines", Task: 3}},
		{Root: "3-17", At: 2, Emitted: emitted("0000000000000001", "0000000000000008", "000000000000000a")},
		{Root: "4-1", At: 2, Emitted: emitted("0000000000000abc", "0000000000000009")},
		{Root: "3-17", At: 3, Handed: handed("0000000000000001")},
		{Root: "4-1", At: 3, Handed: handed("0000000000000abc")},
		{Root: "3-17", At: 5, Answered: &stats.TraceAnswered{ID: "0000000000000001", Before: 4, Failed: true, Cause: why}},
		{Root: "4-1", At: 5, Answered: &stats.TraceAnswered{ID: "0000000000000abc", Before: 4, Failed: true, Cause: why}},
		{Root: "3-17", At: 5, Handed: &stats.TraceHanded{ID: "0000000000000008", Component: "split", Task: 5}},
		{Root: "3-17", At: 6, Answered: &stats.TraceAnswered{ID: "0000000000000008"}},
		{Root: "3-17", At: 7, Ended: &stats.TraceEnded{Outcome: stats.TraceFailed, Micros: 6}},
	}
	if diff := cmp.Diff(want, r.Take(at(8))); diff != "" {
		t.Error(diff)
	}
	if again := r.Take(at(9)); len(again) != 0 {
		t.Errorf("taken twice: %v", again)
	}
}

// TestALargeTreeIsBounded, and leaves room for the others; nobody takes anything for long, and the ends come all the same.
func TestALargeTreeIsBounded(t *testing.T) {
	r := NewRecorder()
	for i := range uint64(5000) {
		l := acker.NewLineage(acker.Edge{Root: traced, ID: i + 1})
		r.Emitted(at(1), &l, nil, words, "count", 7)
		r.Handed(at(1), &l, "count", 7, 0)
		r.Answered(at(1), at(1), &l, nil)
	}
	taken := r.Take(at(2))
	if last := taken[len(taken)-1]; last.Dropped != 4000 || last.Root != "3-17" || len(taken) != 3001 {
		t.Errorf("%d events, the last is %+v", len(taken), last)
	}
	for i := range uint64(100_000) {
		l := acker.NewLineage(acker.Edge{Root: acker.NewRoot(1, i+1).Mark(), ID: 1})
		r.Emitted(at(3), &l, nil, words, "count", 7)
	}
	r.Ended(at(4), other, stats.TraceEnded{Outcome: stats.TraceAcked})
	taken = r.Take(at(5))
	ended := 0
	for _, e := range taken {
		if e.Ended != nil {
			ended++
		}
	}
	if len(taken) > mostEvents+mostTrees+1 || ended != 1 || len(r.trees) > mostTrees {
		t.Errorf("%d events wait, %d of them ends, and %d trees are remembered", len(taken), ended, len(r.trees))
	}
}

// TestManyRecord: from all tasks, while somebody takes. Nil records nothing.
func TestManyRecord(t *testing.T) {
	r := NewRecorder()
	var group sync.WaitGroup
	for task := range 4 {
		group.Go(func() {
			for i := range uint64(200) {
				l := acker.NewLineage(acker.Edge{Root: traced, ID: uint64(task)<<32 + i + 1})
				r.Emitted(at(1), &l, nil, words, "count", 7)
				r.Handed(at(2), &l, "count", 7, 1)
			}
		})
	}
	n := 0
	for range 10 {
		n += len(r.Take(at(3)))
	}
	group.Wait()
	if n += len(r.Take(at(3))); n != 1600 {
		t.Errorf("%d of 1600 events were taken", n)
	}
	var none *Recorder
	l := acker.NewLineage(acker.Edge{Root: traced, ID: 1})
	none.Begun(at(1), traced, stats.TraceBegun{})
	none.Emitted(at(1), &l, nil, words, "count", 7)
	none.Handed(at(1), &l, "count", 7, 0)
	none.Answered(at(1), at(1), &l, nil)
	none.Ended(at(1), traced, stats.TraceEnded{})
	if none.Take(at(1)) != nil {
		t.Error("there is nothing to take")
	}
}

package ui

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gstorm/gstorm/internal/stats"
)

var begin = time.Date(2024, 5, 6, 7, 0, 0, 0, time.UTC)

// snapshotAt is a topology of one bolt with two tasks, which have executed so many tuples.
func snapshotAt(seconds float64, executed ...uint64) stats.Snapshot {
	s := stats.Snapshot{Seconds: seconds, Components: []stats.Component{{ID: "b", Kind: bolt}}}
	for i, n := range executed {
		latency := stats.Latency{Count: n, Mean: 2}
		s.Tasks = append(s.Tasks, stats.Task{ID: i + 1, Component: "b", Executed: n, Acked: n, Busy: float64(n) / 100, Latency: latency})
		s.Components[0].Executed += n
	}
	return s
}

func take(r *record, second int, executed ...uint64) {
	r.take(begin.Add(time.Duration(second)*time.Second), snapshotAt(float64(second), executed...), nil)
}

func TestCountsOfNewWorkersAreAdded(t *testing.T) {
	r := newRecord()
	take(r, 1, 10, 10)
	take(r, 2, 20, 3) // the second task's worker is a new one
	if got := r.now().components["b"].executed; got != 33 {
		t.Errorf("%d executed, want 33", got)
	}
	take(r, 3, 30) // the second's node does not answer
	take(r, 4, 30, 5)
	if got := r.now().components["b"].executed; got != 45 {
		t.Errorf("%d executed after a node had not answered, want 45", got)
	}
	take(r, 5)
	if got := r.now().components["b"].executed; got != 45 {
		t.Errorf("%d executed where nobody answers, want 45", got)
	}
}

func TestWithoutTasksCountsThatGoDownGainNothing(t *testing.T) {
	m := newMeter()
	for i, n := range []uint64{10, 4, 6} {
		s := stats.Snapshot{Components: []stats.Component{{ID: "b", Kind: bolt, Executed: n}}, Edges: []stats.Edge{{Component: "b", Source: "s", Stream: "default", Executed: n}}}
		m.read(begin.Add(time.Duration(i)*time.Second), &s)
	}
	if got := m.sum.components["b"].executed; got != 12 {
		t.Errorf("%d executed, want 12", got)
	}
	if got := m.sum.edges[edgeKey{"b", "s", "default"}].executed; got != 12 {
		t.Errorf("%d came by the edge, want 12", got)
	}
}

func TestWindowsAreDifferences(t *testing.T) {
	r := newRecord()
	const hours = 26
	for second := 1; second <= hours*3600; second += 10 {
		take(r, second, uint64(second)) // one a second
	}
	now := r.now().at
	got := windowsOf(r.history.spans(now, hours*3600), r.now().components["b"], func(f *frame) counts { return r.history.component(f, "b") })
	for i, want := range []struct {
		executed uint64
		within   float64
	}{{600, 600 / windowSteps}, {10800, 10800 / windowSteps}, {86400, 86400 / windowSteps}, {hours * 3600, 10}} {
		if off := float64(got[i].Executed) - float64(want.executed); off < -want.within || off > 0 {
			t.Errorf("%s: %d executed, want %d", got[i].Window, got[i].Executed, want.executed)
		}
		if i < 3 && got[i].Seconds != float64(got[i].Executed) {
			t.Errorf("%s: %d executed in %g s, one a second", got[i].Window, got[i].Executed, got[i].Seconds)
		}
	}
	if list := r.tasks.windows(r.history.spans(now, hours*3600), 1, r.now().tasks[1]); !slices.EqualFunc(list, got, func(a, b Window) bool {
		return a.Totals == b.Totals && a.Seconds == b.Seconds
	}) {
		t.Errorf("the only task: %+v, its component: %+v", list, got)
	}
	for i, w := range windows {
		storm := stormTopology{record: r, window: w, spans: r.history.spans(now, hours*3600)}
		if n := storm.ofTask(1); n.executed != got[i].Executed || n.mean() != 2 {
			t.Errorf("%s: Storm's REST says %d of a task, with a mean of %g ms", w.id, n.executed, n.mean())
		}
	}
	for i, tier := range r.history.tiers {
		if most := int(resolutions[i].span/resolutions[i].step) + 1; len(tier) > most {
			t.Errorf("%d moments are kept every %v, at most %d may be", len(tier), resolutions[i].step, most)
		}
	}
}

func TestAHistoryThatBeganLateSaysHowMuchItCovers(t *testing.T) {
	r := newRecord()
	take(r, 5000, 5000)
	take(r, 5010, 5020)
	got := windowsOf(r.history.spans(r.now().at, 5010), r.now().components["b"], func(f *frame) counts { return r.history.component(f, "b") })
	if got[0].Executed != 20 || got[0].Seconds != 10 {
		t.Errorf("the last ten minutes: %+v", got[0])
	}
	task := r.tasks.windows(r.history.spans(r.now().at, 5010), 1, r.now().tasks[1])
	if task[0].Executed != 20 || task[0].Seconds != 10 || task[3].Executed != 5020 {
		t.Errorf("its task: %+v", task)
	}
	if got[3].Executed != 5020 || got[3].Seconds != 5010 {
		t.Errorf("all time: %+v", got[3])
	}
}

func TestMemoryIsBounded(t *testing.T) {
	r := newRecord()
	for second := 1; second <= 400; second++ {
		s := stats.Snapshot{Seconds: float64(second)}
		for i := range 2 * fullSeries {
			s.Components = append(s.Components, stats.Component{ID: fmt.Sprint(i), Kind: bolt, Executed: uint64(second)})
		}
		r.take(begin.Add(time.Duration(second)*time.Second), s, nil)
	}
	if got := len(r.history.tiers[0]); got > 301 {
		t.Errorf("%d moments are kept of twice as many components as fit, 300 fit", got)
	}
}

func TestTheMemoryOfTasksIsBounded(t *testing.T) {
	h, first := newTaskHistory(), frame{at: begin}
	now := totals{tasks: map[int]counts{}}
	for i := range 2 * fullTasks {
		now.tasks[i+1] = counts{executed: 1}
	}
	for i := range 2 * windowSteps {
		now.at = begin.Add(time.Duration(10*(i+1)) * time.Second)
		h.add(&now, &first)
	}
	if got := len(h.marks[0]); got > windowSteps/2+1 {
		t.Errorf("%d moments are kept of twice as many tasks as fit, %d fit", got, windowSteps/2)
	}
	from := frame{at: now.at.Add(-10 * time.Minute)}
	if list := h.windows([]span{{windows[0], &from, 600}}, 1, now.tasks[1]); list[0].Seconds > 310 {
		t.Errorf("%g s of ten minutes are said to be known", list[0].Seconds)
	}
}

// The windows of a component's tasks come to its own at any moment, whenever counts were collected, and whether tasks move.
func TestTheWindowsOfTasksComeToTheirComponents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRecord()
		at, executed := begin, []uint64{0, 0}
		first := rapid.Float64Range(0, 100).Draw(t, "first")
		for i := range rapid.IntRange(1, 150).Draw(t, "takes") {
			at = at.Add(time.Duration(rapid.SampledFrom([]float64{0.4, 1, 1.01, 9.7, 60, 900}).Draw(t, "passed") * float64(time.Second)))
			for k := range executed {
				if executed[k] += rapid.Uint64Range(0, 9).Draw(t, "executed"); i%50 == 49 {
					executed[k] = 0 // in a new worker
				}
			}
			r.take(at, snapshotAt(first+at.Sub(begin).Seconds(), executed...), nil)
		}
		now := at.Add(time.Duration(rapid.IntRange(0, 5000).Draw(t, "later")) * time.Millisecond)
		spans := r.history.spans(now, first+now.Sub(begin).Seconds())
		component := windowsOf(spans, r.now().components["b"], func(f *frame) counts { return r.history.component(f, "b") })
		one, two := r.tasks.windows(spans, 1, r.now().tasks[1]), r.tasks.windows(spans, 2, r.now().tasks[2])
		for i, w := range component {
			if one[i].Executed+two[i].Executed != w.Executed || one[i].Seconds != w.Seconds || two[i].Seconds != w.Seconds {
				t.Errorf("%s: %+v and %+v in tasks, %+v in the component", w.Window, one[i], two[i], w)
			}
		}
	})
}

func TestRatesCapacityAndHistory(t *testing.T) {
	r := newRecord()
	for second := 1; second <= 60; second++ {
		take(r, second, uint64(second)*50, uint64(second)*10)
	}
	if got := r.perSecond(r.latelyOf("b").executed); got != 60 {
		t.Errorf("%g a second, want 60", got)
	}
	if got := r.capacities()["b"]; got < 0.499 || got > 0.501 {
		t.Errorf("a capacity of %g, want that of the busiest task, 0.5", got)
	}
	h := r.history.series("b", r.now().at, 80*time.Second, 8)
	if h.Step != 10 || len(h.Series["executed"]) != 8 {
		t.Fatalf("steps of %g s, %d points", h.Step, len(h.Series["executed"]))
	}
	if h.Series["executed"][0] != nil {
		t.Error("something is known of the time before the topology began")
	}
	for i := 2; i < 8; i++ {
		if v := h.Series["executed"][i]; v == nil || *v < 59.9 || *v > 60.1 {
			t.Errorf("point %d of what was executed: %v, want 60", i, v)
		}
	}
	if mean := r.now().components["b"].mean(); mean != 2 {
		t.Errorf("a mean of %g ms, want 2", mean)
	}
}

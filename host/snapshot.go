package host

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/gstorm/gstorm/host/route"
	"github.com/gstorm/gstorm/internal/latency"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
)

// status is what is known of the run as a whole.
type status struct {
	state  string
	reason string
	ended  time.Time // zero: it has not
}

// setStatus notes a state. A drain that was asked for is not undone by bolts that become ready late, and its reason
// stays.
func (w *Worker) setStatus(state, reason string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if state == stats.Running && w.status.state != stats.Starting {
		return
	}
	w.status.state = state
	if reason != "" {
		w.status.reason = reason
	}
	if state == stats.Failed || state == stats.Stopped {
		w.status.ended = time.Now()
	}
}

// setEnded notes the end of a run in order.
func (w *Worker) setEnded() {
	pending := w.pending()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status.ended = time.Now()
	w.status.state = stats.Stopped
	if w.status.reason == "" {
		w.status.state, w.status.reason = stats.Finished, "every spout has finished"
	}
	if w.overdue.Load() && pending > 0 {
		w.status.reason += "; " + formatPending(pending)
	}
}

// Snapshot returns the state of the run now.
func (w *Worker) Snapshot() stats.Snapshot {
	w.mu.Lock()
	status := w.status
	w.mu.Unlock()
	now := status.ended
	if now.IsZero() {
		now = time.Now()
	}
	s := stats.Snapshot{
		Topology: w.plan.Topology, State: status.state, Reason: status.reason,
		Started: w.started, Seconds: now.Sub(w.started).Seconds(), Metrics: w.metrics.list(),
		Tasks: []stats.Task{}, Streams: []stats.Stream{}, Edges: []stats.Edge{},
	}
	order := make([]*plan.Component, 0, len(w.plan.Components))
	for i := range w.plan.Components {
		order = append(order, &w.plan.Components[i])
	}
	slices.SortStableFunc(order, func(a, b *plan.Component) int { return cmp.Compare(a.Stage, b.Stage) })
	took := latency.New()
	for _, c := range order {
		took.Reset()
		w.addComponent(&s, c, took)
		s.Errors = append(s.Errors, w.journal.errors(c.ID)...)
	}
	slices.SortStableFunc(s.Errors, func(a, b stats.ComponentError) int { return a.Time.Compare(b.Time) })
	return s
}

// pending is how many trees are open.
func (w *Worker) pending() (n uint64) {
	for _, l := range w.loops {
		n += uint64(l.tracker.pending())
	}
	return n
}

// Latencies are the distributions behind the snapshot's latencies, by component, in microseconds.
func (w *Worker) Latencies() map[string]*hdrhistogram.Histogram {
	all := map[string]*hdrhistogram.Histogram{}
	for _, t := range w.own {
		if all[t.component.ID] == nil {
			all[t.component.ID] = latency.New()
		}
		t.count.mergeLatency(all[t.component.ID])
	}
	return all
}

// taskIDs are the targets as the protocol wants them.
func taskIDs(targets []route.Target) []int32 {
	return appendIDs(make([]int32, 0, len(targets)), targets)
}

func appendIDs(ids []int32, targets []route.Target) []int32 {
	for _, t := range targets {
		ids = append(ids, int32(t.Task))
	}
	return ids
}

func formatID(id uint64) string { return strconv.FormatUint(id, 10) }

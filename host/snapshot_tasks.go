package host

import (
	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/latency"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
)

// addComponent adds a component with its tasks, streams and edges. Every count is read once, so that the sums are right at
// any moment. took is an empty histogram for what its tasks have measured: it is large, and one does for all components.
func (w *Worker) addComponent(s *stats.Snapshot, c *plan.Component, took *hdrhistogram.Histogram) {
	sum := stats.Component{ID: c.ID, Kind: string(c.Kind)}
	streams := streamsOf(c)
	var edges []stats.Edge
	if c.Kind == gstorm.BoltKind {
		edges = edgesOf(c)
	}
	for _, id := range c.TaskIDs {
		t := w.tasks[id]
		if t == nil {
			continue
		}
		task := t.stats(streams, edges)
		if c.Kind == gstorm.SpoutKind {
			w.addTrees(&s.Trees, &task)
		}
		t.count.mergeLatency(took)
		s.Tasks = append(s.Tasks, task)
		sum.Add(&task)
	}
	sum.Latency = latency.Of(took)
	s.Components = append(s.Components, sum)
	for _, stream := range streams {
		if len(c.Outputs) > 0 || stream.Emitted > 0 {
			s.Streams = append(s.Streams, stream)
		}
	}
	for i, e := range edges {
		if ticks := i == len(edges)-1; !ticks || e.Executed+e.Acked+e.Failed > 0 {
			s.Edges = append(s.Edges, e)
		}
	}
}

// streamsOf are the streams that a component's emits are counted by, with no counts: those that it declares, or the one that
// is counted if it declares none.
func streamsOf(c *plan.Component) (list []stats.Stream) {
	for _, id := range c.StreamIDs() {
		list = append(list, stats.Stream{Component: c.ID, Stream: id})
	}
	if len(list) == 0 {
		list = append(list, stats.Stream{Component: c.ID, Stream: gstorm.DefaultStream})
	}
	return list
}

// addTrees adds what a spout's task has in its ledger, to the trees and to the task.
func (w *Worker) addTrees(trees *stats.Trees, task *stats.Task) {
	c, pending := w.trackers[task.ID].counts()
	task.Acked, task.Failed, task.InFlight = c.Acked, c.Failed+c.TimedOut, uint64(pending)
	trees.Emitted += c.Opened
	trees.Acked += c.Acked
	trees.Failed += c.Failed
	trees.TimedOut += c.TimedOut
	trees.Late += c.Late
	trees.Pending += uint64(pending)
}

// stats is what the task tells about itself, but for a spout's trees. Its emits and answers are also added to the
// component's streams and edges.
func (t *task) stats(streams []stats.Stream, edges []stats.Edge) stats.Task {
	s := stats.Task{
		ID: t.id, Component: t.component.ID, Kind: string(t.component.Kind), State: taskState(t.state.Load()).String(),
		Restarts: t.count.restarts.Load(), Errors: t.count.errors.Load(),
		Busy: t.busy.Sum().Seconds(), Held: t.held.Sum().Seconds(),
	}
	s.Latency, s.Spent = t.count.measured()
	if t.broken.Load() {
		s.State = stats.Failed
	}
	pid, since, usage := t.process.now()
	s.PID, s.Since, s.CPU, s.Memory = pid, since, usage.CPU.Seconds(), usage.Memory
	for i := range streams {
		out := t.out.stream(streams[i].Stream)
		emitted, transferred := out.emitted.Load(), out.transferred.Load()
		streams[i].Emitted += emitted
		streams[i].Transferred += transferred
		s.Emitted += emitted
		s.Transferred += transferred
	}
	for i := range edges {
		in := t.in.edges[i]
		acked, failed := in.acked.Load(), in.failed.Load()
		executed := in.executed.Load() // the last one, so that no more is answered than was handed over
		edges[i].Executed += executed
		edges[i].Acked += acked
		edges[i].Failed += failed
		s.Executed += executed
		s.Acked += acked
		s.Failed += failed
	}
	if t.queue != nil {
		s.Queue, s.QueueLimit = uint64(t.queue.Len()), uint64(t.settings.queueTuples)
		s.InFlight = uint64(t.flights.len())
	}
	return s
}

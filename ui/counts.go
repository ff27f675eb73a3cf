package ui

import (
	"time"

	"github.com/gstorm/gstorm/internal/stats"
)

// counts are cumulative: what they are over a time is the difference of two.
type counts struct {
	emitted, transferred, executed, acked, failed uint64
	measured                                      uint64  // latencies
	took                                          float64 // their sum, in ms
	busy, held, cpu                               float64 // seconds
	restarts, errors                              uint64
	queued, answered                              uint64  // tuples
	queue, pipe, child                            float64 // where their time went, in seconds: see stats.Spent
}

func (c counts) plus(o counts) counts {
	return counts{
		c.emitted + o.emitted, c.transferred + o.transferred, c.executed + o.executed, c.acked + o.acked, c.failed + o.failed,
		c.measured + o.measured, c.took + o.took, c.busy + o.busy, c.held + o.held, c.cpu + o.cpu, c.restarts + o.restarts, c.errors + o.errors,
		c.queued + o.queued, c.answered + o.answered, c.queue + o.queue, c.pipe + o.pipe, c.child + o.child,
	}
}

// since is what came after an earlier moment, of what never goes down.
func (c counts) since(o counts) counts {
	return counts{
		less(c.emitted, o.emitted), less(c.transferred, o.transferred), less(c.executed, o.executed), less(c.acked, o.acked), less(c.failed, o.failed),
		less(c.measured, o.measured), max(c.took-o.took, 0), max(c.busy-o.busy, 0), max(c.held-o.held, 0), max(c.cpu-o.cpu, 0),
		less(c.restarts, o.restarts), less(c.errors, o.errors),
		less(c.queued, o.queued), less(c.answered, o.answered), max(c.queue-o.queue, 0), max(c.pipe-o.pipe, 0), max(c.child-o.child, 0),
	}
}

func less(a, b uint64) uint64 {
	if a < b {
		return 0
	}
	return a - b
}

// mean is the mean latency, 0 where none was measured.
func (c counts) mean() float64 {
	if c.measured == 0 {
		return 0
	}
	return c.took / float64(c.measured)
}

func countsOfTask(t *stats.Task) counts {
	return counts{
		t.Emitted, t.Transferred, t.Executed, t.Acked, t.Failed, t.Latency.Count, t.Latency.Mean * float64(t.Latency.Count), t.Busy, t.Held, t.CPU, t.Restarts, t.Errors,
		t.Spent.Queued, t.Spent.Answered, t.Spent.Queue, t.Spent.Pipe, t.Spent.Child,
	}
}

func countsOfComponent(c *stats.Component) counts {
	return counts{
		emitted: c.Emitted, transferred: c.Transferred, executed: c.Executed, acked: c.Acked, failed: c.Failed,
		measured: c.Latency.Count, took: c.Latency.Mean * float64(c.Latency.Count), restarts: c.Restarts, errors: c.Errors,
		queued: c.Spent.Queued, answered: c.Spent.Answered, queue: c.Spent.Queue, pipe: c.Spent.Pipe, child: c.Spent.Child,
	}
}

// began reports whether a task counts from the beginning again, since the process that counted is a new one.
func (c counts) began(before counts) bool {
	return c.emitted < before.emitted || c.transferred < before.transferred || c.executed < before.executed || c.acked < before.acked || c.failed < before.failed
}

// totals are all counts of a topology at one moment. They never go down, whatever worker was started anew or did not answer.
type totals struct {
	at         time.Time
	topology   counts // of the trees: acked, failed and latencies; emitted, transferred and executed of all components
	components map[string]counts
	tasks      map[int]counts
	streams    map[streamKey]counts
	edges      map[edgeKey]counts
}

type streamKey struct{ component, stream string }

type edgeKey struct{ component, source, stream string }

// meter makes totals of snapshots, one after the other.
type meter struct {
	tasks      map[int]counts // as they were counted last
	components map[string]counts
	streams    map[streamKey]counts
	edges      map[edgeKey]counts
	sum        totals
}

func newMeter() *meter {
	return &meter{
		tasks: map[int]counts{}, components: map[string]counts{}, streams: map[streamKey]counts{}, edges: map[edgeKey]counts{},
	}
}

// read takes a snapshot. The first is all that was before. A task's counts that have gone down are those of a new worker, and
// count from 0 on; a task that is missing has counted nothing until it is there again. Of what has no tasks (streams, and
// components where tasks are not told), what a sum has lost and gained meanwhile can't be told apart: there, one that went
// down has gained nothing.
func (m *meter) read(at time.Time, s *stats.Snapshot) totals {
	t := totals{
		at: at, components: make(map[string]counts, len(s.Components)), tasks: make(map[int]counts, len(s.Tasks)),
		streams: make(map[streamKey]counts, len(s.Streams)), edges: make(map[edgeKey]counts, len(s.Edges)),
	}
	gained := map[string]counts{}
	for i := range s.Tasks {
		task := &s.Tasks[i]
		now := countsOfTask(task)
		before := m.tasks[task.ID]
		gain := now.since(before)
		if now.began(before) {
			gain = now
		}
		m.tasks[task.ID] = now
		t.tasks[task.ID] = m.sum.tasks[task.ID].plus(gain)
		gained[task.Component] = gained[task.Component].plus(gain)
	}
	for id, before := range m.sum.tasks {
		if _, there := t.tasks[id]; !there {
			t.tasks[id] = before
		}
	}
	for i := range s.Components {
		c := &s.Components[i]
		now := countsOfComponent(c)
		gain, told := gained[c.ID]
		if !told {
			gain = now.since(m.components[c.ID])
			if now.began(m.components[c.ID]) {
				gain = counts{}
			}
		}
		m.components[c.ID] = now
		t.components[c.ID] = m.sum.components[c.ID].plus(gain)
	}
	for id, before := range m.sum.components {
		if _, there := t.components[id]; !there {
			t.components[id] = before
		}
	}
	m.flows(&t, s)
	for i := range s.Components {
		c := t.components[s.Components[i].ID]
		t.topology.emitted += c.emitted
		t.topology.transferred += c.transferred
		t.topology.executed += c.executed
		if s.Components[i].Kind == spout {
			t.topology.acked += c.acked
			t.topology.failed += c.failed
			t.topology.measured += c.measured
			t.topology.took += c.took
		}
	}
	if len(s.Components) == 0 { // nobody has told anything
		t.topology = m.sum.topology
	}
	m.sum = t
	return t
}

func (m *meter) flows(t *totals, s *stats.Snapshot) {
	for i := range s.Streams {
		key := streamKey{s.Streams[i].Component, s.Streams[i].Stream}
		now := counts{emitted: s.Streams[i].Emitted, transferred: s.Streams[i].Transferred}
		t.streams[key] = flowed(m.streams, m.sum.streams, key, now)
	}
	for i := range s.Edges {
		e := &s.Edges[i]
		key := edgeKey{e.Component, e.Source, e.Stream}
		t.edges[key] = flowed(m.edges, m.sum.edges, key, counts{executed: e.Executed, acked: e.Acked, failed: e.Failed})
	}
	for key, before := range m.sum.streams {
		if _, there := t.streams[key]; !there {
			t.streams[key] = before
		}
	}
	for key, before := range m.sum.edges {
		if _, there := t.edges[key]; !there {
			t.edges[key] = before
		}
	}
}

func flowed[K comparable](last, sum map[K]counts, key K, now counts) counts {
	gain := now.since(last[key])
	if now.began(last[key]) {
		gain = counts{}
	}
	last[key] = now
	return sum[key].plus(gain)
}

// The kinds of a component, as snapshots have them.
const (
	spout = "spout"
	bolt  = "bolt"
)

package past

import (
	"slices"

	"github.com/gstorm/gstorm/internal/stats"
)

// Layout is whose counts values are: first those of all components, then of streams, edges and tasks. What was there once stays,
// as long as the topology does.
type Layout struct {
	Components []Component `json:"components"`
	Streams    []Stream    `json:"streams"`
	Edges      []Edge      `json:"edges"`
	Tasks      []Task      `json:"tasks,omitempty"`
}

// Component is a component that was counted.
type Component struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
}

// Stream is an output stream of a component.
type Stream struct {
	Component string `json:"component"`
	Stream    string `json:"stream"`
}

// Edge is an input of a component.
type Edge struct {
	Component string `json:"component"`
	Source    string `json:"source"`
	Stream    string `json:"stream"`
}

// Task is a task of a component. Where tasks get other numbers, it is another one.
type Task struct {
	Component string `json:"component"`
	ID        int    `json:"id"`
}

// The values of a component: what never goes down, and how it is.
const (
	Emitted = iota
	Transferred
	Executed
	Acked
	Failed
	Restarts
	Errors
	Measured // latencies
	Took     // their sum, in µs
	ComponentCounts

	P50      = 0 // µs, the highest of the node's workers
	P99      = 1 // the same
	Capacity = 2 // in ten-thousandths, of its busiest task, over the last 10 to 20 s
	Queue    = 3
	InFlight = 4
	Gauges   = 5
)

// The values of a stream (Emitted, Transferred), of an edge (Executed, Acked, Failed) and of a task (up to Errors).
const (
	StreamCounts = 2
	EdgeCounts   = 3
	TaskCounts   = Errors + 1
)

// plain is the layout without tasks.
func (l *Layout) plain() Layout {
	c := *l
	c.Tasks = nil
	return c
}

// series is how many there are to be kept in time.
func (l *Layout) series() int { return len(l.Components) + len(l.Streams) + len(l.Edges) }

// Width is how many counts there are.
func (l *Layout) Width() int {
	return len(l.Components)*ComponentCounts + len(l.Streams)*StreamCounts + len(l.Edges)*EdgeCounts + len(l.Tasks)*TaskCounts
}

// places are where the counts of each begin.
type places struct {
	components map[string]int
	streams    map[Stream]int
	edges      map[Edge]int
	tasks      map[Task]int
}

func (l *Layout) places() places {
	p := places{map[string]int{}, map[Stream]int{}, map[Edge]int{}, map[Task]int{}}
	at := 0
	for _, c := range l.Components {
		p.components[c.ID] = at
		at += ComponentCounts
	}
	for _, s := range l.Streams {
		p.streams[s] = at
		at += StreamCounts
	}
	for _, e := range l.Edges {
		p.edges[e] = at
		at += EdgeCounts
	}
	for _, t := range l.Tasks {
		p.tasks[t] = at
		at += TaskCounts
	}
	return p
}

// with is the layout with all that a snapshot has; grown: it had not all.
func (l *Layout) with(p *places, s *stats.Snapshot) (more Layout, grown bool) {
	more = Layout{slices.Clone(l.Components), slices.Clone(l.Streams), slices.Clone(l.Edges), slices.Clone(l.Tasks)}
	for i := range s.Components {
		if c := &s.Components[i]; missing(p.components, c.ID) {
			more.Components, grown = append(more.Components, Component{c.ID, c.Kind}), true
		}
	}
	for i := range s.Streams {
		if k := (Stream{s.Streams[i].Component, s.Streams[i].Stream}); missing(p.streams, k) {
			more.Streams, grown = append(more.Streams, k), true
		}
	}
	for i := range s.Edges {
		if k := (Edge{s.Edges[i].Component, s.Edges[i].Source, s.Edges[i].Stream}); missing(p.edges, k) {
			more.Edges, grown = append(more.Edges, k), true
		}
	}
	for i := range s.Tasks {
		if k := (Task{s.Tasks[i].Component, s.Tasks[i].ID}); missing(p.tasks, k) {
			more.Tasks, grown = append(more.Tasks, k), true
		}
	}
	return more, grown
}

func missing[K comparable](places map[K]int, key K) bool {
	_, known := places[key]
	return !known
}

// moved are counts of a layout as those of one that has all of it, and perhaps more.
func (l *Layout) moved(values []uint64, to *Layout) []uint64 {
	all, p, at := make([]uint64, to.Width()), to.places(), 0
	take := func(place, n int) {
		copy(all[place:place+n], values[at:at+n])
		at += n
	}
	for _, c := range l.Components {
		take(p.components[c.ID], ComponentCounts)
	}
	for _, s := range l.Streams {
		take(p.streams[s], StreamCounts)
	}
	for _, e := range l.Edges {
		take(p.edges[e], EdgeCounts)
	}
	for _, t := range l.Tasks {
		take(p.tasks[t], TaskCounts)
	}
	return all
}

// counted are the counts of a snapshot, of which the layout has all.
func (l *Layout) counted(p *places, s *stats.Snapshot) []uint64 {
	all := make([]uint64, l.Width())
	for i := range s.Components {
		c := &s.Components[i]
		at := p.components[c.ID]
		copy(all[at:], []uint64{
			c.Emitted, c.Transferred, c.Executed, c.Acked, c.Failed, c.Restarts, c.Errors, c.Latency.Count, uint64(c.Latency.Mean * 1000 * float64(c.Latency.Count)),
		})
	}
	for i := range s.Streams {
		at := p.streams[Stream{s.Streams[i].Component, s.Streams[i].Stream}]
		all[at], all[at+1] = s.Streams[i].Emitted, s.Streams[i].Transferred
	}
	for i := range s.Edges {
		e := &s.Edges[i]
		at := p.edges[Edge{e.Component, e.Source, e.Stream}]
		all[at], all[at+1], all[at+2] = e.Executed, e.Acked, e.Failed
	}
	for i := range s.Tasks {
		t := &s.Tasks[i]
		at := p.tasks[Task{t.Component, t.ID}]
		copy(all[at:], []uint64{t.Emitted, t.Transferred, t.Executed, t.Acked, t.Failed, t.Restarts, t.Errors})
	}
	return all
}

// Sums are what the workers of a node have counted, over all their lives.
type Sums struct {
	Layout Layout   `json:"layout"`
	Values []uint64 `json:"values"`
}

// Valid reports whether there is a value for all that the layout has.
func (s *Sums) Valid() bool { return len(s.Values) == s.Layout.Width() }

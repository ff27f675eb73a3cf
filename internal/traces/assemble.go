package traces

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/gstorm/gstorm/internal/stats"
)

// assemble puts a trace together of what is known.
func (t *entry) assemble(now time.Time) *Trace {
	c := clocks{t: t, moved: map[string]int64{}, depths: map[string]int{}}
	c.set()
	trace := &Trace{
		Summary: Summary{
			Root: t.root, Component: t.begun.Component, Task: t.begun.Task, Stream: t.begun.Stream, Message: t.begun.Message, Began: time.UnixMicro(t.began).UTC(),
			Outcome: stats.TracePending, MS: max(0, float64(now.UnixMicro()-t.began)/1e3), Components: []string{}, Nodes: []string{}, Dropped: t.over,
		},
		Values: values(t.begun.Values), More: t.begun.More, Spans: make([]Span, 0, len(t.spans)), ClocksMS: c.most(),
	}
	for _, n := range t.dropped {
		trace.Dropped += n
	}
	for _, s := range c.ordered {
		trace.Spans = append(trace.Spans, c.span(s))
	}
	if t.ended != nil {
		trace.Outcome, trace.Cause, trace.MS = t.ended.Outcome, t.ended.Cause, float64(t.ended.Micros)/1e3
		if trace.Outcome == stats.TraceTimedOut {
			trace.Cause = unanswered(trace.Spans)
		}
	}
	for i := range trace.Spans {
		s := &trace.Spans[i]
		if !slices.Contains(trace.Components, s.Component) {
			trace.Components = append(trace.Components, s.Component)
		}
		if s.Node != "" && !slices.Contains(trace.Nodes, s.Node) {
			trace.Nodes = append(trace.Nodes, s.Node)
		}
	}
	return trace
}

// unanswered says why a trace has timed out.
func unanswered(spans []Span) string {
	var waiting []string
	for i := range spans {
		if s := &spans[i]; s.Answered == nil {
			what := "has not answered"
			if s.Handed == nil {
				what = "did not get to its tuple"
			}
			if text := fmt.Sprintf("%s: task %d %s in time", s.Component, s.Task, what); !slices.Contains(waiting, text) {
				waiting = append(waiting, text)
			}
		}
	}
	switch n := len(waiting); {
	case n == 0:
		return "not everything was answered in time"
	case n > 3:
		return strings.Join(waiting[:3], ", ") + fmt.Sprintf(", and %d more", n-3)
	}
	return strings.Join(waiting, ", ")
}

// clocks brings the clocks of the nodes of a trace together, as far as that is needed: nothing is before what it came of, and of a
// tree that was acked nothing is after its end. The clock of the spout's node counts.
type clocks struct {
	t       *entry
	ordered []*span
	moved   map[string]int64 // us that are to be added, by node
	depths  map[string]int   // of tuples: of the spout's it is 1
}

// often enough for tuples that go through as many nodes, one after the other.
const mostMoves = 20

func (c *clocks) set() {
	// By when they were emitted, and what came of something behind it; those of whom that is not known behind.
	c.ordered = slices.SortedFunc(maps.Values(c.t.spans), c.compare)
	for range mostMoves {
		moved := false
		for _, s := range c.ordered {
			at := c.first(s)
			if s.emitted == nil || at == 0 || s.to.Node == s.from.Node || s.to.Node == c.t.node {
				continue
			}
			if short := s.sent + c.moved[s.from.Node] - at - c.moved[s.to.Node]; short > 0 {
				c.moved[s.to.Node] += short
				moved = true
			}
		}
		if !moved {
			break
		}
	}
	if c.t.ended != nil && c.t.ended.Outcome == stats.TraceAcked {
		c.back()
	}
	slices.SortStableFunc(c.ordered, c.compare)
}

// first is the first that is known of a tuple where it went to; 0: nothing is.
func (c *clocks) first(s *span) int64 {
	if s.handed != nil {
		return s.got
	}
	return s.done
}

// back moves back the clocks of nodes that answer after the end, as far as they can be.
func (c *clocks) back() {
	end := c.t.began + c.t.ended.Micros
	late, room := map[string]int64{}, map[string]int64{}
	for _, s := range c.ordered {
		node := s.to.Node
		if node == c.t.node || c.moved[node] > 0 {
			continue
		}
		if s.answer != nil {
			late[node] = max(late[node], s.done-end)
		}
		if at := c.first(s); s.emitted != nil && at > 0 && s.from.Node != node {
			least, known := room[node]
			if wait := at - s.sent - c.moved[s.from.Node]; !known || wait < least {
				room[node] = wait
			}
		}
	}
	for node, by := range late {
		if by = min(by, room[node]); by > 0 {
			c.moved[node] = -by
		}
	}
}

func (c *clocks) compare(a, b *span) int {
	return cmp.Or(cmp.Compare(c.sent(a), c.sent(b)), cmp.Compare(c.depth(a), c.depth(b)), cmp.Compare(c.came(a), c.came(b)), strings.Compare(a.id, b.id))
}

// came is when a tuple came to where it went.
func (c *clocks) came(s *span) int64 {
	if at := c.first(s); at > 0 {
		return at + c.moved[s.to.Node]
	}
	return math.MaxInt64
}

// depth is how many tuples there are from the spout's to this one.
func (c *clocks) depth(s *span) int {
	if d, known := c.depths[s.id]; known {
		return d
	}
	c.depths[s.id] = 0 // what comes from a worker may have no beginning
	d := 0
	if s.emitted != nil {
		for _, id := range s.emitted.Parents {
			if parent := c.t.spans[id]; parent != nil {
				d = max(d, c.depth(parent))
			}
		}
	}
	c.depths[s.id] = d + 1
	return d + 1
}

func (c *clocks) sent(s *span) int64 {
	if s.emitted == nil {
		return math.MaxInt64
	}
	return s.sent + c.moved[s.from.Node]
}

// most is by how much a clock was moved at most, in ms.
func (c *clocks) most() float64 {
	var most int64
	for _, by := range c.moved {
		most = max(most, by, -by)
	}
	return float64(most) / 1e3
}

// span is what is known of a tuple, in the clock of the spout's node.
func (c *clocks) span(s *span) Span {
	shown := Span{ID: s.id, Parents: []string{}, Node: s.to.Node, Worker: s.to.Worker}
	// Each moment is not before the one before it, whatever the clocks say.
	earliest := c.t.began
	at := func(clock int64, node string) *float64 {
		earliest = max(earliest, clock+c.moved[node])
		ms := float64(earliest-c.t.began) / 1e3
		return &ms
	}
	if e := s.emitted; e != nil {
		shown.Parents = append(shown.Parents, e.Parents...)
		shown.Source, shown.SourceTask, shown.Stream, shown.Component, shown.Task = e.Source, e.SourceTask, e.Stream, e.Component, e.Task
		shown.Emitted = at(s.sent, s.from.Node)
	}
	if h := s.handed; h != nil {
		shown.Component, shown.Task, shown.PID = h.Component, h.Task, h.PID
		shown.Handed = at(s.got, s.to.Node)
	}
	if a := s.answer; a != nil {
		if s.handed != nil {
			shown.Began = at(min(max(s.got, a.Before), s.done), s.to.Node)
		}
		shown.Answered = at(s.done, s.to.Node)
		shown.Outcome, shown.Cause = stats.TraceAcked, a.Cause
		if a.Failed {
			shown.Outcome = stats.TraceFailed
		}
	}
	return shown
}

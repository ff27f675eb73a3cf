package host

import (
	"cmp"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
)

// intake counts what a bolt's task gets, by input. One goroutine, which hands the tuples over, looks for the edges; any
// may read what was counted.
type intake struct {
	edges []*edge        // by source and stream; the last one is ticks
	last  *gstorm.Source // of the tuple that was looked for last, as the next one's is mostly the same
	edge  *edge          // which that came by
}

// edge is one input of a bolt's task. The one who hands tuples over has one cache line of it, the one who brings in the
// answers the other.
type edge struct {
	source, stream string
	newExecuted    uint64 // what count adds to executed
	executed       atomic.Uint64
	_              [cacheLine - 48]byte

	acked, failed atomic.Uint64
	newAcked      uint64 // what count adds to acked, of a bolt in Go
	tick          bool
	_             [cacheLine - 32]byte
}

func newIntake(c *plan.Component) *intake {
	in := &intake{}
	for _, e := range edgesOf(c) {
		in.edges = append(in.edges, &edge{source: e.Source, stream: e.Stream})
	}
	in.ticks().tick = true
	return in
}

// edgesOf are the edges that a bolt's tuples are counted by, with no counts: its inputs by source and stream, and ticks
// behind them.
func edgesOf(c *plan.Component) (list []stats.Edge) {
	for _, input := range c.Inputs {
		e := stats.Edge{Component: c.ID, Source: input.From, Stream: input.StreamID()}
		if !slices.Contains(list, e) {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b stats.Edge) int {
		return cmp.Or(strings.Compare(a.Source, b.Source), strings.Compare(a.Stream, b.Stream))
	})
	return append(list, stats.Edge{Component: c.ID, Source: gstorm.SystemComponent, Stream: gstorm.TickStream})
}

// of is the input by which a tuple has come.
func (in *intake) of(source *gstorm.Source) *edge {
	if source != in.last {
		in.last, in.edge = source, in.find(source)
	}
	return in.edge
}

// find looks for an input. What comes by none of the component's is a tick.
func (in *intake) find(source *gstorm.Source) *edge {
	for _, e := range in.edges {
		if e.stream == source.Stream && e.source == source.Component {
			return e
		}
	}
	return in.ticks()
}

func (in *intake) ticks() *edge { return in.edges[len(in.edges)-1] }

// countExecuted makes known what was handed over since the last time.
func (in *intake) countExecuted() {
	for _, e := range in.edges {
		if e.newExecuted > 0 {
			e.executed.Add(e.newExecuted)
			e.newExecuted = 0
		}
	}
}

// countAcked makes known what a bolt in Go has acked since the last time.
func (in *intake) countAcked() {
	for _, e := range in.edges {
		if e.newAcked > 0 {
			e.acked.Add(e.newAcked)
			e.newAcked = 0
		}
	}
}

// moved is a number that grows with every tuple that is handed over or acked.
func (in *intake) moved() (n uint64) {
	for _, e := range in.edges {
		n += e.executed.Load() + e.acked.Load()
	}
	return n
}

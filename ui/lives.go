package ui

import (
	"maps"
	"time"

	"github.com/gstorm/gstorm/internal/past"
	"github.com/gstorm/gstorm/internal/stats"
)

// NodeSums are what the workers of a node have counted for a topology, over all their lives.
type NodeSums struct {
	Node string // id
	Sums past.Sums
}

type taskKey struct {
	component string
	id        int
}

// sums are counts over lives.
type sums struct {
	components map[string]counts
	streams    map[streamKey]counts
	edges      map[edgeKey]counts
	tasks      map[taskKey]counts
}

// heard is what is known of one node's part in a topology.
type heard struct {
	at   time.Time // the last time
	last sums      // as it was told then
	sum  sums      // what it has counted; not less than before, also where the node has lost what it knew

	// From the end of one to the end of two it is not known how the counts came about, until the node's past was read.
	unknown []frame // one or two
	read    bool
}

// sumsOf are the sums that a node has told.
func sumsOf(s *past.Sums) sums {
	all := sums{map[string]counts{}, map[streamKey]counts{}, map[edgeKey]counts{}, map[taskKey]counts{}}
	values := s.Values
	take := func(n int) (v []uint64) {
		v, values = values[:n], values[n:]
		return v
	}
	for _, c := range s.Layout.Components {
		all.components[c.ID] = componentCounts(take(past.ComponentCounts))
	}
	for _, k := range s.Layout.Streams {
		v := take(past.StreamCounts)
		all.streams[streamKey{k.Component, k.Stream}] = counts{emitted: v[0], transferred: v[1]}
	}
	for _, k := range s.Layout.Edges {
		v := take(past.EdgeCounts)
		all.edges[edgeKey{k.Component, k.Source, k.Stream}] = counts{executed: v[0], acked: v[1], failed: v[2]}
	}
	for _, k := range s.Layout.Tasks {
		v := take(past.TaskCounts)
		all.tasks[taskKey{k.Component, k.ID}] = counts{
			emitted: v[past.Emitted], transferred: v[past.Transferred], executed: v[past.Executed], acked: v[past.Acked], failed: v[past.Failed],
			restarts: v[past.Restarts], errors: v[past.Errors],
		}
	}
	return all
}

// componentCounts are those of a component.
func componentCounts(v []uint64) counts {
	return counts{
		emitted: v[past.Emitted], transferred: v[past.Transferred], executed: v[past.Executed], acked: v[past.Acked], failed: v[past.Failed],
		restarts: v[past.Restarts], errors: v[past.Errors], measured: v[past.Measured], took: float64(v[past.Took]) / 1000,
	}
}

// gain adds to sums what a node has counted between two times.
func (s *sums) gain(from, to *sums) {
	gain(s.components, from.components, to.components)
	gain(s.streams, from.streams, to.streams)
	gain(s.edges, from.edges, to.edges)
	gain(s.tasks, from.tasks, to.tasks)
}

func gain[K comparable](sum, from, to map[K]counts) {
	for key, now := range to {
		sum[key] = sum[key].plus(now.since(from[key]))
	}
}

// worthAsking is how long a node must have been away for its past to be asked for once more.
const worthAsking = 30 * time.Second

// hear takes what nodes have counted. What one had counted before it was heard of, it has counted at some time before, and what
// it has while others were heard of and it was not, meanwhile: neither is a gain of this moment.
func (r *record) hear(at time.Time, nodes []NodeSums) {
	r.history.told = r.history.told || len(nodes) > 0
	for i := range nodes {
		n := &nodes[i]
		if !n.Sums.Valid() {
			continue
		}
		for _, c := range n.Sums.Layout.Components {
			r.kinds[c.ID] = c.Kind
		}
		now := sumsOf(&n.Sums)
		h := r.nodes[n.Node]
		if h == nil {
			r.nodes[n.Node] = &heard{at: at, last: now, sum: sumsOf(&n.Sums), unknown: []frame{r.frameAt(at, &now)}}
			r.spread(time.Time{}, at, &now)
			continue
		}
		before, gained := h.sum.copy(), sums{map[string]counts{}, map[streamKey]counts{}, map[edgeKey]counts{}, map[taskKey]counts{}}
		gained.gain(&h.last, &now)
		h.sum.gain(&sums{}, &gained)
		if r.knownAfter(h.at) {
			r.spread(h.at, at, &gained)
			from, to, told := r.frameAt(h.at, &before), r.frameAt(at, &h.sum), r.frameAt(at, &now)
			kept := to.topology.emitted == told.topology.emitted && to.topology.executed == told.topology.executed // else its past is of something else
			if h.read && kept && at.Sub(h.at) >= worthAsking {
				h.read, h.unknown = false, []frame{from, to}
			}
		}
		h.at, h.last = at, now
	}
}

func (s *sums) copy() sums {
	return sums{maps.Clone(s.components), maps.Clone(s.streams), maps.Clone(s.edges), maps.Clone(s.tasks)}
}

// knownAfter reports whether something is known of a later time.
func (r *record) knownAfter(at time.Time) bool {
	n := len(r.recent)
	return n > 0 && r.recent[n-1].at.After(at)
}

// spread adds to what was known of a time what was counted then, as if it had come evenly; from is zero where all of it came
// before.
func (r *record) spread(from, to time.Time, gained *sums) {
	share := func(at time.Time) float64 {
		if from.IsZero() {
			return 1
		}
		return min(max(at.Sub(from).Seconds()/to.Sub(from).Seconds(), 0), 1)
	}
	for i := range r.recent {
		if part := share(r.recent[i].at); part > 0 {
			r.recent[i].add(gained, part, r.kinds)
		}
	}
	f := r.frameAt(to, gained)
	for _, tier := range r.history.tiers {
		for i := range tier {
			if part := share(tier[i].at); part > 0 {
				var nothing frame
				some := nothing.towards(&f, part)
				tier[i] = tier[i].plus(&some)
			}
		}
	}
}

// add adds a part of sums. A totals' maps are nobody else's, but those of the beginning are none.
func (t *totals) add(by *sums, part float64, kinds map[string]string) {
	if t.components == nil {
		t.components, t.tasks, t.streams, t.edges = map[string]counts{}, map[int]counts{}, map[streamKey]counts{}, map[edgeKey]counts{}
	}
	for id, c := range by.components {
		t.components[id] = t.components[id].plus(c.part(part))
	}
	for key, c := range by.streams {
		t.streams[key] = t.streams[key].plus(c.part(part))
	}
	for key, c := range by.edges {
		t.edges[key] = t.edges[key].plus(c.part(part))
	}
	for key, c := range by.tasks {
		t.tasks[key.id] = t.tasks[key.id].plus(c.part(part))
	}
	t.topology = ofTopology(t.components, kinds)
}

// part is a share of what a node can have told.
func (c counts) part(share float64) counts {
	of := func(n uint64) uint64 { return between(0, n, share) }
	return counts{
		emitted: of(c.emitted), transferred: of(c.transferred), executed: of(c.executed), acked: of(c.acked), failed: of(c.failed),
		measured: of(c.measured), took: c.took * share, restarts: of(c.restarts), errors: of(c.errors),
	}
}

// ofTopology is what a topology has counted: of its components, and of its spouts' trees.
func ofTopology(components map[string]counts, kinds map[string]string) (all counts) {
	for id, c := range components {
		all.emitted += c.emitted
		all.transferred += c.transferred
		all.executed += c.executed
		if kinds[id] == spout {
			all.acked += c.acked
			all.failed += c.failed
			all.measured += c.measured
			all.took += c.took
		}
	}
	return all
}

// overLives has counts be what all nodes have counted over all lives of workers, as far as they were heard of.
func (r *record) overLives(t *totals, s *stats.Snapshot) {
	if len(r.nodes) == 0 {
		return
	}
	all := sums{map[string]counts{}, map[streamKey]counts{}, map[edgeKey]counts{}, map[taskKey]counts{}}
	for _, h := range r.nodes {
		all.gain(&sums{}, &h.sum)
	}
	for id, c := range all.components {
		n := t.components[id]
		c.busy, c.held, c.cpu = n.busy, n.held, n.cpu
		t.components[id] = c
	}
	for i := range s.Tasks {
		task := &s.Tasks[i]
		c, n := all.tasks[taskKey{task.Component, task.ID}], t.tasks[task.ID]
		n.emitted, n.transferred, n.executed, n.acked, n.failed = c.emitted, c.transferred, c.executed, c.acked, c.failed
		n.restarts, n.errors = c.restarts, c.errors
		t.tasks[task.ID] = n
	}
	for key, c := range all.streams {
		t.streams[key] = c
	}
	for key, c := range all.edges {
		t.edges[key] = c
	}
	t.topology = ofTopology(t.components, r.kinds)
}

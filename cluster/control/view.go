package control

import (
	"cmp"
	"maps"
	"slices"

	"github.com/gstorm/gstorm/cluster/fsm"
)

// What is decided follows from the state and from what the methods here say, and from nothing else of a View.

// rested reports whether a topology that was to come to rest has.
func (v *View) rested(t *fsm.Topology) bool {
	return t.Resting() && (v.Rested(t.ID) || !v.Now.Before(t.Rest))
}

// ended reports whether no worker that a topology ever had can be running.
func (v *View) ended(t *fsm.Topology) bool {
	for id := range t.Placement.NextWorker {
		if v.Running(t.ID, id) {
			return false
		}
	}
	return true
}

// silent are the nodes that are not heard of, and whether something that was placed there may be running.
func (v *View) silent() map[string]bool {
	var all map[string]bool
	for id := range v.State.Nodes {
		if !v.Alive(id) {
			if all == nil {
				all = map[string]bool{}
			}
			all[id] = false
		}
	}
	if len(all) == 0 {
		return nil
	}
	for _, t := range v.State.Topologies {
		for _, w := range t.Placement.Workers {
			if running, is := all[w.Node]; is && !running {
				all[w.Node] = v.Running(t.ID, w.ID)
			}
		}
	}
	return all
}

// fact is something beside the state that decisions follow from.
type fact struct {
	about string // the id of a node or topology
	is    string
}

// look is all that there is of it.
func look(v View) (facts []fact) {
	for id, running := range v.silent() {
		if running {
			facts = append(facts, fact{id, "silent"})
		} else {
			facts = append(facts, fact{id, "gone"})
		}
	}
	for _, t := range v.State.Topologies {
		if !v.rested(t) {
			continue
		}
		facts = append(facts, fact{t.ID, "rested"})
		if t.Status == fsm.Killed && v.ended(t) {
			facts = append(facts, fact{t.ID, "ended"})
		}
	}
	slices.SortFunc(facts, func(a, b fact) int { return cmp.Or(cmp.Compare(a.about, b.about), cmp.Compare(a.is, b.is)) })
	return facts
}

// decided is a decision, and what it was made on.
type decided struct {
	state    *fsm.State
	facts    []fact
	decision Decision
}

// stands reports whether the same would be decided again, and that is that nothing is to be done. What was to be done and was
// not may be decided twice: it can have been lost.
func (d *decided) stands(s *fsm.State, facts []fact) bool {
	if len(d.decision.Commands) > 0 || !slices.Equal(facts, d.facts) || !sameState(s, d.state) {
		return false
	}
	d.state.Revision = s.Revision
	return true
}

// sameState compares what decisions follow from. Whoever changes a topology or a node replaces it.
func sameState(a, b *fsm.State) bool {
	return a.Revision == b.Revision || maps.Equal(a.Topologies, b.Topologies) && maps.Equal(a.Nodes, b.Nodes)
}

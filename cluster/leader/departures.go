package leader

import (
	"maps"
	"slices"
	"time"

	"github.com/gstorm/gstorm/cluster/fsm"
)

// Farewell is what is known of nodes that are not heard of.
type Farewell struct {
	Reap time.Duration   // for how long they are remembered; 0: for ever
	Left map[string]bool // those that have said good-bye, and have no part in the log
}

// leftFor is how long a node that has said good-bye is remembered: its agent may only be restarted, and what was said of it,
// as that it drains, is to hold then.
const leftFor = time.Minute

// Departures notes which nodes are no longer heard of, and forgets those that won't come back. One that has workers in the
// state is not forgotten: they first get another place.
func (l *Leader) Departures(now time.Duration, wall time.Time, s *fsm.State, f Farewell) (commands []fsm.Command) {
	used := map[string]bool{}
	for _, t := range s.Topologies {
		for _, w := range t.Placement.Workers {
			used[w.Node] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.Nodes)) {
		n := s.Nodes[id]
		if l.Alive(now, id) {
			continue
		}
		silent := wall.Sub(n.Lost)
		switch {
		case n.Lost.IsZero():
			commands = append(commands, &fsm.LoseNode{ID: id, At: wall.UTC()})
		case used[id]:
		case f.Reap > 0 && silent >= f.Reap, f.Left[id] && silent >= leftFor:
			commands = append(commands, &fsm.RemoveNode{ID: id})
		}
	}
	return commands
}

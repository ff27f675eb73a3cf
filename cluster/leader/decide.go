package leader

import (
	"cmp"
	"slices"
	"time"

	"github.com/gstorm/gstorm/cluster/control"
	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/lease"
	"github.com/gstorm/gstorm/cluster/message"
)

// Decide decides what is to be done. wall is the time for the state. It costs little while nothing that matters has changed.
func (l *Leader) Decide(now time.Duration, wall time.Time, s *fsm.State) control.Decision {
	l.forget(now, s)
	d := l.control.Decide(l.View(now, wall, s))
	d.Commands = slices.Concat(l.arrivals(now, s), d.Commands, l.ends(wall, s))
	return d
}

// View is what package control decides on.
func (l *Leader) View(now time.Duration, wall time.Time, s *fsm.State) control.View {
	return control.View{
		State: s, Now: wall,
		Alive: func(id string) bool { return l.Alive(now, id) },
		Running: func(topology string, worker int) bool {
			return l.table.Running(now, lease.Worker{Topology: topology, ID: worker})
		},
		Rested: func(topology string) bool { return l.rested(now, s, topology) },
	}
}

// rested reports whether a topology has nothing under way any more: each of its workers has ended all that it had, or does
// not run, and won't as long as the topology is to rest.
func (l *Leader) rested(now time.Duration, s *fsm.State, id string) bool {
	t, err := s.ByID(id)
	if err != nil || !l.table.Sure(now, id) {
		return false
	}
	for _, w := range t.Placement.Workers {
		if !l.table.Running(now, lease.Worker{Topology: id, ID: w.ID}) {
			continue
		}
		known := l.life(id, w.ID)
		if known == nil || known.Stages == 0 || known.Ended < known.Stages {
			return false
		}
	}
	return true
}

// arrivals are the nodes that are new, or say something else of themselves, or are back. One that was removed is new when it
// reports again.
func (l *Leader) arrivals(now time.Duration, s *fsm.State) (commands []fsm.Command) {
	for id, n := range l.nodes {
		is := s.Nodes[id]
		if is != nil && is == n.known || is == nil && n.known != nil || !l.Alive(now, id) {
			continue
		}
		says := n.Node
		if is != nil {
			says.Draining = is.Draining
			if is.Same(&says) {
				n.known = is
				continue
			}
		}
		commands = append(commands, &fsm.AddNode{Node: says})
	}
	slices.SortFunc(commands, func(a, b fsm.Command) int {
		return cmp.Compare(a.(*fsm.AddNode).Node.ID, b.(*fsm.AddNode).Node.ID)
	})
	return commands
}

// finishLimit is how long a topology whose spouts have all finished may take to end.
const finishLimit = time.Minute

// ends has topologies end that can't go on, or whose spouts have all finished.
func (l *Leader) ends(wall time.Time, s *fsm.State) (commands []fsm.Command) {
	for id, why := range l.failed {
		if t, err := s.ByID(id); err == nil && t.Status != fsm.Killed {
			commands = append(commands, &fsm.Kill{Name: t.Name, Until: wall, Ending: fsm.Ending{How: fsm.Failed, Why: why}})
		}
	}
	for id, c := range l.crews {
		if l.failed[id] != "" {
			continue
		}
		if t, err := s.ByID(id); err == nil && t.Status == fsm.Active && !t.Resting() && c.standing(t).finished {
			commands = append(commands, &fsm.Kill{Name: t.Name, Until: wall.Add(finishLimit), Epoch: t.Placement.Epoch, Ending: fsm.Ending{How: fsm.Finished}})
		}
	}
	slices.SortFunc(commands, func(a, b fsm.Command) int { return cmp.Compare(a.(*fsm.Kill).Name, b.(*fsm.Kill).Name) })
	return commands
}

// forget drops processes whose lease has run out, what was of topologies that are no more, and nodes that were removed.
func (l *Leader) forget(now time.Duration, s *fsm.State) {
	if now < l.forgets {
		return
	}
	for id, c := range l.crews {
		for worker := range c.lives {
			if !l.table.Running(now, lease.Worker{Topology: id, ID: worker}) {
				delete(c.lives, worker)
				c.regroup(l.next())
			}
		}
		if _, err := s.ByID(id); err != nil && len(c.lives) == 0 {
			delete(l.crews, id)
		}
	}
	for id := range l.failed {
		if _, err := s.ByID(id); err != nil {
			delete(l.failed, id)
		}
	}
	l.forgets = l.table.Forget(now)
	for id, n := range l.nodes {
		if s.Nodes[id] == nil && now-n.heard > message.SilenceOf {
			delete(l.nodes, id)
		}
	}
}

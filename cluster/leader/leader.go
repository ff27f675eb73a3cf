package leader

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/gstorm/gstorm/cluster/control"
	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/lease"
	"github.com/gstorm/gstorm/cluster/message"
)

// Leader is a leader's knowledge. One goroutine at a time uses it. All times but those that are said to be of the state
// are what one monotonic clock shows.
type Leader struct {
	elected time.Duration
	table   *lease.Table
	control *control.Control
	crews   map[string]*crew // by topology id
	nodes   map[string]*node
	// number is the last that was given, as a ticket or as the revision of a topology's peers. It goes on from the term, so
	// that no two leaders give the same, and a later one gives a higher.
	number uint64
}

// crew is the workers of a topology, as they have told of themselves.
type crew struct {
	lives    map[int]*life
	revision uint64 // of the peers
	// stages is how many had ended in every worker, of the shape: those who have nothing left end before the others
	// have heard of it.
	shape  uint64
	stages int
}

// life is a process that holds a lease, as it has told of itself.
type life struct{ message.Question }

// node is what an agent has reported.
type node struct {
	message.Report
	heard time.Duration
	known bool // the state has had it since
}

// New is a leader that was elected at a time, for a term that no other was elected for, when the state was s.
func New(elected time.Duration, term uint64, s *fsm.State) *Leader {
	before := map[string]bool{}
	for _, t := range s.Topologies {
		before[t.ID] = true
	}
	table := lease.NewTable(elected, message.LeaseLength, func(topology string) bool { return before[topology] })
	return &Leader{
		elected: elected, table: table, control: control.New(),
		crews: map[string]*crew{}, nodes: map[string]*node{}, number: term << 32,
	}
}

// Ask answers a worker. arrived is when its question came; the leader must have made sure since then that it still leads, and
// s must be the state after that.
func (l *Leader) Ask(arrived time.Duration, s *fsm.State, q *message.Question) message.Answer {
	if q.Over {
		l.over(q.Topology, q.Worker, func(known *life) bool { return known.Life == q.Life })
		return message.Answer{End: "it has ended"}
	}
	t, err := s.ByID(q.Topology)
	if err != nil {
		return message.Answer{End: "the topology is no more"}
	}
	a := message.Answer{}
	if q.Epoch != t.Placement.Epoch {
		a.Topology = t
	}
	a.End = misplaced(t, q)
	switch {
	case l.superseded(q):
		return message.Answer{End: "the worker has been started again"}
	case q.Running:
		l.succeed(q)
		l.table.Renew(arrived, lease.Worker{Topology: q.Topology, ID: q.Worker}, q.Shape, q.Tasks)
	case a.End != "":
		return a
	case a.Topology != nil:
		a.Refused = "the topology is another by now"
		return a
	case t.Resting():
		a.Refused = "the topology comes to rest"
		return a
	case q.Ticket == 0:
		a.Ticket, a.Refused = l.next(), "it has its ticket now"
		return a
	default:
		if a.Refused = l.begin(arrived, q); a.Refused != "" {
			return a
		}
	}
	a.Lease = message.LeaseLength
	c := l.note(q)
	a.Ended, a.Revision = c.ended(t), q.Peers
	// Before everybody can have asked, who has not would be taken for one that has ended.
	if l.table.Sure(arrived, q.Topology) {
		a.Begin, a.Revision = c.whole(t), c.revision
		if q.Peers != c.revision {
			a.Peers = c.peers()
		}
	}
	return a
}

// misplaced is why a worker is not, or no longer, what its topology wants; "": it is.
func misplaced(t *fsm.Topology, q *message.Question) string {
	if t.Placement.Shape != q.Shape {
		return "the topology has taken another shape"
	}
	for _, w := range t.Placement.Workers {
		if w.ID == q.Worker && w.Node == q.Node {
			if q.Running && !slices.Equal(w.Tasks, q.Tasks) {
				return "the worker has other tasks now"
			}
			return ""
		}
	}
	return "the worker has no place on this node any more"
}

// The lives of a worker come one after the other: each has the lock of the worker's folder, on the one node that the worker is
// for. But what they ask may arrive in any order. Who asks with a ticket was alive after that was given; so of two lives the
// one with the higher ticket is the later, and the other is over.

// superseded reports whether a question is of a life that is over, since a later one is known.
func (l *Leader) superseded(q *message.Question) bool {
	c := l.crews[q.Topology]
	if c == nil {
		return false
	}
	known := c.lives[q.Worker]
	return known != nil && known.Life != q.Life && q.Ticket != 0 && q.Ticket < known.Ticket
}

// succeed notes that the life before that of who asks is over.
func (l *Leader) succeed(q *message.Question) {
	l.over(q.Topology, q.Worker, func(known *life) bool { return known.Life != q.Life && known.Ticket < q.Ticket })
}

// next is a number that was not given before.
func (l *Leader) next() uint64 {
	l.number++
	return l.number
}

// begin lets a worker begin, or says why not yet.
func (l *Leader) begin(arrived time.Duration, q *message.Question) (refused string) {
	w := lease.Worker{Topology: q.Topology, ID: q.Worker}
	l.succeed(q)
	if !l.table.Begin(arrived, w, q.Shape, q.Tasks) {
		return "another worker may still be running its tasks, or those that the topology had before"
	}
	return ""
}

// note notes what a worker with a lease has said.
func (l *Leader) note(q *message.Question) *crew {
	c := l.crews[q.Topology]
	if c == nil {
		c = &crew{lives: map[int]*life{}}
		l.crews[q.Topology] = c
	}
	known := c.lives[q.Worker]
	// A life that has not heard of its lease may ask for one again with other tasks.
	if known == nil || known.Life != q.Life || known.Shape != q.Shape || !slices.Equal(known.Tasks, q.Tasks) {
		l.regroup(c)
	}
	asked := *q
	asked.Running = true
	c.lives[q.Worker] = &life{asked}
	return c
}

// regroup gives the peers of a topology another revision.
func (l *Leader) regroup(c *crew) { c.revision = l.next() }

// over notes that a worker's process has ended, if it is one that which means.
func (l *Leader) over(topology string, worker int, which func(*life) bool) {
	c := l.crews[topology]
	if c == nil {
		return
	}
	if known := c.lives[worker]; known != nil && which(known) {
		delete(c.lives, worker)
		l.regroup(c)
		l.table.Ended(lease.Worker{Topology: topology, ID: worker})
	}
}

// peers are the workers that hold a lease.
func (c *crew) peers() (list []message.Peer) {
	for _, known := range c.lives {
		list = append(list, message.Peer{Worker: known.Worker, Life: known.Life, Address: known.Address, Tasks: known.Tasks})
	}
	slices.SortFunc(list, func(a, b message.Peer) int { return cmp.Compare(a.Worker, b.Worker) })
	return list
}

// whole reports whether every worker of a topology is ready, and knows all others.
func (c *crew) whole(t *fsm.Topology) bool {
	return c.all(t, func(known *life) bool { return known.Ready && known.Peers == c.revision })
}

// ended is how many stages have ended in every worker of a topology that comes to rest.
func (c *crew) ended(t *fsm.Topology) int {
	if c.shape != t.Placement.Shape {
		c.shape, c.stages = t.Placement.Shape, 0
	}
	least := -1
	if c.all(t, func(known *life) bool {
		if least < 0 || known.Ended < least {
			least = known.Ended
		}
		return true
	}) {
		c.stages = max(c.stages, least)
	}
	return c.stages
}

// all reports whether every worker that a topology should have is there, and is so.
func (c *crew) all(t *fsm.Topology, so func(*life) bool) bool {
	for _, w := range t.Placement.Workers {
		known := c.lives[w.ID]
		if known == nil || known.Shape != t.Placement.Shape || !slices.Equal(known.Tasks, w.Tasks) || !so(known) {
			return false
		}
	}
	return len(t.Placement.Workers) > 0
}

// Report takes an agent's report, and returns its orders.
func (l *Leader) Report(arrived time.Duration, s *fsm.State, r *message.Report) message.Orders {
	l.nodes[r.Node.ID] = &node{Report: *r, heard: arrived}
	for _, w := range r.Workers {
		if !w.Running && w.PID != 0 {
			l.over(w.Topology, w.Worker, func(known *life) bool { return known.Node == r.Node.ID && known.PID == w.PID })
		}
	}
	return Orders(s, r.Node.ID)
}

// Orders are those of a node. Their revision is that of the state: whoever has the same has the same orders.
func Orders(s *fsm.State, node string) message.Orders {
	o := message.Orders{Revision: s.Revision}
	for _, t := range s.Sorted() {
		for _, w := range t.Placement.Workers {
			if w.Node == node {
				o.Workers = append(o.Workers, message.Order{Topology: t.ID, Name: t.Name, Shape: t.Placement.Shape, Worker: w.ID})
			}
		}
	}
	return o
}

// Decide decides what is to be done. wall is the time for the state.
func (l *Leader) Decide(now time.Duration, wall time.Time, s *fsm.State) control.Decision {
	l.forget(now, s)
	d := l.control.Decide(control.View{
		State: s, Now: wall,
		Alive: func(id string) bool { return l.Alive(now, id) },
		Running: func(topology string, worker int) bool {
			return l.table.Running(now, lease.Worker{Topology: topology, ID: worker})
		},
		Rested: func(topology string) bool { return l.rested(now, s, topology) },
	})
	d.Commands = append(l.arrivals(s), d.Commands...)
	for _, t := range s.Sorted() {
		if t.Status == fsm.Active && !t.Resting() && l.finished(t) {
			d.Commands = append(d.Commands, &fsm.Kill{Name: t.Name, Until: wall.Add(finishLimit), Epoch: t.Placement.Epoch})
		}
	}
	return d
}

// finishLimit is how long a topology whose spouts have all finished may take to end.
const finishLimit = time.Minute

// arrivals are the nodes that are new, or say something else of themselves. One that was removed is new when it reports again.
func (l *Leader) arrivals(s *fsm.State) (commands []fsm.Command) {
	for _, id := range slices.Sorted(maps.Keys(l.nodes)) {
		n, known := l.nodes[id].Node, s.Nodes[id]
		switch {
		case known != nil:
			l.nodes[id].known, n.Draining = true, known.Draining
		case l.nodes[id].known:
			continue
		}
		if known == nil || !known.Same(&n) {
			commands = append(commands, &fsm.AddNode{Node: n})
		}
	}
	return commands
}

// Alive reports whether a node is heard of. A new leader takes all for alive, until they have had time to report.
func (l *Leader) Alive(now time.Duration, id string) bool {
	heard := l.elected
	if n := l.nodes[id]; n != nil {
		heard = max(heard, n.heard)
	}
	return now-heard < message.SilenceOf
}

// Node is what a node has reported last; false: nothing.
func (l *Leader) Node(id string) (message.Report, bool) {
	n := l.nodes[id]
	if n == nil {
		return message.Report{}, false
	}
	return n.Report, true
}

// Worker is a worker that holds a lease, as it has told of itself; false: there is none.
func (l *Leader) Worker(topology string, id int) (message.Question, bool) {
	if known := l.life(topology, id); known != nil {
		return known.Question, true
	}
	return message.Question{}, false
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

// life is the process of a worker that holds a lease; nil: it is not known of any.
func (l *Leader) life(topology string, worker int) *life {
	if c := l.crews[topology]; c != nil {
		return c.lives[worker]
	}
	return nil
}

// finished reports whether every spout has said that it has nothing more.
func (l *Leader) finished(t *fsm.Topology) bool {
	return l.of(t, func(known *life) bool { return known.Finished && known.Ready })
}

func (l *Leader) of(t *fsm.Topology, so func(*life) bool) bool {
	c := l.crews[t.ID]
	return c != nil && c.all(t, so)
}

// forget drops processes whose lease has run out, what was of topologies that are no more, and nodes that were removed.
func (l *Leader) forget(now time.Duration, s *fsm.State) {
	for id, c := range l.crews {
		for worker := range c.lives {
			if !l.table.Running(now, lease.Worker{Topology: id, ID: worker}) {
				delete(c.lives, worker)
				l.regroup(c)
			}
		}
		if _, err := s.ByID(id); err != nil && len(c.lives) == 0 {
			delete(l.crews, id)
		}
	}
	l.table.Forget(now)
	for id, n := range l.nodes {
		if s.Nodes[id] == nil && now-n.heard > message.SilenceOf {
			delete(l.nodes, id)
		}
	}
}

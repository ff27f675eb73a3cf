package leader

import (
	"slices"
	"strings"
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
	orders  *orders
	forgets time.Duration // nothing can be forgotten before
	// number is the last that was given, as a ticket or as the revision of a topology's peers. It goes on from the term, so
	// that no two leaders give the same, and a later one gives a higher.
	number uint64
	failed map[string]string // why topologies can't go on, by id, as their workers have told
}

// node is what an agent has reported.
type node struct {
	message.Report
	heard time.Duration
	known *fsm.Node // that of the state which says the same
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
		crews: map[string]*crew{}, nodes: map[string]*node{}, orders: newOrders(), number: term << 32, failed: map[string]string{},
	}
}

// Ask answers a worker. arrived is when its question came; the leader must have made sure since then that it still leads, and
// s must be the state after that.
func (l *Leader) Ask(arrived time.Duration, s *fsm.State, q *message.Question) message.Answer {
	if q.Over {
		l.over(q.Topology, q.Worker, func(known *life) bool { return known.Life == q.Life })
		if t, err := s.ByID(q.Topology); err == nil && q.Failed != "" && misplaced(t, q) == "" {
			l.failed[q.Topology] = strings.ToValidUTF8(q.Failed[:min(len(q.Failed), maxReason)], "")
		}
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
	is := c.standing(t)
	a.Ended, a.Revision = is.ended, q.Peers
	// Before everybody can have asked, who has not would be taken for one that has ended.
	if l.table.Sure(arrived, q.Topology) {
		a.Begin, a.Revision = is.whole, c.revision
		if q.Peers != c.revision {
			a.Peers = c.peers()
		}
	}
	return a
}

// maxReason bounds what is remembered of why a topology has failed, in bytes: all voters keep it. The log has all of it.
const maxReason = 2000

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
	if c.note(q) {
		c.regroup(l.next())
	}
	return c
}

// over notes that a worker's process has ended, if it is one that which means.
func (l *Leader) over(topology string, worker int, which func(*life) bool) {
	c := l.crews[topology]
	if c == nil {
		return
	}
	if known := c.lives[worker]; known != nil && which(known) {
		delete(c.lives, worker)
		c.regroup(l.next())
		l.table.Ended(lease.Worker{Topology: topology, ID: worker})
	}
}

// Report takes an agent's report, and returns its orders.
func (l *Leader) Report(arrived time.Duration, s *fsm.State, r *message.Report) message.Orders {
	n := &node{Report: *r, heard: arrived}
	if before := l.nodes[r.Node.ID]; before != nil && before.known != nil && s.Nodes[r.Node.ID] == before.known && before.Node.Same(&r.Node) {
		n.known = before.known
	}
	l.nodes[r.Node.ID] = n
	for _, w := range r.Workers {
		if !w.Running && w.PID != 0 {
			l.over(w.Topology, w.Worker, func(known *life) bool { return known.Node == r.Node.ID && known.PID == w.PID })
		}
	}
	return l.Orders(s, r.Node.ID)
}

// Orders are those of a node. Their revision is that of the state which has made them what they are: whoever has the same has
// the same orders, and of two the one with the higher is the newer, whichever leader has given it.
func (l *Leader) Orders(s *fsm.State, node string) message.Orders {
	l.orders.follow(s)
	return l.orders.of(node)
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

// Holding is how many workers hold leases on each node, by its id.
func (l *Leader) Holding() map[string]int {
	nodes := map[string]int{}
	for _, c := range l.crews {
		for _, known := range c.lives {
			nodes[known.Node]++
		}
	}
	return nodes
}

// life is the process of a worker that holds a lease; nil: it is not known of any.
func (l *Leader) life(topology string, worker int) *life {
	if c := l.crews[topology]; c != nil {
		return c.lives[worker]
	}
	return nil
}

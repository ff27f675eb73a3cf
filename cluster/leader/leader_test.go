package leader

import (
	"testing"
	"time"

	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/message"
)

// TestWorkersEndStageByStage, and one that has nothing left and is gone holds up nobody.
func TestWorkersEndStageByStage(t *testing.T) {
	topology := &fsm.Topology{Name: "t", ID: "t-1", Status: fsm.Killed, Placement: fsm.Placement{
		Epoch: 1, Shape: 1, Workers: []fsm.Worker{{ID: 1, Node: "a", Tasks: []int{1}}, {ID: 2, Node: "a", Tasks: []int{2}}},
	}}
	s := &fsm.State{Topologies: map[string]*fsm.Topology{"t": topology}}
	l := New(0, 1, &fsm.State{})
	now := time.Second
	ask := func(worker, ended int, over bool) message.Answer {
		return l.Ask(now, s, &message.Question{
			Topology: "t-1", Worker: worker, Node: "a", Life: "x", Shape: 1, Epoch: 1, Tasks: []int{worker}, Running: true, Over: over,
			Progress: message.Progress{Ended: ended, Stages: 2},
		})
	}
	ask(1, 0, false)
	if a := ask(2, 1, false); a.Ended != 0 {
		t.Errorf("%d stages have ended, of which worker 1 has none", a.Ended)
	}
	if a := ask(1, 1, false); a.Ended != 1 {
		t.Errorf("%d stages have ended, want 1", a.Ended)
	}
	ask(1, 2, true)
	if a := ask(2, 1, false); a.Ended != 1 {
		t.Errorf("%d stages have ended, want 1 as before worker 1 was gone", a.Ended)
	}
}

// cluster is a leader with its state, at a time when it knows everybody.
type cluster struct {
	*Leader
	state *fsm.State
	now   time.Duration
}

// newCluster has nodes, and a topology of which each worker has its tasks on the node of that number.
func newCluster(t *testing.T, nodes []string, workers ...fsm.Worker) *cluster {
	c := &cluster{Leader: New(0, 1, &fsm.State{}), state: &fsm.State{}, now: 10 * time.Second}
	for _, id := range nodes {
		c.apply(t, &fsm.AddNode{Node: fsm.Node{ID: id, Slots: 4}})
	}
	c.apply(t, &fsm.Submit{Name: "words", Status: fsm.Active})
	c.place(t, workers...)
	return c
}

func (c *cluster) apply(t *testing.T, command fsm.Command) {
	t.Helper()
	if err := c.state.Apply(c.state.Revision+1, command); err != nil {
		t.Fatal(err)
	}
}

func (c *cluster) place(t *testing.T, workers ...fsm.Worker) {
	t.Helper()
	p := c.topology().Placement
	c.apply(t, &fsm.Place{Name: "words", Epoch: p.Epoch, Shape: 1, Workers: workers, NextWorker: 9})
}

func (c *cluster) topology() *fsm.Topology { return c.state.Topologies["words"] }

// life is a question of a worker's life, as things are.
func (c *cluster) life(worker int, name string) *message.Question {
	q := &message.Question{Topology: "words-1", Worker: worker, Life: name, Shape: 1, Epoch: c.topology().Placement.Epoch}
	for _, w := range c.topology().Placement.Workers {
		if w.ID == worker {
			q.Node, q.Tasks = w.Node, w.Tasks
		}
	}
	return q
}

func (c *cluster) ask(q *message.Question) message.Answer {
	sent := *q
	a := c.Ask(c.now, c.state, &sent)
	if a.Ticket != 0 {
		q.Ticket = a.Ticket
		return c.ask(q)
	}
	if a.Lease > 0 {
		q.Running = true
	}
	return a
}

// TestLatePostOfALifeBefore: what a life has asked that is over does not end its successor.
func TestLatePostOfALifeBefore(t *testing.T) {
	c := newCluster(t, []string{"a", "b"}, fsm.Worker{ID: 1, Node: "a", Tasks: []int{1, 2}}, fsm.Worker{ID: 2, Node: "b", Tasks: []int{3}})
	dead, late := c.life(1, "dead"), c.life(1, "late")
	c.ask(dead)
	first := *dead
	first.Running = false
	alive := c.life(1, "alive")
	if a := c.ask(alive); a.Lease == 0 {
		t.Fatalf("%+v: the life before has died", a)
	}
	revision := c.ask(alive).Revision
	for name, q := range map[string]*message.Question{"that it runs": dead, "for its lease": &first, "for its ticket": late} {
		sent := *q
		if a := c.Ask(c.now, c.state, &sent); a.Lease != 0 {
			t.Errorf("a dead life that asks %s gets a lease", name)
		}
		if a := c.ask(alive); a.Lease == 0 || a.Revision != revision {
			t.Errorf("after the dead life has asked %s: %+v", name, a)
		}
	}
	c.place(t, fsm.Worker{ID: 2, Node: "b", Tasks: []int{1, 2, 3}})
	if a := c.ask(c.life(2, "other")); a.Lease != 0 {
		t.Error("tasks of the life that runs are given to another worker")
	}
}

// TestPeersFollowTasks: a life whose first lease was lost on the way, and which then has other tasks, is told of with those.
func TestPeersFollowTasks(t *testing.T) {
	c := newCluster(t, []string{"a", "b"}, fsm.Worker{ID: 1, Node: "a", Tasks: []int{1}}, fsm.Worker{ID: 2, Node: "b", Tasks: []int{2}})
	one, two := c.life(1, "one"), c.life(2, "two")
	c.ask(one)
	c.ask(two)
	two.Peers = c.ask(two).Revision
	c.place(t, fsm.Worker{ID: 1, Node: "a", Tasks: []int{1, 3}}, fsm.Worker{ID: 2, Node: "b", Tasks: []int{2}})
	ticket := one.Ticket
	one = c.life(1, "one")
	one.Ticket = ticket
	c.ask(one)
	if a := c.ask(two); len(a.Peers) != 2 || len(a.Peers[0].Tasks) != 2 {
		t.Errorf("the other is told of %+v", a.Peers)
	}
}

// TestRemovedNodesStayRemoved, unless they report again.
func TestRemovedNodesStayRemoved(t *testing.T) {
	c := newCluster(t, []string{"a"}, fsm.Worker{ID: 1, Node: "a", Tasks: []int{1}})
	report := func() { c.Report(c.now, c.state, &message.Report{Node: fsm.Node{ID: "b", Slots: 4}}) }
	arrives := func() bool {
		for _, command := range c.Decide(c.now, time.Time{}, c.state).Commands {
			if a, ok := command.(*fsm.AddNode); ok && a.Node.ID == "b" {
				c.apply(t, a)
				return true
			}
		}
		return false
	}
	report()
	if !arrives() || arrives() {
		t.Fatal("a node that reports is added, once")
	}
	c.apply(t, &fsm.RemoveNode{ID: "b"})
	if arrives() {
		t.Error("what it had reported before brings it back")
	}
	report()
	if !arrives() {
		t.Error("it reports again, and is not added")
	}
}

// TestNobodyBeginsWhileTheTopologyRests, nor who is of another shape.
func TestNobodyBeginsWhileTheTopologyRests(t *testing.T) {
	c := newCluster(t, []string{"a", "b"}, fsm.Worker{ID: 1, Node: "a", Tasks: []int{1}}, fsm.Worker{ID: 2, Node: "b", Tasks: []int{2}})
	running := c.life(1, "running")
	if a := c.ask(running); a.Lease == 0 || a.End != "" {
		t.Fatalf("%+v", a)
	}
	other := c.life(2, "other")
	other.Shape = 7
	if a := c.ask(other); a.End == "" || a.Lease != 0 {
		t.Errorf("%+v for one of another shape", a)
	}
	c.apply(t, &fsm.Kill{Name: "words", Until: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
	if a := c.ask(c.life(2, "late")); a.Lease != 0 || a.Refused == "" {
		t.Errorf("%+v for one that would begin", a)
	}
	if a := c.ask(running); a.Lease == 0 {
		t.Errorf("%+v for one that has to come to its end", a)
	}
}

package control

import (
	"slices"
	"time"

	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/schedule"
	"github.com/gstorm/gstorm/internal/plan"
)

// View is what the leader knows at one moment.
type View struct {
	State *fsm.State // two of the same revision are the same
	Now   time.Time  // for the times in the state
	// Alive reports whether a node, by its id, is heard of.
	Alive func(node string) bool
	// Running reports whether a worker may be running.
	Running func(topology string, worker int) bool
	// Rested reports whether a topology, by its id, is known to have nothing under way any more.
	Rested func(topology string) bool
}

// Decision is what is to be done, and what can't be.
type Decision struct {
	Commands []fsm.Command
	Problems map[string][]string // by topology
}

// Control decides. It keeps plans and its last decision, to have less to do: a new one decides the same.
type Control struct {
	plans map[string]*planned // by topology
	last  *decided            // nil: nothing was decided yet
}

type planned struct {
	id    string
	shape uint64
	plan  *plan.Plan
	err   error
}

// New is a Control.
func New() *Control { return &Control{plans: map[string]*planned{}} }

// Decide decides what is to be done now. Nobody changes what it returns.
func (c *Control) Decide(v View) Decision {
	facts := look(v)
	if c.last != nil && c.last.stands(v.State, facts) {
		return c.last.decision
	}
	d := c.decide(v)
	c.last = &decided{v.State.Clone(), facts, d}
	return d
}

func (c *Control) decide(v View) Decision {
	d := Decision{Problems: map[string][]string{}}
	var demands []schedule.Topology
	var placing []*fsm.Topology // beside demands; nil: it stands
	for _, t := range v.State.Sorted() {
		switch rested := v.rested(t); {
		case t.Status == fsm.Killed && rested:
			d.end(v, t)
			continue
		case t.Resting() && !rested:
			demands, placing = append(demands, standing(t)), append(placing, nil)
			continue
		}
		want, err := c.demand(t)
		if err != nil {
			d.Problems[t.Name] = []string{err.Error()}
			demands, placing = append(demands, standing(t)), append(placing, nil)
			continue
		}
		if t.Placement.Shape != t.Shape {
			want.Placement = nil
		}
		// What runs goes on as far as it can; what does not begins only when all of it can: half of a topology would only let
		// tuples fail.
		want.Whole = len(want.Placement) == 0
		demands, placing = append(demands, want), append(placing, t)
	}
	c.forget(v.State)
	for i, r := range schedule.Place(nodes(v), demands) {
		if placing[i] != nil {
			d.place(placing[i], r)
		}
	}
	return d
}

// end leads a killed topology to its end.
func (d *Decision) end(v View, t *fsm.Topology) {
	if len(t.Placement.Workers) > 0 {
		d.Commands = append(d.Commands, &fsm.Place{Name: t.Name, Epoch: t.Placement.Epoch, Shape: t.Shape, NextWorker: t.Placement.NextWorker})
		return
	}
	if !v.ended(t) {
		return
	}
	d.Commands = append(d.Commands, &fsm.Remove{Name: t.Name, ID: t.ID, At: v.Now.UTC()})
}

// place says where a topology is to be, if that is not where it is.
func (d *Decision) place(t *fsm.Topology, r schedule.Result) {
	if len(r.Problems) > 0 {
		d.Problems[t.Name] = r.Problems
	}
	var list []fsm.Worker
	for _, w := range r.Workers {
		list = append(list, fsm.Worker(w))
	}
	if (t.Placement.Shape == t.Shape || len(r.Unplaced) > 0) && slices.EqualFunc(list, t.Placement.Workers, sameWorker) {
		return
	}
	d.Commands = append(d.Commands, &fsm.Place{Name: t.Name, Epoch: t.Placement.Epoch, Shape: t.Shape, Workers: list, NextWorker: r.NextWorker})
}

func sameWorker(a, b fsm.Worker) bool {
	return a.ID == b.ID && a.Node == b.Node && slices.Equal(a.Tasks, b.Tasks)
}

// demand is what a topology asks for.
func (c *Control) demand(t *fsm.Topology) (schedule.Topology, error) {
	p := c.plans[t.Name]
	if p == nil || p.id != t.ID || p.shape != t.Shape {
		p = &planned{id: t.ID, shape: t.Shape}
		p.plan, p.err = Plan(t)
		c.plans[t.Name] = p
	}
	if p.err != nil {
		return schedule.Topology{}, p.err
	}
	return demand(t, p.plan)
}

// forget drops the plans of topologies that are no more.
func (c *Control) forget(s *fsm.State) {
	for name := range c.plans {
		if s.Topologies[name] == nil {
			delete(c.plans, name)
		}
	}
}

// nodes are the nodes that can be decided for. One that is not heard of keeps what may be running there, and loses it when
// nothing can be any more.
func nodes(v View) (list []schedule.Node) {
	silent := v.silent()
	for id, n := range v.State.Nodes {
		running, is := silent[id]
		if is && !running {
			continue
		}
		list = append(list, schedule.Node{
			ID: id, Slots: n.Slots, CPU: n.CPU, Memory: n.Memory, Tags: n.Tags, Draining: n.Draining, Closed: is,
		})
	}
	return list
}

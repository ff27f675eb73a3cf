package clustertest

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/gstorm/gstorm/cluster/control"
	"github.com/gstorm/gstorm/cluster/fsm"
)

// truth is what only the observer knows: what really runs, and what was committed. It finds what must never be.
type truth struct {
	w        *world
	log      []entry
	state    fsm.State // after the last entry that anybody has applied
	leaders  map[uint64]string
	running  map[string][]*process // by topology, frozen or not
	removed  map[string]bool       // topologies
	finished map[work]map[int]bool // tasks that were seen to finish
	voters   int                   // how many are wanted
	commands int                   // that have changed something
	promised int                   // that users know of
	begun    int                   // how often a worker began
	ran      int                   // topologies that came to their end
}

// work is a shape of a topology.
type work struct {
	topology string
	shape    uint64
}

func (t *truth) init(w *world) {
	*t = truth{
		w: w, leaders: map[uint64]string{}, running: map[string][]*process{}, removed: map[string]bool{},
		finished: map[work]map[int]bool{},
	}
}

// elected: no term has two leaders.
func (t *truth) elected(term uint64, id string) {
	if other, ok := t.leaders[term]; ok && other != id {
		t.w.wrong("both %s and %s are elected for term %d", other, id, term)
	}
	t.leaders[term] = id
}

// committed is an entry that some member applies: everybody has to apply the same.
func (t *truth) committed(index uint64, e *entry) {
	if index <= uint64(len(t.log)) {
		if known := &t.log[index-1]; known.term != e.term || known.command != e.command {
			t.w.wrong("entry %d is applied as one of term %d, and was of term %d", index, e.term, known.term)
		}
		return
	}
	if index != uint64(len(t.log))+1 {
		t.w.wrong("entry %d is applied after entry %d", index, len(t.log))
	}
	t.log = append(t.log, *e)
	if e.command == nil {
		return
	}
	before := t.state.Clone()
	err := t.state.Apply(index, e.command)
	if t.w.out != nil {
		text, _ := fsm.Encode(e.command)
		t.w.tell("entry %d: %s: %v", index, shortly(text), err)
	}
	if err != nil {
		return
	}
	t.commands++
	if p, ok := e.command.(*fsm.Place); ok {
		if was := before.Topologies[p.Name]; was.Shape != p.Shape || was.Status == fsm.Killed && len(p.Workers) > 0 {
			t.w.wrong("%s is placed as shape %d, and is %s, of shape %d", was.ID, p.Shape, was.Status, was.Shape)
		}
	}
	t.compare(before, e)
}

// compare: no topology is lost or ends by mistake, none is forgotten while it runs, and epochs only grow.
func (t *truth) compare(before *fsm.State, e *entry) {
	for _, was := range before.Sorted() {
		is := t.state.Topologies[was.Name]
		switch {
		case is == nil || is.ID != was.ID:
			if _, ok := e.command.(*fsm.Remove); !ok || was.Status != fsm.Killed {
				t.w.wrong("topology %s is lost", was.ID)
			}
			for _, p := range t.running[was.ID] {
				if p.holds() {
					t.w.wrong("topology %s is forgotten, while %s runs", was.ID, p.name())
				}
			}
			t.removed[was.ID] = true
		case is.Placement.Epoch < was.Placement.Epoch || is != was && is.Placement.Epoch == was.Placement.Epoch:
			t.w.wrong("topology %s goes from epoch %d to %d", was.ID, was.Placement.Epoch, is.Placement.Epoch)
		case e.finish && is.Status == fsm.Killed && was.Status != fsm.Killed:
			t.ran++
			done := t.finished[work{is.ID, is.Shape}]
			for _, w := range was.Placement.Workers {
				for _, task := range w.Tasks {
					if was.Placement.Shape != was.Shape || !done[task] {
						t.w.wrong("topology %s is ended, and task %d of shape %d has not finished", is.ID, task, is.Shape)
					}
				}
			}
		}
	}
}

func (t *truth) begins(p *process) {
	t.begun++
	if t.removed[p.key.topology] {
		t.w.wrong("%s begins, and its topology is no more", p.name())
	}
	t.running[p.key.topology] = append(t.running[p.key.topology], p)
	t.alone(p)
}

// alone: no two workers run the same task, or different shapes of a topology.
func (t *truth) alone(p *process) {
	for _, o := range t.running[p.key.topology] {
		if o == p || o.over || t.w.now < o.frozen {
			continue
		}
		if o.talk.Question.Shape != p.talk.Question.Shape {
			t.w.wrong("shape %d runs at %s, and shape %d at %s", p.talk.Question.Shape, p.name(), o.talk.Question.Shape, o.name())
		}
		for _, task := range p.talk.Question.Tasks {
			if slices.Contains(o.talk.Question.Tasks, task) {
				t.w.wrong("task %d runs at %s and at %s", task, p.name(), o.name())
			}
		}
	}
}

func (t *truth) stops(p *process) {
	if list := t.running[p.key.topology]; slices.Contains(list, p) {
		t.running[p.key.topology] = slices.DeleteFunc(slices.Clone(list), func(o *process) bool { return o == p })
	}
}

// peers: who is told of the others is told of all that ran already when it asked, and still do.
func (t *truth) peers(p *process) {
	for _, o := range t.running[p.key.topology] {
		if o != p && o.holds() && o.begins <= p.asked && !p.knows(o) {
			t.w.wrong("%s is told at revision %d that its peers are %v, and %s runs with %v", p.name(), p.talk.Question.Peers, p.peers, o.name(), o.talk.Question.Tasks)
		}
	}
}

func (t *truth) finishes(p *process) {
	at := work{p.key.topology, p.talk.Question.Shape}
	if t.finished[at] == nil {
		t.finished[at] = map[int]bool{}
	}
	for _, task := range p.talk.Question.Tasks {
		t.finished[at][task] = true
	}
}

// kept: what was committed, and so all that users were promised, is in every member's state.
func (t *truth) kept() {
	for _, m := range t.w.machines {
		r := m.agent.log
		if len(r.members) == 0 || r.applied < uint64(len(t.log)) {
			continue // it is no member any more, or has only just become one
		}
		var should, is bytes.Buffer
		if _, err := t.state.WriteTo(&should); err != nil {
			t.w.wrong("%v", err)
		}
		if _, err := r.state.WriteTo(&is); err != nil || !bytes.Equal(is.Bytes(), should.Bytes()) {
			t.w.wrong("%s has another state than that of all commands", m.id)
		}
	}
}

// unsettled is why the cluster has not come to rest as it should; "": it has.
func (t *truth) unsettled() string {
	w := t.w
	placed := map[key]bool{}
	for _, topology := range t.state.Sorted() {
		if topology.Resting() || topology.Placement.Shape != topology.Shape {
			return topology.ID + " is resting"
		}
		if topology.Status == fsm.Active && finite(topology) {
			return topology.ID + " has not come to its end"
		}
		if reason := t.incomplete(topology, placed); reason != "" {
			return topology.ID + ": " + reason
		}
	}
	for _, m := range w.machines {
		for k := range m.workers {
			if !placed[k] {
				return m.id + " has worker " + k.topology + ", which has no place there"
			}
		}
	}
	return ""
}

// incomplete is what a topology lacks to run as it should.
func (t *truth) incomplete(topology *fsm.Topology, placed map[key]bool) string {
	tasks := map[int]bool{}
	var crew []*process
	for _, worker := range topology.Placement.Workers {
		k := key{topology.ID, worker.ID}
		placed[k] = true
		m := t.w.machine(worker.Node)
		if m == nil || t.state.Nodes[worker.Node] == nil || t.state.Nodes[worker.Node].Draining {
			return "a worker is on " + worker.Node
		}
		p := m.workers[k]
		if p == nil || !p.holds() || !p.begun || !slices.Equal(p.talk.Question.Tasks, worker.Tasks) || p.talk.Question.Shape != topology.Shape {
			return "a worker on " + worker.Node + " does not run"
		}
		crew = append(crew, p)
		for _, task := range worker.Tasks {
			if tasks[task] {
				t.w.wrong("task %d of %s is placed twice", task, topology.ID)
			}
			tasks[task] = true
		}
	}
	for _, p := range crew {
		for _, o := range crew {
			if !p.knows(o) || len(p.peers) != len(crew) {
				return p.name() + " does not know its peers"
			}
		}
		if p.talk.Question.Epoch != topology.Placement.Epoch || len(t.running[topology.ID]) != len(crew) {
			return p.name() + " has not heard of all"
		}
	}
	if plan, err := control.Plan(topology); err != nil || len(tasks) != len(plan.Tasks) {
		return fmt.Sprintf("not all tasks are placed (%v)", err)
	}
	return ""
}

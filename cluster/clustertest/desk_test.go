package clustertest

import (
	"reflect"
	"slices"
	"time"

	"github.com/gstorm/gstorm/cluster/control"
	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/leader"
	"github.com/gstorm/gstorm/cluster/message"
)

// desk is where the leader of the log takes questions and reports, and decides. It is there from when all that was committed
// before its election is applied, until the log's member no longer leads, by its own belief.
type desk struct {
	a         *agent
	leader    *leader.Leader
	term      uint64
	open      bool
	asked     []asked // wait for the next look whether it still leads
	verifying bool
	looking   bool
	proposed  int // decisions whose outcome is not known
}

type asked struct {
	arrived time.Duration
	q       *message.Question
	answer  func(*message.Answer)
}

// decideEvery is how often it decides if nothing happens.
const decideEvery = 500 * time.Millisecond

func (a *agent) openDesk() {
	a.w.tell("%s leads in term %d", a.m.id, a.log.term)
	d := &desk{a: a, leader: leader.New(a.clock(), a.log.term, a.log.state), term: a.log.term, open: true}
	a.desk = d
	a.after(decideEvery, d.tick)
	a.after(a.w.between(0, 2*time.Second), d.tend)
}

func (a *agent) closeDesk() {
	if a.desk != nil {
		a.desk.open = false
		a.desk = nil
	}
}

func (d *desk) tick() {
	if d.open {
		d.decide()
		d.a.after(decideEvery, d.tick)
	}
}

// changed has it decide soon.
func (d *desk) changed() {
	if d.looking || !d.open {
		return
	}
	d.looking = true
	d.a.after(d.a.w.between(0, 60*time.Millisecond), func() {
		d.looking = false
		if d.open {
			d.decide()
		}
	})
}

// ask takes a worker's question.
func (d *desk) ask(q *message.Question, answer func(*message.Answer)) {
	d.asked = append(d.asked, asked{d.a.clock(), q, answer})
	d.verify()
}

// verify finds out whether it still leads, and answers then those who have asked before.
func (d *desk) verify() {
	if d.verifying || len(d.asked) == 0 || !d.open {
		return
	}
	list := d.asked
	d.asked, d.verifying = nil, true
	d.a.log.verify(func(leads bool) {
		d.verifying = false
		if !leads {
			return
		}
		d.a.w.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
		for _, each := range list {
			answer := func() {
				each.answer(d.answer(each.arrived, each.q))
				d.changed()
			}
			if d.a.w.healing || !d.a.w.one(50) {
				answer()
			} else { // it leads no longer perhaps when it comes to it
				d.a.after(d.a.w.between(0, time.Second), answer)
			}
		}
		d.verify()
	})
}

func (d *desk) answer(arrived time.Duration, q *message.Question) *message.Answer {
	a := d.leader.Ask(arrived, d.a.log.state, q)
	if !q.Running || q.Over || a.End != "" || a.Revision != q.Peers {
		d.a.w.tell("%s (term %d) answers %s/%d %s (running %v, over %v): lease %s, refused %q, end %q, revision %d",
			d.a.m.id, d.term, q.Topology, q.Worker, q.Life, q.Running, q.Over, a.Lease, a.Refused, a.End, a.Revision)
	}
	return &a
}

// report takes an agent's report. Without news its answer is held back.
func (d *desk) report(r *message.Report, answer func(o message.Orders, s *fsm.State)) {
	sent := *r
	o := d.leader.Report(d.a.clock(), d.a.log.state, &sent)
	d.changed()
	if o.Revision != r.Revision {
		answer(o, d.a.log.state)
		return
	}
	d.a.after(d.a.w.between(0, message.HoldFor), func() {
		s := d.a.log.state
		answer(d.leader.Orders(s, r.Node.ID), s)
	})
}

// decide does what is to be done.
func (d *desk) decide() {
	if d.proposed > 0 && !d.a.w.haste {
		return
	}
	s := d.a.log.state
	now := d.a.clock()
	wall := d.a.m.clock.date(d.a.w.now)
	decision := d.leader.Decide(now, wall, s)
	if d.a.w.one(20) {
		d.again(decision, d.leader.View(now, wall, s))
	}
	if len(decision.Commands) == 0 {
		return
	}
	d.proposed++
	wait := time.Duration(0)
	if d.a.w.one(5) {
		wait = d.a.w.between(0, 300*time.Millisecond)
	}
	d.a.after(wait, func() { d.propose(decision.Commands) })
}

// again decides again with nothing in memory: the same must come of it.
func (d *desk) again(decision control.Decision, v control.View) {
	fresh := control.New().Decide(v)
	placed := slices.DeleteFunc(slices.Clone(decision.Commands), func(c fsm.Command) bool {
		switch c.(type) {
		case *fsm.Place, *fsm.Remove:
			return false
		}
		return true
	})
	if is, should := texts(placed), texts(fresh.Commands); !slices.Equal(is, should) || !reflect.DeepEqual(decision.Problems, fresh.Problems) {
		d.a.w.wrong("%s decides %s %v, and without memory %s %v", d.a.m.id, is, decision.Problems, should, fresh.Problems)
	}
}

func texts(commands []fsm.Command) (all []string) {
	for _, c := range commands {
		text, err := fsm.Encode(c)
		if err != nil {
			panic(err)
		}
		all = append(all, string(text))
	}
	return all
}

// propose proposes commands one after the other, each when the outcome of the one before is known.
func (d *desk) propose(commands []fsm.Command) {
	if len(commands) == 0 || !d.open {
		d.proposed--
		return
	}
	_, finish := commands[0].(*fsm.Kill)
	d.a.propose(commands[0], finish, func(known bool, err error) {
		if !known {
			d.proposed--
			return
		}
		d.propose(commands[1:])
	})
}

// propose proposes a command, as it is read from the log.
func (a *agent) propose(c fsm.Command, finish bool, done func(known bool, err error)) {
	text, err := fsm.Encode(c)
	if err != nil {
		a.w.wrong("%v", err)
	}
	if c, err = fsm.Decode(text); err != nil {
		a.w.wrong("%v", err)
	}
	if a.w.out != nil {
		a.w.tell("%s proposes %s", a.m.id, shortly(text))
	}
	a.log.propose(entry{command: c, finish: finish}, done)
}

// tend sees to who the members of the log are.
func (d *desk) tend() {
	if !d.open {
		return
	}
	w := d.a.w
	r := d.a.log
	var candidates []leader.Candidate
	for _, m := range w.machines {
		alive := m.agent != nil
		if !w.healing && w.one(40) {
			alive = !alive // gossip knows no better
		}
		applied := r.matches[m.id]
		if m == d.a.m {
			alive, applied = true, r.applied
		}
		candidates = append(candidates, leader.Candidate{ID: m.id, Alive: alive, Leader: m == d.a.m, Applied: applied})
	}
	last, _ := r.last()
	if c := leader.Voters(w.truth.voters, last, r.members, candidates); c != nil {
		r.change(*c)
	}
	d.a.after(w.between(500*time.Millisecond, 2*time.Second), d.tend)
}

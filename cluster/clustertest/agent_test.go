package clustertest

import (
	"time"

	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/message"
)

// agent is a life of an agent's process: its part in the log, perhaps the leader's desk, and the supervisor of the machine's
// workers.
type agent struct {
	actor
	log      *member
	desk     *desk
	hint     string // who leads, perhaps
	revision uint64 // of the orders
	ordered  bool
	orders   map[key]order
	restarts map[key]*restart
	pids     map[key]int // of the processes that ran last
	question int         // counts reports; the answer to an earlier one is too late
}

// order is a worker that is to be here, with what it is told at its start.
type order struct {
	message.Order
	t *fsm.Topology
}

// restart is when a worker may be started again.
type restart struct {
	failures int
	due      time.Duration
	started  time.Duration
}

// The supervisor's pace; the real one is slower.
const (
	grace          = 6 * time.Second
	longestRestart = 4 * time.Second
	steady         = 10 * time.Second
)

// leaderHint is the machine to ask. A member of the log that does not know of a leader may have been removed without having heard of it: others may know more.
func (a *agent) leaderHint() *machine {
	if l := a.log.leader; l != "" {
		a.hint = l
	}
	if m := a.w.machine(a.hint); m != nil {
		return m
	}
	return a.w.somebody()
}

// somebody is a machine that may know who leads: a member of the log, by what gossip tells.
func (w *world) somebody() *machine {
	var members []*machine
	for _, m := range w.machines {
		if m.agent != nil && len(m.disk.members) > 0 {
			members = append(members, m)
		}
	}
	if len(members) == 0 || w.one(4) {
		return pick(w, w.machines)
	}
	return pick(w, members)
}

func (a *agent) reportAgain() {
	a.report()
	a.after(message.ReportEvery, a.reportAgain)
}

// report tells the leader about the node, and takes its orders.
func (a *agent) report() {
	r := &message.Report{Node: a.m.node, Revision: a.revision}
	keys := map[key]bool{}
	for k := range a.m.workers {
		keys[k] = true
	}
	for k := range a.orders {
		keys[k] = true
	}
	for _, k := range sortedKeys(keys) {
		w := message.WorkerReport{Topology: k.topology, Worker: k.worker, PID: a.pids[k]}
		if p := a.m.workers[k]; p != nil {
			w.PID, w.Running = p.talk.Question.PID, true
			a.pids[k] = w.PID
		}
		r.Workers = append(r.Workers, w)
	}
	a.question++
	question := a.question
	to := a.leaderHint()
	a.toDesk(to, a.m, func(d *desk) {
		d.report(r, func(o message.Orders, s *fsm.State) {
			a.w.send(to, a.m, func() {
				a.do(func() {
					if question == a.question || a.w.proxy {
						a.hint = to.id
						a.obey(o, s)
					}
				})
			})
		})
	}, func(hint string) { a.hint = hint })
	a.after(2*time.Second, func() {
		if question == a.question {
			a.hint = "" // somebody else may know
		}
	})
}

// obey has those workers run that are ordered.
func (a *agent) obey(o message.Orders, s *fsm.State) {
	if a.ordered && o.Revision == a.revision {
		return
	}
	a.w.tell("%s: orders of revision %d, after %d: %v", a.m.id, o.Revision, a.revision, o.Workers)
	a.ordered, a.revision = true, o.Revision
	a.orders = map[key]order{}
	for _, each := range o.Workers {
		if t, err := s.ByID(each.Topology); err == nil {
			a.orders[key{each.Topology, each.Worker}] = order{each, t}
		}
	}
	a.step()
}

// step starts and ends workers.
func (a *agent) step() {
	if !a.ordered {
		return
	}
	for _, k := range sortedKeys(a.m.workers) {
		if _, ok := a.orders[k]; !ok {
			a.terminate(a.m.workers[k])
		}
	}
	for _, k := range sortedKeys(a.orders) {
		if a.m.workers[k] != nil {
			continue
		}
		r := a.restarts[k]
		if r == nil {
			r = &restart{}
			a.restarts[k] = r
		}
		if now := a.clock(); now < r.due {
			a.after(r.due-now+time.Millisecond, a.step)
			continue
		}
		r.started = a.clock()
		a.m.start(a.orders[k])
	}
}

// terminate tells a worker to end, and sees to it that it does.
func (a *agent) terminate(p *process) {
	if p.told {
		return
	}
	p.told = true
	a.w.after(a.w.between(0, 5*time.Millisecond), func() { p.do(func() { p.Leave("it is told to end") }) })
	a.after(grace, func() {
		if !p.dead {
			p.die("it does not end, and is killed")
		}
	})
}

// ended notes the end of a worker's process.
func (a *agent) ended(p *process) {
	a.pids[p.key] = p.talk.Question.PID
	if r := a.restarts[p.key]; r != nil && !p.told {
		now := a.clock()
		if now-r.started >= steady {
			r.failures = 0
		}
		if r.failures > 0 {
			r.due = now + min(time.Second<<(r.failures-1), longestRestart)
		}
		r.failures++
	}
	if a.w.one(2) { // else it is started again before it is reported
		a.report()
	}
	a.step()
	a.after(a.w.between(0, 200*time.Millisecond), a.report)
}

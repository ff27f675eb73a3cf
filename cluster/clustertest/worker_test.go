package clustertest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/message"
	"github.com/gstorm/gstorm/cluster/seat"
	"github.com/gstorm/gstorm/internal/loglevel"
)

// process is a life of a worker's process. Its talk with the leader is the real one; its work takes some time.
type process struct {
	actor
	key
	talk     *seat.Talk
	topology *fsm.Topology // as it was ordered
	tries    int           // counts the questions; the answer to an earlier one is too late
	asking   bool
	due      bool
	told     bool // by the supervisor, to end
	hint     string

	running  bool
	begins   time.Duration // since when it has run
	asked    time.Duration // when the question was that it takes the answer of
	begun    bool          // its spouts have been told to begin
	peers    []message.Peer
	progress message.Progress
	draining bool
	mayEnd   int
	ending   bool // a stage, at the moment
	leaving  bool
	over     bool
	pace     time.Duration
}

// The pace of package seat.
const (
	askTimeout = 2 * time.Second
	retryAfter = 100 * time.Millisecond
	lookEvery  = 50 * time.Millisecond
)

// start starts a worker's process.
func (m *machine) start(o order) {
	m.pids++
	p := &process{
		actor: actor{w: m.w, m: m}, key: key{o.Topology, o.Worker}, topology: o.t, pace: m.w.between(5*time.Millisecond, time.Second),
	}
	p.wake = p.look
	p.talk = seat.NewTalk(o.t, o.Worker, m.id, m.id, fmt.Sprintf("%s-%d", m.id, m.pids), m.pids)
	m.workers[p.key] = p
	m.w.tell("%s: %s starts with %v", m.id, p.name(), p.talk.Question.Tasks)
	p.after(m.w.between(0, 100*time.Millisecond), p.ask)
}

func (p *process) name() string {
	return fmt.Sprintf("%s/%d %s", p.key.topology, p.worker, p.talk.Question.Life)
}

// ask asks the leader, once the answer before is there.
func (p *process) ask() {
	if p.asking || p.over {
		p.due = true
		return
	}
	p.asking, p.due = true, false
	p.tries++
	if p.running {
		p.talk.Progress()
	}
	try, asked, really := p.tries, p.clock(), p.w.now
	p.pose(p.talk.Question, func(a *message.Answer) {
		if try == p.tries && p.asking && !p.over {
			p.asking, p.asked = false, really
			p.answered(asked, a)
		}
	})
	p.after(askTimeout, func() {
		if try == p.tries && p.asking {
			p.asking, p.hint = false, ""
			p.askIn(retryAfter)
		}
	})
}

// askIn asks after a while, unless it has asked by then.
func (p *process) askIn(d time.Duration) {
	try := p.tries
	p.after(d, func() {
		if try == p.tries && !p.asking {
			p.ask()
		}
	})
}

// pose brings a question to who leads, or to who knows who does. answer is called with nil if it was the wrong one.
func (p *process) pose(q message.Question, answer func(*message.Answer)) {
	to := p.w.machine(p.hint)
	if to == nil {
		if a := p.m.agent; a != nil {
			to = a.leaderHint()
		} else {
			to = p.w.somebody()
		}
	}
	back := func(hint string, a *message.Answer) {
		p.hint = hint
		answer(a)
	}
	via := p.m
	if p.w.proxy && !p.w.healing && p.w.one(3) {
		via = pick(p.w, p.w.machines)
	}
	p.toDesk(to, via, func(d *desk) {
		asked := q // so that nobody changes what another has
		d.ask(&asked, func(a *message.Answer) {
			p.w.send(to, p.m, func() { p.do(func() { back(to.id, a) }) })
		})
	}, func(hint string) { back(hint, nil) })
}

func (p *process) answered(asked time.Duration, a *message.Answer) {
	if a == nil {
		p.askIn(retryAfter)
		return
	}
	if t := a.Topology; t != nil && (t.ID != p.key.topology || t.Placement.Epoch < p.talk.Question.Epoch) {
		p.w.wrong("%s is told of %s at epoch %d, and knew %d", p.name(), t.ID, t.Placement.Epoch, p.talk.Question.Epoch)
	}
	next := p.talk.Answered(asked, p.clock(), a)
	switch {
	case next == seat.End && p.running:
		p.finish(a.End)
		return
	case next == seat.End:
		p.exit()
		return
	case next == seat.Start:
		p.begin(a)
		next = seat.Again
	}
	switch {
	case next == seat.Again || p.due:
		p.ask()
	case p.running:
		p.askIn(message.AskEvery)
	default:
		p.askIn(retryAfter)
	}
}

// begin has its tasks run.
func (p *process) begin(first *message.Answer) {
	p.running, p.begins = true, p.w.now
	p.progress.Stages = stagesOf(p.topology)
	p.w.tell("%s: %s begins with %v of shape %d", p.m.id, p.name(), p.talk.Question.Tasks, p.talk.Question.Shape)
	p.w.truth.begins(p)
	p.talk.Begin(p, first)
	p.after(lookEvery, p.lookAgain)
	p.after(p.pace, func() { p.advance(func() { p.progress.Ready = true }) })
}

// advance notes that it has got further, and tells the leader.
func (p *process) advance(how func()) {
	if p.running && !p.over {
		how()
		p.ask()
	}
}

// What follows is the worker as its seat knows it.

func (p *process) Run(context.Context) error                     { panic("only the real seat runs it") }
func (p *process) Activate()                                     {}
func (p *process) Deactivate()                                   {}
func (p *process) SetLogLevels([]loglevel.Level)                 {}
func (p *process) Progress() (message.Progress, <-chan struct{}) { return p.progress, nil }
func (p *process) Drain(string)                                  { p.draining = true }
func (p *process) EndStage(ended int)                            { p.mayEnd = max(p.mayEnd, ended); p.endStage() }
func (p *process) SetPeers(peers []message.Peer)                 { p.peers = peers; p.w.truth.peers(p) }

func (p *process) Begin() {
	if p.begun {
		return
	}
	p.begun = true
	if finite(p.topology) {
		p.after(p.w.between(0, 10*time.Second), func() {
			p.advance(func() {
				p.progress.Finished = true
				p.w.truth.finishes(p)
			})
		})
	}
}

// Leave ends when what it has is handled.
func (p *process) Leave(reason string) {
	if !p.running {
		p.exit()
	} else if !p.leaving {
		p.leaving = true
		p.w.tell("%s: %s leaves: %s", p.m.id, p.name(), reason)
		p.after(p.w.between(0, 2*p.pace), func() { p.finish(reason) })
	}
}

// endStage ends the next stage, if it may. After the last the process ends.
func (p *process) endStage() {
	if !p.draining || p.ending || p.over || p.leaving || p.progress.Ended > p.mayEnd {
		return
	}
	p.ending = true
	p.after(p.w.between(0, p.pace), func() {
		p.ending = false
		p.advance(func() { p.progress.Ended++ })
		if p.progress.Ended >= p.progress.Stages {
			p.finish("it has drained")
			return
		}
		p.endStage()
	})
}

// finish has nothing run any more, says so, and ends the process.
func (p *process) finish(reason string) {
	if p.over {
		return
	}
	p.w.tell("%s: %s runs nothing any more: %s", p.m.id, p.name(), reason)
	p.over = true
	p.w.truth.stops(p)
	p.talk.Progress()
	q := p.talk.Question
	q.Over = true
	p.pose(q, func(*message.Answer) { p.exit() })
	p.after(askTimeout, p.exit)
}

// look cuts it when its lease is about to run out.
func (p *process) look() {
	if !p.running || p.over {
		return
	}
	switch p.talk.Look(p.clock()) {
	case seat.Lost:
		p.die("its lease has run out")
	case seat.Ending:
		p.finish("its lease runs out")
	default:
		p.w.truth.alone(p)
	}
}

func (p *process) lookAgain() {
	p.look()
	p.after(lookEvery, p.lookAgain)
}

// die ends the process, as kill -9 does.
func (p *process) die(why string) {
	if !p.dead {
		p.w.tell("%s: %s is dead: %s", p.m.id, p.name(), why)
		p.w.truth.stops(p)
		p.gone()
	}
}

// exit ends the process, which runs nothing.
func (p *process) exit() {
	if !p.dead {
		p.w.tell("%s: %s exits", p.m.id, p.name())
		p.gone()
	}
}

func (p *process) gone() {
	p.dead, p.over = true, true
	delete(p.m.workers, p.key)
	if a := p.m.agent; a != nil {
		p.w.after(p.w.between(0, 20*time.Millisecond), func() { a.do(func() { a.ended(p) }) })
	}
}

// holds reports whether it runs and has a lease, frozen or not.
func (p *process) holds() bool { return p.running && !p.over && p.talk.Look(p.clock()) != seat.Lost }

func (p *process) knows(o *process) bool {
	return slices.ContainsFunc(p.peers, func(peer message.Peer) bool {
		return peer.Worker == o.worker && peer.Life == o.talk.Question.Life && slices.Equal(peer.Tasks, o.talk.Question.Tasks)
	})
}

package seat

import (
	"time"

	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/lease"
	"github.com/gstorm/gstorm/cluster/message"
)

// Talk is what a worker asks the leader, and what follows from the answers and from their absence. It is pure: time is an
// argument, as the machine's clock shows it. Seat brings it together with a clock and a way to the leader.
type Talk struct {
	// Question is the next. The caller changes nothing of it.
	Question message.Question
	topology *fsm.Topology
	holder   lease.Holder
	worker   Worker // nil: it has not begun
	active   bool   // as the worker was told last
}

// Step is what is to be done after an answer.
type Step int

// The steps.
const (
	Wait  Step = iota // ask when it is time
	Again             // ask at once
	Start             // make the worker, and call Begin with it
	End               // end, at once if the worker runs: there is no place for it
)

// NewTalk begins the talk for a life of a worker's process. t is the topology as it was when the worker was ordered.
func NewTalk(t *fsm.Topology, worker int, node, address, life string, pid int) *Talk {
	return &Talk{topology: t, Question: message.Question{
		Topology: t.ID, Worker: worker, Node: node, Life: life, PID: pid, Address: address,
		Shape: t.Placement.Shape, Epoch: t.Placement.Epoch, Tasks: tasks(t, worker),
	}}
}

func tasks(t *fsm.Topology, worker int) []int {
	for _, w := range t.Placement.Workers {
		if w.ID == worker {
			return w.Tasks
		}
	}
	return nil
}

// Answered takes the answer to a question that was asked at a time.
func (t *Talk) Answered(asked, now time.Duration, a *message.Answer) Step {
	if a.Lease > 0 {
		t.holder.Granted(asked, a.Lease)
	}
	if a.Ticket != 0 {
		t.Question.Ticket = a.Ticket
	}
	if a.Topology != nil {
		t.topology, t.Question.Epoch = a.Topology, a.Topology.Placement.Epoch
		if t.worker == nil {
			t.Question.Tasks = tasks(a.Topology, t.Question.Worker)
		}
	}
	switch {
	case t.worker != nil && a.Lease == 0:
		return End
	case t.worker != nil:
		return t.tell(a)
	case a.Lease > 0 && t.Look(now) == Runs:
		return Start
	case a.Lease > 0:
		return Again // the process was held up, and the lease is over
	case a.End != "":
		return End
	case a.Topology != nil || a.Ticket != 0:
		return Again
	}
	return Wait
}

// Begin has the worker go by the answer with its first lease.
func (t *Talk) Begin(w Worker, first *message.Answer) {
	t.worker, t.active, t.Question.Running = w, t.topology.Status == fsm.Active, true
	w.SetLogLevels(t.topology.LogLevels)
	t.tell(first)
}

// Progress takes the worker's progress into the question. The channel is closed when there is more.
func (t *Talk) Progress() (changed <-chan struct{}) {
	t.Question.Progress, changed = t.worker.Progress()
	return changed
}

// tell tells the worker what the leader has said.
func (t *Talk) tell(a *message.Answer) (next Step) {
	if a.Revision != t.Question.Peers {
		t.Question.Peers, next = a.Revision, Again // the leader is to hear that it has got there
		t.worker.SetPeers(a.Peers)
	}
	if a.Topology != nil {
		t.worker.SetLogLevels(t.topology.LogLevels)
	}
	if active := t.topology.Status == fsm.Active; active != t.active {
		t.active = active
		if active {
			t.worker.Activate()
		} else {
			t.worker.Deactivate()
		}
	}
	if a.Begin {
		t.worker.Begin()
	}
	if t.topology.Resting() {
		t.worker.Drain(restReason(t.topology))
	}
	t.worker.EndStage(a.Ended)
	if a.End != "" {
		t.worker.Leave(a.End)
	}
	return next
}

func restReason(t *fsm.Topology) string {
	if t.Status == fsm.Killed {
		return "the topology was killed"
	}
	return "the topology takes another shape"
}

// Hold is how it stands with a worker's lease.
type Hold int

// The holds.
const (
	Runs   Hold = iota // it may run
	Ending             // it is to be cut, so that its processes have ended before the lease does
	Lost               // nothing of it may run any more
)

const (
	// stopWithin is how long before its lease runs out a worker is cut: its processes have to be ended by then.
	stopWithin = 250 * time.Millisecond
	// endWithin is how long before its lease runs out what has not ended by then is ended from outside.
	endWithin = 100 * time.Millisecond
)

// Until is when what has not ended by then is ended from outside. There must have been a lease.
func (t *Talk) Until() time.Duration { return t.holder.Until() - endWithin }

// Look is how it stands with the lease.
func (t *Talk) Look(now time.Duration) Hold {
	switch left := t.holder.Left(now); {
	case left <= 0:
		return Lost
	case left <= stopWithin:
		return Ending
	}
	return Runs
}

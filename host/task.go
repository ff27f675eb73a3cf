package host

import (
	"fmt"
	"log/slog"
	"sync/atomic"

	"github.com/gstorm/gstorm/host/stopwatch"
	"github.com/gstorm/gstorm/host/transfer"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
)

// taskState is where a task is in its life; the package comment draws it.
type taskState int32

const (
	starting taskState = iota
	running
	draining
	stopped
)

// transitions are the steps that a task may take.
var transitions = map[taskState][]taskState{
	starting: {running, stopped},
	running:  {starting, draining, stopped},
	draining: {starting, stopped},
}

func (s taskState) String() string {
	return [...]string{"starting", "running", "draining", "stopped"}[s]
}

// task is what all tasks have in common, whatever their component is made of.
type task struct {
	worker    *Worker
	id        int
	component *plan.Component
	settings  settings
	log       *slog.Logger
	count     *counters
	queue     *transfer.Queue // nil for spouts
	in        *intake         // nil for spouts
	out       *emitter
	retries   *retries // nil for bolts, and where no dead letters are kept
	answers   *answers
	flights   *inflight        // nil for spouts
	busy      *stopwatch.Watch // runs while the task is at work; see stats.Task
	held      *stopwatch.Watch // runs while what it emits waits for full queues
	process   incarnation
	state     atomic.Int32
	broken    atomic.Bool            // the topology failed by it
	done      chan struct{}          // closed when the task has ended
	end       chan struct{}          // closed when the task shall end: for a bolt, after what is in its queue
	renew     chan struct{}          // holds one when the task's process shall be replaced in order
	wake      chan struct{}          // holds one when a bolt's process shall be written something
	level     atomic.Pointer[string] // that the component was given for its log; nil or "": its own
}

// enter takes a step in the task's life. A step that the table does not have is a bug of the host.
func (t *task) enter(next taskState) {
	now := taskState(t.state.Load())
	for _, allowed := range transitions[now] {
		if allowed == next {
			t.state.Store(int32(next))
			return
		}
	}
	if now != next {
		panic(fmt.Sprintf("host: task %d goes from %s to %s", t.id, now, next))
	}
}

// ending reports whether the task shall end.
func (t *task) ending() bool {
	select {
	case <-t.end:
		return true
	default:
		return false
	}
}

// report notes an error of the component that the host itself found.
func (t *task) report(pid int, message string) {
	t.worker.journal.report(t, stats.ComponentError{PID: pid, Message: message})
}

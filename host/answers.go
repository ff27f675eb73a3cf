package host

import (
	"math/rand/v2"
	"time"

	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/host/trace"
	"github.com/gstorm/gstorm/host/transfer"
)

// answers gathers a task's acks and fails by the spout task that they go to, so that one lock is taken for many. One
// goroutine at a time uses it.
type answers struct {
	trackers []*tracker        // by task id; nil for bolts, and for spouts of other workers
	remote   *transfer.Network // to those; nil: there are no other workers
	updates  []*acker.Updates
	waiting  []int
	traces   *trace.Recorder // of those that are traced
	before   time.Time       // when the task's process last answered anything; zero: it has none, or has not
}

func newAnswers(w *Worker) *answers {
	a := &answers{trackers: w.trackers, updates: make([]*acker.Updates, len(w.trackers)), traces: w.traces}
	if w.share != nil {
		a.remote = w.share.network
	}
	return a
}

func (a *answers) ack(l *acker.Lineage, acc uint64) {
	if l.Traced() {
		a.traces.Answered(time.Now(), a.before, l, nil)
	}
	for e := range l.Edges() {
		a.of(e.Root).Add(e.Root, e.ID^acc)
	}
}

func (a *answers) fail(l *acker.Lineage, cause *acker.Cause) {
	if l.Traced() {
		a.traces.Answered(time.Now(), a.before, l, cause)
	}
	for e := range l.Edges() {
		a.of(e.Root).Fail(e.Root, cause)
	}
}

func (a *answers) of(r acker.Root) *acker.Updates {
	task := r.Task()
	u := a.updates[task]
	if u == nil {
		u = &acker.Updates{}
		a.updates[task] = u
	}
	if u.Len() == 0 {
		a.waiting = append(a.waiting, task)
	}
	return u
}

// flush sends all to the ledgers.
func (a *answers) flush() {
	for _, task := range a.waiting {
		u := a.updates[task]
		if t := a.trackers[task]; t != nil {
			t.apply(u.All())
		} else if a.remote != nil {
			a.remote.Update(task, u.All())
		}
		u.Reset()
	}
	a.waiting = a.waiting[:0]
}

// randomSource makes the ids of edges. Zero is no id: an edge with it would be invisible.
type randomSource struct{ *rand.PCG }

// Uint64 returns a number that is not 0.
func (r *randomSource) Uint64() uint64 {
	for {
		if n := r.PCG.Uint64(); n != 0 {
			return n
		}
	}
}

// fraction returns a number in [0,1).
func (r *randomSource) fraction() float64 { return rand.New(r.PCG).Float64() }

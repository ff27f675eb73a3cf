package trace

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/internal/stats"
)

const (
	// mostEvents is how many wait to be taken. What is more is dropped, but for the beginnings and ends of trees.
	mostEvents = 20_000
	// mostEnds is how many of those may be beyond.
	mostEnds = 2_000
	// mostOfTree is how many tuples of one tree are recorded, at either end.
	mostOfTree = 1_000
	// mostTrees is of how many trees it is known how much was recorded.
	mostTrees = 1_000
)

// Recorder keeps what happens to the tuples of traced trees in one worker, in bounded memory, until it is taken. Any goroutine may
// use it; it never waits for who takes. A nil Recorder records nothing.
type Recorder struct {
	mu    sync.Mutex // guards all below
	log   []stats.TraceEvent
	trees map[acker.Root]*recorded
	order []acker.Root // those in trees, oldest first, in a ring
	first int          // the oldest
	short []acker.Root // of which something was dropped since the last Take
}

// recorded is how much was recorded of a tree.
type recorded struct {
	emitted, handed int
	lost            int                 // tuples that were answered without having been handed over
	waiting         map[uint64]struct{} // edges of those that were handed over and not yet answered
	dropped         int
	short           bool // it is in Recorder.short
}

// NewRecorder returns one that has recorded nothing.
func NewRecorder() *Recorder { return &Recorder{trees: map[acker.Root]*recorded{}} }

// RootID is how a root is written where traces are shown: "3-17".
func RootID(r acker.Root) string { return fmt.Sprintf("%d-%d", r.Task(), r.Seq()) }

func edgeID(id uint64) string { return fmt.Sprintf("%016x", id) }

// Begun records that a tree was opened.
func (r *Recorder) Begun(at time.Time, root acker.Root, b stats.TraceBegun) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.add(mostEvents+mostEnds, stats.TraceEvent{Root: RootID(root), At: at.UnixMicro(), Begun: &b})
}

// Ended records the end of a tree.
func (r *Recorder) Ended(at time.Time, root acker.Root, e stats.TraceEnded) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.add(mostEvents+mostEnds, stats.TraceEvent{Root: RootID(root), At: at.UnixMicro(), Ended: &e})
}

// Emitted records that a tuple goes to a task: for each of its trees that is traced. parents are the edges of the tuples that it is
// anchored to, of whatever tree.
func (r *Recorder) Emitted(at time.Time, l *acker.Lineage, parents []acker.Edge, source *gstorm.Source, component string, task int) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for e := range l.Edges() {
		if !e.Root.Traced() || !r.emits(e.Root) {
			continue
		}
		emitted := &stats.TraceEmitted{
			ID: edgeID(e.ID), Source: source.Component, SourceTask: source.Task, Stream: source.Stream, Component: component, Task: task,
		}
		for i, p := range parents {
			if p.Root == e.Root && !slices.Contains(parents[:i], p) {
				emitted.Parents = append(emitted.Parents, edgeID(p.ID))
			}
		}
		r.add(mostEvents, stats.TraceEvent{Root: RootID(e.Root), At: at.UnixMicro(), Emitted: emitted})
	}
}

// Handed records that a tuple is handed to its bolt.
func (r *Recorder) Handed(at time.Time, l *acker.Lineage, component string, task, pid int) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for e := range l.Edges() {
		if e.Root.Traced() && r.hands(e) {
			r.add(mostEvents, stats.TraceEvent{
				Root: RootID(e.Root), At: at.UnixMicro(), Handed: &stats.TraceHanded{ID: edgeID(e.ID), Component: component, Task: task, PID: pid},
			})
		}
	}
}

// Answered records the answer to a tuple. before is when the task had last answered anything; zero: it had not. A nil cause is an
// ack.
func (r *Recorder) Answered(at, before time.Time, l *acker.Lineage, cause *acker.Cause) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for e := range l.Edges() {
		if !e.Root.Traced() || !r.answers(e, cause != nil) {
			continue
		}
		answered := &stats.TraceAnswered{ID: edgeID(e.ID)}
		if !before.IsZero() {
			answered.Before = before.UnixMicro()
		}
		if cause != nil {
			answered.Failed, answered.Cause = true, CauseText(cause)
		}
		r.add(mostEvents, stats.TraceEvent{Root: RootID(e.Root), At: at.UnixMicro(), Answered: answered})
	}
}

// tree is how much was recorded of a tree.
func (r *Recorder) tree(root acker.Root) *recorded {
	t := r.trees[root]
	if t != nil {
		return t
	}
	t = &recorded{waiting: map[uint64]struct{}{}}
	r.trees[root] = t
	if len(r.order) < mostTrees {
		r.order = append(r.order, root)
	} else {
		delete(r.trees, r.order[r.first])
		r.order[r.first] = root
		r.first = (r.first + 1) % mostTrees
	}
	return t
}

// emits reports whether one more tuple of a tree that is emitted is recorded.
func (r *Recorder) emits(root acker.Root) bool {
	t := r.tree(root)
	if t.emitted < mostOfTree && len(r.log) < mostEvents {
		t.emitted++
		return true
	}
	t.dropped++
	if !t.short {
		t.short = true
		r.short = append(r.short, root)
	}
	return false
}

// hands is emits for one that is handed over. What is dropped was counted where it was emitted.
func (r *Recorder) hands(e acker.Edge) bool {
	t := r.tree(e.Root)
	if t.handed >= mostOfTree || len(r.log) >= mostEvents {
		return false
	}
	t.handed++
	t.waiting[e.ID] = struct{}{}
	return true
}

// answers reports whether the answer to a tuple is recorded: if it was recorded that it was handed over, or if it has failed on the
// way.
func (r *Recorder) answers(e acker.Edge, failed bool) bool {
	t := r.tree(e.Root)
	if _, ok := t.waiting[e.ID]; ok {
		delete(t.waiting, e.ID)
		return true
	}
	if !failed || t.handed >= mostOfTree || t.lost >= mostOfTree {
		return false
	}
	t.lost++
	return true
}

func (r *Recorder) add(most int, e stats.TraceEvent) {
	if len(r.log) < most {
		r.log = append(r.log, e)
	}
}

// Take returns what was recorded since the last call, in the order in which it was.
func (r *Recorder) Take(now time.Time) []stats.TraceEvent {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	taken := r.log
	r.log = nil
	for _, root := range r.short {
		if t := r.trees[root]; t != nil {
			t.short = false
			taken = append(taken, stats.TraceEvent{Root: RootID(root), At: now.UnixMicro(), Dropped: t.dropped})
		}
	}
	r.short = r.short[:0]
	return taken
}

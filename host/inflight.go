package host

import (
	"math"
	"slices"
	"sync"
	"time"

	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/host/stopwatch"
)

// maxUntracked is how many unanswered tuples that nobody waits for a task remembers, for the sake of their latency. A
// bolt that never acks would else fill the memory.
const maxUntracked = 16384

// flight is a tuple that a component has and has not yet answered.
type flight struct {
	lineage acker.Lineage
	acc     uint64
	since   time.Time
	edge    *edge // by which it has come
}

// inflight is the table of the tuples that one task's component has. The writer adds, the reader answers.
type inflight struct {
	forget time.Duration // age at which a tracked one is forgotten, its tree being long over; 0: never

	mu      sync.Mutex // guards all below
	next    uint64     // the next id; ids are never used twice, nor after a restart
	oldest  uint64     // no id below is in flights
	flights map[uint64]*flight
	free    []*flight
	tuples  int              // of flights: those that are no ticks, which many libraries never answer
	busy    *stopwatch.Watch // runs while there are any; nil: that is not measured
	anchors []acker.Anchor   // scratch
	lastID  uint64           // the anchor that was looked for last, as the next one is often the same; 0: none
	last    *flight          // what it is
}

func newInflight(messageTimeout time.Duration, busy *stopwatch.Watch) *inflight {
	return &inflight{forget: 2 * messageTimeout, busy: busy, next: 1, oldest: 1, flights: map[uint64]*flight{}}
}

// add notes a tuple that is about to be handed over and returns the id for it.
func (f *inflight) add(l acker.Lineage, by *edge, now time.Time) uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	var e *flight
	if n := len(f.free); n > 0 {
		e, f.free = f.free[n-1], f.free[:n-1]
	} else {
		e = &flight{}
	}
	*e = flight{lineage: l, since: now, edge: by}
	if !by.tick {
		if f.tuples == 0 {
			f.busy.StartAt(now)
		}
		f.tuples++
	}
	id := f.next
	f.next++
	f.flights[id] = e
	f.sweep(now)
	return id
}

// hold is add for a tuple that the component has had already, and has emitted from: acc is what that came to.
func (f *inflight) hold(l acker.Lineage, acc uint64, by *edge, now time.Time) uint64 {
	id := f.add(l, by, now)
	f.mu.Lock()
	defer f.mu.Unlock()
	if e := f.flights[id]; e != nil {
		e.acc = acc
	}
	return id
}

// control returns an id for a frame that is no tuple (a heartbeat). It is higher than those of all tuples before it.
func (f *inflight) control() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := f.next
	f.next++
	return id
}

// sweep forgets what nobody will answer any more, oldest first, a few at a time.
func (f *inflight) sweep(now time.Time) {
	for range 4 {
		e := f.flights[f.oldest]
		switch {
		case f.oldest >= f.next:
			return
		case e == nil:
		case e.lineage.Tracked():
			if f.forget == 0 || now.Sub(e.since) < f.forget {
				return
			}
			f.drop(f.oldest, e)
		case len(f.flights) > maxUntracked:
			f.drop(f.oldest, e)
		default:
			return
		}
		f.oldest++
	}
}

func (f *inflight) drop(id uint64, e *flight) {
	delete(f.flights, id)
	if id == f.lastID {
		f.lastID, f.last = 0, nil
	}
	if !e.edge.tick {
		if f.tuples--; f.tuples == 0 {
			f.busy.Stop()
		}
	}
	e.lineage = acker.Lineage{}
	f.free = append(f.free, e)
}

// answer takes out the tuples with the ids from first to last. unknown counts those that the task never gave out; over
// those that were answered or forgotten before.
func (f *inflight) answer(first, last uint64, answered func(id uint64, e *flight)) (over, unknown uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if first == 0 { // ids begin with 1
		unknown, first = 1, 1
	}
	if last >= f.next {
		unknown += last - max(first, f.next) + 1
		last = f.next - 1
	}
	if first < f.oldest && first <= last {
		over = min(last, f.oldest-1) - first + 1
		first = f.oldest
	}
	for id := first; id <= last; id++ {
		if e := f.flights[id]; e != nil {
			answered(id, e)
			f.drop(id, e)
		} else {
			over++
		}
	}
	return over, unknown
}

// answerBefore takes out all whose id is lower, oldest first.
func (f *inflight) answerBefore(id uint64, answered func(e *flight)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for ; f.oldest < min(id, f.next); f.oldest++ {
		if e := f.flights[f.oldest]; e != nil {
			answered(e)
			f.drop(f.oldest, e)
		}
	}
}

// extend makes the lineages of a tuple that is emitted to n tasks with these anchors. unknown counts the anchors that
// the task does not have (any more).
func (f *inflight) extend(anchors []uint64, n int, random *randomSource, dst []acker.Lineage) (lineages []acker.Lineage, unknown int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.anchors = f.anchors[:0]
	for _, id := range anchors {
		if e := f.anchor(id); e != nil {
			f.anchors = append(f.anchors, acker.Anchor{Lineage: &e.lineage, Acc: &e.acc})
		} else {
			unknown++
		}
	}
	for range n {
		dst = append(dst, acker.Extend(f.anchors, random))
	}
	return dst, unknown
}

// edges appends those edges of the tuples with these ids that are of traced trees.
func (f *inflight) edges(ids []uint64, dst []acker.Edge) []acker.Edge {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range ids {
		if e := f.anchor(id); e != nil {
			dst = appendTraced(dst, &e.lineage)
		}
	}
	return dst
}

// has reports whether none of the tuples was answered or forgotten.
func (f *inflight) has(ids []uint64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !slices.ContainsFunc(ids, func(id uint64) bool { return f.flights[id] == nil })
}

func (f *inflight) anchor(id uint64) *flight {
	if id == f.lastID && f.last != nil {
		return f.last
	}
	e := f.flights[id]
	if e != nil {
		f.lastID, f.last = id, e
	}
	return e
}

// failAll takes everything out, oldest first, and fails it.
func (f *inflight) failAll(cause *acker.Cause, answers *answers) (n int) {
	f.answerBefore(math.MaxUint64, func(e *flight) {
		answers.fail(&e.lineage, cause)
		n++
	})
	return n
}

func (f *inflight) len() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.flights)
}

package lease

import (
	"slices"
	"time"
)

// Drift is by how much the speeds of two machines' clocks may differ: a second of one is at most this many of the other.
const Drift = 1.1

// Worker names a worker. Neither a topology's id nor a worker's is used twice.
type Worker struct {
	Topology string // its id
	ID       int
}

// Table is the leader's side: which tasks may be running. A new leader makes a new one.
type Table struct {
	length time.Duration
	sure   time.Duration // from here on everybody who holds a lease is known
	before func(topology string) bool
	held   map[string]map[int]*held
}

type held struct {
	shape uint64
	tasks []int
	until time.Duration
}

// NewTable is the table of a leader that was elected at a time, for leases of a length. before reports whether there was a
// topology at the time: of one that has come since nobody can hold a lease of an earlier leader.
func NewTable(elected, length time.Duration, before func(topology string) bool) *Table {
	t := &Table{length: length, before: before, held: map[string]map[int]*held{}}
	t.sure = elected + t.safe()
	return t
}

// safe is for how long after it was asked for a lease may be in force, by the leader's clock.
func (t *Table) safe() time.Duration { return time.Duration(float64(t.length) * Drift) }

// Sure reports whether everybody who holds a lease of a topology is known.
func (t *Table) Sure(now time.Duration, topology string) bool {
	return now >= t.sure || !t.before(topology)
}

// Renew notes that a worker which runs has asked for its next lease, which the leader is going to grant. arrived is when the
// question did, shape is that of the topology which the tasks are of.
func (t *Table) Renew(arrived time.Duration, w Worker, shape uint64, tasks []int) {
	workers := t.held[w.Topology]
	if workers == nil {
		workers = map[int]*held{}
		t.held[w.Topology] = workers
	}
	h := workers[w.ID]
	if h == nil {
		h = &held{}
		workers[w.ID] = h
	}
	if !slices.Equal(h.tasks, tasks) {
		h.tasks = slices.Clone(tasks)
	}
	h.shape, h.until = shape, max(h.until, arrived+t.safe())
}

// Begin is Renew for a worker that does not run yet. false: another may still have one of the tasks, or run another shape of
// the topology, so it must not be granted, and asks again later.
func (t *Table) Begin(arrived time.Duration, w Worker, shape uint64, tasks []int) bool {
	if !t.Free(arrived, w, shape, tasks) {
		return false
	}
	t.Renew(arrived, w, shape, tasks)
	return true
}

// Ended notes that a worker has stopped, by its own word or that of who has seen its process end.
func (t *Table) Ended(w Worker) {
	delete(t.held[w.Topology], w.ID)
	if len(t.held[w.Topology]) == 0 {
		delete(t.held, w.Topology)
	}
}

// Running reports whether a worker may be running.
func (t *Table) Running(now time.Duration, w Worker) bool {
	if !t.Sure(now, w.Topology) {
		return true
	}
	h := t.held[w.Topology][w.ID]
	return h != nil && now < h.until
}

// Free reports whether it is sure that none of the tasks is running, and nothing of another shape, but for at the worker itself.
func (t *Table) Free(now time.Duration, w Worker, shape uint64, tasks []int) bool {
	if !t.Sure(now, w.Topology) {
		return false
	}
	for id, h := range t.held[w.Topology] {
		if id == w.ID || now >= h.until {
			continue
		}
		if h.shape != shape {
			return false
		}
		for _, task := range tasks {
			if slices.Contains(h.tasks, task) {
				return false
			}
		}
	}
	return true
}

// Forget drops what is about leases that have run out. Before next no other does.
func (t *Table) Forget(now time.Duration) (next time.Duration) {
	next = now + t.safe()
	if now < t.sure {
		next = min(next, t.sure)
	}
	for topology, workers := range t.held {
		for id, h := range workers {
			if now >= h.until {
				delete(workers, id)
			} else {
				next = min(next, h.until)
			}
		}
		if len(workers) == 0 {
			delete(t.held, topology)
		}
	}
	return next
}

package host

import (
	"math/rand/v2"
	"sync"
	"time"

	"github.com/gstorm/gstorm/host/acker"
)

// message is what a spout task gets back when a tree ends.
type message struct {
	raw   []byte // the id of a child's message, as the JSON text that it was
	value any    // the id of a Go spout's message
	life  int    // which start of the process emitted it: another one must not hear of it
}

// tracker is the ledger of one spout task behind a lock: the spout opens trees, bolts of all tasks update them.
type tracker struct {
	task    int
	timeout int64 // us; 0: none
	wake    chan struct{}
	now     func() int64 // us, grows

	mu     sync.Mutex // guards all below
	ledger *acker.Ledger[message]
	seq    uint64
	random *rand.PCG
}

func newTracker(task int, s settings, now func() int64, seed uint64) *tracker {
	tick := clamp(s.messageTimeout/16, 10*time.Millisecond, time.Second)
	return &tracker{
		task: task, timeout: s.messageTimeout.Microseconds(), wake: make(chan struct{}, 1), now: now,
		ledger: acker.New[message](acker.Options{Tick: tick.Microseconds()}),
		seq:    seed, random: rand.NewPCG(seed, uint64(task)),
	}
}

func clamp(d, low, high time.Duration) time.Duration { return min(max(d, low), high) }

// open begins a tree that goes to n tasks: edges gets its n lineages. A tree that goes nowhere is acked at once. It
// returns the time as well.
func (t *tracker) open(m message, n int, edges []acker.Lineage) ([]acker.Lineage, int64) {
	now := t.now()
	deadline := int64(0)
	if t.timeout > 0 {
		deadline = now + t.timeout
	}
	from := len(edges)
	t.mu.Lock()
	for {
		t.seq++
		root, xor := acker.NewRoot(t.task, t.seq), uint64(0)
		edges = edges[:from]
		for range n {
			id := t.random.Uint64()
			xor ^= id
			edges = append(edges, acker.NewLineage(acker.Edge{Root: root, ID: id}))
		}
		if t.ledger.Begin(root, xor, m, now, deadline) == nil {
			break
		} // a tree that outlived 2^44 others has that root
	}
	t.mu.Unlock()
	if n == 0 {
		t.signal()
	}
	return edges, now
}

// refuse begins and fails a tree whose first tuple could not be sent at all.
func (t *tracker) refuse(m message, cause *acker.Cause) {
	now := t.now()
	t.mu.Lock()
	t.seq++
	root := acker.NewRoot(t.task, t.seq)
	if t.ledger.Open(root, m, now, 0) == nil {
		t.ledger.Fail(root, cause, now)
	}
	t.mu.Unlock()
	t.signal()
}

// apply brings in what bolts answered.
func (t *tracker) apply(updates []acker.Update) {
	now := t.now()
	t.mu.Lock()
	before := t.ledger.Len()
	for i := range updates {
		t.ledger.Apply(updates[i], now)
	}
	ended := t.ledger.Len() < before
	t.mu.Unlock()
	if ended {
		t.signal()
	}
}

// advance ends the trees whose time is up.
func (t *tracker) advance() {
	now := t.now()
	t.mu.Lock()
	before := t.ledger.Len()
	t.ledger.Advance(now)
	ended := t.ledger.Len() < before
	t.mu.Unlock()
	if ended {
		t.signal()
	}
}

// failAll fails every tree: their spout has died.
func (t *tracker) failAll(cause *acker.Cause) {
	t.mu.Lock()
	t.ledger.FailAll(cause, t.now())
	t.mu.Unlock()
	t.signal()
}

// outcomes moves the trees that ended since the last call to dst.
func (t *tracker) outcomes(dst []acker.Outcome[message]) []acker.Outcome[message] {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ledger.Outcomes(dst)
}

// pending is how many trees are open.
func (t *tracker) pending() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ledger.Len()
}

func (t *tracker) counts() (acker.Counts, int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ledger.Counts(), t.ledger.Len()
}

// signal wakes the spout's loop: there may be outcomes.
func (t *tracker) signal() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

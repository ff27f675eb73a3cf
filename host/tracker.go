package host

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/host/trace"
)

// message is what a spout task gets back when a tree ends.
type message struct {
	raw   []byte // the id of a child's message, as the JSON text that it was
	value any    // the id of a Go spout's message
	life  int    // which start of the process emitted it: another one must not hear of it
	// content is what a child's message can be known again by; 0: nobody asks.
	content trace.Content

	source *gstorm.Source // of its tuple; nil: there is no such stream
	kept   *kept          // the tuple itself; nil: no dead letter can be made of it
}

// again is what the message can be known again by, when the spout emits it once more; nil: nothing.
func (m *message) again() any { return trace.Message(m.content, m.value) }

// replay reports whether the tuple was a dead letter, which is none of the spout's business.
func (m *message) replay() bool { return m.kept != nil && m.kept.letter != "" }

// tracker is the ledger of one spout task: the spout opens trees, bolts of all tasks update them. No bolt ever waits for
// it: bolts post their updates, and who has the ledger next brings them in. That is the spout while it is at work, else
// the bolt itself. (Behind one lock, a spout and two bolts at full speed spent a third of their time waiting for it.)
type tracker struct {
	task    int
	timeout int64 // us; 0: none
	wake    chan struct{}
	now     func() int64 // us, grows
	resting atomic.Bool  // the spout waits for wake
	news    atomic.Bool  // posted may have something

	mu     sync.Mutex // guards the ledger and all until the next one; see lock and unlock
	ledger *acker.Ledger[message]
	seq    uint64
	random *rand.PCG
	sample *trace.Sampler // nil: no tree is traced
	spare  []acker.Update

	post   sync.Mutex // guards what follows
	posted []acker.Update
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
	t.lock()
	traced := n > 0 && t.sample.Take(now, m.again)
	for {
		t.seq++
		root, xor := acker.NewRoot(t.task, t.seq), uint64(0)
		if traced {
			root = root.Mark()
		}
		edges = edges[:from]
		for range n {
			id := t.random.Uint64()
			xor ^= id
			edges = append(edges, acker.NewLineage(acker.Edge{Root: root, ID: id}))
		}
		if t.ledger.Begin(root, xor, m, now, deadline) == nil {
			break
		} // a tree that outlived 2^43 others has that root
	}
	t.unlock()
	if n == 0 {
		t.signal()
	}
	return edges, now
}

// ended has the sampler know how a tree has ended, for the next one of its message.
func (t *tracker) ended(o *acker.Outcome[message]) {
	if t.sample == nil || o.Kind == acker.Acked && !o.Root.Traced() {
		return
	}
	t.lock()
	defer t.unlock()
	if o.Kind == acker.Acked {
		t.sample.Acked(o.Owner.again())
	} else {
		t.sample.Failed(o.Owner.again())
	}
}

// refuse begins and fails a tree whose first tuple could not be sent at all.
func (t *tracker) refuse(m message, cause *acker.Cause) {
	now := t.now()
	t.lock()
	t.seq++
	root := acker.NewRoot(t.task, t.seq)
	if t.ledger.Open(root, m, now, 0) == nil {
		t.ledger.Fail(root, cause, now)
	}
	t.unlock()
	t.signal()
}

// apply brings in what bolts answered.
func (t *tracker) apply(updates []acker.Update) {
	t.post.Lock()
	t.posted = append(t.posted, updates...)
	t.post.Unlock()
	// Whoever misses the news here has not yet unlocked, or not yet come to rest, and looks for them after that.
	t.news.Swap(true)
	if t.resting.Load() && t.mu.TryLock() {
		t.unlock()
	}
}

// rest is called by the spout's loop before it waits for wake, and work when it no longer does.
func (t *tracker) rest() {
	t.resting.Swap(true)
	if t.news.Load() {
		t.lock()
		t.unlock()
	}
}

func (t *tracker) work() { t.resting.Store(false) }

// lock takes the ledger, with all that was posted.
func (t *tracker) lock() {
	t.mu.Lock()
	t.bring()
}

// unlock brings in what was posted meanwhile if it would else be left lying, and leaves the ledger.
func (t *tracker) unlock() {
	for {
		t.bring()
		t.mu.Unlock()
		if !t.news.Load() || !t.resting.Load() || !t.mu.TryLock() {
			return
		}
	}
}

// bring applies what was posted.
func (t *tracker) bring() {
	if !t.news.Load() {
		return
	}
	t.news.Store(false)
	t.post.Lock()
	t.posted, t.spare = t.spare[:0], t.posted
	t.post.Unlock()
	now, before := t.now(), t.ledger.Len()
	for i := range t.spare {
		t.ledger.Apply(t.spare[i], now)
	}
	clear(t.spare) // causes must not be kept alive from here
	if t.ledger.Len() < before {
		t.signal()
	}
}

// advance ends the trees whose time is up.
func (t *tracker) advance() {
	now := t.now()
	t.lock()
	before := t.ledger.Len()
	t.ledger.Advance(now)
	ended := t.ledger.Len() < before
	t.unlock()
	if ended {
		t.signal()
	}
}

// failAll fails every tree: their spout has died.
func (t *tracker) failAll(cause *acker.Cause) {
	t.lock()
	t.ledger.FailAll(cause, t.now())
	t.unlock()
	t.signal()
}

// outcomes moves the trees that ended since the last call to dst.
func (t *tracker) outcomes(dst []acker.Outcome[message]) []acker.Outcome[message] {
	t.lock()
	defer t.unlock()
	return t.ledger.Outcomes(dst)
}

// pending is how many trees are open.
func (t *tracker) pending() int {
	t.lock()
	defer t.unlock()
	return t.ledger.Len()
}

func (t *tracker) counts() (acker.Counts, int) {
	t.lock()
	defer t.unlock()
	return t.ledger.Counts(), t.ledger.Len()
}

// signal wakes the spout's loop: there may be outcomes.
func (t *tracker) signal() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

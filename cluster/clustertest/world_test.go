package clustertest

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"time"
)

// world is a cluster and all that happens to it. It is a discrete-event simulation: everything follows from the seed.
type world struct {
	*rand.Rand
	character
	now    time.Duration // the true time, that nobody in the cluster knows
	events events
	order  uint64
	out    *lines // where a trace goes; nil: nowhere

	machines []*machine
	cut      map[[2]*machine]bool // from, to
	healing  bool                 // nothing fails any more
	made     int                  // machines
	truth    truth
}

// character is what kind of history it is.
type character struct {
	loss, twice, late float64       // parts of the messages
	slowest           time.Duration // of those that are late
	unrest            time.Duration // how often something fails, on average
	requests          time.Duration // how often users want something
	trust             time.Duration // for how long a leader that nobody answers believes that it leads
	haste             bool          // the desk does not wait for the outcome of its decisions
	proxy             bool          // some questions take long ways
}

// base is what wall clocks show at the beginning.
var base = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func newWorld(seed uint64, out *lines) *world {
	w := &world{Rand: rand.New(rand.NewPCG(seed, 7)), out: out, cut: map[[2]*machine]bool{}}
	w.truth.init(w)
	w.character = character{
		loss: w.Float64() * w.Float64() * 0.2, twice: w.Float64() * 0.1, late: w.Float64() * w.Float64() * 0.2,
		slowest: w.between(0, 6*time.Second), unrest: w.between(400*time.Millisecond, 6*time.Second),
		requests: w.between(300*time.Millisecond, 3*time.Second), haste: w.one(3), proxy: w.one(2),
		trust: 700 * time.Millisecond, // as hashicorp/raft does it
	}
	if w.one(3) { // Raft promises nothing of the kind
		w.trust = w.between(time.Second, 20*time.Second)
	}
	return w
}

func (w *world) between(least, most time.Duration) time.Duration {
	return least + time.Duration(w.Int64N(int64(most-least)+1))
}

// one is true once in n times.
func (w *world) one(n int) bool { return w.IntN(n) == 0 }

// chance is true with a probability.
func (w *world) chance(p float64) bool { return w.Float64() < p }

func pick[T any](w *world, list []T) T { return list[w.IntN(len(list))] }

// tell writes a line of the trace.
func (w *world) tell(format string, args ...any) {
	if w.out != nil {
		*w.out = append(*w.out, fmt.Sprintf("%9.3f  %s", w.now.Seconds(), fmt.Sprintf(format, args...)))
	}
}

// violation is that something has happened which never must.
type violation struct{ what string }

// wrong ends the history.
func (w *world) wrong(format string, args ...any) {
	v := violation{fmt.Sprintf("at %.3f s: ", w.now.Seconds()) + fmt.Sprintf(format, args...)}
	w.tell("WRONG: %s", v.what)
	panic(v)
}

// after has something happen later.
func (w *world) after(d time.Duration, what func()) {
	w.order++
	heap.Push(&w.events, event{w.now + max(d, 0), w.order, what})
}

// run lets time pass.
func (w *world) run(until time.Duration) {
	for len(w.events) > 0 && w.events[0].at <= until {
		e := heap.Pop(&w.events).(event)
		w.now = e.at
		e.what()
	}
	w.now = until
}

// event is something that is going to happen.
type event struct {
	at    time.Duration
	order uint64
	what  func()
}

// events is a heap, the next one at its top.
type events []event

func (q events) Len() int { return len(q) }

func (q events) Less(i, j int) bool {
	return q[i].at < q[j].at || q[i].at == q[j].at && q[i].order < q[j].order
}

func (q events) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *events) Push(e any)   { *q = append(*q, e.(event)) }

func (q *events) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

// actor is a process, as far as time is concerned: one that is dead does nothing any more, one that is frozen does it later.
type actor struct {
	w      *world
	m      *machine
	dead   bool
	frozen time.Duration // until then
	wake   func()        // comes first when it goes on; nil: nothing
}

// do does something, or does it when the process goes on: in any order then.
func (a *actor) do(what func()) {
	switch {
	case a.dead:
	case a.w.now < a.frozen:
		a.w.after(a.frozen-a.w.now+a.w.between(1, 20*time.Millisecond), func() { a.do(what) })
	default:
		what()
	}
}

// after has it do something when its own clock has gone on by so much.
func (a *actor) after(d time.Duration, what func()) {
	a.w.after(a.m.clock.true(d), func() { a.do(what) })
}

// freeze stops it for a while (SIGSTOP, a virtual machine that is moved).
func (a *actor) freeze(d time.Duration) {
	until := a.w.now + d
	if a.dead || until <= a.frozen {
		return
	}
	a.frozen = until
	a.w.after(d, func() {
		if !a.dead && a.frozen == until && a.wake != nil {
			a.wake()
		}
	})
}

func (a *actor) clock() time.Duration { return a.m.clock.at(a.w.now) }

// clock is a machine's, which goes on whatever happens.
type clock struct {
	speed  float64
	offset time.Duration
	wall   time.Duration // by how much the wall clock is off
}

// newClock makes one of which no two differ by more than lease.Drift.
func newClock(w *world) clock {
	const slowest, fastest = 0.9535, 1.0487
	return clock{slowest + w.Float64()*(fastest-slowest), w.between(0, 1000*time.Hour), w.between(-2*time.Second, 2*time.Second)}
}

func (c *clock) at(now time.Duration) time.Duration {
	return c.offset + time.Duration(float64(now)*c.speed)
}

// true is how long it really takes until the clock has gone on by so much.
func (c *clock) true(d time.Duration) time.Duration { return time.Duration(float64(d) / c.speed) }

func (c *clock) date(now time.Duration) time.Time { return base.Add(now + c.wall) }

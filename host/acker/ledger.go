package acker

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

var (
	// ErrOpen is returned by Open for a root that is open already.
	ErrOpen = errors.New("root is open already")
	// ErrNoRoot is returned by Open for the zero Root.
	ErrNoRoot = errors.New("no root")
)

// DefaultTick is the granularity of expiry where Options say nothing, in the unit of the times that the caller gives.
const DefaultTick = 100

// Options of a Ledger; the zero value is usable.
type Options struct {
	// Tick is the granularity of expiry, in the unit of the times; 0 means DefaultTick. Called whenever Next says, Advance ends an entry not
	// before its deadline and less than one Tick after it.
	Tick int64
}

// Ledger holds the open roots of one task. O is what the owner wants back when a root ends: a spout's message, say; it is
// stored inline. All methods are for one goroutine at a time. Apart from Advance and FailAll each call costs the same
// however many roots are open, and none allocates once the ledger has been as full as it gets.
type Ledger[O any] struct {
	tick    int64
	index   index
	entries []entry[O] // entries[0] is nobody's: slot 0 means none, here and in the wheel
	free    []int32
	wheel   wheel
	ended   []Outcome[O]
	counts  Counts
}

type entry[O any] struct {
	root   Root
	xor    uint64
	opened int64
	closed bool
	owner  O
}

// New returns an empty ledger.
func New[O any](o Options) *Ledger[O] {
	if o.Tick <= 0 {
		o.Tick = DefaultTick
	}
	return &Ledger[O]{tick: o.Tick, entries: make([]entry[O], 1)}
}

// Open enters a root, before any tuple of it is sent. It ends with a timeout when deadline has passed; deadline 0 means
// never. It can't complete before Close. Opening a root that is open is a bug of the caller and changes nothing: ErrOpen.
func (l *Ledger[O]) Open(r Root, owner O, now, deadline int64) error {
	_, err := l.enter(r, owner, now, deadline)
	return err
}

// Begin is Open, Xor with each edge, and Close in one, for an owner that knows all edges of its own from the start: xor is
// what their ids come to. With 0 the root is complete at once.
func (l *Ledger[O]) Begin(r Root, xor uint64, owner O, now, deadline int64) error {
	slot, err := l.enter(r, owner, now, deadline)
	if err != nil {
		return err
	}
	e := &l.entries[slot]
	e.xor, e.closed = xor, true
	l.settle(slot, now)
	return nil
}

func (l *Ledger[O]) enter(r Root, owner O, now, deadline int64) (slot int32, err error) {
	if r == 0 {
		return 0, ErrNoRoot
	}
	at := l.index.at(r)
	if *at != 0 {
		return 0, fmt.Errorf("open %v: %w", r, ErrOpen)
	}
	slot = l.take()
	*at = slot
	l.entries[slot] = entry[O]{root: r, opened: now, owner: owner}
	if deadline != 0 {
		l.wheel.set(slot, l.ticksUp(deadline), l.ticks(now))
	}
	l.counts.Opened++
	return slot, nil
}

// Xor updates a root: by the owner with the id of each edge that it sends, and by others with what an ack came to (see
// Lineage.Ack). False: the root is not open, because it ended before; the update is counted as late.
func (l *Ledger[O]) Xor(r Root, v uint64, now int64) bool {
	slot := l.index.find(r)
	if slot == 0 {
		l.counts.Late++
		return false
	}
	l.entries[slot].xor ^= v
	l.settle(slot, now)
	return true
}

// Close says that the owner adds no more edges of its own: from now on the root is complete when it is zero, which may be
// at once. False: it had ended before, by a failure or by its deadline. Closing twice does no harm.
func (l *Ledger[O]) Close(r Root, now int64) bool {
	slot := l.index.find(r)
	if slot == 0 {
		return false
	}
	l.entries[slot].closed = true
	l.settle(slot, now)
	return true
}

// Fail ends a root as failed, closed or not. False: it had ended before; that is counted as late.
func (l *Ledger[O]) Fail(r Root, cause *Cause, now int64) bool {
	slot := l.index.find(r)
	if slot == 0 {
		l.counts.Late++
		return false
	}
	l.end(slot, Failed, cause, now)
	return true
}

// Apply does what an Update says: Fail or Xor, with the same result.
func (l *Ledger[O]) Apply(u Update, now int64) bool {
	if u.Failed {
		return l.Fail(u.Root, u.Cause, now)
	}
	return l.Xor(u.Root, u.Xor, now)
}

// Cancel forgets a root: it ends without an outcome. False: it had ended before.
func (l *Ledger[O]) Cancel(r Root) bool {
	slot := l.index.find(r)
	if slot == 0 {
		return false
	}
	l.counts.Canceled++
	l.release(slot)
	return true
}

// FailAll ends every open root as failed, in order of their numbers.
func (l *Ledger[O]) FailAll(cause *Cause, now int64) {
	roots := make([]Root, 0, l.Len())
	for _, e := range l.entries {
		if e.root != 0 {
			roots = append(roots, e.root)
		}
	}
	slices.Sort(roots)
	for _, r := range roots {
		l.end(l.index.find(r), Failed, cause, now)
	}
}

// Advance ends the roots whose deadline has passed, the earliest first. It costs what has expired since the last call,
// and nothing for time in which nothing expires. A now before an earlier one changes nothing.
func (l *Ledger[O]) Advance(now int64) {
	to := l.ticks(now)
	for slot := l.wheel.pop(to); slot != 0; slot = l.wheel.pop(to) {
		l.end(slot, TimedOut, nil, now)
	}
}

// Next returns when Advance is next worth calling, at the earliest now; ok is false if no open root has a deadline. The
// call may turn out to expire nothing: a deadline far away is approached in a few steps.
func (l *Ledger[O]) Next(now int64) (at int64, ok bool) {
	start, ok := l.wheel.next()
	if !ok {
		return 0, false
	}
	if start > math.MaxInt64/uint64(l.tick) {
		return math.MaxInt64, true
	}
	return max(now, int64(start)*l.tick), true
}

// Outcomes appends the ends since the last call to dst, in the order in which they happened, and returns it.
func (l *Ledger[O]) Outcomes(dst []Outcome[O]) []Outcome[O] {
	dst = append(dst, l.ended...)
	clear(l.ended) // owners must not be kept alive from here
	l.ended = l.ended[:0]
	return dst
}

// Len returns how many roots are open.
func (l *Ledger[O]) Len() int { return l.index.len() }

// Counts returns the totals so far.
func (l *Ledger[O]) Counts() Counts { return l.counts }

func (l *Ledger[O]) settle(slot int32, now int64) {
	if e := &l.entries[slot]; e.closed && e.xor == 0 {
		l.end(slot, Acked, nil, now)
	}
}

func (l *Ledger[O]) end(slot int32, kind Kind, cause *Cause, now int64) {
	e := &l.entries[slot]
	age := max(0, now-e.opened)
	l.ended = append(l.ended, Outcome[O]{Root: e.root, Owner: e.owner, Kind: kind, Cause: cause, Age: age})
	switch kind {
	case Acked:
		l.counts.Acked++
	case Failed:
		l.counts.Failed++
	case TimedOut:
		l.counts.TimedOut++
	}
	l.release(slot)
}

func (l *Ledger[O]) take() int32 {
	if n := len(l.free); n > 0 {
		slot := l.free[n-1]
		l.free = l.free[:n-1]
		return slot
	}
	l.entries = append(l.entries, entry[O]{})
	return int32(len(l.entries) - 1)
}

func (l *Ledger[O]) release(slot int32) {
	l.wheel.stop(slot)
	l.index.remove(l.entries[slot].root)
	l.entries[slot] = entry[O]{}
	l.free = append(l.free, slot)
}

// ticks and ticksUp round a time down and up: an entry must not expire early.
func (l *Ledger[O]) ticks(at int64) uint64 { return uint64(max(0, at) / l.tick) }

func (l *Ledger[O]) ticksUp(at int64) uint64 {
	t := l.ticks(at)
	if at > 0 && at%l.tick != 0 {
		t++
	}
	return t
}

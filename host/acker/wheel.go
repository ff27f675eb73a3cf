package acker

import "math/bits"

const (
	digitBits = 6
	slotsPer  = 1 << digitBits
	levels    = 11 // 11 digits of 6 bits: there is no tick that the wheel can't hold
)

// wheel is a hierarchical timing wheel over timers that are named by small numbers from 1; 0 means none. Level n sorts by
// the n-th digit (base 64) of the tick at which a timer is due. A timer is put on the level of the highest digit in which
// its tick differs from the present, and moves down as the present enters its slot; so it is moved at most levels times,
// whatever the distance, and no level ever wraps around. The bitmaps make stretches without timers free.
type wheel struct {
	now    uint64         // no timer is due before
	busy   uint16         // bit n: level n has timers
	used   [levels]uint64 // bit s of used[n]: slot s of level n has timers
	slots  [levels * slotsPer]list
	timers []timer
}

type list struct{ first, last int32 }

type timer struct {
	at         uint64
	prev, next int32
	slot       int16 // where it is listed; idle: nowhere
}

const idle = -1

// set starts a timer that is not running. It is due at a tick, or at once if that has passed. now is the present tick,
// which an empty wheel jumps to, to save the timer a few moves.
func (w *wheel) set(id int32, at, now uint64) {
	for int(id) >= len(w.timers) {
		w.timers = append(w.timers, timer{slot: idle})
	}
	if w.busy == 0 {
		w.now = max(w.now, now)
	}
	w.timers[id].at = max(at, w.now)
	w.place(id)
}

// stop takes a timer out, if it is running.
func (w *wheel) stop(id int32) {
	if int(id) < len(w.timers) && w.timers[id].slot != idle {
		w.unlink(id)
	}
}

// next returns the tick at which pop has something to do: at or before that of the first timer.
func (w *wheel) next() (tick uint64, ok bool) {
	if w.busy == 0 {
		return 0, false
	}
	_, tick = w.head()
	return tick, true
}

// pop stops and returns the first timer that is due at the given tick; those of the same tick come in the order in which
// they were set. 0: there is none.
func (w *wheel) pop(to uint64) int32 {
	for w.busy != 0 {
		slot, start := w.head()
		if start > to {
			break
		}
		w.now = start
		if slot < slotsPer {
			id := w.slots[slot].first
			w.unlink(id)
			return id
		}
		w.spread(slot)
	}
	w.now = max(w.now, to)
	return 0
}

// head returns the first slot that is not empty, and the tick at which it starts. All of a lower level is before all of
// a higher one, and within a level no slot before the present is in use.
func (w *wheel) head() (slot int, start uint64) {
	level := bits.TrailingZeros16(w.busy)
	digit := bits.TrailingZeros64(w.used[level])
	shift := level * digitBits
	above := w.now >> (shift + digitBits) << (shift + digitBits)
	return level*slotsPer + digit, above | uint64(digit)<<shift
}

// spread moves the timers of a slot that has begun to lower levels, in order.
func (w *wheel) spread(slot int) {
	for id := w.slots[slot].first; id != 0; id = w.slots[slot].first {
		w.unlink(id)
		w.place(id)
	}
}

func (w *wheel) place(id int32) {
	t := &w.timers[id]
	level := (bits.Len64((t.at^w.now)|(slotsPer-1)) - 1) / digitBits
	digit := int(t.at>>(level*digitBits)) & (slotsPer - 1)
	t.slot = int16(level*slotsPer + digit)
	l := &w.slots[t.slot]
	t.prev, t.next = l.last, 0
	if l.last == 0 {
		l.first = id
	} else {
		w.timers[l.last].next = id
	}
	l.last = id
	w.used[level] |= 1 << digit
	w.busy |= 1 << level
}

func (w *wheel) unlink(id int32) {
	t := &w.timers[id]
	l := &w.slots[t.slot]
	if t.prev == 0 {
		l.first = t.next
	} else {
		w.timers[t.prev].next = t.next
	}
	if t.next == 0 {
		l.last = t.prev
	} else {
		w.timers[t.next].prev = t.prev
	}
	if l.first == 0 {
		level, digit := int(t.slot)/slotsPer, int(t.slot)%slotsPer
		if w.used[level] &^= 1 << digit; w.used[level] == 0 {
			w.busy &^= 1 << level
		}
	}
	t.prev, t.next, t.slot = 0, 0, idle
}

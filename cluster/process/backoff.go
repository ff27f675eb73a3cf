package process

import "time"

// backoff says how long to wait before a process that has ended is started again: not at all after the first end, then
// longer each time, until it has run for some time.
type backoff struct {
	first, longest, steady time.Duration
	row                    int // of ends
}

// ended notes an end of a process that ran for a time.
func (b *backoff) ended(ran time.Duration) (wait time.Duration) {
	if ran >= b.steady {
		b.row = 0
	}
	if b.row > 0 {
		wait = b.first
	}
	for i := 1; i < b.row && wait < b.longest; i++ {
		wait *= 2
	}
	b.row++
	return min(wait, b.longest)
}

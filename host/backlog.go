package host

import "github.com/gstorm/gstorm/host/acker"

// backlog are the ends of trees that a spout has not been told of, oldest first. Its zero value is empty. Taking one costs
// the same with one there and with a million: what has been taken is cut off when it is at least half of all.
type backlog struct {
	list  []acker.Outcome[message]
	taken int
}

// fetch adds what has ended since.
func (b *backlog) fetch(t *tracker) {
	if 2*b.taken >= len(b.list) {
		n := copy(b.list, b.list[b.taken:])
		clear(b.list[n:]) // the ids must not be kept alive from here
		b.list, b.taken = b.list[:n], 0
	}
	b.list = t.outcomes(b.list)
}

func (b *backlog) len() int { return len(b.list) - b.taken }

// take removes the n oldest. They are valid until the next fetch.
func (b *backlog) take(n int) []acker.Outcome[message] {
	b.taken += n
	return b.list[b.taken-n : b.taken]
}

package host

import "time"

const (
	// maxCommandsAhead bounds the nexts that a spout is written at once. More win little (measured: 64 a tenth), and a spout
	// that has just run out of tuples, and waits for some in each next, waits as many times before it hears of anything else.
	maxCommandsAhead = 8
	// commandsAheadBytes bounds the commands that a spout is written at once, where it is more than one: what a pipe takes
	// without waiting for its reader.
	commandsAheadBytes = 4 << 10
	// commandsAheadTime is for how long a spout may be busy with the nexts that it was written at once: for so long acks and
	// whatever else is to be told wait behind them.
	commandsAheadTime = 2 * time.Millisecond
)

// commandsAhead decides how many nexts a spout of Storm's protocol is written at once. Each of them may sleep, as many
// spouts do that have nothing or shall not emit too much, so it takes quick and fruitful answers for there to be more
// than one.
type commandsAhead struct {
	nexts  int // at once
	tuples int // the most that one next has brought lately
}

func newCommandsAhead() *commandsAhead { return &commandsAhead{nexts: 1, tuples: 1} }

// credit is for how many tuples the spout may be asked.
func (a *commandsAhead) credit() int { return a.nexts * a.tuples }

// calls is how many nexts it takes for room tuples.
func (a *commandsAhead) calls(room int) int { return min(max(1, room/a.tuples), a.nexts) }

// note notes what became of nexts that were written at once: the most tuples that one brought, the fewest, and how long
// each took.
func (a *commandsAhead) note(most, fewest int, each time.Duration) {
	a.tuples = max(1, most)
	if fewest == 0 {
		a.nexts = 1
		return
	}
	a.nexts = max(1, min(2*a.nexts, maxCommandsAhead, int(commandsAheadTime/max(each, 1))))
}

// round is the answers to commands that were written at once. The first of them are acks and fails.
type round struct {
	notices int // acks and fails
	synced  int
	emits   int // since the last sync
	most    int // emits of one next
	fewest  int
}

// sync notes that a command was answered.
func (r *round) sync() {
	r.synced++
	switch n := r.synced - r.notices; {
	case n <= 0:
	case n == 1:
		r.most, r.fewest = r.emits, r.emits
	default:
		r.most, r.fewest = max(r.most, r.emits), min(r.fewest, r.emits)
	}
	r.emits = 0
}

package acker

// index finds the slot of a root: a hash table with linear probing. It is here, where a map would do, because it is what
// every ack pays for: with keys that are numbers, nearly consecutive and deleted as often as entered, it takes half of a
// map's time (BenchmarkLedgerTree, BenchmarkUpdates).
type index struct {
	cells []cell // a power of two, at most half full
	shift uint8  // 64 - log2(len(cells))
	n     int
}

type cell struct {
	root Root // 0: free
	slot int32
}

const minCells = 64

func (x *index) len() int { return x.n }

// find returns the slot of a root; 0: it has none.
func (x *index) find(r Root) int32 {
	if x.n == 0 {
		return 0
	}
	for i := x.home(r); ; i = x.after(i) {
		switch c := &x.cells[i]; c.root {
		case r:
			return c.slot
		case 0:
			return 0
		}
	}
}

// at returns where the slot of a root is kept. A root that is not there is entered, with the slot 0, which the caller must
// change. The place is valid until the next call.
func (x *index) at(r Root) *int32 {
	if 2*(x.n+1) > len(x.cells) {
		x.grow()
	}
	for i := x.home(r); ; i = x.after(i) {
		switch c := &x.cells[i]; c.root {
		case 0:
			c.root = r
			x.n++
			return &c.slot
		case r:
			return &c.slot
		}
	}
}

// remove takes out a root that is there, and closes the gap, so that no search stops short of what lies behind it.
func (x *index) remove(r Root) {
	gap := x.home(r)
	for x.cells[gap].root != r {
		gap = x.after(gap)
	}
	for i := x.after(gap); x.cells[i].root != 0; i = x.after(i) {
		home := x.home(x.cells[i].root)
		if x.distance(home, i) >= x.distance(gap, i) {
			x.cells[gap] = x.cells[i]
			gap = i
		}
	}
	x.cells[gap] = cell{}
	x.n--
}

func (x *index) reset() {
	clear(x.cells)
	x.n = 0
}

func (x *index) grow() {
	old := x.cells
	x.cells = make([]cell, max(minCells, 2*len(old)))
	x.shift = 64
	for n := len(x.cells); n > 1; n >>= 1 {
		x.shift--
	}
	for _, c := range old {
		if c.root != 0 {
			x.insert(c)
		}
	}
}

func (x *index) insert(c cell) {
	i := x.home(c.root)
	for x.cells[i].root != 0 {
		i = x.after(i)
	}
	x.cells[i] = c
}

// home spreads roots evenly (Fibonacci hashing: the multiplier is 2^64 divided by the golden ratio), but keeps four that
// follow each other together: they are entered, updated and removed at about the same time, and fill a cache line.
func (x *index) home(r Root) int {
	return int(uint64(r>>2)*0x9e3779b97f4a7c15>>x.shift)&^3 | int(r&3)
}

func (x *index) after(i int) int { return (i + 1) & (len(x.cells) - 1) }

func (x *index) distance(from, to int) int { return (to - from) & (len(x.cells) - 1) }

package schedule

import "cmp"

// candidate is a node that may get another worker of a topology.
type candidate struct {
	*host
	usable  int // for how many components it has what they need
	workers int // of the topology
}

// candidates is a heap. At its top is the node that can take most components, of these the one with the fewest workers of the
// topology, of these the least used, of these the one whose id comes first.
type candidates []*candidate

// Len, Less, Swap, Push and Pop are for container/heap.
func (c candidates) Len() int { return len(c) }

func (c candidates) Less(i, j int) bool {
	a, b := c[i], c[j]
	return cmp.Or(cmp.Compare(b.usable, a.usable), cmp.Compare(a.workers, b.workers), cmp.Compare(a.load(), b.load()), cmp.Compare(a.ID, b.ID)) < 0
}

func (c candidates) Swap(i, j int) { c[i], c[j] = c[j], c[i] }

func (c *candidates) Push(h any) { *c = append(*c, h.(*candidate)) }

func (c *candidates) Pop() any {
	last := len(*c) - 1
	h := (*c)[last]
	*c = (*c)[:last]
	return h
}

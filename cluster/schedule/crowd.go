package schedule

import "cmp"

// crowd is a heap of workers. At its top is the one with the fewest tasks of a component, of these the one with the fewest
// tasks, of these the oldest; or else the one with the most tasks, of these the youngest.
type crowd struct {
	of      *Component
	fullest bool
	workers []*worker
}

// Len, Less, Swap, Push and Pop are for container/heap.
func (c *crowd) Len() int { return len(c.workers) }

func (c *crowd) Less(i, j int) bool {
	a, b := c.workers[i], c.workers[j]
	if c.fullest {
		return cmp.Or(cmp.Compare(b.total, a.total), cmp.Compare(b.id, a.id)) < 0
	}
	return cmp.Or(cmp.Compare(len(a.tasks[c.of]), len(b.tasks[c.of])), cmp.Compare(a.total, b.total), cmp.Compare(a.id, b.id)) < 0
}

func (c *crowd) Swap(i, j int) { c.workers[i], c.workers[j] = c.workers[j], c.workers[i] }

func (c *crowd) Push(w any) { c.workers = append(c.workers, w.(*worker)) }

func (c *crowd) Pop() any {
	last := len(c.workers) - 1
	w := c.workers[last]
	c.workers = c.workers[:last]
	return w
}

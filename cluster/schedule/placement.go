package schedule

import (
	"cmp"
	"container/heap"
	"fmt"
	"maps"
	"slices"
)

// placement is the work on one topology.
type placement struct {
	*Topology
	cluster    *cluster
	components map[int]*Component // by task
	workers    []*worker          // by id
	next       int
	onNode     map[*host]int // workers of this topology
	unplaced   map[*Component][]int
	covered    map[*Component]bool // some worker has the tags, or no node that is free has
}

// worker is a Worker in the making.
type worker struct {
	id    int
	host  *host
	tasks map[*Component][]int
	total int
	fresh bool // it was opened just now: nothing of it runs
}

func newPlacement(c *cluster, t *Topology) *placement {
	p := &placement{
		Topology: t, cluster: c, components: map[int]*Component{}, next: t.NextWorker,
		onNode: map[*host]int{}, unplaced: map[*Component][]int{}, covered: map[*Component]bool{},
	}
	for i := range t.Components {
		for _, task := range t.Components[i].Tasks {
			p.components[task] = &t.Components[i]
		}
	}
	return p
}

// keep takes over what was decided before, as far as it can stay. Tasks that can't are left to be placed.
func (p *placement) keep() {
	placed := map[int]bool{}
	for _, before := range p.Placement {
		p.next = max(p.next, before.ID+1)
		h := p.cluster.byID[before.Node]
		if h == nil || h.Draining || h.workers >= h.Slots || p.Apart > 0 && p.onNode[h] >= p.Apart {
			continue
		}
		w := &worker{id: before.ID, host: h, tasks: map[*Component][]int{}}
		for _, task := range before.Tasks {
			c := p.components[task]
			if c == nil || placed[task] || !h.has(c.Tags) || !h.roomFor(c) {
				continue
			}
			placed[task] = true
			p.give(w, c, task)
		}
		if w.total > 0 {
			p.open(w)
		}
	}
	slices.SortFunc(p.workers, func(a, b *worker) int { return cmp.Compare(a.id, b.id) })
	for i := range p.Components {
		c := &p.Components[i]
		for _, task := range c.Tasks {
			if !placed[task] {
				p.unplaced[c] = append(p.unplaced[c], task)
			}
		}
	}
}

func (p *placement) open(w *worker) {
	p.workers = append(p.workers, w)
	p.onNode[w.host]++
	w.host.workers++
}

func (p *placement) give(w *worker, c *Component, task int) {
	w.tasks[c] = append(w.tasks[c], task)
	w.total++
	w.host.add(c, 1)
}

// take takes the last task of a component from a worker.
func (p *placement) take(w *worker, c *Component) int {
	list := w.tasks[c]
	task := list[len(list)-1]
	w.tasks[c] = list[:len(list)-1]
	w.total--
	w.host.add(c, -1)
	return task
}

// complete decides what keep has left open.
func (p *placement) complete() Result {
	p.closeSurplus()
	grown := p.openMissing()
	if grown {
		p.placeTasks(func(w *worker) bool { return w.fresh })
	}
	p.placeTasks(func(*worker) bool { return true })
	if grown && len(p.workers) > len(p.Placement) {
		p.share()
	}
	p.closeEmpty()
	return p.result()
}

// wanted is how many workers there should be.
func (p *placement) wanted() int { return min(max(p.Workers, 1), len(p.components)) }

// closeSurplus closes workers where there are more than wanted: those with the fewest tasks, of these the youngest.
func (p *placement) closeSurplus() {
	surplus := len(p.workers) - p.wanted()
	if surplus <= 0 {
		return
	}
	byTasks := slices.Clone(p.workers)
	slices.SortFunc(byTasks, func(a, b *worker) int { return cmp.Or(cmp.Compare(a.total, b.total), cmp.Compare(b.id, a.id)) })
	for _, w := range byTasks[:surplus] {
		for i := range p.Components {
			c := &p.Components[i]
			for len(w.tasks[c]) > 0 {
				p.unplaced[c] = append(p.unplaced[c], p.take(w, c))
			}
		}
	}
	p.closeEmpty()
}

// closeEmpty closes workers without tasks.
func (p *placement) closeEmpty() {
	p.workers = slices.DeleteFunc(p.workers, func(w *worker) bool {
		if w.total > 0 {
			return false
		}
		p.onNode[w.host]--
		w.host.workers--
		return true
	})
}

// openMissing opens workers until there are as many as wanted, or no room. It reports whether it has.
func (p *placement) openMissing() (grown bool) {
	if len(p.workers) >= p.wanted() {
		return false
	}
	free := p.candidates()
	for len(p.workers) < p.wanted() && len(free) > 0 {
		at := p.covering(free)
		c := free[at]
		p.open(&worker{id: p.next, host: c.host, fresh: true, tasks: map[*Component][]int{}})
		p.next++
		grown = true
		if c.workers++; p.full(c.host) {
			heap.Remove(&free, at)
		} else {
			heap.Fix(&free, at)
		}
	}
	return grown
}

// full reports whether a node can't have another worker of the topology.
func (p *placement) full(h *host) bool {
	return h.Draining || h.Closed || h.workers >= h.Slots || p.Apart > 0 && p.onNode[h] >= p.Apart
}

// candidates are the nodes that can have another worker, and have what some component needs.
func (p *placement) candidates() (free candidates) {
	for _, h := range p.cluster.nodes {
		if p.full(h) {
			continue
		}
		c := &candidate{host: h, workers: p.onNode[h]}
		for i := range p.Components {
			if of := &p.Components[i]; h.has(of.Tags) && h.roomFor(of) {
				c.usable++
			}
		}
		if c.usable > 0 {
			free = append(free, c)
		}
	}
	heap.Init(&free)
	return free
}

// covering is which of the candidates gets the next worker: the one that can take most of those components that no worker can
// for want of tags, and the best one if there are none of these.
func (p *placement) covering(free candidates) (at int) {
	if !p.lacking() {
		return 0
	}
	most := 0
	for k, candidate := range free {
		n := p.covers(candidate.host)
		if n > most || n == most && n > 0 && free.Less(k, at) {
			most, at = n, k
		}
	}
	if most == 0 { // nobody ever will: no need to look again
		for i := range p.Components {
			p.covered[&p.Components[i]] = true
		}
	}
	return at
}

// lacking reports whether there are components that no worker can take for want of tags.
func (p *placement) lacking() (lacking bool) {
	for i := range p.Components {
		c := &p.Components[i]
		if len(c.Tags) == 0 || len(p.unplaced[c]) == 0 || p.covered[c] {
			continue
		}
		p.covered[c] = slices.ContainsFunc(p.workers, func(w *worker) bool { return w.host.has(c.Tags) })
		lacking = lacking || !p.covered[c]
	}
	return lacking
}

// covers is how many of the components that no worker can take a node could.
func (p *placement) covers(h *host) (n int) {
	for i := range p.Components {
		if c := &p.Components[i]; len(c.Tags) > 0 && len(p.unplaced[c]) > 0 && !p.covered[c] && h.has(c.Tags) {
			n++
		}
	}
	return n
}

// placeTasks gives each task that has no worker one of those that may get some: that with the fewest of its component, of these
// the one with the fewest tasks. A worker that runs has to begin anew to get another task, so it comes last.
func (p *placement) placeTasks(may func(*worker) bool) {
	for i := range p.Components {
		c := &p.Components[i]
		tasks := p.unplaced[c]
		if len(tasks) == 0 {
			continue
		}
		slices.Sort(tasks)
		able := &crowd{of: c}
		for _, w := range p.workers {
			if may(w) && w.host.has(c.Tags) && !w.host.Closed {
				able.workers = append(able.workers, w)
			}
		}
		heap.Init(able)
		for len(tasks) > 0 && len(able.workers) > 0 {
			w := able.workers[0]
			if !w.host.roomFor(c) {
				heap.Pop(able)
				continue
			}
			p.give(w, c, tasks[0])
			tasks = tasks[1:]
			heap.Fix(able, 0)
		}
		p.unplaced[c] = tasks
	}
}

// share moves tasks to workers that have fewer than their part, from those that have the most.
func (p *placement) share() {
	total := 0
	for _, w := range p.workers {
		total += w.total
	}
	part := total / len(p.workers)
	donors := &crowd{fullest: true}
	for _, w := range p.workers {
		if w.total > part {
			donors.workers = append(donors.workers, w)
		}
	}
	heap.Init(donors)
	for _, to := range p.workers {
		var useless []*worker // to this one
		for to.total < part && len(donors.workers) > 0 {
			from := donors.workers[0]
			c := p.movable(from, to)
			if c == nil {
				useless = append(useless, heap.Pop(donors).(*worker))
				continue
			}
			p.give(to, c, p.take(from, c))
			if heap.Fix(donors, 0); from.total <= part {
				heap.Pop(donors)
			}
		}
		for _, w := range useless {
			heap.Push(donors, w)
		}
	}
}

// movable is the component of which a task had best go from one worker to the other; nil: none can.
func (p *placement) movable(from, to *worker) (best *Component) {
	gap := 0
	for i := range p.Components {
		c := &p.Components[i]
		n := len(from.tasks[c])
		if n == 0 || to.host.Closed || !to.host.has(c.Tags) || from.host != to.host && !to.host.roomFor(c) {
			continue
		}
		if d := n - len(to.tasks[c]); best == nil || d > gap {
			best, gap = c, d
		}
	}
	return best
}

// giveUp gives back all room that the topology has taken.
func (p *placement) giveUp() {
	for _, w := range p.workers {
		for c := range w.tasks {
			for len(w.tasks[c]) > 0 {
				p.take(w, c)
			}
		}
	}
	p.closeEmpty()
}

// result is what was decided.
func (p *placement) result() Result {
	r := Result{Topology: p.Name, NextWorker: p.next}
	for _, w := range p.workers {
		tasks := slices.Concat(slices.Collect(maps.Values(w.tasks))...)
		slices.Sort(tasks)
		r.Workers = append(r.Workers, Worker{ID: w.id, Node: w.host.ID, Tasks: tasks})
	}
	for i := range p.Components {
		c := &p.Components[i]
		if left := p.unplaced[c]; len(left) > 0 {
			r.Unplaced = append(r.Unplaced, left...)
			r.Problems = append(r.Problems, p.explain(c))
		}
	}
	slices.Sort(r.Unplaced)
	if p.Whole && len(r.Unplaced) > 0 {
		p.giveUp()
		r.Workers = nil
		return r
	}
	if n := len(r.Workers); n > 0 && n < p.wanted() {
		r.Problems = append(r.Problems, fmt.Sprintf("%d of %d workers: %s", n, p.wanted(), p.noRoom()))
	}
	return r
}

package schedule

import (
	"cmp"
	"slices"
)

// Node is a machine that can hold workers.
type Node struct {
	ID     string
	Slots  int      // how many workers it may hold
	CPU    float64  // in percent of one core, as in Storm; 0: not said, and not looked at
	Memory float64  // in MB; 0: not said, and not looked at
	Tags   []string // what it has
	// Draining: it takes nothing new and gives away what it has.
	Draining bool
	// Closed: it takes nothing new and keeps what it has, as a node that is not heard of and may be running all the same.
	Closed bool
}

// Topology is what a topology asks for, and where it is.
type Topology struct {
	Name       string
	Priority   int  // the lower, the more important
	Workers    int  // at least 1
	Apart      int  // at most so many of its workers on one node; 0: any number
	Whole      bool // it is placed whole or not at all
	Components []Component
	Placement  []Worker // what was decided before; none: it is new, or everything may be decided anew
	NextWorker int      // the id of the next new worker: ids are not used again
}

// Component is a component's part of what is asked for.
type Component struct {
	ID     string
	Tasks  []int    // ids
	CPU    float64  // of one task, in percent of one core (topology.component.cpu.pcore.percent)
	Memory float64  // of one task, in MB (topology.component.resources.onheap.memory.mb)
	Tags   []string // what its node must have
}

// Worker is a process of a topology, with some of its tasks.
type Worker struct {
	ID    int
	Node  string
	Tasks []int // ascending, never empty
}

// Result is what was decided for a topology.
type Result struct {
	Topology   string
	Workers    []Worker // by id
	NextWorker int
	Unplaced   []int    // tasks for which there is no place, ascending
	Problems   []string // why, and what else is not as it was asked for
}

// Place decides for all topologies. The results are in the topologies' order. It changes none of its arguments and keeps
// nothing of them.
func Place(nodes []Node, topologies []Topology) []Result {
	order := make([]int, len(topologies))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		ta, tb := &topologies[a], &topologies[b]
		return cmp.Or(cmp.Compare(ta.Priority, tb.Priority), cmp.Compare(ta.Name, tb.Name))
	})
	c := newCluster(nodes)
	placements := make([]*placement, len(topologies))
	// What runs is counted first, so that nobody takes its room, however important.
	for _, i := range order {
		placements[i] = newPlacement(c, &topologies[i])
		placements[i].keep()
	}
	results := make([]Result, len(topologies))
	for _, i := range order {
		results[i] = placements[i].complete()
	}
	return results
}

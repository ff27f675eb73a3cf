package schedule

import (
	"fmt"
	"testing"
)

// BenchmarkPlace decides where 100,000 tasks of 1,000 topologies, or of one, go on 1,000 nodes, and where those go that were
// on a node that is gone.
func BenchmarkPlace(b *testing.B) {
	var nodes []Node
	for i := range 1000 {
		nodes = append(nodes, Node{ID: fmt.Sprintf("node-%03d", i), Slots: 20, Memory: 1 << 20, Tags: []string{"ruby"}})
	}
	for _, topologies := range []int{1, 1000} {
		all := manyTopologies(topologies, 100_000/topologies, 10_000/topologies)
		b.Run(fmt.Sprintf("%d topologies/all", topologies), func(b *testing.B) {
			for b.Loop() {
				placed(b, Place(nodes, all))
			}
		})
		running := withPlacement(all, Place(nodes, all))
		b.Run(fmt.Sprintf("%d topologies/node lost", topologies), func(b *testing.B) {
			for b.Loop() {
				placed(b, Place(nodes[1:], running))
			}
		})
	}
}

func manyTopologies(n, tasks, workers int) (all []Topology) {
	for i := range n {
		t := Topology{Name: fmt.Sprint("t", i), Workers: workers}
		id := 0
		for k := range 10 {
			c := Component{ID: fmt.Sprint("c", k), Memory: 10, Tags: []string{"ruby"}}
			for range tasks / 10 {
				id++
				c.Tasks = append(c.Tasks, id)
			}
			t.Components = append(t.Components, c)
		}
		all = append(all, t)
	}
	return all
}

func placed(b *testing.B, results []Result) {
	for _, r := range results {
		if len(r.Unplaced) > 0 {
			b.Fatalf("%s: %d tasks without a place", r.Topology, len(r.Unplaced))
		}
	}
}

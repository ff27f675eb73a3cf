package schedule

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestPlacementRules decides again and again while nodes and topologies come, go and change, and checks what is promised.
func TestPlacementRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &model{placed: map[string]Result{}}
		for range rapid.IntRange(1, 6).Draw(t, "rounds") {
			nodes := rapid.SliceOfNDistinct(rapid.Custom(drawNode), 0, 6, func(n Node) string { return n.ID }).Draw(t, "nodes")
			topologies := rapid.SliceOfNDistinct(rapid.Custom(drawTopology), 0, 5, func(t Topology) string { return t.Name }).Draw(t, "topologies")
			for i := range topologies {
				topologies[i].Placement = w.placed[topologies[i].Name].Workers
				topologies[i].NextWorker = w.placed[topologies[i].Name].NextWorker
			}
			w.check(t, nodes, topologies, Place(nodes, topologies))
		}
	})
}

var tags = []string{"ruby", "python", "gpu"}

func drawNode(t *rapid.T) Node {
	return Node{
		ID: rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g"}).Draw(t, "id"), Slots: rapid.IntRange(0, 4).Draw(t, "slots"),
		CPU: float64(rapid.SampledFrom([]int{0, 0, 100, 400}).Draw(t, "cpu")), Memory: float64(rapid.SampledFrom([]int{0, 0, 500, 4000}).Draw(t, "memory")),
		Tags: rapid.SliceOfDistinct(rapid.SampledFrom(tags), rapid.ID).Draw(t, "tags"), Draining: rapid.IntRange(0, 5).Draw(t, "draining") == 0,
	}
}

func drawTopology(t *rapid.T) Topology {
	top := Topology{
		Name: rapid.SampledFrom([]string{"t", "u", "v", "w", "x"}).Draw(t, "name"), Priority: rapid.IntRange(0, 2).Draw(t, "priority"),
		Workers: rapid.IntRange(0, 6).Draw(t, "workers"), Apart: rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, "apart"), Whole: rapid.Bool().Draw(t, "whole"),
	}
	task := 0
	for i := range rapid.IntRange(1, 4).Draw(t, "components") {
		c := Component{
			ID: fmt.Sprint("c", i), CPU: float64(rapid.SampledFrom([]int{0, 0, 50}).Draw(t, "cpu")), Memory: float64(rapid.SampledFrom([]int{0, 0, 300}).Draw(t, "memory")),
			Tags: rapid.SliceOfNDistinct(rapid.SampledFrom(tags), 0, 1, rapid.ID).Draw(t, "tags"),
		}
		for range rapid.IntRange(1, 8).Draw(t, "tasks") {
			task++
			c.Tasks = append(c.Tasks, task)
		}
		top.Components = append(top.Components, c)
	}
	return top
}

type model struct{ placed map[string]Result }

func (m *model) check(t *rapid.T, nodes []Node, topologies []Topology, results []Result) {
	byID := map[string]*Node{}
	for i := range nodes {
		byID[nodes[i].ID] = &nodes[i]
	}
	workers, cpu, memory := map[string]int{}, map[string]float64{}, map[string]float64{}
	for i := range topologies {
		m.checkTopology(t, byID, &topologies[i], &results[i])
		for _, w := range results[i].Workers {
			workers[w.Node]++
			for _, task := range w.Tasks {
				c := componentOf(&topologies[i], task)
				cpu[w.Node] += c.CPU
				memory[w.Node] += c.Memory
			}
		}
		m.placed[topologies[i].Name] = results[i]
	}
	for id, n := range byID {
		if workers[id] > n.Slots || n.CPU > 0 && cpu[id] > n.CPU || n.Memory > 0 && memory[id] > n.Memory {
			t.Fatalf("node %+v has %d workers, %v of processors, %v of memory", n, workers[id], cpu[id], memory[id])
		}
	}
	m.checkRest(t, nodes, topologies, results)
}

// checkRest decides again, with nothing changed: soon nothing is decided any more. (A worker that could be given no task is not
// kept, and the next decision may try another node.)
func (m *model) checkRest(t *rapid.T, nodes []Node, topologies []Topology, results []Result) {
	for range 20 {
		again := Place(nodes, withPlacement(topologies, results))
		same := true
		for i := range again {
			same = same && sameWorkers(again[i].Workers, results[i].Workers)
		}
		if results = again; same {
			return
		}
	}
	t.Fatalf("nothing has changed, and it decides for ever: %+v", results)
}

// checkTopology: every task is at one place or none; its node can have it; what could stay has stayed.
func (m *model) checkTopology(t *rapid.T, nodes map[string]*Node, top *Topology, r *Result) {
	seen := map[int]bool{}
	for _, task := range r.Unplaced {
		seen[task] = true
	}
	onNode, ids := map[string]int{}, map[int]bool{}
	for _, w := range r.Workers {
		n := nodes[w.Node]
		if n == nil || n.Draining || len(w.Tasks) == 0 || ids[w.ID] || w.ID >= r.NextWorker {
			t.Fatalf("worker %+v of %s", w, top.Name)
		}
		ids[w.ID] = true
		onNode[w.Node]++
		for _, task := range w.Tasks {
			c := componentOf(top, task)
			if seen[task] || c == nil {
				t.Fatalf("task %d of %s is at two places, or is none", task, top.Name)
			}
			seen[task] = true
			for _, tag := range c.Tags {
				if !slices.Contains(n.Tags, tag) {
					t.Fatalf("task %d of %s needs %s, and is on %+v", task, top.Name, tag, n)
				}
			}
		}
		for _, before := range top.Placement {
			if before.ID == w.ID && before.Node != w.Node {
				t.Fatalf("worker %d of %s has moved from %s to %s", w.ID, top.Name, before.Node, w.Node)
			}
		}
	}
	total := 0
	for _, c := range top.Components {
		total += len(c.Tasks)
	}
	if len(r.Workers) > 0 && len(seen) != total || len(r.Workers) > max(top.Workers, 1) || top.Whole && len(r.Unplaced) > 0 && len(r.Workers) > 0 || len(r.Unplaced) > 0 != hasNoPlace(r.Problems) {
		t.Fatalf("%s: %d of %d tasks, %d of %d workers, problems %q", top.Name, len(seen), total, len(r.Workers), top.Workers, r.Problems)
	}
	for node, n := range onNode {
		if top.Apart > 0 && n > top.Apart {
			t.Fatalf("%d workers of %s are on %s", n, top.Name, node)
		}
	}
}

func hasNoPlace(problems []string) bool {
	return slices.ContainsFunc(problems, func(p string) bool { return len(p) > 9 && p[:9] == "component" })
}

func componentOf(top *Topology, task int) *Component {
	for i := range top.Components {
		if slices.Contains(top.Components[i].Tasks, task) {
			return &top.Components[i]
		}
	}
	return nil
}

func withPlacement(topologies []Topology, results []Result) []Topology {
	next := slices.Clone(topologies)
	for i := range next {
		next[i].Placement, next[i].NextWorker = results[i].Workers, results[i].NextWorker
	}
	return next
}

func sameWorkers(a, b []Worker) bool {
	return slices.EqualFunc(a, b, func(a, b Worker) bool { return a.ID == b.ID && a.Node == b.Node && slices.Equal(a.Tasks, b.Tasks) })
}

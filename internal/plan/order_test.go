package plan_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/plan"
	"pgregory.net/rapid"
)

// graph is a topology's shape: graph[i][k] says that component i feeds component k.
type graph [][]bool

// graphs draws graphs with up to n components, cycles and loops included.
func graphs(n int) *rapid.Generator[graph] {
	return rapid.Custom(func(t *rapid.T) graph {
		size := rapid.IntRange(1, n).Draw(t, "components")
		g := make(graph, size)
		for i := range g {
			g[i] = make([]bool, size)
		}
		for range rapid.IntRange(0, 2*size).Draw(t, "edges") {
			g[rapid.IntRange(0, size-1).Draw(t, "from")][rapid.IntRange(0, size-1).Draw(t, "to")] = true
		}
		return g
	})
}

func id(i int) string { return fmt.Sprintf("c%02d", i) }

func (g graph) topology() *gstorm.Topology {
	t := &gstorm.Topology{Name: "t"}
	for i := range g {
		c := gstorm.Component{ID: id(i), Kind: gstorm.BoltKind, Parallelism: 1, Outputs: map[string]gstorm.Stream{"default": {Fields: gstorm.Fields{"x"}}}}
		for from := range g {
			if g[from][i] {
				c.Inputs = append(c.Inputs, gstorm.Input{From: id(from), Grouping: gstorm.Shuffle})
			}
		}
		t.Components = append(t.Components, c)
	}
	return t
}

// reach says which components tuples of a component can come to (Warshall's algorithm).
func (g graph) reach() graph {
	r := make(graph, len(g))
	for i := range g {
		r[i] = append([]bool(nil), g[i]...)
	}
	for via := range r {
		for i := range r {
			for k := range r {
				r[i][k] = r[i][k] || r[i][via] && r[via][k]
			}
		}
	}
	return r
}

// TestOrder compares cycles and stages of any graph with what reachability says: an edge is feedback exactly if its end
// leads back to its beginning, every other edge goes to a later stage, and no stage is later than it must be.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphs(12).Draw(t, "graph")
		p, err := plan.Build(g.topology(), "", nil)
		if err != nil {
			t.Fatal(err)
		}
		reach := g.reach()
		sameCycle := func(i, k int) bool { return i == k || reach[i][k] && reach[k][i] }
		earliest := make([]int, len(g))
		for i := range g {
			from := p.Component(id(i))
			consumers := map[string]plan.Consumer{}
			for _, consumer := range from.Consumers["default"] {
				consumers[consumer.Component] = consumer
			}
			for k := range g {
				to := p.Component(id(k))
				consumer, edge := consumers[id(k)]
				if edge != g[i][k] {
					t.Fatalf("%s feeds %s: %v", id(i), id(k), edge)
				}
				if edge && consumer.Feedback != reach[k][i] {
					t.Errorf("%s to %s: feedback is %v", id(i), id(k), consumer.Feedback)
				}
				if edge && !consumer.Feedback && to.Stage <= from.Stage {
					t.Errorf("%s ends at %d, %s, which it feeds, at %d", id(i), from.Stage, id(k), to.Stage)
				}
				if sameCycle(i, k) && from.Stage != to.Stage {
					t.Errorf("%s and %s are of one cycle, but end at %d and %d", id(i), id(k), from.Stage, to.Stage)
				}
				for member := range g {
					if edge && !consumer.Feedback && sameCycle(k, member) {
						earliest[member] = max(earliest[member], from.Stage+1)
					}
				}
			}
		}
		for i, stage := range earliest {
			if got := p.Component(id(i)).Stage; got != stage {
				t.Errorf("%s ends at %d, could at %d", id(i), got, stage)
			}
		}
	})
}

func TestStages(t *testing.T) {
	// 0 -> 1 <-> 2 -> 3, 0 -> 3, 3 -> 3, 4
	g := graph{0: {1: true, 3: true, 4: false}, 1: {2: true, 4: false}, 2: {1: true, 3: true, 4: false}, 3: {3: true, 4: false}, 4: {4: false}}
	p, err := plan.Build(g.topology(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	var got [][]string
	for _, stage := range p.Stages() {
		ids := []string{}
		for _, c := range stage {
			ids = append(ids, c.ID)
		}
		got = append(got, ids)
	}
	want := [][]string{{"c00", "c04"}, {"c01", "c02"}, {"c03"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestLongChain: the depth of a topology is bounded by memory alone.
func TestLongChain(t *testing.T) {
	const n = 2000
	b := gstorm.NewBuilder("chain")
	b.ShellSpout("0000", "x").Output("default", "x")
	for i := 1; i < n; i++ {
		b.ShellBolt(fmt.Sprintf("%04d", i), "x").Output("default", "x").From(fmt.Sprintf("%04d", i-1), "", gstorm.Shuffle)
	}
	p := build(t, b, nil)
	if got := len(p.Stages()); got != n {
		t.Errorf("%d stages, want %d", got, n)
	}
}

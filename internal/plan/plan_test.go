package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/plan"
	"pgregory.net/rapid"
)

// wordCount is lines -> split -> count, declared in another order than that of the ids.
func wordCount() *gstorm.Builder {
	b := gstorm.NewBuilder("word_count")
	b.ShellBolt("split", "split").Parallelism(2).Output("default", "word", "n").From("lines", "", gstorm.Shuffle)
	b.ShellSpout("lines", "lines").Output("default", "line").Output("other", "x")
	b.ShellBolt("count", "count").Parallelism(3).From("split", "default", gstorm.FieldsGrouping, "n", "word").From("lines", "", gstorm.All)
	return b
}

func build(t testing.TB, b *gstorm.Builder, overrides gstorm.Config) *plan.Plan {
	t.Helper()
	p, err := plan.Build(b.Topology(), "", overrides)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestTasksAreNumberedInTheOrderOfIDs: ids from 1 without a gap, as Storm gives them, so that they do not depend on the
// order in which a file declares its components.
func TestTasksAreNumberedInTheOrderOfIDs(t *testing.T) {
	p := build(t, wordCount(), nil)
	want := []plan.Task{{1, "count", 0}, {2, "count", 1}, {3, "count", 2}, {4, "lines", 0}, {5, "split", 0}, {6, "split", 1}}
	if diff := cmp.Diff(want, p.Tasks); diff != "" {
		t.Error(diff)
	}
	for id, want := range map[string][]int{"count": {1, 2, 3}, "lines": {4}, "split": {5, 6}} {
		if diff := cmp.Diff(want, p.Component(id).TaskIDs); diff != "" {
			t.Errorf("%s: %s", id, diff)
		}
	}
	for _, id := range []string{"", "a", "lines ", "z"} {
		if c := p.Component(id); c != nil {
			t.Errorf("%q is %v", id, c.ID)
		}
	}
}

func TestConsumers(t *testing.T) {
	p := build(t, wordCount(), nil)
	want := map[string][]plan.Consumer{"default": {
		{Component: "count", Grouping: gstorm.All},
		{Component: "split", Grouping: gstorm.Shuffle},
	}}
	if diff := cmp.Diff(want, p.Component("lines").Consumers); diff != "" {
		t.Error(diff)
	}
	want = map[string][]plan.Consumer{"default": {{Component: "count", Grouping: gstorm.FieldsGrouping, Fields: []int{1, 0}}}}
	if diff := cmp.Diff(want, p.Component("split").Consumers); diff != "" {
		t.Error(diff)
	}
	if got := p.Component("count").Consumers; len(got) != 0 {
		t.Errorf("count feeds %v", got)
	}
}

// TestTheLaterSubscriptionCounts: a bolt has one subscription per stream, as in Storm, whose inputs are a map.
func TestTheLaterSubscriptionCounts(t *testing.T) {
	b := gstorm.NewBuilder("t")
	b.ShellSpout("a", "a").Output("default", "x")
	b.ShellBolt("b", "b").From("a", "", gstorm.Shuffle).From("a", "default", gstorm.Global)
	want := []plan.Consumer{{Component: "b", Grouping: gstorm.Global}}
	if diff := cmp.Diff(want, build(t, b, nil).Component("a").Consumers["default"]); diff != "" {
		t.Error(diff)
	}
}

func TestTaskCounts(t *testing.T) {
	tests := []struct {
		name       string
		topology   gstorm.Config
		overrides  gstorm.Config
		component  gstorm.Config
		tasks      int
		wantNumber int
	}{
		{name: "parallelism", wantNumber: 4},
		{name: "number of tasks", tasks: 8, wantNumber: 8},
		{name: "the component's topology.tasks", component: gstorm.Config{gstorm.TopologyTasks: 6}, tasks: 8, wantNumber: 6},
		{name: "the topology's topology.tasks", topology: gstorm.Config{gstorm.TopologyTasks: "5"}, wantNumber: 5},
		{name: "the topology's topology.tasks and a number of tasks", topology: gstorm.Config{gstorm.TopologyTasks: 5}, tasks: 8, wantNumber: 8},
		{name: "cap", topology: gstorm.Config{gstorm.TopologyMaxTaskParallelism: 2}, wantNumber: 2},
		{name: "cap above", topology: gstorm.Config{gstorm.TopologyMaxTaskParallelism: 20}, wantNumber: 4},
		{name: "the component's cap", topology: gstorm.Config{gstorm.TopologyMaxTaskParallelism: 2}, component: gstorm.Config{gstorm.TopologyMaxTaskParallelism: 3}, wantNumber: 3},
		{name: "cap by the command line", overrides: gstorm.Config{gstorm.TopologyMaxTaskParallelism: 1}, tasks: 8, wantNumber: 1},
		{name: "never none", topology: gstorm.Config{gstorm.TopologyMaxTaskParallelism: 0}, wantNumber: 1},
	}
	for _, test := range tests {
		topology := gstorm.Topology{Name: "t", Config: test.topology, Components: []gstorm.Component{
			{ID: "s", Kind: gstorm.SpoutKind, Parallelism: 4, Tasks: test.tasks, Config: test.component}}}
		p, err := plan.Build(&topology, "", test.overrides)
		if err != nil || len(p.Tasks) != test.wantNumber {
			t.Errorf("%s: %v, %v; want %d tasks", test.name, p, err, test.wantNumber)
		}
	}
}

func TestConfigOfAPlan(t *testing.T) {
	b := wordCount().Set("topology.message.timeout.secs", 5).Set("a", "topology").Set("b", "topology").Set("c", "topology")
	b.ShellSpout("more", "more").Set("b", "component").Set("c", "component")
	topology := b.Topology()
	p, err := plan.Build(topology, "renamed", gstorm.Config{"c": "command line"})
	if err != nil {
		t.Fatal(err)
	}
	want := gstorm.DefaultConfig().Merge(gstorm.Config{"topology.name": "renamed", "topology.message.timeout.secs": 5, "a": "topology", "b": "topology", "c": "command line"})
	if diff := cmp.Diff(want, p.Config); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want.Merge(gstorm.Config{"b": "component", "c": "component"}), p.Component("more").Config); diff != "" {
		t.Error(diff)
	}
	if p.Topology != "renamed" || topology.Name != "word_count" || topology.Config["topology.name"] != nil {
		t.Errorf("plan of %q, topology is %q with %v", p.Topology, topology.Name, topology.Config)
	}
}

func TestStatusOfAPlan(t *testing.T) {
	for status, want := range map[string]bool{"": true, "active": true, "inactive": false} {
		p, err := plan.Build(&gstorm.Topology{Name: "t", Status: status}, "", nil)
		if err != nil || p.Active != want {
			t.Errorf("%q: %v, %v", status, p, err)
		}
	}
}

// TestBuildRefuses: what Validate would have found is an error here, never a panic.
func TestBuildRefuses(t *testing.T) {
	source := func() *gstorm.Builder {
		b := gstorm.NewBuilder("t")
		b.ShellSpout("a", "a").Output("default", "x")
		return b
	}
	unknownSource, unknownField, unknownStream := source(), source(), source()
	unknownSource.ShellBolt("b", "b").From("z", "", gstorm.Shuffle)
	unknownField.ShellBolt("b", "b").From("a", "", gstorm.FieldsGrouping, "y")
	unknownStream.ShellBolt("b", "b").From("a", "s", gstorm.FieldsGrouping, "x")
	tests := []struct {
		b    *gstorm.Builder
		want string
	}{
		{unknownSource, `"z"`}, {unknownField, `"y"`}, {unknownStream, `"s"`},
		{source().Set(gstorm.TopologyMaxTaskParallelism, "two"), gstorm.TopologyMaxTaskParallelism},
		{source().Set(gstorm.TopologyTasks, []any{}), gstorm.TopologyTasks},
	}
	for _, test := range tests {
		p, err := plan.Build(test.b.Topology(), "", nil)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v, %v; want an error with %s", p, err, test.want)
		}
	}
}

// TestTableSharesTheGroups: every key group has a task of the component, and the tasks own equally many, give or take
// one, in one piece.
func TestTableSharesTheGroups(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 2*plan.KeyGroups).Draw(t, "tasks")
		topology := gstorm.Topology{Name: "t", Components: []gstorm.Component{{ID: "a", Parallelism: 3}, {ID: "b", Parallelism: n}}}
		p, err := plan.Build(&topology, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		c := p.Component("b")
		if len(c.Table) != plan.KeyGroups {
			t.Fatalf("the table has %d groups", len(c.Table))
		}
		owned := map[int]int{}
		for g, task := range c.Table {
			owned[task]++
			if g > 0 && task < c.Table[g-1] {
				t.Fatalf("group %d goes to task %d, the one before to %d", g, task, c.Table[g-1])
			}
		}
		for _, task := range c.TaskIDs {
			if low := plan.KeyGroups / n; owned[task] != low && owned[task] != low+1 {
				t.Errorf("task %d of %d owns %d groups", task, n, owned[task])
			}
			delete(owned, task)
		}
		if len(owned) > 0 {
			t.Errorf("groups go to strangers: %v", owned)
		}
	})
}

func TestBuildIsDeterministic(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		topology := graphs(20).Draw(r, "graph").topology()
		first, err := plan.Build(topology, "", nil)
		if err != nil {
			r.Fatal(err)
		}
		shuffled := *topology
		shuffled.Components = rapid.Permutation(topology.Components).Draw(r, "order")
		second, err := plan.Build(&shuffled, "", nil)
		if err != nil {
			r.Fatal(err)
		}
		if diff := cmp.Diff(summary(first), summary(second)); diff != "" {
			r.Error(diff)
		}
	})
}

// summary is all of a plan that anybody outside sees.
func summary(p *plan.Plan) string {
	var b strings.Builder
	for _, c := range p.Components {
		fmt.Fprintln(&b, c.ID, c.TaskIDs, c.Stage, c.Consumers, c.Table)
	}
	return b.String()
}

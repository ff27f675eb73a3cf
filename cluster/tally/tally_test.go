package tally_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gstorm/gstorm/cluster/tally"
	"github.com/gstorm/gstorm/internal/stats"
)

func TestSumTellsTasksStreamsAndEdgesOfAllWorkers(t *testing.T) {
	began := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	part := func(worker int, node string, tasks ...stats.Task) tally.Part {
		p := tally.Part{Worker: worker, Node: node}
		p.Stats.Components = []stats.Component{{ID: "lines", Kind: "spout"}, {ID: "count", Kind: "bolt"}}
		for i := range tasks {
			for k := range p.Stats.Components {
				if c := &p.Stats.Components[k]; c.ID == tasks[i].Component {
					c.Add(&tasks[i])
				}
			}
		}
		p.Stats.Tasks = tasks
		p.Stats.Streams = []stats.Stream{{Component: "lines", Stream: "default", Emitted: 10, Transferred: 20}, {Component: "lines", Stream: "bad"}}
		p.Stats.Edges = []stats.Edge{{Component: "count", Source: "lines", Stream: "default", Executed: 9, Acked: 7, Failed: 1}}
		return p
	}
	sum, err := tally.Sum([]tally.Part{
		part(1, "n1", stats.Task{ID: 3, Component: "lines", Emitted: 10, Since: began}, stats.Task{ID: 1, Component: "count", Executed: 4, Since: began}),
		// Task 1 has moved here; what it did before was not lost.
		part(2, "n2", stats.Task{ID: 2, Component: "count", Executed: 5}, stats.Task{ID: 1, Component: "count", Executed: 2, Busy: 1.5, Since: began.Add(time.Hour)}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]stats.Task{
		{ID: 3, Component: "lines", Worker: 1, Node: "n1", Emitted: 10, Since: began},
		{ID: 1, Component: "count", Worker: 2, Node: "n2", Executed: 6, Busy: 1.5, Since: began.Add(time.Hour)},
		{ID: 2, Component: "count", Worker: 2, Node: "n2", Executed: 5},
	}, sum.Tasks); diff != "" {
		t.Errorf("tasks (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]stats.Stream{
		{Component: "lines", Stream: "bad"}, {Component: "lines", Stream: "default", Emitted: 20, Transferred: 40},
	}, sum.Streams); diff != "" {
		t.Errorf("streams (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]stats.Edge{{Component: "count", Source: "lines", Stream: "default", Executed: 18, Acked: 14, Failed: 2}}, sum.Edges); diff != "" {
		t.Errorf("edges (-want +got):\n%s", diff)
	}
}

// Whatever workers have counted, components come to what their tasks do, and all of it to what was given.
func TestSumOfComponentsIsTheSumOfTheirTasks(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var parts []tally.Part
		given := map[int]uint64{}
		for worker := range rapid.IntRange(1, 4).Draw(r, "workers") {
			p := tally.Part{Worker: worker + 1}
			for _, id := range []string{"a", "b"} {
				c := stats.Component{ID: id}
				for _, number := range rapid.SliceOfNDistinct(rapid.IntRange(1, 5), 0, 5, rapid.ID[int]).Draw(r, "tasks") {
					task := stats.Task{ID: 10*int(id[0]) + number, Component: id}
					task.Executed = rapid.Uint64Range(0, 1000).Draw(r, "executed")
					given[task.ID] += task.Executed
					c.Add(&task)
					p.Stats.Tasks = append(p.Stats.Tasks, task)
				}
				p.Stats.Components = append(p.Stats.Components, c)
			}
			parts = append(parts, p)
		}
		sum, err := tally.Sum(parts)
		if err != nil {
			r.Fatal(err)
		}
		total := map[string]uint64{}
		for _, task := range sum.Tasks {
			if task.Executed != given[task.ID] {
				r.Errorf("task %d: %d, want %d", task.ID, task.Executed, given[task.ID])
			}
			total[task.Component] += task.Executed
		}
		if len(sum.Tasks) != len(given) {
			r.Errorf("%d tasks, want %d", len(sum.Tasks), len(given))
		}
		for _, c := range sum.Components {
			if c.Executed != total[c.ID] {
				r.Errorf("component %s: %d, its tasks come to %d", c.ID, c.Executed, total[c.ID])
			}
		}
	})
}

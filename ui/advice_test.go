package ui

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/gstorm/gstorm/internal/stats"
)

func TestAdvice(t *testing.T) {
	slow := ComponentView{ID: "split", Kind: bolt, Tasks: 2, Capacity: 0.97, average: 0.95, busiest: 3}
	for name, c := range map[string]struct {
		view TopologyView
		want string // severity component message advice
	}{
		"nothing to say":        {TopologyView{}, ""},
		"a bottleneck":          {TopologyView{Components: []ComponentView{{ID: "a", Kind: bolt, Tasks: 1, Capacity: 0.9}, slow}}, "bad split: split is at 0.97 of its capacity; try 3 tasks"},
		"a busy spout is none":  {TopologyView{Components: []ComponentView{{ID: "s", Kind: spout, Tasks: 1, Capacity: 1}}}, ""},
		"one task gets most":    {TopologyView{Components: []ComponentView{{ID: "c", Kind: bolt, Tasks: 4, Capacity: 0.9, average: 0.25, busiest: 7}}}, "warn c: task 7 of c is at 0.90 of its capacity, all tasks on average at 0.25; more tasks do not help: its grouping gives one of them most of the tuples"},
		"a spout held by it":    {TopologyView{Components: []ComponentView{slow, {ID: "s", Kind: spout, Held: 0.8}}}, "bad split: split is at 0.97 of its capacity; try 3 tasks\ninfo s: s is held back 80 % of the time; it waits for split"},
		"failures":              {TopologyView{Components: []ComponentView{{ID: "s", Kind: spout, Rates: Rates{Acked: 90, Failed: 10}}}}, "bad s: 10.0 % of the trees of s fail, 10.0 a second; see its errors, and the logs of the time"},
		"restarts":              {TopologyView{Components: []ComponentView{{ID: "b", Kind: bolt}}, restarted: map[string]uint64{"b": 2}}, "bad b: tasks of b were restarted, 2 times in the last 10 s; its last error says why"},
		"trees out of time":     {TopologyView{Trees: stats.Trees{TimedOut: 3}}, "warn : 3 trees were not complete in time so far; a bolt does not answer"},
		"slow trees":            {TopologyView{timeout: 30, Latency: stats.Latency{P99: 20_000}}, "warn : the slowest trees take 20.0 s, and may take 30 s; trees that take longer fail, and come again"},
		"a worker is missing":   {TopologyView{Workers: []Worker{{Running: true}, {}}}, "warn : 1 of 2 workers do not run; what they have to do waits"},
		"a node does not count": {TopologyView{missing: []string{"n2"}}, "warn : no counts from n2; look whether their agents run"},
		"worst first":           {TopologyView{missing: []string{"n2"}, problems: []string{"no place for worker 1"}}, "bad : no place for worker 1; \nwarn : no counts from n2; look"},
	} {
		var lines []string
		for _, a := range advise(&c.view) {
			lines = append(lines, a.Severity+" "+a.Component+": "+a.Message+"; "+a.Advice)
		}
		want := strings.Split(c.want, "\n")
		if c.want == "" {
			want = nil
		}
		ok := len(lines) == len(want)
		for i := 0; ok && i < len(want); i++ {
			ok = strings.HasPrefix(lines[i], want[i])
		}
		if !ok {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(lines, "\n"), c.want)
		}
	}
}

func TestTheDocumentsNameTheBottleneck(t *testing.T) {
	now := begin.Add(5 * time.Second)
	for name, c := range map[string]struct {
		busy       float64 // of 5 s
		bottleneck string
		capacity   float64
	}{"busy": {4.5, "split", 0.9}, "at ease": {2, "", 0.4}} {
		r := newRecord()
		r.topology = Topology{Name: "words", ID: "words-1"}
		r.take(now, stats.Snapshot{Seconds: 5, Components: []stats.Component{{ID: "lines", Kind: spout}, {ID: "split", Kind: bolt}},
			Tasks: []stats.Task{{ID: 1, Component: "lines", Kind: spout, Busy: 5}, {ID: 2, Component: "split", Kind: bolt, Busy: c.busy}}}, nil)
		if v := viewTopology(r, RunKind, now, false); v.Bottleneck != c.bottleneck {
			t.Errorf("%s: the bottleneck is %q", name, v.Bottleneck)
		}
		o := viewOverview(&Cluster{Kind: RunKind, Topologies: []Topology{r.topology}}, map[string]*record{"words-1": r}, now, Read)
		if got := o.Topologies[0].Capacity; math.Abs(got-c.capacity) > 1e-9 {
			t.Errorf("%s: the topology is at %v of its capacity", name, got)
		}
	}
}

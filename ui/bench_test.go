package ui

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
)

// chain is a topology of bolts in a row with some tasks each, behind a spout.
func chain(components, tasks int) *plan.Plan {
	b := gstorm.NewBuilder("chain")
	b.ShellSpout("c0", "x").Parallelism(tasks).Output("default", "v")
	for i := 1; i < components; i++ {
		b.ShellBolt(fmt.Sprint("c", i), "x").Parallelism(tasks).Output("default", "v").From(fmt.Sprint("c", i-1), "", gstorm.Shuffle)
	}
	p, err := plan.Build(b.Topology(), "", nil)
	if err != nil {
		panic(err)
	}
	return p
}

// chainAt is what it has counted when every task has handled n tuples.
func chainAt(p *plan.Plan, seconds float64, n uint64) stats.Snapshot {
	s := stats.Snapshot{State: stats.Running, Seconds: seconds, Trees: stats.Trees{Emitted: n, Acked: n}}
	latency := stats.Latency{Count: n, Mean: 1.5, P50: 1, P99: 3, Max: 10}
	for i := range p.Components {
		c := &p.Components[i]
		sum := stats.Component{ID: c.ID, Kind: string(c.Kind), Latency: latency}
		for _, id := range c.TaskIDs {
			t := stats.Task{ID: id, Component: c.ID, Kind: string(c.Kind), PID: 1000 + id, State: stats.Running, Emitted: n, Transferred: n, Executed: n, Acked: n,
				QueueLimit: 2048, Busy: seconds / 2, CPU: seconds / 3, Memory: 40 << 20, Latency: latency,
				Spent: stats.Spent{Queued: n, Queue: seconds, Answered: n, Pipe: seconds, Child: seconds}}
			sum.Add(&t)
			s.Tasks = append(s.Tasks, t)
		}
		s.Components = append(s.Components, sum)
		s.Streams = append(s.Streams, stats.Stream{Component: c.ID, Stream: "default", Emitted: sum.Emitted, Transferred: sum.Transferred})
		if c.Kind == gstorm.BoltKind {
			s.Edges = append(s.Edges, stats.Edge{Component: c.ID, Source: fmt.Sprint("c", i-1), Stream: "default", Executed: sum.Executed, Acked: sum.Acked})
		}
	}
	return s
}

// BenchmarkSecond is what a second costs in which somebody looks at a topology, beside what its own counts cost.
func BenchmarkSecond(b *testing.B) {
	for _, of := range []struct{ components, tasks int }{{10, 2}, {200, 1}, {200, 5}} {
		b.Run(fmt.Sprintf("%d components, %d tasks", of.components, of.components*of.tasks), func(b *testing.B) {
			p := chain(of.components, of.tasks)
			r := newRecord()
			r.look(&Topology{Name: "chain", ID: "chain-1", Status: Active, State: "running", Plan: p})
			second, at := 0, time.Date(2024, 5, 6, 7, 0, 0, 0, time.UTC)
			take := func() {
				second++
				at = at.Add(time.Second)
				r.take(at, chainAt(p, float64(second), uint64(second)*1000), nil)
			}
			for range 700 {
				take()
			}
			b.Run("taken", func(b *testing.B) {
				for b.Loop() {
					take()
				}
			})
			show := func(b *testing.B, document func() any) {
				b.ReportAllocs()
				for b.Loop() {
					b.SetBytes(int64(len(eventOf("x", document()))))
				}
			}
			b.Run("overview", func(b *testing.B) {
				c := &Cluster{Kind: RunKind, Topologies: []Topology{r.topology}}
				show(b, func() any { return viewOverview(c, map[string]*record{"chain-1": r}, at, "read") })
			})
			b.Run("topology", func(b *testing.B) { show(b, func() any { return viewTopology(r, RunKind, at, true) }) })
			b.Run("component", func(b *testing.B) {
				show(b, func() any { return viewDetail(r, "c1", r.history.spans(at, r.uptime(at)), true) })
			})
			b.Run("snapshot as JSON", func(b *testing.B) {
				s := chainAt(p, 1000, 1e6)
				for b.Loop() {
					if _, err := json.Marshal(&s); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

package leader

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/message"
)

// The benchmarks are of 1,000 nodes, 1,000 topologies, 10,000 workers and 100,000 tasks.
const (
	scaleNodes      = 1000
	scaleTopologies = 1000
	scaleComponents = 10
	scaleTasks      = 10 // of each component
	scaleWorkers    = 10 // of each topology
)

// scale is a leader of a cluster in which nothing is placed yet.
func scale(b *testing.B) (*Leader, *fsm.State) {
	s := &fsm.State{}
	apply := func(c fsm.Command) {
		if err := s.Apply(s.Revision+1, c); err != nil {
			b.Fatal(err)
		}
	}
	for i := range scaleNodes {
		apply(&fsm.AddNode{Node: benchNode(i)})
	}
	for i := range scaleTopologies {
		apply(&fsm.Submit{Name: fmt.Sprintf("topology-%03d", i), Status: fsm.Active, Source: fsm.Source{
			Bundle: fmt.Sprintf("%064d", i), File: "topology.rb", Description: description(b),
		}})
	}
	l := New(0, 1, &fsm.State{})
	for i := range scaleNodes {
		l.Report(benchNow, s, &message.Report{Node: benchNode(i)})
	}
	return l, s
}

func benchNode(i int) fsm.Node {
	return fsm.Node{ID: fmt.Sprintf("node%09d", i), Name: fmt.Sprint("host-", i), Address: fmt.Sprintf("10.0.%d.%d:7000", i/250, i%250), Slots: 20, Version: "1.0.0", Tags: []string{"ruby"}}
}

func description(b *testing.B) json.RawMessage {
	var components []map[string]any
	for k := range scaleComponents {
		c := map[string]any{
			"id": fmt.Sprint("component-", k), "kind": "spout", "parallelism": scaleTasks, "run": map[string]any{"type": "file"},
			"outputs": map[string]any{"default": map[string]any{"fields": []string{"word", "count"}}},
		}
		if k > 0 {
			c["kind"] = "bolt"
			c["inputs"] = []map[string]any{{"from": fmt.Sprint("component-", k-1), "grouping": "fields", "fields": []string{"word"}}}
		}
		components = append(components, c)
	}
	text, err := json.Marshal(map[string]any{
		"gstorm": 1, "name": "t", "file": "topology.rb", "config": map[string]any{"topology.workers": scaleWorkers}, "components": components,
	})
	if err != nil {
		b.Fatal(err)
	}
	return text
}

// benchNow is when everything happens, by the leader's clock: after every lease of a leader before has run out.
const benchNow = 10 * time.Second

// decide applies what the leader decides, and returns how much that was.
func decide(b *testing.B, l *Leader, s *fsm.State, now time.Duration) int {
	d := l.Decide(now, time.Time{}, s)
	for _, c := range d.Commands {
		if err := s.Apply(s.Revision+1, c); err != nil {
			b.Fatal(err)
		}
	}
	return len(d.Commands)
}

// running is a leader of a cluster in which everything runs, with what each worker asks.
func running(b *testing.B) (*Leader, *fsm.State, []*message.Question) {
	l, s := scale(b)
	if n := decide(b, l, s, benchNow); n != scaleTopologies {
		b.Fatalf("%d topologies are placed", n)
	}
	var questions []*message.Question
	for _, t := range s.Sorted() {
		for _, w := range t.Placement.Workers {
			q := &message.Question{
				Topology: t.ID, Worker: w.ID, Node: w.Node, Life: fmt.Sprintf("%s-%d", t.ID, w.ID), PID: len(questions) + 2, Address: "10.0.0.1:7001",
				Shape: 1, Tasks: w.Tasks, Epoch: t.Placement.Epoch, Ticket: uint64(len(questions) + 1),
			}
			questions = append(questions, q)
			for range 2 {
				if a := l.Ask(benchNow, s, q); a.Lease == 0 {
					b.Fatalf("%+v", a)
				}
				q.Running, q.Ready = true, true
			}
		}
	}
	for _, q := range questions {
		q.Peers = l.Ask(benchNow, s, q).Revision
	}
	if n := decide(b, l, s, benchNow); n != 0 {
		b.Fatalf("nothing has happened, and %d things are decided", n)
	}
	return l, s, questions
}

// report is a node's, with its workers.
func report(s *fsm.State, questions []*message.Question, node string) *message.Report {
	r := &message.Report{Node: *s.Nodes[node], Revision: s.Revision}
	for _, q := range questions {
		if q.Node == node {
			r.Workers = append(r.Workers, message.WorkerReport{Topology: q.Topology, Worker: q.Worker, PID: q.PID, Running: true})
		}
	}
	return r
}

// BenchmarkDecide: the first decision of a leader, with everything to be placed and with everything running; the decisions
// while nothing changes; and that after a node was lost.
func BenchmarkDecide(b *testing.B) {
	b.Run("placement", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			l, s := scale(b)
			b.StartTimer()
			if d := l.Decide(benchNow, time.Time{}, s); len(d.Commands) != scaleTopologies {
				b.Fatalf("%d topologies are placed", len(d.Commands))
			}
		}
	})
	l, s, questions := running(b)
	b.Run("elected", func(b *testing.B) {
		for b.Loop() {
			if d := New(0, 2, s).Decide(0, time.Time{}, s); len(d.Commands) != 0 {
				b.Fatalf("%d things are decided", len(d.Commands))
			}
		}
	})
	b.Run("unchanged", func(b *testing.B) {
		for b.Loop() {
			l.Decide(benchNow, time.Time{}, s)
		}
	})
	b.Run("asked", func(b *testing.B) { // a question between each two
		for i := 0; b.Loop(); i++ {
			l.Ask(benchNow, s, questions[i%len(questions)])
			l.Decide(benchNow, time.Time{}, s)
		}
	})
	b.Run("node lost", func(b *testing.B) {
		const later = benchNow + message.LeaseLength + time.Second
		lost := s.Sorted()[0].Placement.Workers[0].Node
		for _, q := range questions {
			if q.Node != lost {
				l.Ask(later, s, q)
			}
		}
		for id := range s.Nodes {
			if id != lost {
				l.Report(later, s, report(s, nil, id))
			}
		}
		before := len(l.Decide(later, time.Time{}, s).Commands)
		if before == 0 || before > 2*scaleWorkers {
			b.Fatalf("%d topologies are placed elsewhere", before)
		}
		for b.Loop() {
			// Another revision, as after any command: nothing is known from the decision before.
			s.Revision++
			l.Decide(later, time.Time{}, s)
		}
	})
}

// BenchmarkAsk is a worker's question when all runs: 10,000 workers ask 20,000 a second.
func BenchmarkAsk(b *testing.B) {
	l, s, questions := running(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if a := l.Ask(benchNow, s, questions[i%len(questions)]); a.Lease == 0 || a.Peers != nil {
			b.Fatalf("%+v", a)
		}
	}
}

// BenchmarkReport is an agent's report when all runs, with its orders: 1,000 agents send 1,000 a second. "news": the state has
// become another one between each two.
func BenchmarkReport(b *testing.B) {
	l, s, questions := running(b)
	var reports []*message.Report
	for i := range scaleNodes {
		reports = append(reports, report(s, questions, benchNode(i).ID))
	}
	b.Run("unchanged", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			l.Report(benchNow, s, reports[i%len(reports)])
		}
	})
	b.Run("news", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			s.Revision++
			l.Report(benchNow, s, reports[i%len(reports)])
		}
	})
}

// BenchmarkSnapshot writes and reads the state when all is placed.
func BenchmarkSnapshot(b *testing.B) {
	_, s, _ := running(b)
	var text bytes.Buffer
	b.Run("write", func(b *testing.B) {
		for b.Loop() {
			text.Reset()
			if _, err := s.WriteTo(&text); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(text.Len())/1e6, "MB")
	})
	b.Run("read", func(b *testing.B) {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		again, err := fsm.ReadState(bytes.NewReader(text.Bytes()))
		if err != nil {
			b.Fatal(err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(again)
		for b.Loop() {
			if _, err := fsm.ReadState(bytes.NewReader(text.Bytes())); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
	})
}

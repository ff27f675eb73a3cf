package host_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/stats"
)

// disagreements are the sums in a snapshot that are not those of their parts: it has none, at any moment of any run.
func disagreements(s stats.Snapshot) (list []string) {
	want := func(what string, got, sum any) {
		if got != sum {
			list = append(list, fmt.Sprintf("%s: %v, its parts come to %v", what, got, sum))
		}
	}
	var trees stats.Trees
	for _, c := range s.Components {
		tasks := stats.Component{ID: c.ID, Kind: c.Kind, Latency: c.Latency}
		for _, t := range s.Tasks {
			if t.Component == c.ID {
				tasks.Add(&t)
			}
		}
		want("component "+c.ID, c, tasks)
		var emitted, transferred, executed, acked, failed uint64
		for _, stream := range s.Streams {
			if stream.Component == c.ID {
				emitted, transferred = emitted+stream.Emitted, transferred+stream.Transferred
			}
		}
		want("emitted by "+c.ID, c.Emitted, emitted)
		want("transferred by "+c.ID, c.Transferred, transferred)
		for _, e := range s.Edges {
			if e.Component == c.ID {
				executed, acked, failed = executed+e.Executed, acked+e.Acked, failed+e.Failed
			}
		}
		if c.Kind == string(gstorm.SpoutKind) {
			trees.Acked, trees.Failed, trees.Pending = trees.Acked+c.Acked, trees.Failed+c.Failed, trees.Pending+c.InFlight
			want("edges of "+c.ID, executed+acked+failed, uint64(0))
			continue
		}
		want("executed by "+c.ID, c.Executed, executed)
		want("acked by "+c.ID, c.Acked, acked)
		want("failed by "+c.ID, c.Failed, failed)
	}
	want("trees acked", s.Trees.Acked, trees.Acked)
	want("trees failed", s.Trees.Failed+s.Trees.TimedOut, trees.Failed)
	want("trees pending", s.Trees.Pending, trees.Pending)
	want("trees", s.Trees.Emitted, trees.Acked+trees.Failed+trees.Pending)
	return list
}

// forked is a spout that emits its numbers in turn on two streams.
type forked struct{ next, n int }

func (f *forked) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	if f.next == f.n {
		return gstorm.ErrFinished
	}
	f.next++
	out.EmitID(f.next, []string{"even", "odd"}[f.next%2], f.next)
	return nil
}

// collectBatches is a bolt that fails every batch with a 4 in it.
type collectBatches struct{ boltFunc }

func (collectBatches) ExecuteBatch(_ context.Context, tuples []*gstorm.Tuple, _ *gstorm.Collector) error {
	for _, t := range tuples {
		if n, err := t.Int("n"); err != nil || n == 4 {
			return fmt.Errorf("a four: %w", err)
		}
		t.Source = nil // a bolt may do what it likes with what it got
	}
	return nil
}

func TestCountsByTaskStreamAndInputAreExact(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := gstorm.NewBuilder("forks")
		b.Spout("numbers", func() gstorm.Spout { return &forked{n: 1000} }).Output("even", "n").Output("odd", "n").Output("unused", "n")
		b.Bolt("mixed", func() gstorm.Bolt {
			return boltFunc(func(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
				if t.Source.Stream == "odd" {
					return fmt.Errorf("odd")
				}
				n, err := t.Int("n")
				out.Emit(n)
				return err
			})
		}).Parallelism(3).Output("default", "n").From("numbers", "even", gstorm.Shuffle).From("numbers", "odd", gstorm.FieldsGrouping, "n")
		b.Bolt("all", func() gstorm.Bolt {
			return boltFunc(func(_ context.Context, _ *gstorm.Tuple, out *gstorm.Collector) error {
				out.Emit("nobody wants it")
				return nil
			})
		}).Parallelism(2).From("mixed", "", gstorm.All)
		b.Bolt("batches", func() gstorm.Bolt { return collectBatches{} }).From("numbers", "even", gstorm.Global).From("mixed", "", gstorm.Global)
		s := run(t, b)
		for _, d := range disagreements(s) {
			t.Error(d)
		}
		if diff := cmp.Diff([]stats.Stream{
			{Component: "numbers", Stream: "even", Emitted: 500, Transferred: 1000},
			{Component: "numbers", Stream: "odd", Emitted: 500, Transferred: 500},
			{Component: "numbers", Stream: "unused"},
			{Component: "mixed", Stream: "default", Emitted: 500, Transferred: 1500},
			{Component: "all", Stream: "default", Emitted: 1000},
		}, s.Streams); diff != "" {
			t.Errorf("streams (-want +got):\n%s", diff)
		}
		edges := slices.Clone(s.Edges)
		for i := range edges {
			if e := &edges[i]; e.Component == "batches" { // how many are in a batch with a 4 is not said
				if e.Acked+e.Failed != e.Executed || e.Failed == 0 {
					t.Errorf("batches: %+v", *e)
				}
				e.Acked, e.Failed = 0, 0
			}
		}
		if diff := cmp.Diff([]stats.Edge{
			{Component: "mixed", Source: "numbers", Stream: "even", Executed: 500, Acked: 500},
			{Component: "mixed", Source: "numbers", Stream: "odd", Executed: 500, Failed: 500},
			{Component: "all", Source: "mixed", Stream: "default", Executed: 1000, Acked: 1000},
			{Component: "batches", Source: "mixed", Stream: "default", Executed: 500},
			{Component: "batches", Source: "numbers", Stream: "even", Executed: 500},
		}, edges); diff != "" {
			t.Errorf("edges (-want +got):\n%s", diff)
		}
		for _, task := range s.Tasks {
			if bolt := task.Kind == "bolt"; task.State != stats.Stopped || !task.Since.IsZero() || task.PID != 0 || bolt != (task.QueueLimit > 0) {
				t.Errorf("at the end: %+v", task)
			}
		}
	})
}

func TestTicksAreAnInputOfTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := gstorm.NewBuilder("ticks")
		b.Spout("numbers", func() gstorm.Spout { return &endless{} }).Output("default", "n").Set(gstorm.TopologyMaxSpoutPending, 1)
		b.Bolt("sink", func() gstorm.Bolt {
			return boltFunc(func(context.Context, *gstorm.Tuple, *gstorm.Collector) error { time.Sleep(time.Second); return nil })
		}).From("numbers", "", gstorm.Shuffle).Set(gstorm.TopologyTickFreq, 1)
		w := worker(t, b)
		ended := make(chan error)
		go func() { ended <- w.Run(t.Context()) }()
		time.Sleep(30 * time.Second) // virtual
		w.Drain("enough")
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		s := w.Snapshot()
		for _, d := range disagreements(s) {
			t.Error(d)
		}
		if len(s.Edges) != 2 {
			t.Fatalf("edges: %+v", s.Edges)
		}
		ticks, numbers := s.Edges[1], s.Edges[0]
		if ticks.Source != gstorm.SystemComponent || ticks.Stream != gstorm.TickStream || ticks.Executed == 0 || ticks.Acked != ticks.Executed ||
			numbers.Acked != s.Trees.Acked {
			t.Errorf("edges: %+v", s.Edges)
		}
	})
}

func TestSumsAreRightAtAnyMoment(t *testing.T) {
	b := gstorm.NewBuilder("rest")
	b.Spout("numbers", func() gstorm.Spout { return &endless{} }).Output("default", "n")
	b.Bolt("sink", func() gstorm.Bolt {
		return boltFunc(func(context.Context, *gstorm.Tuple, *gstorm.Collector) error { return nil })
	}).Parallelism(2).From("numbers", "", gstorm.Shuffle)
	w := worker(t, b)
	ended := make(chan error)
	go func() { ended <- w.Run(t.Context()) }()
	for range 200 {
		s := w.Snapshot()
		for _, d := range disagreements(s) {
			t.Error(d)
		}
		if sink := s.Components[1]; sink.Acked+sink.Failed > sink.Executed {
			t.Errorf("more is answered than was handed over: %+v", sink)
		}
		runtime.Gosched()
	}
	w.Drain("enough")
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

func TestBusyAndHeldAreTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := gstorm.NewBuilder("slow").Set(gstorm.TopologyReceiveBuffer, 10)
		b.Spout("numbers", func() gstorm.Spout { return &forked{n: 2000} }).Output("even", "n").Output("odd", "n")
		b.Bolt("slow", func() gstorm.Bolt {
			return boltFunc(func(context.Context, *gstorm.Tuple, *gstorm.Collector) error {
				time.Sleep(5 * time.Millisecond)
				return nil
			})
		}).From("numbers", "even", gstorm.Shuffle)
		b.Bolt("idle", func() gstorm.Bolt {
			return boltFunc(func(context.Context, *gstorm.Tuple, *gstorm.Collector) error { return nil })
		}).From("numbers", "odd", gstorm.Shuffle)
		s := run(t, b)
		of := func(id string) stats.Task {
			return s.Tasks[slices.IndexFunc(s.Tasks, func(t stats.Task) bool { return t.Component == id })]
		}
		numbers, slow, idle := of("numbers"), of("slow"), of("idle")
		if slow.Busy < 4.99 || slow.Busy > 5.01 || slow.Held != 0 {
			t.Errorf("1,000 tuples take 5 s, but: %+v", slow)
		}
		if idle.Busy > 0.01 {
			t.Errorf("it has nothing to do, but: %+v", idle)
		}
		if numbers.Held < 4 || numbers.Held > 5 || numbers.Busy < numbers.Held || numbers.Busy > s.Seconds {
			t.Errorf("in a run of %v s it waits for the slow one most of the time, but: %+v", s.Seconds, numbers)
		}
	})
}

package host_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
)

// lines is a spout that emits each line with its number as id, and again what failed, until all are acked.
type lines struct {
	todo  []string
	next  atomic.Int64
	again []int
}

func (l *lines) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	n := -1
	if len(l.again) > 0 {
		n, l.again = l.again[0], l.again[1:]
	} else if int(l.next.Load()) < len(l.todo) {
		n = int(l.next.Add(1)) - 1
	}
	if n < 0 {
		return gstorm.ErrFinished
	}
	out.EmitID(n, "", l.todo[n])
	return nil
}

func (l *lines) Ack(any)     {}
func (l *lines) Fail(id any) { l.again = append(l.again, id.(int)) }

type boltFunc func(ctx context.Context, t *gstorm.Tuple, out *gstorm.Collector) error

func (f boltFunc) Execute(ctx context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	return f(ctx, t, out)
}

func split(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	line, err := t.String("line")
	for _, w := range strings.Fields(line) {
		out.Emit(w)
	}
	return err
}

// counts is a shared table, so that a test sees what all tasks counted.
type counts struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *counts) add(word string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n[word]++
}

func run(t *testing.T, b *gstorm.Builder) stats.Snapshot {
	t.Helper()
	w := worker(t, b)
	if err := w.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w.Snapshot()
}

func worker(t testing.TB, b *gstorm.Builder) *host.Worker {
	t.Helper()
	topology := b.Topology()
	if errs := topology.Validate(nil).Errors(); errs != nil {
		t.Fatal(errs)
	}
	p, err := plan.Build(topology, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	w, err := host.New(host.Options{Plan: p, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestNativeWordCountIsExact(t *testing.T) {
	for _, tasks := range []int{1, 4} {
		t.Run(fmt.Sprint(tasks), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var text []string
				want := map[string]int{}
				for i := range 1000 {
					text = append(text, fmt.Sprintf("a b%d c%d a", i%7, i%13))
					for _, w := range strings.Fields(text[i]) {
						want[w]++
					}
				}
				got := &counts{n: map[string]int{}}
				b := gstorm.NewBuilder("wc")
				b.Spout("lines", func() gstorm.Spout { return &lines{todo: text} }).Output("default", "line")
				b.Bolt("split", func() gstorm.Bolt { return boltFunc(split) }).Parallelism(tasks).
					Output("default", "word").From("lines", "", gstorm.Shuffle)
				b.Bolt("count", func() gstorm.Bolt {
					return boltFunc(func(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
						word, err := t.String("word")
						got.add(word)
						return err
					})
				}).Parallelism(tasks).From("split", "", gstorm.FieldsGrouping, "word")
				s := run(t, b)
				if s.Trees.Acked != 1000 || s.Trees.Emitted != 1000 || s.State != stats.Finished {
					t.Errorf("summary: %+v", s)
				}
				for w, n := range want {
					if got.n[w] != n {
						t.Errorf("%s: %d, want %d", w, got.n[w], n)
					}
				}
			})
		})
	}
}

func TestAPanicFailsOneTuple(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failures := 0
		b := gstorm.NewBuilder("panics")
		b.Spout("lines", func() gstorm.Spout { return &lines{todo: []string{"a", "b", "c"}} }).Output("default", "line")
		b.Bolt("sink", func() gstorm.Bolt {
			return boltFunc(func(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
				if line, _ := t.String("line"); line == "b" && failures < 2 {
					failures++
					panic("not b")
				}
				return nil
			})
		}).From("lines", "", gstorm.Shuffle)
		s := run(t, b)
		if s.Trees.Acked != 3 || s.Trees.Failed != 2 {
			t.Errorf("trees: %+v", s.Trees)
		}
		if len(s.Errors) != 1 || s.Errors[0].Count != 2 || !strings.Contains(s.Errors[0].Message, "native_test.go") {
			t.Errorf("errors: %+v", s.Errors)
		}
	})
}

// closer emits its last tuple when it is closed.
type closer struct{ boltFunc }

func (closer) Close(_ context.Context, out *gstorm.Collector) error {
	out.Emit("last")
	return nil
}

func TestWhatABoltEmitsWhenItClosesStillArrives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := &counts{n: map[string]int{}}
		b := gstorm.NewBuilder("close")
		b.Spout("lines", func() gstorm.Spout { return &lines{todo: []string{"a"}} }).Output("default", "line")
		b.Bolt("first", func() gstorm.Bolt { return closer{split} }).Parallelism(3).
			Output("default", "word").From("lines", "", gstorm.All)
		b.Bolt("second", func() gstorm.Bolt {
			return boltFunc(func(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
				word, err := t.String("word")
				got.add(word)
				return err
			})
		}).From("first", "", gstorm.Global)
		run(t, b)
		if got.n["a"] != 3 || got.n["last"] != 3 {
			t.Errorf("got %v", got.n)
		}
	})
}

func TestBackPressureReachesTheSpout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text []string
		for i := range 5000 {
			text = append(text, fmt.Sprint(i))
		}
		highest, order := 0, 0
		spout := &lines{todo: text}
		b := gstorm.NewBuilder("slow").Set(gstorm.TopologyReceiveBuffer, 100)
		b.Spout("lines", func() gstorm.Spout { return spout }).Output("default", "line")
		b.Bolt("slow", func() gstorm.Bolt {
			return boltFunc(func(_ context.Context, tuple *gstorm.Tuple, _ *gstorm.Collector) error {
				highest = max(highest, int(spout.next.Load())-order)
				if line, _ := tuple.String("line"); line != fmt.Sprint(order) {
					t.Errorf("line %s came at place %d", line, order)
				}
				order++
				time.Sleep(time.Millisecond) // virtual: the bolt is slower than the spout
				return nil
			})
		}).From("lines", "", gstorm.Shuffle)
		if s := run(t, b); s.Trees.Acked != 5000 {
			t.Errorf("trees: %+v", s.Trees)
		}
		if highest > 1000 {
			t.Errorf("the spout was up to %d tuples ahead", highest)
		}
	})
}

// endless emits for as long as it is asked.
type endless struct{ n int }

func (e *endless) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	e.n++
	out.EmitID(e.n, "", e.n)
	return nil
}

func TestADrainEndsAsSoonAsAllIsHandled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := gstorm.NewBuilder("drain")
		b.Spout("numbers", func() gstorm.Spout { return &endless{} }).Output("default", "n")
		b.Bolt("sink", func() gstorm.Bolt {
			return boltFunc(func(context.Context, *gstorm.Tuple, *gstorm.Collector) error { return nil })
		}).From("numbers", "", gstorm.Shuffle).Set(gstorm.TopologyReceiveBuffer, 10_000)
		w := worker(t, b)
		ended := make(chan error)
		go func() { ended <- w.Run(t.Context()) }()
		for w.Snapshot().Trees.Emitted < 20_000 {
			runtime.Gosched()
		}
		drained := time.Now() // the clock stands still as long as there is anything to do
		w.Drain("enough")
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if d := time.Since(drained); d > time.Second {
			t.Errorf("the drain took %s", d)
		}
		if s := w.Snapshot(); s.Trees.Pending != 0 || s.Trees.Acked != s.Trees.Emitted {
			t.Errorf("trees: %+v", s.Trees)
		}
	})
}

// TestABusySpoutIsCut: it has more at every call, and looks at no context.
func TestABusySpoutIsCut(t *testing.T) {
	b := gstorm.NewBuilder("cut")
	b.Spout("numbers", func() gstorm.Spout { return &endless{} }).Output("default", "n")
	b.Bolt("sink", func() gstorm.Bolt {
		return boltFunc(func(context.Context, *gstorm.Tuple, *gstorm.Collector) error { return nil })
	}).From("numbers", "", gstorm.Shuffle)
	w := worker(t, b)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- w.Run(ctx) }()
	for w.Snapshot().Trees.Emitted < 1000 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-ended; !errors.Is(err, host.ErrCut) {
		t.Error(err)
	}
}

func TestABusySpoutHeedsDeactivate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := gstorm.NewBuilder("rest")
		b.Spout("numbers", func() gstorm.Spout { return &endless{} }).Output("default", "n")
		b.Bolt("sink", func() gstorm.Bolt {
			return boltFunc(func(context.Context, *gstorm.Tuple, *gstorm.Collector) error { return nil })
		}).From("numbers", "", gstorm.Shuffle)
		w := worker(t, b)
		ended := make(chan error)
		go func() { ended <- w.Run(t.Context()) }()
		for w.Snapshot().Trees.Emitted < 20_000 {
			runtime.Gosched()
		}
		w.Deactivate()
		synctest.Wait() // never comes back while the spout goes on
		if s := w.Snapshot(); s.Trees.Pending != 0 {
			t.Errorf("at rest: %+v", s.Trees)
		}
		before := w.Snapshot().Trees.Emitted
		w.Activate()
		for w.Snapshot().Trees.Emitted == before {
			runtime.Gosched()
		}
		w.Drain("enough")
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
	})
}

func TestAFloodedCycleDoesNotStandStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text []string
		for range 500 {
			text = append(text, "6")
		}
		// Each number goes round as long as it is not 0, and comes back twice: queues of one tuple would block at once if
		// the edges of a cycle could.
		again := boltFunc(func(_ context.Context, tuple *gstorm.Tuple, out *gstorm.Collector) error {
			text, err := tuple.String("n")
			if text != "0" && err == nil {
				next := string(text[0] - 1)
				out.Emit(next)
				out.Emit(next)
			}
			return err
		})
		b := gstorm.NewBuilder("cycle").Set(gstorm.TopologyReceiveBuffer, 1)
		b.Spout("seeds", func() gstorm.Spout { return &lines{todo: text} }).Output("default", "n")
		b.Bolt("there", func() gstorm.Bolt { return again }).Parallelism(2).Output("default", "n").
			From("seeds", "", gstorm.Shuffle).From("back", "", gstorm.FieldsGrouping, "n")
		b.Bolt("back", func() gstorm.Bolt { return again }).Output("default", "n").From("there", "", gstorm.Global)
		s := run(t, b)
		if s.Trees.Acked != 500 {
			t.Errorf("trees: %+v", s.Trees)
		}
		executed := s.Components[1].Executed + s.Components[2].Executed
		if want := uint64(500 * (1<<7 - 1)); executed != want {
			t.Errorf("%d tuples, want %d", executed, want)
		}
	})
}

package host_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gstorm/gstorm"
)

// TestAHeldTupleIsAnsweredLater: from another goroutine, long after its call, with an ack or a fail.
func TestAHeldTupleIsAnsweredLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &lines{todo: []string{"a", "b", "c", "d"}}
		tries := map[string]int{}
		b := gstorm.NewBuilder("hold")
		b.Spout("lines", func() gstorm.Spout { return source }).Output("default", "line")
		b.BoltFunc("later", func(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
			line, err := t.String("line")
			out.Emit(line)
			held := out.Hold(t)
			out.Emit(line + "'") // anchored as well
			tries[line]++
			failing := line == "b" && tries[line] == 1
			go func() {
				time.Sleep(3 * time.Second)
				if failing {
					held.Fail(errors.New("not now"))
				}
				held.Ack() // only the first answer counts
				held.Ack()
			}()
			return err
		}).Output("default", "line").From("lines", "", gstorm.Shuffle)
		got := &counts{n: map[string]int{}}
		b.BoltFunc("sink", func(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
			line, err := t.String("line")
			got.add(line)
			return err
		}).From("later", "", gstorm.Global)
		s := run(t, b)
		if s.Trees.Acked != 4 || s.Trees.Failed != 1 || s.Trees.Pending != 0 {
			t.Errorf("trees: %+v", s.Trees)
		}
		if fmt.Sprint(got.n) != "map[a:1 a':1 b:2 b':2 c:1 c':1 d:1 d':1]" {
			t.Errorf("got %v", got.n)
		}
		if later := s.Components[1]; later.Acked != 4 || later.Failed != 1 || later.InFlight != 0 {
			t.Errorf("the bolt: %+v", later)
		}
	})
}

// window holds tuples and emits their number once three are there, anchored to all of them.
type window struct {
	held []*gstorm.Held
	late []*gstorm.Held // were answered before something was anchored to them
}

func (w *window) Execute(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	if line, _ := t.String("line"); line == "late" {
		out.EmitAnchored(w.late, "", 0)
	}
	w.held = append(w.held, out.Hold(t))
	if len(w.held) < 3 {
		return nil
	}
	out.EmitAnchored(w.held, "", len(w.held))
	for _, h := range w.held {
		h.Ack()
	}
	w.held, w.late = nil, w.held
	return nil
}

func TestAWindowIsAnchoredToAllThatItHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &lines{todo: []string{"a", "b", "c", "d", "e", "f"}}
		b := gstorm.NewBuilder("window")
		b.Spout("lines", func() gstorm.Spout { return source }).Output("default", "line")
		b.Bolt("window", func() gstorm.Bolt { return &window{} }).Output("default", "n").From("lines", "", gstorm.Shuffle)
		first := true
		b.BoltFunc("sink", func(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
			if n, err := t.Int("n"); n != 3 || err != nil {
				return fmt.Errorf("%d %w", n, err)
			}
			if first {
				first = false
				return errors.New("try again")
			}
			return nil
		}).From("window", "", gstorm.Shuffle)
		s := run(t, b)
		if s.Trees.Failed != 3 || s.Trees.Acked != 6 { // all three of the first window, and they came again
			t.Errorf("trees: %+v", s.Trees)
		}
	})
}

func TestAnAnchorThatIsOverFailsTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &lines{todo: []string{"a", "b", "c", "late"}}
		b := gstorm.NewBuilder("window")
		b.Spout("lines", func() gstorm.Spout { return &onceOnly{lines: source} }).Output("default", "line")
		b.Bolt("window", func() gstorm.Bolt { return &window{} }).Output("default", "n").From("lines", "", gstorm.Shuffle)
		s := run(t, b)
		if s.Trees.Failed != 1 || s.Trees.Acked != 3 || len(s.Errors) != 1 || !strings.Contains(s.Errors[0].Message, "is over") {
			t.Errorf("trees: %+v, errors: %+v", s.Trees, s.Errors)
		}
	})
}

// onceOnly emits nothing again.
type onceOnly struct{ *lines }

func (o *onceOnly) Fail(any) {}

// TestWhatABoltStillHoldsFails: at the end of the bolt, after its Close; and a call that ends with an error or a panic
// fails its tuple even if it is held.
func TestWhatABoltStillHoldsFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := gstorm.NewBuilder("hold")
		b.Spout("lines", func() gstorm.Spout { return &onceOnly{&lines{todo: []string{"keep", "error", "panic", "ack"}}} }).Output("default", "line")
		b.BoltFunc("keeper", func(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
			held := out.Hold(t)
			switch line, _ := t.String("line"); line {
			case "error":
				held.Ack() // too late: the call fails
				return errors.New("no")
			case "panic":
				panic("no")
			case "ack":
				held.Ack()
			}
			return nil
		}).From("lines", "", gstorm.Shuffle)
		b.Set(gstorm.TopologyEnableTimeouts, false)
		w := worker(t, b)
		go func() {
			time.Sleep(time.Minute)
			w.Drain("enough")
		}()
		if err := w.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		s := w.Snapshot()
		if s.Trees.Failed != 3 || s.Trees.Acked != 1 || s.Trees.Pending != 0 {
			t.Errorf("trees: %+v", s.Trees)
		}
	})
}

// holdsBatches holds in a call that is about a batch.
type holdsBatches struct{}

func (holdsBatches) Execute(context.Context, *gstorm.Tuple, *gstorm.Collector) error { return nil }

func (holdsBatches) ExecuteBatch(_ context.Context, tuples []*gstorm.Tuple, out *gstorm.Collector) error {
	out.Hold(tuples[0])
	return nil
}

// TestHoldingOfABatchIsAMistake: also of a batch of one.
func TestHoldingOfABatchIsAMistake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := gstorm.NewBuilder("hold")
		b.Spout("lines", func() gstorm.Spout { return &onceOnly{&lines{todo: []string{"a"}}} }).Output("default", "line")
		b.Bolt("batches", func() gstorm.Bolt { return holdsBatches{} }).From("lines", "", gstorm.Shuffle)
		s := run(t, b)
		if s.Trees.Failed != 1 || len(s.Errors) != 1 || !strings.Contains(s.Errors[0].Message, "about a batch") {
			t.Errorf("trees: %+v, errors: %+v", s.Trees, s.Errors)
		}
	})
}

func TestHoldingNothingIsAMistake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := gstorm.NewBuilder("hold")
		b.Spout("lines", func() gstorm.Spout { return &onceOnly{&lines{todo: []string{"a"}}} }).Output("default", "line")
		b.BoltFunc("twice", func(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
			out.Hold(t)
			out.Hold(t)
			return nil
		}).From("lines", "", gstorm.Shuffle)
		s := run(t, b)
		if s.Trees.Failed != 1 || len(s.Errors) != 1 || !strings.Contains(s.Errors[0].Message, "Hold in a call") {
			t.Errorf("trees: %+v, errors: %+v", s.Trees, s.Errors)
		}
	})
}

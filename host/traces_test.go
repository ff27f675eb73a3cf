package host_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/internal/traces"
)

// tracing runs a topology to its end and returns what it has traced.
func tracing(t *testing.T, b *gstorm.Builder) *traces.Store {
	t.Helper()
	p, err := plan.Build(b.Topology(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	w, err := host.New(host.Options{Plan: p, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Seed: 1, Traces: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := traces.NewStore()
	s.Add(traces.Place{}, w.TakeTraces(), time.Now())
	return s
}

// picture is a trace, a line a tuple: what became of it where, when it was emitted, handed over and answered (ms), and which of the
// lines above it came of.
func picture(trace *traces.Trace) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %v: %s", trace.Component, trace.Message, trace.Values, trace.Outcome)
	if trace.Cause != "" {
		b.WriteString(", " + trace.Cause)
	}
	line := map[string]int{}
	at := func(ms *float64) string {
		if ms == nil {
			return "-"
		}
		return fmt.Sprint(*ms)
	}
	for i, s := range trace.Spans {
		line[s.ID] = i + 1
		var of []int
		for _, p := range s.Parents {
			of = append(of, line[p])
		}
		fmt.Fprintf(&b, "\n%d of %v: %s %d > %s %d, %s %s %s %s %s", i+1, of, s.Source, s.SourceTask, s.Component, s.Task, at(s.Emitted), at(s.Handed), at(s.Began), at(s.Answered), s.Outcome)
		if s.Cause != "" {
			b.WriteString(", " + s.Cause)
		}
	}
	return b.String()
}

// TestATreeIsTraced: every tuple of it, what it came of, when and with which outcome; also of held tuples and of those with two
// parents.
func TestATreeIsTraced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := gstorm.NewBuilder("traced")
		b.Spout("lines", func() gstorm.Spout { return &lines{todo: []string{"a b"}} }).Output("default", "line")
		b.BoltFunc("split", split).Output("default", "word").From("lines", "", gstorm.Shuffle)
		var held []*gstorm.Held
		b.BoltFunc("pairs", func(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
			time.Sleep(10 * time.Millisecond)
			held = append(held, out.Hold(t))
			if len(held) == 2 {
				out.EmitAnchored(held, "", len(held))
				for _, h := range held {
					h.Ack()
				}
			}
			return nil
		}).Output("default", "n").From("split", "", gstorm.Shuffle)
		b.Bolt("batches", func() gstorm.Bolt { return sinks{} }).From("pairs", "", gstorm.Global)
		s := tracing(t, b)
		list := s.List(traces.Recent, 10, time.Now())
		if len(list) != 1 {
			t.Fatalf("traced: %+v", list)
		}
		want := `lines 0 [{line "a b" 0}]: acked
1 of []: lines 2 > split 4, 0 0 0 0 acked
2 of [1]: split 4 > pairs 3, 0 0 0 20 acked
3 of [1]: split 4 > pairs 3, 0 10 10 20 acked
4 of [2 3]: pairs 3 > batches 1, 20 20 20 50 acked`
		if diff := cmp.Diff(want, picture(s.Get(list[0].Root, time.Now()))); diff != "" {
			t.Error(diff)
		}
	})
}

// sinks takes batches, for 30 ms.
type sinks struct{}

func (sinks) Execute(context.Context, *gstorm.Tuple, *gstorm.Collector) error { return nil }

func (sinks) ExecuteBatch(context.Context, []*gstorm.Tuple, *gstorm.Collector) error {
	time.Sleep(30 * time.Millisecond)
	return nil
}

// TestAFailureIsFollowed: at the usual rate the first tree of a burst is traced, and then those of what has failed, whatever came of
// them.
func TestAFailureIsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := map[string]int{}
		b := gstorm.NewBuilder("failing")
		b.Spout("lines", func() gstorm.Spout { return &lines{todo: []string{"a", "b", "c", "d", "e"}} }).Output("default", "line")
		b.BoltFunc("picky", func(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
			line, err := t.String("line")
			if tries[line]++; line == "d" && tries[line] < 3 {
				return errors.New("not yet")
			}
			return err
		}).From("lines", "", gstorm.Shuffle)
		s := tracing(t, b)
		outcomes := map[string][]string{}
		for _, l := range s.List(traces.Recent, 10, time.Now()) {
			outcomes[l.Message] = append(outcomes[l.Message], l.Outcome+" "+l.Cause)
		}
		want := map[string][]string{"0": {"acked "}, "3": {"failed picky: task 2: not yet", "acked "}}
		if diff := cmp.Diff(want, outcomes); diff != "" {
			t.Error(diff)
		}
		if failed := s.List(traces.Failed, 10, time.Now()); len(failed) != 1 || failed[0].Outcome != stats.TraceFailed {
			t.Errorf("failed: %+v", failed)
		}
	})
}

// TestNothingIsTraced where nobody looks, or nobody wants it.
func TestNothingIsTraced(t *testing.T) {
	b := gstorm.NewBuilder("quiet")
	b.Set(gstorm.TraceRate, 0)
	b.Spout("lines", func() gstorm.Spout { return &lines{todo: []string{"a", "b"}} }).Output("default", "line")
	b.BoltFunc("split", split).Output("default", "word").From("lines", "", gstorm.Shuffle)
	if s := tracing(t, b); s.Sampled() != 0 {
		t.Error("a rate of 0 traces")
	}
	w := worker(t, b)
	if err := w.Run(t.Context()); err != nil || w.TakeTraces() != nil {
		t.Errorf("without being asked: %v", err)
	}
}

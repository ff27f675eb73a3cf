package host_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"

	"github.com/gstorm/gstorm"
)

// inserts is a bolt that takes batches; the first one that has "bad" in it fails.
type inserts struct {
	failed  bool
	largest int
	got     *counts
}

func (i *inserts) Execute(context.Context, *gstorm.Tuple, *gstorm.Collector) error {
	return errors.New("it takes batches")
}

func (i *inserts) ExecuteBatch(_ context.Context, tuples []*gstorm.Tuple, out *gstorm.Collector) error {
	i.largest = max(i.largest, len(tuples))
	for _, t := range tuples {
		if line, _ := t.String("line"); line == "bad" && !i.failed {
			i.failed = true
			return errors.New("the database is away")
		}
	}
	for _, t := range tuples {
		line, err := t.String("line")
		if err != nil {
			return err
		}
		i.got.add(line)
	}
	out.Emit(len(tuples))
	return nil
}

func TestABatchIsAckedOrFailedAsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var text []string
		for i := range 1000 {
			text = append(text, fmt.Sprint("line ", i))
		}
		text[700] = "bad"
		bolt := &inserts{got: &counts{n: map[string]int{}}}
		b := gstorm.NewBuilder("batches")
		b.Spout("lines", func() gstorm.Spout { return &lines{todo: text} }).Output("default", "line")
		b.Bolt("inserts", func() gstorm.Bolt { return bolt }).Output("default", "n").From("lines", "", gstorm.Shuffle)
		sum := int64(0)
		b.BoltFunc("sum", func(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
			n, err := t.Int("n")
			sum += n
			return err
		}).From("inserts", "", gstorm.Shuffle)
		s := run(t, b)
		if s.Trees.Acked != 1000 || s.Trees.Failed == 0 || len(bolt.got.n) != 1000 || sum != 1000 {
			t.Errorf("trees %+v, %d lines, %d in batches", s.Trees, len(bolt.got.n), sum)
		}
		if bolt.largest < 2 {
			t.Error("no batch had more than one tuple")
		}
	})
}

// switched is a spout that notes what it is told, and ends when it has been deactivated.
type switched struct {
	told []string
}

func (s *switched) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	if len(s.told) == 3 {
		return gstorm.ErrFinished
	}
	out.EmitID(1, "", "x")
	return nil
}

func (s *switched) Activate(context.Context) error {
	s.told = append(s.told, "activate")
	return nil
}

func (s *switched) Deactivate(context.Context) error {
	s.told = append(s.told, "deactivate")
	return nil
}

func TestASpoutHearsOfActivation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		spout := &switched{}
		b := gstorm.NewBuilder("switched").Set(gstorm.TopologyMaxSpoutPending, 1)
		b.Spout("spout", func() gstorm.Spout { return spout }).Output("default", "x")
		b.BoltFunc("sink", func(context.Context, *gstorm.Tuple, *gstorm.Collector) error { return nil }).From("spout", "", gstorm.Shuffle)
		w := worker(t, b)
		ended := make(chan error)
		go func() { ended <- w.Run(t.Context()) }()
		for w.Snapshot().Trees.Emitted < 10 {
			runtime.Gosched()
		}
		w.Deactivate()
		synctest.Wait()
		w.Activate()
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(spout.told); got != "[activate deactivate activate]" {
			t.Error(got)
		}
	})
}

// identity reports who it is as metrics.
type identity struct{}

func (identity) Open(_ context.Context, task *gstorm.TaskContext) error {
	task.Metrics.Set("who", fmt.Sprintf("%s %d of %d", task.Component, task.Index, task.Tasks))
	task.Metrics.Set("broken", func() {})
	return nil
}

func (identity) Execute(context.Context, *gstorm.Tuple, *gstorm.Collector) error { return nil }

func TestTasksKnowWhoTheyAreAndReportMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := gstorm.NewBuilder("metrics")
		b.SpoutFunc("spout", func(context.Context, *gstorm.SpoutCollector) error { return gstorm.ErrFinished }).Output("default", "x")
		b.Bolt("bolt", func() gstorm.Bolt { return identity{} }).Parallelism(2).From("spout", "", gstorm.Shuffle)
		s := run(t, b)
		var got []string
		for _, m := range s.Metrics {
			got = append(got, m.Name+"="+string(m.Value))
		}
		if fmt.Sprint(got) != `[who="bolt 0 of 2" who="bolt 1 of 2"]` {
			t.Error(got)
		}
		if len(s.Errors) != 1 || s.Errors[0].Count != 2 {
			t.Errorf("errors: %+v", s.Errors)
		}
	})
}

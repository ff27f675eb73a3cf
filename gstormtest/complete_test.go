package gstormtest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/gstormtest"
)

// totals counts words, and emits what it has counted on every tick.
type totals struct{ n int }

func (c *totals) Execute(context.Context, *gstorm.Tuple, *gstorm.Collector) error {
	c.n++
	return nil
}

func (c *totals) Tick(_ context.Context, out *gstorm.Collector) error {
	out.Emit(c.n)
	return nil
}

// never is a spout that the tests mock.
func never(context.Context, *gstorm.SpoutCollector) error { panic("not mocked") }

func words() *gstorm.Topology {
	b := gstorm.NewBuilder("words")
	b.SpoutFunc("lines", never).Output("default", "line")
	b.BoltFunc("split", func(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
		line, err := t.String("line")
		for word := range strings.FieldsSeq(line) {
			out.Emit(word)
		}
		return err
	}).Output("default", "word").From("lines", "", gstorm.Shuffle)
	b.Bolt("totals", func() gstorm.Bolt { return &totals{} }).Set(gstorm.TopologyTickFreq, 3600).
		Output("default", "n").From("split", "", gstorm.Global)
	return b.Topology()
}

func TestComplete(t *testing.T) {
	r := gstormtest.Complete(t, words(), map[string][]gstorm.Values{"lines": {{"to be"}, {"or not to be"}}})
	if got := fmt.Sprint(r.Of("split")); got != "[[to] [be] [or] [not] [to] [be]]" {
		t.Error(got)
	}
	if r.Summary.Trees.Acked != 2 {
		t.Errorf("%+v", r.Summary.Trees)
	}
}

func TestComponent(t *testing.T) {
	r := gstormtest.Component(t, words(), "split", gstorm.Values{"to be"})
	if got := fmt.Sprint(r.Of("split")); got != "[[to] [be]]" {
		t.Error(got)
	}
}

// hours is a spout that emits one line and has finished two and a half hours later.
type hours struct{ began time.Time }

func (h *hours) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	switch {
	case h.began.IsZero():
		h.began = time.Now()
		out.EmitID(1, "", "to be")
	case time.Since(h.began) > 150*time.Minute:
		return gstorm.ErrFinished
	}
	return nil
}

func TestHoursOfTicksTakeNoTime(t *testing.T) {
	topology := words()
	topology.Components[0].Implementation.NewSpout = func() gstorm.Spout { return &hours{} }
	r := gstormtest.Complete(t, topology, nil)
	if got := fmt.Sprint(r.Of("totals")); got != "[[2] [2]]" {
		t.Error(got)
	}
}

package gstorm_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/connectors/connectortest"
	"github.com/gstorm/gstorm/gstormtest"
	"github.com/gstorm/gstorm/local"
)

// numbers yields the numbers from 1 to n, and then err if there is one.
func numbers(n int, err error) gstorm.Feed {
	return func(context.Context, *gstorm.TaskContext) iter.Seq2[gstorm.Values, error] {
		return func(yield func(gstorm.Values, error) bool) {
			for i := range n {
				if !yield(gstorm.Values{i + 1}, nil) {
					return
				}
			}
			if err != nil {
				yield(nil, err)
			}
		}
	}
}

// TestReliable is what every spout has to keep.
func TestReliable(t *testing.T) {
	var want [][]any
	for n := range 30 {
		want = append(want, []any{n + 1})
	}
	connectortest.Spout(t, connectortest.SpoutKit{
		New:  func(*testing.T) gstorm.Spout { return gstorm.Reliable(numbers(30, nil)) },
		Want: connectortest.Default(want...), Alone: true,
	})
}

func TestWhatFailsComesAgain(t *testing.T) {
	tries := map[int64]int{}
	b := gstorm.NewBuilder("again")
	b.Spout("numbers", func() gstorm.Spout { return gstorm.Reliable(numbers(5, nil)) }).Output("default", "n")
	b.BoltFunc("moody", func(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
		n, err := t.Int("n")
		if tries[n]++; tries[n] < 3 {
			return errors.New("not yet")
		}
		return err
	}).From("numbers", "", gstorm.Shuffle)
	r := gstormtest.Complete(t, b.Topology(), nil)
	if trees := r.Summary.Trees; trees.Acked != 5 || trees.Failed != 10 || len(tries) != 5 {
		t.Errorf("%+v, %v", trees, tries)
	}
}

func TestTheErrorOfAFeedIsItsEnd(t *testing.T) {
	b := gstorm.NewBuilder("broken")
	b.Spout("numbers", func() gstorm.Spout { return gstorm.Reliable(numbers(3, errors.New("no more paper"))) }).Output("default", "n")
	b.BoltFunc("end", func(context.Context, *gstorm.Tuple, *gstorm.Collector) error { return nil }).From("numbers", "", gstorm.Shuffle)
	if _, err := local.Run(t.Context(), b.Topology(), local.Options{}); err == nil || !strings.Contains(err.Error(), "no more paper") {
		t.Error(err)
	}
}

// ExampleReliable is a spout that is a loop.
func ExampleReliable() {
	lines := func(context.Context, *gstorm.TaskContext) iter.Seq2[gstorm.Values, error] {
		return func(yield func(gstorm.Values, error) bool) {
			for _, line := range []string{"to be or", "not to be"} {
				if !yield(gstorm.Values{line}, nil) {
					return
				}
			}
		}
	}
	b := gstorm.NewBuilder("words")
	b.Spout("lines", func() gstorm.Spout { return gstorm.Reliable(lines) }).Output("default", "line")
	b.BoltFunc("print", func(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
		line, err := t.String("line")
		fmt.Println(line)
		return err // an error would bring the line back
	}).From("lines", "", gstorm.Global)
	if _, err := local.Run(context.Background(), b.Topology(), local.Options{}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// to be or
	// not to be
}

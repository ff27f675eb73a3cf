package local_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/local"
	"github.com/gstorm/gstorm/spec/libraries"
)

// numbers is a spout of the numbers below n.
type numbers struct{ next, n int }

func (s *numbers) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	if s.next == s.n {
		return gstorm.ErrFinished
	}
	out.EmitID(s.next, "", s.next)
	s.next++
	return nil
}

func TestATopologyInOnesOwnProgram(t *testing.T) {
	sum := int64(0)
	b := gstorm.NewBuilder("sum")
	b.Spout("numbers", func() gstorm.Spout { return &numbers{n: 100} }).Output("default", "n")
	b.BoltFunc("sum", func(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
		n, err := t.Int("n")
		sum += n
		return err
	}).From("numbers", "", gstorm.Shuffle)
	s, err := local.Run(t.Context(), b.Topology(), local.Options{})
	if err != nil || sum != 4950 || s.Trees.Acked != 100 {
		t.Errorf("sum %d, error %v, summary %+v", sum, err, s)
	}
}

func TestItsContextEndsIt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	b := gstorm.NewBuilder("endless")
	b.Spout("numbers", func() gstorm.Spout { return &numbers{n: -1} }).Output("default", "n")
	b.BoltFunc("sink", func(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
		if n, _ := t.Int("n"); n == 1000 {
			cancel()
		}
		return nil
	}).From("numbers", "", gstorm.Shuffle)
	s, err := local.Run(ctx, b.Topology(), local.Options{})
	if err != nil || s.Trees.Pending != 0 || s.Trees.Acked != s.Trees.Emitted {
		t.Errorf("error %v, trees %+v", err, s.Trees)
	}
}

func TestComponentsOfOtherLanguagesTakePart(t *testing.T) {
	libraries.Programs(t, "ruby")
	file := filepath.Join(t.TempDir(), "double.rb")
	code := "require 'gstorm'\nclass Double < Gstorm::Bolt\n  output_fields :n\n  on_receive { |t| puts t.n; [t.n * 2] }\nend\n"
	if err := os.WriteFile(file, []byte(code), 0o666); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var got []int64
	b := gstorm.NewBuilder("mixed")
	b.Spout("numbers", func() gstorm.Spout { return &numbers{n: 3} }).Output("default", "n")
	b.FileBolt("double", file, "Double").From("numbers", "", gstorm.Shuffle)
	b.BoltFunc("sink", func(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
		n, err := t.Int("n")
		got = append(got, n)
		return err
	}).From("double", "", gstorm.Global)
	var printed []string
	_, err := local.Run(t.Context(), b.Topology(), local.Options{Print: func(line string) {
		mu.Lock()
		defer mu.Unlock()
		printed = append(printed, line)
	}})
	if err != nil || fmt.Sprint(got) != "[0 2 4]" || !slices.Equal(printed, []string{"0", "1", "2"}) {
		t.Errorf("got %v, printed %v, error %v", got, printed, err)
	}
}

func TestAnInvalidTopologyIsNotStarted(t *testing.T) {
	b := gstorm.NewBuilder("bad")
	b.Spout("numbers", func() gstorm.Spout { return &numbers{} }).Output("default", "n")
	b.FileBolt("double", "nowhere.rb", "Double").From("numbers", "", gstorm.Shuffle)
	b.BoltFunc("sink", nil).From("nobody", "", gstorm.Shuffle)
	s, err := local.Run(t.Context(), b.Topology(), local.Options{})
	var problems gstorm.Problems
	if !errors.As(err, &problems) || s != nil || !strings.Contains(err.Error(), "nowhere.rb") {
		t.Errorf("error %v, summary %v", err, s)
	}
}

func TestATopologyThatFails(t *testing.T) {
	b := gstorm.NewBuilder("broken").Set(gstorm.RestartMax, 1)
	b.SpoutFunc("broken", func(context.Context, *gstorm.SpoutCollector) error { return errors.New("the source is gone") }).Output("default", "n")
	b.BoltFunc("sink", func(context.Context, *gstorm.Tuple, *gstorm.Collector) error { return nil }).From("broken", "", gstorm.Shuffle)
	s, err := local.Run(t.Context(), b.Topology(), local.Options{})
	if err == nil || !strings.Contains(err.Error(), "the source is gone") || s.State != "failed" {
		t.Errorf("error %v, summary %+v", err, s)
	}
}

func TestBuiltInComponentsTakePart(t *testing.T) {
	sum := int64(0)
	b := gstorm.NewBuilder("builtin")
	b.BuiltinSpout("numbers", "generate", map[string]any{"count": 10})
	b.BuiltinBolt("odd", "filter", map[string]any{"when": "n % 2 == 1"}).From("numbers", "", gstorm.Shuffle)
	b.BuiltinBolt("double", "map", map[string]any{"fields": []any{map[string]any{"twice": "2 * n"}}}).From("odd", "", gstorm.Shuffle)
	b.BoltFunc("sum", func(_ context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
		n, err := t.Int("twice")
		sum += n
		return err
	}).From("double", "", gstorm.Global)
	topology := b.Topology()
	if _, err := local.Run(t.Context(), topology, local.Options{}); err != nil || sum != 50 {
		t.Errorf("sum %d, error %v", sum, err)
	}
	if outputs := topology.Component("odd").Outputs; outputs != nil {
		t.Errorf("the program's topology was changed: %v", outputs)
	}
	b.BuiltinBolt("wrong", "filter", map[string]any{"when": "m > 1"}).From("numbers", "", gstorm.Shuffle)
	_, err := local.Run(t.Context(), b.Topology(), local.Options{})
	if err == nil || !strings.Contains(err.Error(), `run_test.go:`) || !strings.Contains(err.Error(), "unknown name m") {
		t.Errorf("got %v", err)
	}
}

package stormtesting

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gstorm/gstorm"
)

// recorder is a sink that notes what is emitted.
type recorder struct{ values [][]any }

func (r *recorder) Emit(_ string, _ int, values gstorm.Values) { r.values = append(r.values, values) }

func (r *recorder) EmitID(_ any, stream string, values gstorm.Values) { r.Emit(stream, 0, values) }

func (r *recorder) Hold() (uint64, func(error)) { return 0, nil }

func (r *recorder) EmitAnchored(_ []uint64, stream string, task int, values gstorm.Values) {
	r.Emit(stream, task, values)
}

func TestEmitsAWordAtRandomEveryTenthOfASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turn := 0
		spout := NewTestWordSpout(func(n int) int { turn++; return turn % n })
		out := &recorder{}
		start := time.Now()
		for range 6 {
			if err := spout.Next(t.Context(), gstorm.NewSpoutCollector(out)); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 600*time.Millisecond {
			t.Errorf("six words took %v", took)
		}
		want := [][]any{{"mike"}, {"jackson"}, {"golda"}, {"bertels"}, {"nathan"}, {"mike"}}
		if diff := cmp.Diff(want, out.values); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestReturnsAtOnceWhenTheRunEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	out := &recorder{}
	if err := NewTestWordSpout(nil).Next(ctx, gstorm.NewSpoutCollector(out)); err != nil || len(out.values) > 0 {
		t.Errorf("emitted %v, returned %v", out.values, err)
	}
}

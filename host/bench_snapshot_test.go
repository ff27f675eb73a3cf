package host_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/gstorm/gstorm"
)

// BenchmarkSnapshot measures what it costs to tell what 1,000 tasks have counted, which somebody may ask for every second.
func BenchmarkSnapshot(b *testing.B) {
	for _, measured := range []bool{false, true} {
		b.Run(fmt.Sprintf("measured=%v", measured), func(b *testing.B) {
			t := gstorm.NewBuilder("many")
			t.Spout("c0", func() gstorm.Spout { return &sentences{n: 1000} }).Output("default", "v")
			for i := range 200 {
				t.Bolt(fmt.Sprint("c", i+1), func() gstorm.Bolt {
					return boltFunc(func(_ context.Context, _ *gstorm.Tuple, out *gstorm.Collector) error {
						out.Emit("x")
						return nil
					})
				}).Parallelism(5).Output("default", "v").From(fmt.Sprint("c", i), "", gstorm.Shuffle)
			}
			w := worker(b, t)
			if measured {
				if err := w.Run(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				w.Snapshot()
			}
		})
	}
}

package host_test

import (
	"io"
	"log/slog"
	"syscall"
	"testing"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
)

// BenchmarkTap is BenchmarkWordCount, with acking, while nobody looks, and while somebody looks at the words, which are most of
// its tuples. cpu-ns/op is what counts: the ratio of the others to "none" is what a tap costs.
func BenchmarkTap(b *testing.B) {
	word := func(t *gstorm.Tuple) (bool, error) { w, err := t.String("word"); return w == "cow", err }
	for _, test := range []struct {
		name  string
		rate  int
		match func(*gstorm.Tuple) (bool, error)
	}{{"none", 0, nil}, {"usual", stats.DefaultTapRate, nil}, {"most", stats.MaxTapRate, nil}, {"filtered", stats.DefaultTapRate, word}} {
		b.Run(test.name, func(b *testing.B) {
			p, err := plan.Build(wordCountTopology(b.N, &wordCount{counts: map[string]*int{}}, 1).Topology(), "", nil)
			if err != nil {
				b.Fatal(err)
			}
			w, err := host.New(host.Options{Plan: p, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Seed: 1})
			if err != nil {
				b.Fatal(err)
			}
			read := make(chan struct{})
			if test.rate > 0 {
				lines, err := w.Tap(b.Context(), stats.TapRequest{Component: "split", Rate: test.rate}, test.match)
				if err != nil {
					b.Fatal(err)
				}
				go func() {
					defer close(read)
					for range lines {
					}
				}()
			} else {
				close(read)
			}
			b.ReportAllocs()
			before := cpuTime(b)
			if err := w.Run(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N), "cpu-ns/op")
			<-read
		})
	}
}

// cpuTime is what this process has used.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

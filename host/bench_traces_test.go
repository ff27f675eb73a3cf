package host_test

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/traces"
)

// BenchmarkTraces is BenchmarkWordCount, with acking, where nothing is traced, at the usual rate, and at a hundred trees a second,
// with what takes them. cpu-ns/op is what counts: the ratio of the others to "none" is what tracing costs.
func BenchmarkTraces(b *testing.B) {
	for _, test := range []struct {
		name string
		rate any
	}{{"none", 0}, {"usual", nil}, {"hundred", 100}} {
		b.Run(test.name, func(b *testing.B) {
			t := wordCountTopology(b.N, &wordCount{counts: map[string]*int{}}, 1)
			if test.rate != nil {
				t.Set(gstorm.TraceRate, test.rate)
			}
			p, err := plan.Build(t.Topology(), "", nil)
			if err != nil {
				b.Fatal(err)
			}
			w, err := host.New(host.Options{Plan: p, Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Seed: 1, Traces: test.rate != 0})
			if err != nil {
				b.Fatal(err)
			}
			over, taken := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(taken)
				s, every := traces.NewStore(), time.NewTicker(time.Second)
				defer every.Stop()
				for {
					select {
					case <-over:
						return
					case <-every.C:
						s.Add(traces.Place{}, w.TakeTraces(), time.Now())
					}
				}
			}()
			b.ReportAllocs()
			before := cpuTime(b)
			if err := w.Run(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N), "cpu-ns/op")
			close(over)
			<-taken
		})
	}
}

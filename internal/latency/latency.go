// Package latency is how latencies are kept: as a distribution, in microseconds, of which the numbers that people see are made.
package latency

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/gstorm/gstorm/internal/stats"
)

// Longest is the largest latency that is told apart, in microseconds.
const Longest = int64(time.Hour / time.Microsecond)

// New is an empty distribution. All that New has made can be merged.
func New() *hdrhistogram.Histogram { return hdrhistogram.New(1, Longest, 2) }

// Of are the numbers of a distribution.
func Of(h *hdrhistogram.Histogram) stats.Latency {
	if h.TotalCount() == 0 {
		return stats.Latency{}
	}
	ms := func(us int64) float64 { return float64(us) / 1000 }
	return stats.Latency{
		Count: uint64(h.TotalCount()), Mean: h.Mean() / 1000,
		P50: ms(h.ValueAtQuantile(50)), P99: ms(h.ValueAtQuantile(99)), Max: ms(h.Max()),
	}
}

package host

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/gstorm/gstorm/internal/stats"
)

// longest is the largest latency that is told apart, in microseconds.
const longest = int64(time.Hour / time.Microsecond)

// counters are what one task counts. Every count is exact; any goroutine may read.
type counters struct {
	emitted, transferred, executed, acked, failed, restarts, errors atomic.Uint64

	mu      sync.Mutex
	latency *hdrhistogram.Histogram // microseconds
}

func newCounters() *counters {
	return &counters{latency: hdrhistogram.New(1, longest, 2)}
}

func (c *counters) took(d time.Duration) { c.tookEach(d, 1) }

// tookEach notes that n tuples took d each.
func (c *counters) tookEach(d time.Duration, n int) {
	us := min(max(d.Microseconds(), 1), longest)
	c.mu.Lock()
	_ = c.latency.RecordValues(us, int64(n)) // within the histogram's range
	c.mu.Unlock()
}

// mergeLatency adds what was measured to a histogram of the same shape.
func (c *counters) mergeLatency(into *hdrhistogram.Histogram) {
	c.mu.Lock()
	into.Merge(c.latency)
	c.mu.Unlock()
}

func latencyOf(h *hdrhistogram.Histogram) stats.Latency {
	if h.TotalCount() == 0 {
		return stats.Latency{}
	}
	ms := func(us int64) float64 { return float64(us) / 1000 }
	return stats.Latency{
		Count: uint64(h.TotalCount()), Mean: h.Mean() / 1000,
		P50: ms(h.ValueAtQuantile(50)), P99: ms(h.ValueAtQuantile(99)), Max: ms(h.Max()),
	}
}

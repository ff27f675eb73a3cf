package host

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/gstorm/gstorm/internal/latency"
)

// counters are what one task counts. Every count is exact; any goroutine may read.
type counters struct {
	emitted, transferred, executed, acked, failed, restarts, errors atomic.Uint64

	mu      sync.Mutex
	latency *hdrhistogram.Histogram // microseconds
}

func newCounters() *counters {
	return &counters{latency: latency.New()}
}

func (c *counters) took(d time.Duration) { c.tookEach(d, 1) }

// tookEach notes that n tuples took d each.
func (c *counters) tookEach(d time.Duration, n int) {
	us := min(max(d.Microseconds(), 1), latency.Longest)
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

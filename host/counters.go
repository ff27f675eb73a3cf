package host

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/gstorm/gstorm/internal/latency"
	"github.com/gstorm/gstorm/internal/stats"
)

// cacheLine is how many bytes processors hand each other at once. What tasks count lies so that no two share a line.
const cacheLine = 64

// counters are what one task counts beside its streams (outStream) and its inputs (edge). Every count is exact; any
// goroutine may read.
type counters struct {
	restarts, errors atomic.Uint64

	mu      sync.Mutex
	latency *hdrhistogram.Histogram // microseconds
	_       [cacheLine - 32]byte
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

// ownLatency is what was measured.
func (c *counters) ownLatency() stats.Latency {
	c.mu.Lock()
	defer c.mu.Unlock()
	return latency.Of(c.latency)
}

// mergeLatency adds what was measured to a histogram of the same shape.
func (c *counters) mergeLatency(into *hdrhistogram.Histogram) {
	c.mu.Lock()
	into.Merge(c.latency)
	c.mu.Unlock()
}

package host

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/gstorm/gstorm/host/transfer"
	"github.com/gstorm/gstorm/internal/latency"
	"github.com/gstorm/gstorm/internal/stats"
)

// cacheLine is how many bytes processors hand each other at once. What tasks count lies so that no two share a line.
const cacheLine = 64

// counters are what one task counts beside its streams (outStream) and its inputs (edge). Every count is exact; any
// goroutine may read.
type counters struct {
	restarts, errors atomic.Uint64

	mu      sync.Mutex              // guards the two below
	latency *hdrhistogram.Histogram // microseconds
	spent   spent
	_       [2*cacheLine - 72]byte
}

// spent is where the time of a bolt's tuples went: stats.Spent says what is what.
type spent struct {
	queued, answered   uint64
	queue, pipe, child time.Duration
}

func newCounters() *counters {
	return &counters{latency: latency.New()}
}

// took notes how long a tree took.
func (c *counters) took(d time.Duration) {
	c.mu.Lock()
	c.record(d, 1)
	c.mu.Unlock()
}

// record adds to the latencies. mu is held.
func (c *counters) record(d time.Duration, n int) {
	us := min(max(d.Microseconds(), 1), latency.Longest)
	_ = c.latency.RecordValues(us, int64(n)) // within the histogram's range
}

// queuedFor is how long a batch's tuples were in the queue, in the mean; now is the worker's clock.
func queuedFor(b *transfer.Batch, now time.Duration) time.Duration {
	return max(now-time.Duration(b.Queued())*time.Microsecond, 0)
}

// waited notes that n tuples have left the queue, after so long each.
func (c *counters) waited(each time.Duration, n int) {
	c.mu.Lock()
	c.spent.waited(each, n)
	c.mu.Unlock()
}

func (s *spent) waited(each time.Duration, n int) {
	s.queued += uint64(n)
	s.queue += each * time.Duration(n)
}

// answered notes an answer of a process to a tuple: how long ago that was handed over, and for how much of this the process
// was not yet through with the one before.
func (c *counters) answered(took, pipe time.Duration) {
	c.mu.Lock()
	c.record(took, 1)
	c.spent.answered++
	c.spent.pipe += pipe
	c.spent.child += took - pipe
	c.mu.Unlock()
}

// handled notes that each of n tuples took so long in this process, and for how long queued of them had waited, in the mean.
func (c *counters) handled(each time.Duration, n int, waited time.Duration, queued int) {
	c.mu.Lock()
	c.record(each, n)
	c.spent.waited(waited, queued)
	c.spent.answered += uint64(n)
	c.spent.child += each * time.Duration(n)
	c.mu.Unlock()
}

// measured is what was measured.
func (c *counters) measured() (stats.Latency, stats.Spent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return latency.Of(c.latency), stats.Spent{
		Queued: c.spent.queued, Queue: c.spent.queue.Seconds(),
		Answered: c.spent.answered, Pipe: c.spent.pipe.Seconds(), Child: c.spent.child.Seconds(),
	}
}

// mergeLatency adds what was measured to a histogram of the same shape.
func (c *counters) mergeLatency(into *hdrhistogram.Histogram) {
	c.mu.Lock()
	into.Merge(c.latency)
	c.mu.Unlock()
}

package transfer

import (
	"sync"

	"github.com/gstorm/gstorm/host/stopwatch"
)

// Queue holds what waits for one task. Many tasks put, one takes.
type Queue struct {
	ready chan struct{} // holds a token while there may be something to take
	now   func() int64  // see Time; nil: nobody wants to know

	mu       sync.Mutex // guards all below
	space    *sync.Cond // signalled when the queue has room again or closes
	batches  []*Batch
	head     int // batches[:head] were taken
	tuples   int
	bytes    int
	limit    int
	maxBytes int
	closed   bool
	watch    func(full bool) // see Watch; nil: nobody
	told     bool            // what watch was called with last
}

// NewQueue makes a queue that is full at limit tuples or maxBytes bytes of values, whichever comes first. A batch is
// never split, so that the bounds are exceeded by at most one batch of each producer.
func NewQueue(limit, maxBytes int) *Queue {
	q := &Queue{ready: make(chan struct{}, 1), limit: limit, maxBytes: maxBytes}
	q.space = sync.NewCond(&q.mu)
	return q
}

// Put adds a batch, which then belongs to the queue. While the queue is full it waits, unless feedback says that
// producer and consumer are part of one cycle: waiting there could last for ever. It returns false, and drops the batch,
// when the queue is closed. held (nil: nothing) runs while it waits. at is the time by the queue's clock, if the caller has
// just read that; 0: it has not.
func (q *Queue) Put(b *Batch, at int64, feedback bool, held *stopwatch.Watch) bool {
	if at == 0 && q.now != nil {
		at = q.now()
	}
	q.mu.Lock()
	if !feedback && q.full() {
		held.Start()
		for q.full() && !q.closed {
			q.space.Wait()
		}
		held.Stop()
		if q.now != nil {
			at = q.now() // before, it was not in the queue
		}
	}
	if q.closed {
		q.mu.Unlock()
		return false
	}
	b.queued = at
	q.tuples += len(b.Deliveries)
	q.bytes += b.bytes
	// A producer that sends one by one, such as a spout, is worth no batch each.
	joined := q.head < len(q.batches) && q.batches[len(q.batches)-1].join(b)
	if !joined {
		q.batches = append(q.batches, b)
	}
	q.tell()
	q.mu.Unlock()
	if joined {
		b.Release()
	}
	select {
	case q.ready <- struct{}{}:
	default:
	}
	return true
}

func (q *Queue) full() bool { return q.tuples >= q.limit || q.bytes >= q.maxBytes }

// Take returns the oldest batch, or nil if there is none. It does not wait: see Ready.
func (q *Queue) Take() *Batch {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.head == len(q.batches) {
		return nil
	}
	wasFull := q.full()
	b := q.batches[q.head]
	q.batches[q.head] = nil
	q.head++
	if q.head == len(q.batches) {
		q.batches, q.head = q.batches[:0], 0
	} else if q.head >= 1024 && q.head*2 >= len(q.batches) {
		// A queue that never runs empty would otherwise grow at its end for ever.
		n := copy(q.batches, q.batches[q.head:])
		clear(q.batches[n:])
		q.batches, q.head = q.batches[:n], 0
	}
	q.tuples -= len(b.Deliveries)
	q.bytes -= b.bytes
	if wasFull && !q.full() {
		q.space.Broadcast()
	}
	q.tell()
	return b
}

// Time has the queue note when batches come, by a clock that never goes back: Batch.Queued tells. It is set before the queue is
// used.
func (q *Queue) Time(clock func() int64) { q.now = clock }

// Watch has f called whenever the queue becomes full, and whenever it has room again: for those who put from other workers,
// who can't wait in Put. f must not call the queue. It is set before the queue is used.
func (q *Queue) Watch(f func(full bool)) { q.watch = f }

func (q *Queue) tell() {
	if full := q.full(); q.watch != nil && full != q.told {
		q.told = full
		q.watch(full)
	}
}

// Ready yields when there may be something to take. The taker then takes until Take returns nil.
func (q *Queue) Ready() <-chan struct{} { return q.ready }

// Len is the number of tuples that wait.
func (q *Queue) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.tuples
}

// Close lets all producers go and refuses what they put. What is in the queue can still be taken.
func (q *Queue) Close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.space.Broadcast()
}

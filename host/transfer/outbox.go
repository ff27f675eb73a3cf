package transfer

import "github.com/gstorm/gstorm/host/stopwatch"

// Outbox collects what one task emits, by target. One goroutine at a time uses it.
type Outbox struct {
	from    int
	epoch   uint64
	queues  []*Queue // by task id; nil for tasks that are not in this worker
	remote  *Network // for those
	held    *stopwatch.Watch
	open    []*Batch // by task id
	waiting []target // those with an open batch, in the order of their first tuple
}

type target struct {
	task     int
	feedback bool
}

// NewOutbox makes the outbox of task from. queues holds the queue of every task at its id; what is for tasks that have none
// goes to remote, which is nil if there are no such tasks. held runs while the outbox waits; nil: that is not measured.
func NewOutbox(from int, epoch uint64, queues []*Queue, remote *Network, held *stopwatch.Watch) *Outbox {
	return &Outbox{from: from, epoch: epoch, queues: queues, remote: remote, held: held, open: make([]*Batch, len(queues))}
}

// Slot returns the place of the next delivery to a task, in the task's open batch, for the caller to fill in before the
// next call; size is that of the tuple's JSON text. When BatchSize deliveries wait there they go out first, and Slot waits
// while the task's queue is full (see Queue.Put for feedback).
func (o *Outbox) Slot(task int, feedback bool, size int) *Delivery {
	b := o.open[task]
	if b == nil || len(b.Deliveries) >= BatchSize {
		b = o.begin(b, target{task, feedback})
	}
	b.bytes += size
	return b.slot()
}

// begin replaces a task's batch, which is full or nil, by a new one.
func (o *Outbox) begin(full *Batch, t target) *Batch {
	if full != nil {
		o.open[t.task] = nil
		o.send(full, t, 0)
	} else {
		o.waiting = append(o.waiting, t)
	}
	b := batches.Get().(*Batch)
	b.Epoch, b.From = o.epoch, o.from
	o.open[t.task] = b
	return b
}

// Flush sends all that was added. It waits while a target's queue is full. at is the time by the queues' clock, if the caller
// has just read that; 0: it has not.
func (o *Outbox) Flush(at int64) {
	for _, t := range o.waiting {
		b := o.open[t.task]
		o.open[t.task] = nil
		o.send(b, t, at)
	}
	o.waiting = o.waiting[:0]
}

func (o *Outbox) send(b *Batch, t target, at int64) {
	sent := false
	if q := o.queues[t.task]; q != nil {
		sent = q.Put(b, at, t.feedback, o.held)
	} else {
		sent = o.remote.Put(t.task, b, t.feedback, o.held)
	}
	if !sent {
		b.Release() // the target has ended; a tree that the tuples were part of times out or is cut
	}
}

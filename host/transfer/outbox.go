package transfer

// Outbox collects what one task emits, by target. One goroutine at a time uses it.
type Outbox struct {
	from    int
	epoch   uint64
	queues  []*Queue // by task id; nil for tasks that are not in this worker
	open    []*Batch // by task id
	waiting []target // those with an open batch, in the order of their first tuple
}

type target struct {
	task     int
	feedback bool
}

// NewOutbox makes the outbox of task from. queues holds the queue of every task at its id.
func NewOutbox(from int, epoch uint64, queues []*Queue) *Outbox {
	return &Outbox{from: from, epoch: epoch, queues: queues, open: make([]*Batch, len(queues))}
}

// Add puts a delivery into the batch for a task; a batch of BatchSize tuples goes out at once, and Add waits while the
// task's queue is full (see Queue.Put for feedback).
func (o *Outbox) Add(task int, feedback bool, d Delivery) {
	b := o.open[task]
	if b == nil {
		b = batches.Get().(*Batch)
		b.Epoch, b.From = o.epoch, o.from
		o.open[task] = b
		o.waiting = append(o.waiting, target{task, feedback})
	}
	b.add(d)
	if len(b.Deliveries) >= BatchSize {
		o.open[task] = nil
		o.send(b, target{task, feedback})
	}
}

// Flush sends all that was added. It waits while a target's queue is full.
func (o *Outbox) Flush() {
	for _, t := range o.waiting {
		if b := o.open[t.task]; b != nil {
			o.open[t.task] = nil
			o.send(b, t)
		}
	}
	o.waiting = o.waiting[:0]
}

func (o *Outbox) send(b *Batch, t target) {
	if !o.queues[t.task].Put(b, t.feedback) {
		b.Release() // the target has ended; a tree that the tuples were part of times out or is cut
	}
}

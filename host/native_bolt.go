package host

import (
	"context"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/host/transfer"
	"github.com/gstorm/gstorm/internal/guard"
)

// timedOneIn says of how many tuples of a batch one is timed, for all of them: a clock costs as much as a small bolt.
// Storm does the same (topology.stats.sample.rate). All counts are exact.
const timedOneIn = 16

// nativeBolt is a bolt task whose component is Go code in this process.
type nativeBolt struct {
	*task
	bolt      gstorm.Bolt
	batches   gstorm.BatchBolt // nil: it takes one tuple at a time
	sink      nativeSink
	collector *gstorm.Collector
	late      *lateAnswers
	scratch   batchScratch
	batch     *transfer.Batch // that is handled one by one
	ended     <-chan struct{} // of the task's context: to look at it costs less than to ask that
}

func newNativeBolt(t *task, bolt gstorm.Bolt) *nativeBolt {
	t.flights = newInflight(t.settings.messageTimeout, nil) // of held tuples
	late := newLateAnswers()
	b := &nativeBolt{task: t, bolt: bolt, sink: nativeSink{task: t, late: late}, late: late}
	b.collector = gstorm.NewCollector(&b.sink)
	b.batches, _ = bolt.(gstorm.BatchBolt)
	return b
}

// run is the life of the task.
func (b *nativeBolt) run(ctx context.Context) error {
	b.process.begin(nil)
	defer b.process.end()
	defer b.enter(stopped)
	if err := b.open(ctx, b.bolt); err != nil {
		return err
	}
	b.ended = ctx.Done()
	b.enter(running)
	b.worker.ready(b.task)
	var tick <-chan time.Time
	if b.settings.tick > 0 {
		ticker := time.NewTicker(b.settings.tick)
		defer ticker.Stop()
		tick = ticker.C
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick:
			b.tick(ctx)
		case <-b.queue.Ready():
			b.work(ctx)
		case <-b.end:
			b.enter(draining)
			b.work(ctx)
			return b.finish(ctx)
		case <-b.late.wake:
		}
		b.settle()
		b.flush()
	}
}

// cut reports whether the task's context has ended: a call that has returned for that reason is the last one.
func (b *nativeBolt) cut() bool {
	select {
	case <-b.ended:
		return true
	default:
		return false
	}
}

func (b *nativeBolt) flush() {
	b.out.flush()
	b.answers.flush()
}

// work handles what is in the queue.
func (b *nativeBolt) work(ctx context.Context) {
	batch := b.queue.Take()
	if batch == nil {
		return
	}
	b.busy.Start()
	defer b.busy.Stop()
	for ; batch != nil && !b.cut(); batch = b.queue.Take() {
		if b.batches != nil {
			b.handleBatch(ctx, batch)
		} else {
			b.handle(ctx, batch)
		}
		batch.Release()
		b.settle()
		b.flush()
	}
}

// handle hands over tuples and answers them: an error or a panic fails one, everything else acks it. It ends with the task's
// context.
func (b *nativeBolt) handle(ctx context.Context, batch *transfer.Batch) {
	deliveries, done := batch.Deliveries, 0
	b.batch = batch
	for done < len(deliveries) && !b.cut() {
		err := guard.Call(func() error {
			for ; done < len(deliveries) && !b.cut(); done++ {
				d := &deliveries[done]
				b.in.of(d.Tuple.Source).newExecuted++
				switch err := b.execute(ctx, d, done); {
				case err != nil:
					b.fail(&d.Lineage, err)
				case b.sink.held == 0:
					b.in.edge.newAcked++
					b.answers.ack(&d.Lineage, b.sink.single.acc)
				}
			}
			return nil
		})
		if err != nil { // a panic
			b.fail(&deliveries[done].Lineage, err)
			done++
		}
	}
	b.in.countExecuted()
	b.in.countAcked()
}

// execute has the component handle the n-th tuple of the batch.
func (b *nativeBolt) execute(ctx context.Context, d *transfer.Delivery, n int) error {
	b.settle() // what the last call has answered is over for this one
	if d.Lineage.Traced() {
		b.traceHanded(time.Now(), &d.Lineage, 0)
	}
	b.sink.beginOne(&d.Lineage)
	if n%timedOneIn != 0 {
		return b.sink.outcome(b.bolt.Execute(ctx, &d.Tuple, b.collector))
	}
	start := b.worker.clock()
	err := b.bolt.Execute(ctx, &d.Tuple, b.collector)
	each, these := b.worker.clock()-start, min(timedOneIn, len(b.batch.Deliveries)-n)
	if b.in.edge.tick {
		b.count.handled(each, these, 0, 0)
	} else {
		// The others wait for those before them.
		b.count.handled(each, these, queuedFor(b.batch, start)+each*time.Duration(these-1)/2, these)
	}
	return b.sink.outcome(err)
}

// fail fails a tuple, held or not, whose call has ended with an error.
func (b *nativeBolt) fail(lineage *acker.Lineage, err error) {
	if b.sink.held != 0 {
		b.flights.answer(b.sink.held, b.sink.held, func(uint64, *flight) {})
	}
	b.failed(err, "")
	b.answerFail(lineage, b.in.edge, err)
}

func (b *nativeBolt) answerFail(lineage *acker.Lineage, by *edge, err error) {
	by.failed.Add(1)
	cause := &acker.Cause{Component: b.component.ID, Task: b.id, Reason: err.Error()}
	cause.File, cause.Line = guard.Position(err)
	b.answers.fail(lineage, cause)
}

// settle answers the held tuples that the bolt has answered.
func (b *nativeBolt) settle() {
	for _, a := range b.late.take() {
		b.flights.answer(a.id, a.id, func(_ uint64, f *flight) {
			if a.err != nil {
				b.answerFail(&f.lineage, f.edge, a.err)
				return
			}
			f.edge.acked.Add(1)
			b.answers.ack(&f.lineage, f.acc)
		})
	}
}

// finish ends the bolt. What it still holds after its Close fails.
func (b *nativeBolt) finish(ctx context.Context) error {
	err := b.close(ctx, b.bolt, &b.sink, b.collector)
	b.settle()
	b.flights.failAll(&acker.Cause{Component: b.component.ID, Task: b.id, Reason: "the bolt ended and still held it"}, b.answers)
	b.flush()
	return err
}

func (b *nativeBolt) tick(ctx context.Context) {
	ticker, ok := b.bolt.(gstorm.Ticker)
	if !ok {
		b.handle(ctx, &transfer.Batch{Deliveries: []transfer.Delivery{{Tuple: gstorm.Tuple{
			Source: &gstorm.Source{Component: gstorm.SystemComponent, Stream: gstorm.TickStream, Task: gstorm.SystemTask, Fields: gstorm.Fields{"rate_secs"}},
			Values: gstorm.Values{b.settings.tickSecs},
		}}}})
		return
	}
	b.sink.begin()
	if err := guard.Call(func() error { return ticker.Tick(ctx, b.collector) }); err != nil {
		b.failed(err, "tick: ")
	}
}

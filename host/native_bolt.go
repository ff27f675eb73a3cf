package host

import (
	"context"
	"fmt"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
)

// nativeBolt is a bolt task whose component is Go code in this process.
type nativeBolt struct {
	*task
	bolt    gstorm.Bolt
	emitter nativeEmitter
}

func newNativeBolt(t *task, bolt gstorm.Bolt) *nativeBolt {
	return &nativeBolt{task: t, bolt: bolt, emitter: nativeEmitter{task: t}}
}

// run is the life of the task.
func (b *nativeBolt) run(ctx context.Context) error {
	defer b.enter(stopped)
	if err := b.open(ctx, b.bolt); err != nil {
		return err
	}
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
			return b.close(ctx, b.bolt, &b.emitter)
		}
		b.flush()
	}
}

func (b *nativeBolt) flush() {
	b.out.outbox.Flush()
	b.answers.flush()
}

// work handles what is in the queue.
func (b *nativeBolt) work(ctx context.Context) {
	for batch := b.queue.Take(); batch != nil && ctx.Err() == nil; batch = b.queue.Take() {
		for i := range batch.Deliveries {
			d := &batch.Deliveries[i]
			b.count.executed.Add(1)
			b.execute(ctx, &d.Tuple, &d.Lineage)
		}
		batch.Release()
		b.flush()
	}
}

func (b *nativeBolt) tick(ctx context.Context) {
	ticker, ok := b.bolt.(gstorm.Ticker)
	if !ok {
		t := gstorm.Tuple{
			Source: &gstorm.Source{Component: gstorm.SystemComponent, Stream: gstorm.TickStream, Task: gstorm.SystemTask, Fields: gstorm.Fields{"rate_secs"}},
			Values: gstorm.Values{b.settings.tickSecs},
		}
		b.execute(ctx, &t, &acker.Lineage{})
		return
	}
	b.emitter.begin(nil)
	if err := guarded(func() error { return ticker.Tick(ctx, &b.emitter) }); err != nil {
		b.failed(err, "tick: ")
	}
}

// execute hands over one tuple and answers it: an error or a panic fails it, everything else acks it.
func (b *nativeBolt) execute(ctx context.Context, t *gstorm.Tuple, lineage *acker.Lineage) {
	start := time.Now()
	b.emitter.begin(lineage)
	err := guarded(func() error { return b.bolt.Execute(ctx, t, &b.emitter) })
	if err == nil {
		err = b.emitter.err
	}
	b.count.took(time.Since(start))
	if err == nil {
		b.count.acked.Add(1)
		b.answers.ack(lineage, b.emitter.acc)
		return
	}
	b.count.failed.Add(1)
	b.failed(err, "")
	b.answers.fail(lineage, &acker.Cause{Component: b.component.ID, Task: b.id, Reason: err.Error()})
}

// open calls the Open of a Go component that has one.
func (t *task) open(ctx context.Context, component any) error {
	opener, ok := component.(gstorm.Opener)
	if !ok {
		return nil
	}
	err := guarded(func() error {
		return opener.Open(ctx, &gstorm.TaskContext{
			Topology: t.worker.plan.Topology, Component: t.component.ID, Task: t.id, Config: t.component.Config, Logger: t.log,
		})
	})
	if err != nil {
		return &FailedError{Component: t.component.ID, Task: t.id, Cause: fmt.Errorf("component %q task %d: open: %w", t.component.ID, t.id, err)}
	}
	return nil
}

// close calls the Close of a Go component that has one, and sends what it still emits.
func (t *task) close(ctx context.Context, component any, out *nativeEmitter) error {
	if closer, ok := component.(gstorm.Closer); ok {
		out.begin(nil)
		if err := guarded(func() error { return closer.Close(ctx, out) }); err != nil {
			t.failed(err, "close: ")
		}
	}
	t.out.outbox.Flush()
	t.answers.flush()
	return nil
}

// nativeEmitter is the Emitter of Go components: what they emit during one call is anchored to that call's tuple.
type nativeEmitter struct {
	*task
	anchor acker.Anchor
	acc    uint64
	err    error // the first emit that could not be sent
	emits  int
}

// begin prepares for a call. lineage is that of the tuple that it is about; nil: none.
func (e *nativeEmitter) begin(lineage *acker.Lineage) {
	e.acc, e.err, e.emits = 0, nil, 0
	e.anchor = acker.Anchor{Lineage: lineage, Acc: &e.acc}
}

// Emit implements gstorm.Emitter.
func (e *nativeEmitter) Emit(values ...any) { e.emit(gstorm.DefaultStream, 0, values) }

// EmitTo implements gstorm.Emitter.
func (e *nativeEmitter) EmitTo(stream string, values ...any) { e.emit(stream, 0, values) }

// EmitDirect implements gstorm.Emitter.
func (e *nativeEmitter) EmitDirect(task int, stream string, values ...any) {
	e.emit(stream, task, values)
}

func (e *nativeEmitter) emit(stream string, direct int, values gstorm.Values) {
	e.emits++
	t := gstorm.Tuple{Values: values}
	targets, err := e.out.aim(stream, direct, &t, len(values))
	if err != nil {
		e.refuse(err)
		return
	}
	var lineages []acker.Lineage
	if e.anchor.Lineage != nil && e.anchor.Lineage.Tracked() {
		lineages = e.out.lineages[:0]
		anchors := [1]acker.Anchor{e.anchor}
		for range targets {
			lineages = append(lineages, acker.Extend(anchors[:], e.out.random))
		}
		e.out.lineages = lineages
	}
	e.out.send(&t, targets, lineages)
}

// refuse keeps the first error: the tuple that the call is about fails with it.
func (e *nativeEmitter) refuse(err error) {
	if e.err == nil {
		e.err = err
	}
	if e.anchor.Lineage == nil {
		e.failed(err, "")
	}
}

package host

import (
	"context"
	"errors"
	"fmt"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
)

// nativeSpout is a spout task whose component is Go code in this process. It is the spoutDriver of such components.
type nativeSpout struct {
	*task
	loop    *spoutLoop
	tracker *tracker
	spout   gstorm.Spout
	emitter nativeSpoutEmitter
}

func newNativeSpout(t *task, tr *tracker, loop *spoutLoop, spout gstorm.Spout) *nativeSpout {
	s := &nativeSpout{task: t, loop: loop, tracker: tr, spout: spout}
	s.emitter = nativeSpoutEmitter{nativeEmitter: nativeEmitter{task: t}, tracker: tr}
	return s
}

// run is the life of the task.
func (s *nativeSpout) run(ctx context.Context) error {
	defer s.enter(stopped)
	if err := s.open(ctx, s.spout); err != nil {
		return err
	}
	if err := s.worker.whenReady(ctx, s.task, nil); err != nil {
		return err
	}
	s.enter(running)
	if err := s.loop.run(ctx, s); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return &FailedError{Component: s.component.ID, Task: s.id, Cause: fmt.Errorf("component %q task %d: %w", s.component.ID, s.id, err)}
	}
	s.enter(draining)
	return s.close(ctx, s.spout, &s.emitter.nativeEmitter)
}

func (s *nativeSpout) activate(context.Context) error   { return nil }
func (s *nativeSpout) deactivate(context.Context) error { return nil }

func (s *nativeSpout) credit() int { return 1 }

func (s *nativeSpout) next(ctx context.Context, _ int) (emitted, finished bool, err error) {
	s.emitter.begin(nil)
	err = guarded(func() error { return s.spout.Next(ctx, &s.emitter) })
	if errors.Is(err, gstorm.ErrFinished) {
		return s.emitter.emits > 0, true, nil
	}
	return s.emitter.emits > 0, false, err
}

func (s *nativeSpout) tell(_ context.Context, o *acker.Outcome[message]) error {
	listener, ok := s.spout.(gstorm.Acknowledger)
	if !ok {
		return nil
	}
	return guarded(func() error {
		if o.Kind == acker.Acked {
			listener.Ack(o.Owner.value)
		} else {
			listener.Fail(o.Owner.value)
		}
		return nil
	})
}

// deliver has nothing to do: tell has told.
func (s *nativeSpout) deliver(context.Context) error { return nil }

func (s *nativeSpout) flush() { s.out.outbox.Flush() }

// nativeSpoutEmitter is the SpoutEmitter of Go spouts.
type nativeSpoutEmitter struct {
	nativeEmitter
	tracker *tracker
}

// EmitID implements gstorm.SpoutEmitter.
func (e *nativeSpoutEmitter) EmitID(id any, stream string, values ...any) {
	if stream == "" {
		stream = gstorm.DefaultStream
	}
	if id == nil {
		e.emit(stream, 0, values)
		return
	}
	e.emits++
	t := gstorm.Tuple{Values: values}
	targets, err := e.out.aim(stream, 0, &t, len(values))
	if err != nil {
		e.refuse(err)
		e.tracker.refuse(message{value: id}, &acker.Cause{Component: e.component.ID, Task: e.id, Reason: err.Error()})
		return
	}
	var lineages []acker.Lineage
	if e.settings.acking {
		lineages = e.tracker.open(message{value: id}, len(targets), e.out.lineages[:0])
		e.out.lineages = lineages
	} else {
		e.tracker.open(message{value: id}, 0, nil)
	}
	e.out.send(&t, targets, lineages)
}

package host

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/internal/guard"
)

// nativeTurn is how long a Go spout is called again before it hears of the ends of its trees.
const nativeTurn = 200 * time.Microsecond

// nativeSpout is a spout task whose component is Go code in this process. It is the spoutDriver of such components.
type nativeSpout struct {
	*task
	loop    *spoutLoop
	tracker *tracker
	spout   gstorm.Spout
	sink    nativeSpoutSink
	out     *gstorm.SpoutCollector
}

func newNativeSpout(t *task, tr *tracker, loop *spoutLoop, spout gstorm.Spout) *nativeSpout {
	s := &nativeSpout{task: t, loop: loop, tracker: tr, spout: spout}
	s.sink = nativeSpoutSink{nativeSink: nativeSink{task: t}, tracker: tr}
	s.out = gstorm.NewSpoutCollector(&s.sink)
	return s
}

// run is the life of the task.
func (s *nativeSpout) run(ctx context.Context) error {
	s.process.begin(nil)
	defer s.process.end()
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
	return s.close(ctx, s.spout, &s.sink.nativeSink, gstorm.NewCollector(&s.sink.nativeSink))
}

func (s *nativeSpout) activate(ctx context.Context) error {
	return s.switched(func(a gstorm.Activator) error { return a.Activate(ctx) })
}

func (s *nativeSpout) deactivate(ctx context.Context) error {
	return s.switched(func(a gstorm.Activator) error { return a.Deactivate(ctx) })
}

// switched tells a spout that wants to know.
func (s *nativeSpout) switched(tell func(gstorm.Activator) error) error {
	a, ok := s.spout.(gstorm.Activator)
	if !ok {
		return nil
	}
	return guard.Call(func() error { return tell(a) })
}

func (s *nativeSpout) credit() int { return maxCredit }

// next calls the spout until n tuples are out or it has none, but not for long: the ends of trees wait meanwhile. Each
// call's tuples go out at once, as the next call may take its time.
func (s *nativeSpout) next(ctx context.Context, n int) (emitted, finished bool, err error) {
	s.sink.begin()
	begin := s.tracker.now()
	for before := 0; ; before = s.sink.emits {
		s.sink.opened = 0
		err := guard.Call(func() error { return s.spout.Next(ctx, s.out) })
		if errors.Is(err, gstorm.ErrFinished) {
			return s.sink.emits > 0, true, nil
		}
		if err != nil || s.sink.emits == before || s.sink.emits >= n {
			return s.sink.emits > 0, false, err
		}
		now := s.sink.opened
		if now == 0 { // what it emits is not tracked
			now = s.tracker.now()
		}
		s.task.out.flushAt(now)
		if now-begin >= nativeTurn.Microseconds() || s.ending() || ctx.Err() != nil {
			return true, false, nil
		}
	}
}

func (s *nativeSpout) tell(_ context.Context, o *acker.Outcome[message]) error {
	listener, ok := s.spout.(gstorm.Acknowledger)
	if !ok {
		return nil
	}
	return guard.Call(func() error {
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

func (s *nativeSpout) flush() { s.task.out.flush() }

// nativeSpoutSink takes what a Go spout emits.
type nativeSpoutSink struct {
	nativeSink
	tracker *tracker
	opened  int64 // when the last tree was, by the tracker's clock
}

// EmitID implements gstorm.SpoutSink.
func (s *nativeSpoutSink) EmitID(id any, stream string, values gstorm.Values) {
	targets, ok := s.aim(stream, 0, values)
	owner := message{value: id, source: s.tuple.Source}
	s.retries.keep(&owner, &s.tuple, 0)
	if !ok {
		s.tracker.refuse(owner, &acker.Cause{Component: s.component.ID, Task: s.id, Reason: s.err.Error()})
		return
	}
	if !s.settings.acking { // a tuple counts as handled when it is sent
		_, s.opened = s.tracker.open(owner, 0, nil)
		s.out.send(&s.tuple, targets, nil)
		return
	}
	s.out.lineages, s.opened = s.tracker.open(owner, len(targets), s.out.lineages[:0])
	s.traceBegun(&owner, &s.tuple, s.out.lineages)
	s.out.send(&s.tuple, targets, s.out.lineages)
}

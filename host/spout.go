package host

import (
	"context"
	"log/slog"
	"time"

	"github.com/gstorm/gstorm/host/acker"
)

const (
	// maxIdleWait is the longest that an idle spout waits before it is asked again.
	maxIdleWait = 50 * time.Millisecond
	// outcomesAtOnce is how many ends of trees are delivered before the spout is asked for tuples again.
	outcomesAtOnce = 128
)

// spoutDriver is how the spout loop talks to a component. The loop calls it from one goroutine; every call returns when
// the component has answered. An error ends the session.
type spoutDriver interface {
	activate(ctx context.Context) error
	deactivate(ctx context.Context) error
	// credit is for how many tuples the spout can be asked at once.
	credit() int
	// next lets the spout emit up to n tuples (a spout that emits several in one go may exceed that). emitted is false if
	// it had nothing, finished true if it never will have (until a fail).
	next(ctx context.Context, n int) (emitted, finished bool, err error)
	// tell delivers the end of a tree: at once, or with the next call of deliver or next.
	tell(ctx context.Context, o *acker.Outcome[message]) error
	// deliver delivers what tell has left to be.
	deliver(ctx context.Context) error
	// flush sends what was emitted on its way.
	flush()
}

// spoutLoop asks a spout for tuples and tells it what became of them. It outlives the sessions of a child, since trees
// may end while the child is started again.
type spoutLoop struct {
	*task
	tracker  *tracker
	commands chan bool // activate (true), deactivate (false)
	active   bool
	finished bool // the spout has said so
	exited   bool // its process has ended in order: nobody is there any more to be told
	crashed  bool // not in order: its source knows of no acks that it has not got
	lost     uint64
	renewed  bool // another process is to take the place of the session's
	life     int
	backlog  backlog
	failures failures
}

func newSpoutLoop(t *task, tr *tracker, active bool) *spoutLoop {
	return &spoutLoop{task: t, tracker: tr, commands: make(chan bool, 1), active: active, failures: newFailures()}
}

// run serves one session: until the spout has finished and all its trees have ended, or the task shall end (nil), or the
// session breaks (its error).
func (l *spoutLoop) run(ctx context.Context, d spoutDriver) error {
	l.busy.Start()
	defer l.busy.Stop()
	if l.active {
		if err := d.activate(ctx); err != nil {
			return err
		}
	}
	idle := time.Duration(0)
	for {
		if err := l.tell(ctx, d); err != nil {
			return err
		}
		if err := l.heed(ctx, d); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err // a spout in Go that always has more, and does not look at its context, waits for nothing
		}
		l.replay()
		n := l.room(d.credit())
		if n == 0 {
			if err := d.deliver(ctx); err != nil {
				return err
			}
			if l.over() {
				return nil
			}
			if err := l.wait(ctx, d, 0); err != nil {
				return err
			}
			continue
		}
		emitted, finished, err := d.next(ctx, n)
		if err != nil {
			return err
		}
		d.flush()
		l.finished = finished
		if emitted || finished {
			idle = 0
			continue
		}
		idle = min(max(2*idle, l.settings.idleWait), maxIdleWait)
		if err := l.wait(ctx, d, idle); err != nil {
			return err
		}
	}
}

// over reports whether nothing is left to do: no new tuples are wanted or to be had, and every tree has ended.
func (l *spoutLoop) over() bool {
	return (l.finished && !(l.active && l.replays()) || l.ending() || l.renewed) && l.tracker.pending() == 0 && !l.collect()
}

// heed does what was asked for meanwhile: another process is to take the place of the session's, whose trees end before, or
// the topology rests or goes on.
func (l *spoutLoop) heed(ctx context.Context, d spoutDriver) error {
	select {
	case <-l.renew:
		l.renewed = true
	default:
	}
	select {
	case on := <-l.commands:
		return l.activate(ctx, d, on)
	default:
		return nil
	}
}

// room is how many tuples the spout may be asked for now, up to most.
func (l *spoutLoop) room(most int) int {
	if !l.active || l.finished || l.renewed || l.ending() {
		return 0
	}
	limit := l.settings.maxPending
	if limit == 0 {
		return most
	}
	return min(most, max(0, limit-l.tracker.pending()))
}

// wait waits for something to do: the end of a tree, a command, the end of the session, or limit (0: none).
func (l *spoutLoop) wait(ctx context.Context, d spoutDriver, limit time.Duration) error {
	if l.backlog.len() > 0 {
		return nil // more has ended than is told at once
	}
	var timeout <-chan time.Time
	if limit > 0 {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		timeout = timer.C
	}
	end := l.end
	if l.ending() {
		end = nil // it is known; what is waited for now are the trees
	}
	l.busy.Stop()
	defer l.busy.Start()
	l.tracker.rest()
	defer l.tracker.work()
	select {
	case <-l.tracker.wake:
	case <-timeout:
	case <-end:
	case <-l.renew:
		l.renewed = true
	case <-l.gone(d):
		return errGone
	case on := <-l.commands:
		return l.activate(ctx, d, on)
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// gone is closed when the session can't go on; nil for components that can't vanish.
func (l *spoutLoop) gone(d spoutDriver) <-chan struct{} {
	if p, ok := d.(interface{ gone() <-chan struct{} }); ok {
		return p.gone()
	}
	return nil
}

func (l *spoutLoop) activate(ctx context.Context, d spoutDriver, on bool) error {
	if l.active == on {
		return nil
	}
	l.active = on
	if on {
		return d.activate(ctx)
	}
	return d.deactivate(ctx)
}

// tell delivers the ends of trees, some at a time.
func (l *spoutLoop) tell(ctx context.Context, d spoutDriver) error {
	l.collect()
	// At least as many as there may be new ones until the next time, or they would become ever more.
	n := min(l.backlog.len(), max(outcomesAtOnce, 2*d.credit()))
	ends := l.backlog.take(n)
	l.settle(ends)
	for i := range ends {
		o := &ends[i]
		if o.Owner.life != l.life || o.Owner.replay() {
			continue // the process that emitted it is no more, or it has not
		}
		if err := d.tell(ctx, o); err != nil {
			return err
		}
		if o.Kind != acker.Acked {
			l.finished = false // it may want to emit it again
		}
	}
	if n > 0 {
		d.flush()
	}
	return nil
}

// collect fetches the ends of trees; it reports whether any are to be told.
func (l *spoutLoop) collect() bool {
	l.backlog.fetch(l.tracker)
	return l.backlog.len() > 0
}

// note counts the end of a tree.
func (l *spoutLoop) note(o *acker.Outcome[message]) {
	l.count.took(time.Duration(o.Age) * time.Microsecond)
	l.tracker.ended(o)
	if o.Root.Traced() {
		l.traceEnded(o)
	}
	if o.Kind != acker.Acked && l.settings.debug {
		l.log.LogAttrs(context.Background(), slog.LevelDebug, "tree "+o.Kind.String(), slog.String("root", o.Root.String()),
			slog.String("message", string(o.Owner.raw)), slog.String("cause", o.Cause.String()))
	}
}

// await is the rest of the life of a spout whose process has ended in order: its trees end, and nobody is told.
func (l *spoutLoop) await(ctx context.Context) error {
	l.exited = true
	l.tracker.rest()
	defer l.tracker.work()
	for {
		l.collect()
		l.settle(l.backlog.take(l.backlog.len()))
		if l.tracker.pending() == 0 && !l.collect() {
			break
		}
		select {
		case <-l.tracker.wake:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if l.lost > 0 {
		l.log.Warn("trees failed after the spout had ended, so that nothing could be replayed", slog.Uint64("trees", l.lost))
	}
	return nil
}

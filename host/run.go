package host

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/child"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
)

const (
	// idleLook and idleLooks say when a cycle counts as idle: nothing moved for so many looks. Nothing else tells when
	// the tuples of a cycle have stopped going round.
	idleLook  = 20 * time.Millisecond
	idleLooks = 5
)

// errDone ends the context of a run that has ended in order.
var errDone = errors.New("the run has ended")

// Run runs the topology until all spouts have finished, or Drain is called, and everything has been handled: then it
// returns nil. A topology that can't go on is a *FailedError. When ctx ends first, everything is cut at once: ErrCut.
// When Run returns, no goroutine and no process of it is left, but those of taps, which end on their own.
func (w *Worker) Run(ctx context.Context) error {
	defer close(w.over)
	if err := w.openStarter(); err != nil {
		return errors.Join(err, w.share.abandon())
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var owned sync.WaitGroup
	for _, t := range w.own {
		owned.Go(func() {
			defer close(t.done)
			if err := w.runs[t.id](ctx); err != nil && ctx.Err() == nil {
				t.broken.Store(true)
				cancel(err) // one task that can't go on ends the topology
			}
			t.busy.Stop() // it runs still if what the task had in flight was cut
			if t.queue != nil {
				t.queue.Close()
			}
		})
	}
	spouts := make(chan struct{}) // closed when all have ended
	owned.Go(func() {
		defer close(spouts)
		for _, l := range w.loops {
			<-l.done
		}
		if ctx.Err() == nil && !w.draining() { // else they were cut, or told to end, or one of them can't go on
			w.share.finished()
		}
	})
	owned.Go(func() { w.expire(ctx) })
	owned.Go(func() { w.watchLetters(ctx) })
	if w.options.Levels != nil {
		owned.Go(func() { w.heedLevels(ctx) })
	}
	if w.share != nil {
		owned.Go(func() { w.share.network.Run(ctx) })
	}
	if w.supervise(ctx, spouts) {
		w.share.flush(ctx)
		cancel(errDone)
	}
	<-ctx.Done()
	for _, t := range w.own {
		if t.queue != nil {
			t.queue.Close() // nobody must wait for room in the queue of a task that is gone
		}
	}
	closeErr := w.starter.Close()
	owned.Wait()
	return w.conclude(context.Cause(ctx), closeErr)
}

func (w *Worker) openStarter() error {
	if w.starter != nil {
		return nil
	}
	l, err := child.NewLauncher(child.LauncherOptions{Logger: w.log, Print: w.options.Print, Guard: w.options.Guard, Hold: w.options.Hold})
	if err != nil {
		return err
	}
	w.starter = launcher{l}
	return nil
}

// supervise leads the run to its end in order: first the spouts, then the bolts in the order of the flow. It returns
// false if ctx has ended before.
func (w *Worker) supervise(ctx context.Context, spouts <-chan struct{}) bool {
	finished := spouts
	if w.share != nil {
		finished = nil // the others' may go on, and their tuples come here
	}
	select {
	case <-finished:
	case <-w.drain:
		for _, l := range w.loops {
			close(l.end)
		}
		limit := time.NewTimer(w.drainLimit())
		defer limit.Stop()
		select {
		case <-spouts:
		case <-limit.C:
			w.overdue.Store(true)
		case <-ctx.Done():
			return false
		}
	case <-ctx.Done():
		return false
	}
	if ctx.Err() != nil {
		return false // the last spout has ended because the topology failed
	}
	w.setStatus(stats.Draining, "")
	w.endBolts(ctx)
	return ctx.Err() == nil
}

// endBolts ends the bolts stage by stage: each works off what it has got, may emit a last time, and ends before those
// that it feeds are told to.
func (w *Worker) endBolts(ctx context.Context) {
	for number, stage := range w.plan.Stages() {
		if !w.share.await(ctx, number) {
			return
		}
		var ending []*task
		feedback := false
		for _, c := range stage {
			feedback = feedback || feedsBack(c)
			if c.Kind == gstorm.BoltKind {
				for _, id := range c.TaskIDs {
					if t := w.tasks[id]; t != nil {
						ending = append(ending, t)
					}
				}
			}
		}
		if feedback {
			w.waitIdle(ctx, ending)
		}
		for _, t := range ending {
			close(t.end)
		}
		if !w.waitEnded(ctx, ending) {
			return
		}
		w.share.ended(number + 1)
	}
}

// waitEnded waits for the end of tasks that were told to. Children are stopped by their tasks within the limit; Go code
// that does not return can only be left, and what it has is cut.
func (w *Worker) waitEnded(ctx context.Context, tasks []*task) bool {
	patience := w.leaveLimit()
	if slices.ContainsFunc(tasks, func(t *task) bool { return !inProcess(t.component) }) {
		patience += 3 * stopGrace // for the steps of Process.Stop
	}
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for _, t := range tasks {
		select {
		case <-t.done:
		case <-ctx.Done():
			return false
		case <-limit.C:
			t.log.Warn("component does not end, it is cut")
			w.overdue.Store(true)
			return false
		}
	}
	return true
}

// feedsBack reports whether a component is part of a cycle.
func feedsBack(c *plan.Component) bool {
	for _, consumers := range c.Consumers {
		for _, consumer := range consumers {
			if consumer.Feedback {
				return true
			}
		}
	}
	return false
}

// waitIdle waits until nothing moves among tasks any more, at most as long as a drain may take.
func (w *Worker) waitIdle(ctx context.Context, tasks []*task) {
	look := time.NewTicker(idleLook)
	defer look.Stop()
	limit := time.NewTimer(w.leaveLimit())
	defer limit.Stop()
	var before uint64
	for still := 0; still < idleLooks; {
		select {
		case <-ctx.Done():
			return
		case <-limit.C:
			return
		case <-look.C:
		}
		moved, waiting := uint64(0), 0
		for _, t := range tasks {
			moved += t.in.moved() + t.out.emits()
			waiting += t.queue.Len()
		}
		if moved != before || waiting > 0 {
			before, still = moved, 0
		} else {
			still++
		}
	}
}

// expire ends the trees whose time is up.
func (w *Worker) expire(ctx context.Context) {
	tick := clamp(w.shortestTimeout()/16, 10*time.Millisecond, time.Second)
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			for _, l := range w.loops {
				l.tracker.advance()
			}
		}
	}
}

func (w *Worker) shortestTimeout() time.Duration {
	shortest := time.Hour
	for _, l := range w.loops {
		if t := l.settings.messageTimeout; t > 0 {
			shortest = min(shortest, t)
		}
	}
	return shortest
}

// conclude says how the run has ended, from why its context did.
func (w *Worker) conclude(cause, closeErr error) error {
	var failed *FailedError
	switch {
	case errors.Is(cause, errDone):
		w.setEnded()
		return closeErr
	case errors.As(cause, &failed):
		w.setStatus(stats.Failed, failed.Cause.Error())
		return errors.Join(cause, closeErr)
	case errors.Is(cause, context.Canceled) || errors.Is(cause, context.DeadlineExceeded):
		w.setStatus(stats.Stopped, "cut short")
		return errors.Join(ErrCut, closeErr)
	}
	w.setStatus(stats.Failed, cause.Error())
	return errors.Join(cause, closeErr)
}

// Drain ends the run in order: spouts are asked for no more tuples, pending trees are waited for up to the drain limit,
// then the bolts end in the order of the flow. It returns at once; Run returns when it is done. The reason goes into the
// summary. Only the first call counts.
func (w *Worker) Drain(reason string) {
	w.drainOnce.Do(func() {
		w.setStatus(stats.Draining, reason)
		close(w.drain)
	})
}

// draining reports whether Drain has been called.
func (w *Worker) draining() bool {
	select {
	case <-w.drain:
		return true
	default:
		return false
	}
}

// Activate lets the spouts emit, Deactivate stops them; acks and fails are delivered all the same.
func (w *Worker) Activate() { w.command(true) }

// Deactivate is the opposite of Activate.
func (w *Worker) Deactivate() { w.command(false) }

func (w *Worker) command(active bool) {
	for _, l := range w.loops {
		select { // the newest command counts
		case <-l.commands:
		default:
		}
		select {
		case l.commands <- active:
		default:
		}
	}
}

// ready notes that a bolt task can take tuples for the first time.
func (w *Worker) ready(t *task) {
	w.readyOnce[t.id].Do(func() {
		if w.unready.Add(-1) == 0 {
			w.begin()
		}
	})
}

// begin lets the spouts go: every bolt is there. Before, tuples would only grow old in the queues.
func (w *Worker) begin() {
	w.setStatus(stats.Running, "")
	close(w.allReady)
	w.share.ready()
}

// whenReady waits until a spout may begin, or gone or ctx has ended, or the spout shall end before it has begun.
func (w *Worker) whenReady(ctx context.Context, t *task, gone <-chan struct{}) error {
	waits := []chan struct{}{w.allReady}
	if w.share != nil {
		waits = append(waits, w.share.begun) // the bolts of the other workers
	}
	for _, ready := range waits {
		select {
		case <-ready:
		case <-t.end:
			return nil
		case <-gone:
			return errGone
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// drainLimit is how long pending trees are waited for.
func (w *Worker) drainLimit() time.Duration {
	if w.share.leaving() {
		return leaveWithin
	}
	if w.options.DrainLimit > 0 {
		return w.options.DrainLimit
	}
	if d, ok, err := w.plan.Config.Seconds(gstorm.TopologyMessageTimeout); err == nil && ok {
		return d
	}
	return 30 * time.Second
}

// leaveLimit is how long a component may take to end by itself.
func (w *Worker) leaveLimit() time.Duration {
	if w.overdue.Load() {
		return min(w.drainLimit(), stopGrace)
	}
	return w.drainLimit()
}

func formatPending(n uint64) string {
	return fmt.Sprintf("%d trees were still pending at the drain limit", n)
}

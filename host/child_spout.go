package host

import (
	"context"
	"errors"
	"sync"

	"github.com/gstorm/gstorm/host/child"
	"github.com/gstorm/gstorm/multilang"
)

// errSpoutExited ends the session of a spout that left with exit 0 and without an error: it has finished.
var errSpoutExited = errors.New("the spout has ended")

// childSpout is a spout task whose component is a child process.
type childSpout struct {
	*childTask
	loop    *spoutLoop
	tracker *tracker
	// answering is of the program, so it outlives the processes.
	answering answering
}

func newChildSpout(t *task, tr *tracker, loop *spoutLoop) *childSpout {
	return &childSpout{childTask: newChildTask(t), loop: loop, tracker: tr}
}

// run is the life of the task: one session after the other, until the spout has finished, or the task ends or must not be
// started any more.
func (c *childSpout) run(ctx context.Context) error {
	defer c.enter(stopped)
	for {
		c.enter(starting)
		c.loop.finished, c.loop.renewed = false, false // one that died meanwhile is replaced all the same
		s, err := c.start(ctx)
		if err == nil {
			c.loop.life = s.life
			err = c.session(ctx, s)
			c.process.end()
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil && c.loop.renewed && !c.ending():
			c.answering = answering{} // what comes may be another program
			continue
		case err == nil, errors.Is(err, errSpoutExited):
			return c.loop.await(ctx) // what it emitted while it ended is still on its way
		}
		c.tracker.failAll(c.died(err, c.tracker.pending()))
		if c.ending() {
			c.loop.crashed = true
			return c.loop.await(ctx) // no new tuples are wanted, so it need not come back
		}
		if err := c.again(ctx, s != nil && s.progress.Load(), err); err != nil {
			return err
		}
	}
}

func (c *childSpout) session(ctx context.Context, s *session) error {
	ss := &spoutSession{
		session: s, tracker: c.tracker, protocol: multilang.NewSession(multilang.Spout, multilang.Offer()),
		synced: make(chan struct{}, 1), answering: &c.answering,
		batches: s.p.Extension().Has(multilang.FeatureBatch),
	}
	if s.mayGetAhead(s.settings.commandsAhead) {
		ss.ahead = newCommandsAhead()
	}
	var readers sync.WaitGroup
	err := ss.begin()
	if err == nil {
		readers.Go(func() { ss.receive(ss.handle, func() {}) })
		readers.Go(func() { ss.watch(nil, ss.owes) })
		err = c.worker.whenReady(ctx, c.task, s.p.Done())
	}
	if err == nil {
		c.enter(running)
		err = c.loop.run(ctx, ss)
	}
	if err == nil {
		c.enter(draining)
		ss.leave(ctx)
	} else {
		s.p.Kill(err.Error())
	}
	readers.Wait()
	return ss.result(ctx, err)
}

// result is what the end of a session means: nil for an end that was asked for, errSpoutExited for a spout that has
// finished by ending, else its death.
func (s *spoutSession) result(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	death := s.p.Death()
	if err == nil {
		if death.Phase == child.PhaseStop {
			s.noteEnd(death)
		}
		return nil // every tree had ended, so nothing is lost with it
	}
	if death.Phase == child.PhaseRun && death.Signal == "" && death.ExitCode == 0 && !s.failed.Load() {
		return errSpoutExited
	}
	return death
}

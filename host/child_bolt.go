package host

import (
	"context"

	"github.com/gstorm/gstorm/host/transfer"
)

// childBolt is a bolt task whose component is a child process.
type childBolt struct {
	*childTask
	rest *transfer.Batch // a batch that was begun when the child before died: what is left of it comes first
	done int             // of rest
}

func newChildBolt(t *task) *childBolt {
	t.flights = newInflight(t.settings.messageTimeout)
	return &childBolt{childTask: newChildTask(t)}
}

// run is the life of the task: one session after the other, until the task ends or must not be started any more.
func (b *childBolt) run(ctx context.Context) error {
	for {
		b.enter(starting)
		s, err := b.start(ctx)
		if err == nil {
			b.enter(running)
			b.worker.ready(b.task)
			err = (&boltSession{session: s, bolt: b, wake: make(chan struct{}, 1)}).serve(ctx)
		}
		if ctx.Err() != nil {
			b.enter(stopped)
			return ctx.Err()
		}
		if err == nil {
			b.enter(stopped)
			return nil
		}
		b.flights.failAll(b.died(err), b.answers)
		b.answers.flush()
		if err := b.again(ctx, s != nil && s.progress.Load(), err); err != nil {
			b.enter(stopped)
			return err
		}
	}
}

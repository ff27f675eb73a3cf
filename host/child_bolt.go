package host

import (
	"context"
	"errors"
	"time"

	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/host/transfer"
)

// childBolt is a bolt task whose component is a child process.
type childBolt struct {
	*childTask
	rest *transfer.Batch // a batch that was begun when the child before died: what is left of it comes first
	done int             // of rest
}

func newChildBolt(t *task) *childBolt {
	t.flights = newInflight(t.settings.messageTimeout, t.busy)
	return &childBolt{childTask: newChildTask(t)}
}

// run is the life of the task: one session after the other, until the task ends or must not be started any more.
func (b *childBolt) run(ctx context.Context) error {
	for {
		b.enter(starting)
		b.answers.before = time.Time{}
		s, err := b.start(ctx)
		if err == nil {
			b.enter(running)
			b.worker.ready(b.task)
			err = newBoltSession(s, b).serve(ctx)
			b.process.end()
		}
		if ctx.Err() != nil {
			b.enter(stopped)
			return ctx.Err()
		}
		if err == nil {
			b.enter(stopped)
			return nil
		}
		if errors.Is(err, errRenewed) {
			b.flights.failAll(b.unanswered(), b.answers)
			b.answers.flush()
			continue
		}
		b.flights.failAll(b.died(err, b.flights.len()), b.answers)
		b.answers.flush()
		if err := b.again(ctx, s != nil && s.progress.Load(), err); err != nil {
			b.enter(stopped)
			return err
		}
	}
}

// unanswered is why tuples fail that a process has left unanswered at its end, which was asked for.
func (b *childBolt) unanswered() *acker.Cause {
	return &acker.Cause{Component: b.component.ID, Task: b.id, Reason: "its process was replaced before it had answered"}
}

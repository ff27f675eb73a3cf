package host

import (
	"context"
	"fmt"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/guard"
	"github.com/gstorm/gstorm/multilang"
)

// open calls the Open of a Go component that has one.
func (t *task) open(ctx context.Context, component any) error {
	opener, ok := component.(gstorm.Opener)
	if !ok {
		return nil
	}
	err := guard.Call(func() error {
		return opener.Open(ctx, &gstorm.TaskContext{
			Topology: t.worker.plan.Topology, Component: t.component.ID,
			Task: t.id, Index: t.worker.plan.Tasks[t.id-1].Index, Tasks: len(t.component.TaskIDs),
			Config: t.component.Config, Logger: t.log, Metrics: taskMetrics{t},
		})
	})
	if err != nil {
		return &FailedError{Component: t.component.ID, Task: t.id, Cause: fmt.Errorf("component %q task %d: open: %w", t.component.ID, t.id, err)}
	}
	return nil
}

// taskMetrics are a task's gstorm.Metrics.
type taskMetrics struct{ *task }

// Set implements gstorm.Metrics.
func (m taskMetrics) Set(name string, value any) {
	text, err := multilang.AppendValues(nil, []any{value})
	if err != nil {
		m.failed(fmt.Errorf("metric %q: %w", name, err), "")
		return
	}
	m.worker.metrics.set(m.component.ID, m.id, name, text[1:len(text)-1])
}

// close calls the Close of a Go component that has one, and sends what it still emits.
func (t *task) close(ctx context.Context, component any, sink *nativeSink, out *gstorm.Collector) error {
	if closer, ok := component.(gstorm.Closer); ok {
		sink.begin()
		if err := guard.Call(func() error { return closer.Close(ctx, out) }); err != nil {
			t.failed(err, "close: ")
		}
	}
	t.out.flush()
	t.answers.flush()
	return nil
}

package main

import (
	"context"
	"os"
	"sync"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/internal/otlp"
	"github.com/gstorm/gstorm/internal/traces"
	"github.com/gstorm/gstorm/ui"
)

const (
	// tracesEvery is how often what a worker has recorded of traced trees is taken.
	tracesEvery = time.Second
	// tracesSettle is how long after the end of a trace it is exported: then what was answered later is there too.
	tracesSettle = 2 * time.Second
	// tracesAtEnd is how long a run waits at its end for a collector.
	tracesAtEnd = 3 * time.Second
)

// runTraces are the traces of one execution. A nil one has none.
type runTraces struct {
	place    traces.Place
	store    *traces.Store
	exporter *otlp.Exporter // nil: they go nowhere

	mu     sync.Mutex // guards worker, and is held while something is taken
	worker *host.Worker
}

// newTraces are those of one more execution; nil: nobody wants any.
func (r *runner) newTraces() *runTraces {
	if r.page == nil && r.exporter == nil {
		return nil
	}
	node, err := os.Hostname()
	if err != nil {
		node = "localhost"
	}
	t := &runTraces{place: traces.Place{Node: node, Worker: 1}, store: traces.NewStore(), exporter: r.exporter}
	if r.exporter != nil {
		t.store.Watch()
	}
	return t
}

// run takes what a worker records until ctx ends.
func (t *runTraces) run(ctx context.Context, w *host.Worker) {
	if t == nil {
		return
	}
	t.mu.Lock()
	t.worker = w
	t.mu.Unlock()
	every := time.NewTicker(tracesEvery)
	defer every.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			t.take()
			t.export(0)
		case <-every.C:
			t.take()
			t.export(tracesSettle)
		}
	}
}

// take takes what was recorded until now.
func (t *runTraces) take() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.worker != nil {
		t.store.Add(t.place, t.worker.TakeTraces(), time.Now())
	}
}

// export exports what has ended so long ago.
func (t *runTraces) export(ago time.Duration) {
	if t.exporter == nil {
		return
	}
	of, now := otlp.Of{Topology: t.worker.Plan().Topology, Version: gstorm.Version()}, time.Now()
	for _, trace := range t.store.Finished(now.Add(-ago), now) {
		t.exporter.Add(of, trace)
	}
}

// exporting does something while traces go to a collector, if that is wanted.
func (r *runner) exporting(ctx context.Context, do func(ctx context.Context) error) error {
	if otlp.Wanted(r.options.otlp, r.p.getenv) == "" {
		return do(ctx)
	}
	var err error
	if r.exporter, err = otlp.New(ctx, r.options.otlp, r.log); err != nil {
		return err
	}
	sending, end := context.WithCancel(context.WithoutCancel(ctx))
	var group sync.WaitGroup
	defer group.Wait()
	defer end()
	group.Go(func() { r.exporter.Run(sending, tracesAtEnd) })
	return do(ctx)
}

// traces implements ui.Tracer.
func (p *runPage) traces(_ context.Context, t *ui.Topology) (*traces.Store, error) {
	p.mu.Lock()
	e := p.shown
	p.mu.Unlock()
	if e == nil {
		return nil, &ui.Error{Kind: ui.Conflict, Message: t.Name + " has ended"}
	}
	e.traces.take()
	return e.traces.store, nil
}

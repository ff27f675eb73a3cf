package main

import (
	"context"
	"sync"
	"time"

	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/internal/traces"
	"github.com/gstorm/gstorm/ui"
)

// tracesEvery is how often what a worker has recorded of traced trees is taken.
const tracesEvery = time.Second

// runTraces are the traces of one execution. A nil one has none.
type runTraces struct {
	place traces.Place
	store *traces.Store

	mu     sync.Mutex // guards worker, and is held while something is taken
	worker *host.Worker
}

func newRunTraces(node string) *runTraces {
	return &runTraces{place: traces.Place{Node: node, Worker: 1}, store: traces.NewStore()}
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
		case <-every.C:
		}
		t.take()
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

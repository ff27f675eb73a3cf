package main

import (
	"context"

	"github.com/gstorm/gstorm/ui"
)

// running is what runs of a topology that Look has returned.
func (p *runPage) running(t *ui.Topology) (*execution, error) {
	p.mu.Lock()
	e := p.shown
	p.mu.Unlock()
	if e == nil {
		return nil, &ui.Error{Kind: ui.Conflict, Message: t.Name + " has ended"}
	}
	return e, nil
}

// restart implements ui.Restarter.
func (p *runPage) restart(_ context.Context, t *ui.Topology, task int) error {
	e, err := p.running(t)
	if err != nil {
		return err
	}
	if err := e.worker.RestartTask(task); err != nil {
		return &ui.Error{Kind: ui.Conflict, Message: err.Error()}
	}
	return nil
}

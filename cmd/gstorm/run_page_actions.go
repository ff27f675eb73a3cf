package main

import (
	"context"
	"time"

	"github.com/gstorm/gstorm/internal/loglevel"
	"github.com/gstorm/gstorm/ui"
)

// logLevels are for the host. Without a page nobody changes them.
func (p *runPage) logLevels() *loglevel.Levels {
	if p == nil {
		return nil
	}
	return &p.levels
}

// LogLevels implements ui.LogLevels.
func (p *runPage) LogLevels(*ui.Topology) []loglevel.Level { return p.levels.List() }

// SetLogLevel implements ui.LogLevels.
func (p *runPage) SetLogLevel(_ context.Context, _ *ui.Topology, l loglevel.Level) error {
	p.setting.Lock()
	defer p.setting.Unlock()
	p.levels.Set(loglevel.With(p.levels.List(), l, time.Now()))
	return nil
}

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

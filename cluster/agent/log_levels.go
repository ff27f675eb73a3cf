package agent

import (
	"context"
	"time"

	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/internal/loglevel"
	"github.com/gstorm/gstorm/ui"
)

// LogLevels implements ui.LogLevels.
func (p *page) LogLevels(t *ui.Topology) []loglevel.Level {
	state, _ := p.consensus.State()
	found, err := state.ByID(t.ID)
	if err != nil { // it has just gone
		return nil
	}
	return loglevel.InForce(found.LogLevels, time.Now())
}

// SetLogLevel implements ui.LogLevels. Its workers hear of it with the topology.
func (p *page) SetLogLevel(_ context.Context, t *ui.Topology, l loglevel.Level) error {
	return pageError(p.consensus.Apply(&fsm.SetLogLevel{Name: t.Name, Level: l, At: time.Now().UTC()}))
}

// pageError is an error as package ui tells it; nil: there is none.
func pageError(err error) error {
	if err == nil {
		return nil
	}
	e := explain(err)
	return &ui.Error{Kind: e.Kind, Message: e.Message}
}

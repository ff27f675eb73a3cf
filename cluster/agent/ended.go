package agent

import (
	"context"
	"time"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/cluster/fsm"
)

// undertaker finds out what had become of the trees of topologies that end. One goroutine uses it: that of the leader.
type undertaker struct {
	*Agent
	placed map[string][]fsm.Worker // where the workers of those that end were last, by id
}

// countLimit bounds for how long the leader's other work waits for the counts of a topology that has ended.
const countLimit = time.Second

// see looks at what is about to be decided: it notes where the workers are of a topology that loses them, and adds its counts
// to what is remembered of one that is removed.
func (u *undertaker) see(ctx context.Context, state *fsm.State, c fsm.Command) {
	switch c := c.(type) {
	case *fsm.Place:
		if t := state.Topologies[c.Name]; t != nil && t.Status == fsm.Killed && len(c.Workers) == 0 {
			u.placed[t.ID] = t.Placement.Workers
		}
	case *fsm.Remove:
		if workers := u.placed[c.ID]; len(workers) > 0 {
			ctx, cancel := context.WithTimeout(ctx, countLimit)
			c.Trees = u.trees(ctx, state, c.ID, workers)
			cancel()
		}
		delete(u.placed, c.ID)
	}
}

// trees are the counts of a topology whose workers have ended; nil: not all of them can be had.
func (u *undertaker) trees(ctx context.Context, state *fsm.State, id string, workers []fsm.Worker) *fsm.Trees {
	parts, missing := u.parts(ctx, state, id, workers)
	if len(missing) > 0 || len(parts) < len(workers) {
		return nil
	}
	sum, err := sumOf(parts)
	if err != nil {
		return nil
	}
	t := &sum.Trees
	return &fsm.Trees{Emitted: t.Emitted, Acked: t.Acked, Failed: t.Failed, TimedOut: t.TimedOut}
}

// ended is a topology that is no more, as those that run are told of.
func ended(e *fsm.Ended) api.Topology {
	return api.Topology{
		Name: e.Name, ID: e.ID, Status: api.Ended, State: e.Ending.String(), Version: e.Version, Submitted: e.Submitted, By: e.By,
		End: &api.End{At: e.At, Ending: e.Ending, Trees: e.Trees},
	}
}

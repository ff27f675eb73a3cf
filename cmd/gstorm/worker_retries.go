package main

import (
	"context"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/internal/deadletters"
)

// letters is where a topology's dead letters are on this node; nil: the agent that has ordered the worker knows no such place.
func (w *clusterWorker) letters(topology string) *deadletters.List {
	if w.spec.Letters == "" {
		return nil
	}
	return deadletters.In(w.spec.Letters, topology)
}

// giveFailures gives the agent the messages that have failed, so many at most.
func (w *clusterWorker) giveFailures(ctx context.Context, most int) {
	ctx, cancel := context.WithTimeout(ctx, statsEvery)
	defer cancel()
	given := api.GivenFailures{Topology: w.spec.Topology.ID, Worker: w.spec.Worker, Failures: w.running.Load().Failures(most)}
	if err := w.own.GiveFailures(ctx, given); err != nil && ctx.Err() == nil {
		w.log.Debug("the agent does not take the failures", "error", err)
	}
}

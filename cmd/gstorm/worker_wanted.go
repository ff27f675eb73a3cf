package main

import (
	"context"

	"github.com/gstorm/gstorm/cluster/api"
)

// heeder does what a worker's agent wants of it. One goroutine calls heed, and wait at the end.
type heeder struct {
	of   *clusterWorker
	taps workerTaps
}

func newHeeder(w *clusterWorker) *heeder {
	return &heeder{of: w, taps: workerTaps{of: w, open: map[string]bool{}}}
}

// heed begins what is wanted now. nil: the agent has not said.
func (h *heeder) heed(ctx context.Context, wanted *api.Wanted) {
	if wanted == nil {
		return
	}
	h.taps.want(ctx, wanted.Taps)
	h.of.restarts.heed(wanted.Restarts, h.of.running.Load(), h.of.log) // it is there: only then counts are given
	if wanted.Failures > 0 {
		h.of.giveFailures(ctx, wanted.Failures)
	}
}

// wait waits for what was begun, which ends with the context that it was begun with.
func (h *heeder) wait() { h.taps.group.Wait() }

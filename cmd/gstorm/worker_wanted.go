package main

import (
	"context"

	"github.com/gstorm/gstorm/cluster/api"
)

// heeder does what a worker's agent wants of it. One goroutine calls heed, and wait at the end.
type heeder struct {
	taps workerTaps
}

func newHeeder(w *clusterWorker) *heeder {
	return &heeder{taps: workerTaps{of: w, open: map[string]bool{}}}
}

// heed begins what is wanted now. nil: the agent has not said.
func (h *heeder) heed(ctx context.Context, wanted *api.Wanted) {
	if wanted == nil {
		return
	}
	h.taps.want(ctx, wanted.Taps)
}

// wait waits for what was begun, which ends with the context that it was begun with.
func (h *heeder) wait() { h.taps.group.Wait() }

package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/internal/stats"
)

const (
	// tappedEvery is how often what a tap has to show goes to the agent, and how soon a tap ends that nobody wants any more.
	tappedEvery = 250 * time.Millisecond
	// tappedWithin is how long the agent may take for it.
	tappedWithin = 10 * time.Second
	// tappedAtOnce is how many lines go in one request: at most 64 KiB each.
	tappedAtOnce = 250
)

// workerTaps are the taps of a worker, by the ids that its agent has given them. One goroutine calls want.
type workerTaps struct {
	of    *clusterWorker
	group sync.WaitGroup

	mu   sync.Mutex // guards open
	open map[string]bool
}

// want opens the taps that are wanted and not open.
func (t *workerTaps) want(ctx context.Context, wanted []api.WantedTap) {
	for _, tap := range wanted {
		t.mu.Lock()
		known := t.open[tap.ID]
		t.open[tap.ID] = true
		t.mu.Unlock()
		if known {
			continue
		}
		t.group.Go(func() {
			t.of.tap(ctx, tap)
			t.mu.Lock()
			defer t.mu.Unlock()
			delete(t.open, tap.ID)
		})
	}
}

// tap gives the agent what a tap shows, until nobody wants it any more, or the agent can't be reached: if it is wanted still, it
// will say so.
func (w *clusterWorker) tap(ctx context.Context, wanted api.WantedTap) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	lines, err := w.openTap(ctx, wanted.TapRequest)
	if err != nil {
		no := make(chan stats.TapLine, 1)
		no <- stats.TapLine{Problem: err.Error()}
		lines = no
	}
	every := time.NewTicker(tappedEvery)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		given := api.Tapped{Worker: w.spec.Worker, Lines: []stats.TapLine{}}
		ended := false
		for room := true; room && len(given.Lines) < tappedAtOnce; {
			select {
			case line, more := <-lines:
				if ended = !more; ended {
					room = false
					break
				}
				given.Lines = append(given.Lines, line)
			default:
				room = false
			}
		}
		if err := w.giveTapped(ctx, wanted.ID, given); err != nil {
			if e, ok := errors.AsType[*api.Error](err); !ok || e.Kind != api.NotFound {
				w.log.Debug("the agent does not take tuples that were tapped", "error", err)
			}
			return
		}
		if ended {
			return
		}
	}
}

func (w *clusterWorker) giveTapped(ctx context.Context, id string, given api.Tapped) error {
	ctx, cancel := context.WithTimeout(ctx, tappedWithin)
	defer cancel()
	return w.own.GiveTapped(ctx, id, given)
}

func (w *clusterWorker) openTap(ctx context.Context, r stats.TapRequest) (<-chan stats.TapLine, error) {
	running := w.running.Load() // it is there: only then counts are given
	match, err := condition(running.Plan(), r)
	if err != nil {
		return nil, err
	}
	return running.Tap(ctx, r, match)
}

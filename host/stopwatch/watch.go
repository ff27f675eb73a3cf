// Package stopwatch sums up for how long something has been so. The clock is read when it changes, not in between.
package stopwatch

import (
	"sync/atomic"
	"time"
)

// Watch is a stopwatch: one goroutine at a time starts and stops it, any may read it. A nil Watch measures nothing.
type Watch struct {
	origin time.Time
	// state is, in ns, the sum while the watch stands, and sum - begin - 1 while it runs: below zero, since all that it has
	// summed up was before it began. In one number, so that a reader never sees a sum that goes back.
	state atomic.Int64
}

// New is a watch that stands at zero.
func New() *Watch { return &Watch{origin: time.Now()} }

// Start starts the watch now, unless it runs.
func (w *Watch) Start() {
	if w != nil {
		w.start(time.Since(w.origin))
	}
}

// StartAt starts it at a time, unless it runs: for who has just read the clock.
func (w *Watch) StartAt(t time.Time) {
	if w != nil {
		w.start(t.Sub(w.origin))
	}
}

func (w *Watch) start(now time.Duration) {
	if sum := w.state.Load(); sum >= 0 {
		w.state.Store(min(sum-int64(now), 0) - 1)
	}
}

// Stop stops it now, if it runs.
func (w *Watch) Stop() {
	if w == nil {
		return
	}
	if state := w.state.Load(); state < 0 {
		w.state.Store(max(state+1+int64(time.Since(w.origin)), 0))
	}
}

// Sum is for how long the watch has run.
func (w *Watch) Sum() time.Duration {
	state := w.state.Load()
	if state < 0 {
		state = max(state+1+int64(time.Since(w.origin)), 0)
	}
	return time.Duration(state)
}

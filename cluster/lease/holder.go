package lease

import "time"

// Holder is the worker's side: whether it may run.
type Holder struct {
	until time.Duration
	held  bool
}

// Granted notes a lease: asked is when the worker asked for it. Answers may come in any order.
func (h *Holder) Granted(asked, length time.Duration) {
	if until := asked + length; !h.held || until > h.until {
		h.until, h.held = until, true
	}
}

// Until is when the lease runs out; 0: there never was one.
func (h *Holder) Until() time.Duration { return h.until }

// Left is for how long the worker may go on; 0 or less: it must have stopped.
func (h *Holder) Left(now time.Duration) time.Duration {
	if !h.held {
		return 0
	}
	return h.until - now
}

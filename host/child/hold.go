package child

import (
	"os"
	"sync/atomic"
	"time"
)

// Hold bounds from outside how long a host and its children may go on: until the time that was said last, which has to be
// said again before. When it has passed, the guard ends the children and the host, even if that was stopped, or does not get
// to run: it can't see to it itself then. It needs a guard, and is nobody's but one Launcher's. Before a time is said there
// is no bound, and after Launcher.Close there is none any more.
type Hold struct {
	// LastWords gets a line when the guard ends the host, which can't say it itself; nil: nothing is said.
	LastWords *os.File

	until atomic.Int64 // 0: nothing was said
	guard atomic.Pointer[guard]
}

// Until says until when, as internal/clock shows it. It may be called at any time, from any goroutine.
func (h *Hold) Until(t time.Duration) {
	h.until.Store(int64(t))
	if g := h.guard.Load(); g != nil {
		g.hold()
	}
}

package host

import (
	"sync"
	"time"

	"github.com/gstorm/gstorm/host/child"
)

// incarnation is the process that a task has at the moment, and what those before it have used.
type incarnation struct {
	mu      sync.Mutex // guards all below
	process Process    // nil: there is none
	since   time.Time  // when it began; zero: it has not, or has ended
	spent   time.Duration
}

// begin notes that the task has begun, with a process of its own or, as Go code, without.
func (i *incarnation) begin(p Process) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.process, i.since = p, time.Now()
}

// end notes that what began has ended.
func (i *incarnation) end() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.process != nil {
		i.spent += i.process.Usage().CPU
	}
	i.process, i.since = nil, time.Time{}
}

// now is what there is at the moment. Its processor time includes that of the processes before.
func (i *incarnation) now() (pid int, since time.Time, usage child.Usage) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.process != nil {
		pid, usage = i.process.PID(), i.process.Usage()
	}
	usage.CPU += i.spent
	return pid, i.since, usage
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/internal/deadletters"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/terminal"
)

// execution is one run of a topology in this process, with what goes on beside the worker: the live table, the file's
// code after submission, and whatever may end the run.
type execution struct {
	plan    *plan.Plan
	worker  *host.Worker
	session adapters.Session
	screen  *terminal.Screen
	letters *deadletters.List // nil: dead letters are kept nowhere
	options runOptions

	cut context.CancelFunc // ends the run at once; set by run

	launches atomic.Pointer[map[string]adapters.Launch] // how tasks are started, also again
	adopted  *loaded                                    // whose launches they are, if not the session's; its watcher's

	watcher  *watcher    // nil: the files' changes are nobody's business
	asked    atomic.Bool // somebody has asked for the end
	replaced bool        // it ends for another topology to take its place; the same

	driver error // the failure of the file's code after submission; set by drive, read when that has returned

	traces *runTraces // nil: nobody looks at them

	file   string      // for people
	active atomic.Bool // whether the spouts are to emit

	mu       sync.Mutex  // guards what follows
	kill     *time.Timer // cuts when the wait of a kill is over; nil: there is none
	deadline time.Time   // when a drain gives up; zero: none goes on
}

// adopt has tasks that are started from now on be those of a file that was loaded anew, which the execution then owns.
func (e *execution) adopt(l *loaded) error {
	before := e.adopted
	e.launches.Store(&l.launches)
	e.adopted = l
	if before == nil {
		return nil
	}
	return before.Close()
}

// release closes what was adopted. Nothing runs any more.
func (e *execution) release() error {
	if e.adopted == nil {
		return nil
	}
	return e.adopted.Close()
}

// run runs the topology to its end. It returns nil if that was on purpose. signals are those that ask for an end.
func (e *execution) run(ctx context.Context, signals <-chan os.Signal) error {
	ctx, e.cut = context.WithCancel(ctx)
	defer e.cut()
	err := e.beside(ctx, signals)
	e.mu.Lock()
	if e.kill != nil {
		e.kill.Stop()
	}
	e.mu.Unlock()
	switch {
	case errors.Is(err, host.ErrCut):
		err = nil // somebody wanted it
	case err == nil && e.driver != nil:
		err = e.driver
	}
	return err
}

// beside runs the worker with its company, which ends before it returns, even in a panic.
func (e *execution) beside(ctx context.Context, signals <-chan os.Signal) error {
	company, end := context.WithCancel(ctx)
	var group sync.WaitGroup
	defer group.Wait()
	defer end()
	group.Go(func() { e.screen.Show(company, e.view) })
	group.Go(func() { e.watch(company, signals) })
	group.Go(func() { e.drive(company) })
	group.Go(func() { e.traces.run(company, e.worker) })
	return e.worker.Run(ctx)
}

// watch ends the run when its time is up or a signal comes: the first drains, the second cuts. Meanwhile it heeds changed
// files.
func (e *execution) watch(ctx context.Context, signals <-chan os.Signal) {
	var over <-chan time.Time
	if e.options.limit > 0 {
		timer := time.NewTimer(e.options.limit)
		defer timer.Stop()
		over = timer.C
	}
	interrupted := false
	for {
		select {
		case <-ctx.Done():
			return
		case files := <-e.watcher.changes():
			e.replaced = e.replaced || e.watcher.changed(ctx, e, files)
		case <-over:
			e.asked.Store(true)
			e.drain(fmt.Sprintf("its time of %v is over", e.options.limit), "")
		case s := <-signals:
			if interrupted {
				e.say("cut: what was pending is lost")
				e.cut()
				return
			}
			interrupted = true
			e.asked.Store(true)
			if !e.drain(signalName(s), "; again to cut") {
				e.say(signalName(s) + ": draining already; again to cut")
			}
		}
	}
}

func signalName(s os.Signal) string {
	if s == syscall.SIGINT {
		return "interrupted"
	}
	return "told to terminate"
}

// drive runs the file's code after submission. Its failure ends the topology.
func (e *execution) drive(ctx context.Context) {
	err := e.session.Drive(ctx, &runControl{e})
	if err == nil || ctx.Err() != nil {
		return
	}
	e.driver = &driverError{err}
	e.drain("the code after submission failed", "")
}

// drain begins to end the run in order and says so, with a hint. It returns false if that goes on already.
func (e *execution) drain(reason, hint string) bool {
	e.mu.Lock()
	first := e.deadline.IsZero()
	if first {
		e.deadline = time.Now().Add(e.drainLimit())
	}
	e.mu.Unlock()
	if first {
		e.say(fmt.Sprintf("%s: draining, for up to %v%s", reason, e.drainLimit(), hint))
		e.worker.Drain(reason)
	}
	return first
}

// draining reports whether the run is ending.
func (e *execution) draining() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return !e.deadline.IsZero()
}

// cutAfter cuts what is pending after a time. The first time that is said counts.
func (e *execution) cutAfter(wait time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.kill == nil {
		e.kill = time.AfterFunc(wait, e.cut)
	}
}

// activate lets the spouts emit, or not.
func (e *execution) activate(active bool) {
	e.active.Store(active)
	if active {
		e.worker.Activate()
	} else {
		e.worker.Deactivate()
	}
}

// drainLimit is how long the worker waits for pending trees.
func (e *execution) drainLimit() time.Duration {
	if e.options.drainLimit > 0 {
		return e.options.drainLimit
	}
	timeout, _, _ := e.plan.Config.Seconds(gstorm.TopologyMessageTimeout) // Validate has seen that it is one
	return timeout
}

// say writes a line about the run itself, at every log level.
func (e *execution) say(line string) { _, _ = fmt.Fprintln(e.screen.Log(), "gstorm: "+line) }

// view is what the live table shows now.
func (e *execution) view() terminal.View {
	v := terminal.View{Snapshot: e.worker.Snapshot()}
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.deadline.IsZero() {
		v.DrainLeft = max(time.Until(e.deadline), 0)
	}
	return v
}

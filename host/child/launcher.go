package child

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
)

// ErrClosed is in the Death that Launcher.Start returns after Close.
var ErrClosed = errors.New("the launcher is closed")

// LauncherOptions are for all children of a Launcher.
type LauncherOptions struct {
	// Logger gets the children's stderr, line by line at level info, and warnings about them, with the keys component,
	// task, pid and stream. nil: nothing is logged.
	Logger *slog.Logger

	// Print gets what components themselves print, line by line, in order for each task, from several goroutines. It
	// must not block for ever: it holds up the component and, after the component's end, Close. nil: nothing is kept.
	Print func(component string, task int, line string)

	// Guard is the argument vector of a process that calls RunGuard; argv[0] is an absolute path. nil: no guard, so a host that is
	// killed leaves behind what its children started (and, except on Linux, the children).
	Guard []string

	// Hold bounds how long the host and its children may go on; nil: nothing does.
	Hold *Hold

	// TempDir is where the directory for pid files is made; "": the system's.
	TempDir string
}

// Launcher starts children: one for each worker. It owns the directory for their pid files, the guard process, and the
// thread that starts them. Safe for concurrent use.
type Launcher struct {
	options LauncherOptions
	pidDir  string
	guard   *guard
	oom     *oomWatch
	marks   *marks
	work    chan func()
	running sync.WaitGroup // Start calls, and the goroutines of all children
	thread  sync.WaitGroup // the starting thread

	mu     sync.Mutex // guards all below
	closed bool
	live   map[*Process]struct{} // until Recv has returned the Death
}

// NewLauncher starts the guard and the thread. A guard that does not start is an error in the log. The caller must Close the Launcher, also to end a program that failed.
func NewLauncher(o LauncherOptions) (*Launcher, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Print == nil {
		o.Print = func(string, int, string) {}
	}
	dir, err := os.MkdirTemp(o.TempDir, "gstorm-pids-")
	if err == nil {
		dir, err = filepath.Abs(dir) // children and guard have other working directories
	}
	if err != nil {
		return nil, fmt.Errorf("make directory for pid files: %w", err)
	}
	m := newMarks()
	l := &Launcher{
		options: o, pidDir: dir, marks: m, guard: startGuard(o.Guard, dir, m.all(), o.Hold, o.Logger), oom: newOOMWatch("/"),
		work: make(chan func()), live: make(map[*Process]struct{}),
	}
	l.thread.Go(l.startOnOneThread)
	return l, nil
}

// startOnOneThread does all starts on one thread that lives as long as the Launcher: the kernel kills a child when the
// thread that started it ends (see childAttributes), and Go ends and makes threads as it likes.
func (l *Launcher) startOnOneThread() {
	runtime.LockOSThread()
	for start := range l.work {
		start()
	}
}

// onThread runs f there and waits for it.
func (l *Launcher) onThread(f func()) {
	done := make(chan struct{})
	l.work <- func() {
		defer close(done)
		f()
	}
	<-done
}

// enter admits one Start; the caller must call l.running.Done after it.
func (l *Launcher) enter() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.running.Add(1)
	}
	return !l.closed
}

// remember makes Close responsible for p, at once if it has begun.
func (l *Launcher) remember(p *Process) {
	l.mu.Lock()
	l.live[p] = struct{}{}
	closed := l.closed
	l.mu.Unlock()
	if closed {
		p.Kill(closing)
	}
}

func (l *Launcher) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

func (l *Launcher) forget(p *Process) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.live, p)
}

const closing = "its worker ended"

// Close kills what still runs, with everything that it has started, waits for it and for all that the Launcher itself
// started, and removes the directory for pid files. What was not yet received is lost. A child that should end in peace
// is to be stopped before.
func (l *Launcher) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	live := make([]*Process, 0, len(l.live))
	for p := range l.live {
		live = append(live, p)
	}
	l.mu.Unlock()

	for _, p := range live {
		p.Kill(closing)
	}
	l.running.Wait()
	if n, first := killMarked(l.marks.all()); n > 0 {
		l.options.Logger.Warn("killed what components had started outside of their process groups", "processes", n, "first", first)
	}
	for _, p := range live {
		p.out.Close()
	}
	close(l.work)
	l.thread.Wait()
	l.guard.close()
	if err := os.RemoveAll(l.pidDir); err != nil {
		return fmt.Errorf("remove directory for pid files: %w", err)
	}
	return nil
}

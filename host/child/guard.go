package child

import (
	"log/slog"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// guardPatience is how long a line to the guard, or its end, may take before the guard counts as broken.
	guardPatience = 2 * time.Second
	// guardShortLife is a life so short that another guard would fare no better.
	guardShortLife = time.Second
)

// guard is the host's side of the guard process (see RunGuard): it tells it which process groups exist. A guard that dies
// is replaced by one that is told of them all. A nil guard does nothing.
type guard struct {
	argv    []string
	dir     string // for pid files, to be removed
	mark    string // what the marks of all children begin with
	held    *Hold  // nil: there is no bound
	log     *slog.Logger
	waiting sync.WaitGroup

	mu     sync.Mutex // guards all below
	groups map[int]struct{}
	proc   *os.Process // of the guard; nil: could not be started
	pipe   *os.File
	began  time.Time
	closed bool
}

// startGuard returns at once: the guard starts while the host goes on. Until its process exists add waits, so that no child
// is let go on before it; what the guard is told while it gets ready waits in its pipe. A guard that can not be started is
// an error in the log and not the end of the host.
func startGuard(argv []string, dir, mark string, held *Hold, log *slog.Logger) *guard {
	if len(argv) == 0 {
		return nil
	}
	g := &guard{argv: argv, dir: dir, mark: mark, held: held, log: log, groups: make(map[int]struct{})}
	if held != nil {
		held.guard.Store(g)
	}
	g.mu.Lock() // and not in the goroutine, which could come after the first add
	g.waiting.Go(func() {
		defer g.mu.Unlock()
		if err := g.launchLocked(); err != nil {
			g.log.Error("guard process can not be started: "+unguarded, "error", err)
		}
	})
	return g
}

const unguarded = "if gstorm is killed, its components may live on"

// launchLocked starts a guard process in a session of its own, out of reach of the terminal's signals, and tells it all.
func (g *guard) launchLocked() error {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	words := null // whoever reads the host's stderr must not wait for the guard
	if g.held != nil && g.held.LastWords != nil {
		words = g.held.LastWords
	}
	proc, err := os.StartProcess(g.argv[0], g.argv, &os.ProcAttr{
		Dir: "/", Env: unmarked(os.Environ()), Files: []*os.File{r, null, words}, Sys: &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		w.Close()
		return err
	}
	g.proc, g.pipe, g.began = proc, w, time.Now()
	g.tellLocked(removeMark + g.dir)
	g.tellLocked(markMark + g.mark)
	g.tellLocked(hostMark + strconv.Itoa(os.Getpid()))
	g.holdLocked()
	for pgid := range g.groups {
		g.tellLocked(addMark + strconv.Itoa(pgid))
	}
	g.waiting.Go(func() { g.attend(proc) })
	return nil
}

// unmarked is an environment without markEnv, which it has if this gstorm was itself started by a component of another
// one: that one's end must not take along the guard of what this one leaves behind.
func unmarked(env []string) []string {
	return slices.DeleteFunc(env, func(entry string) bool { return strings.HasPrefix(entry, markEnv+"=") })
}

// attend waits for a guard process and replaces it if nobody asked for its end.
func (g *guard) attend(proc *os.Process) {
	_, _ = proc.Wait() // how it ended changes nothing
	g.mu.Lock()
	defer g.mu.Unlock()
	g.pipe.Close()
	if g.closed {
		return
	}
	if time.Since(g.began) < guardShortLife {
		g.log.Error("guard process ended at once: "+unguarded, "pid", proc.Pid)
		return
	}
	if err := g.launchLocked(); err != nil {
		g.log.Error("guard process died and can not be started again: "+unguarded, "pid", proc.Pid, "error", err)
		return
	}
	g.log.Warn("guard process died, started another", "pid", proc.Pid)
}

func (g *guard) add(pgid int) {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.groups[pgid] = struct{}{}
	g.tellLocked(addMark + strconv.Itoa(pgid))
}

func (g *guard) remove(pgid int) {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.groups, pgid)
	g.tellLocked(dropMark + strconv.Itoa(pgid))
}

// hold tells the guard until when the host and its children may go on.
func (g *guard) hold() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.closed {
		g.holdLocked()
	}
}

func (g *guard) holdLocked() {
	if g.held == nil {
		return
	}
	if until := g.held.until.Load(); until != 0 {
		g.tellLocked(holdMark + strconv.FormatInt(until, 10))
	}
}

// tellLocked writes one line, which is shorter than what a pipe takes as one. A guard that does not take it is killed:
// attend does the rest.
func (g *guard) tellLocked(line string) {
	if g.proc == nil {
		return // it never started
	}
	_ = g.pipe.SetWriteDeadline(time.Now().Add(guardPatience))
	if _, err := g.pipe.WriteString(line + "\n"); err != nil {
		_ = g.proc.Kill()
	}
}

// close ends the guard, which is the end of its input, and waits for it.
func (g *guard) close() {
	if g == nil {
		return
	}
	g.mu.Lock()
	g.closed = true
	proc := g.proc
	if proc != nil {
		g.pipe.Close()
		stuck := time.AfterFunc(guardPatience, func() { _ = proc.Kill() })
		defer stuck.Stop()
	}
	g.mu.Unlock()
	g.waiting.Wait()
}

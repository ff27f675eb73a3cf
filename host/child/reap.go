package child

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gstorm/gstorm/internal/procgroup"
)

// exit is how a process ended.
type exit struct {
	code   int    // -1 if by a signal, or not known
	signal string // "SIGSEGV"; "" if it exited
	oom    bool
}

// attend waits for the end of a child and cleans up after it.
func (p *Process) attend(drained <-chan struct{}) {
	p.reap()
	p.killEscaped()
	p.launcher.guard.remove(p.pid)
	p.in.cut()
	deadline := time.Now().Add(drainBound)
	p.letGo()
	for _, end := range []*pipeEnd{p.stdout, p.stderr, p.prints} {
		end.endAt(deadline)
	}
	late := time.NewTimer(2 * drainBound) // a Print that blocks must not keep the host from learning of the end
	defer late.Stop()
	select {
	case <-drained:
	case <-late.C:
	}
	close(p.done)
}

// reap waits for the child's end, kills what it left behind in its group, and notes how it ended. Where the system can
// tell of the end without reaping, the group is killed before, while its number can not be anybody else's.
func (p *Process) reap() {
	var state *os.ProcessState
	if !procgroup.AwaitExit(p.pid) {
		// The error says that somebody else has reaped it: state is nil then.
		state, _ = p.proc.Wait()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = syscall.Kill(-p.pid, syscall.SIGKILL) // fails if there is nobody
	if state == nil {
		state, _ = p.proc.Wait()
	}
	p.reaped = true
	p.exit = exitOf(state)
	if state != nil {
		p.spent = max(p.spent, state.UserTime()+state.SystemTime())
	}
	if p.exit.signal == "SIGKILL" && p.reason == "" {
		p.exit.oom = p.launcher.oom.claim()
	}
}

// killEscaped kills what the child has started and what is no longer in its group, so that nothing of a dead component works
// on beside its successor. What a child leaves that was asked to end is left to Launcher.Close: at the end of a run with many
// tasks one look at all processes has to do for all of them.
func (p *Process) killEscaped() {
	if p.atPhase() == PhaseStop || p.launcher.isClosed() {
		return
	}
	if n, first := killMarked(p.mark); n > 0 {
		p.log.Warn("killed what the component had started outside of its process group", "processes", n, "first", first)
	}
}

func exitOf(state *os.ProcessState) exit {
	if state == nil {
		return exit{code: -1}
	}
	status, ok := state.Sys().(syscall.WaitStatus)
	if ok && status.Signaled() {
		return exit{code: -1, signal: unix.SignalName(status.Signal())}
	}
	return exit{code: state.ExitCode()}
}

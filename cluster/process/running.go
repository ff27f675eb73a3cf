package process

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gstorm/gstorm/internal/procgroup"
)

// running is a process that has not been seen to end.
type running interface {
	pid() int // 0: not known yet
	started() time.Time
	// ended reports whether it has ended, and how. What it has left behind in its group is killed then.
	ended() (exit string, ended bool)
	// terminate tells it to end. false: it can't be told yet.
	terminate() bool
	// kill ends it with its group.
	kill()
}

// child is a process that this agent has started.
type child struct {
	process *os.Process
	id      int // its process id: os.Process forgets it
	since   time.Time
}

// startChild starts a process whose output is appended to a file.
func startChild(argv, env []string, output *os.File) (*child, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env, cmd.Stdout, cmd.Stderr = env, output, output
	cmd.SysProcAttr = procgroup.Detached()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &child{cmd.Process, cmd.Process.Pid, time.Now()}, nil
}

func (c *child) pid() int           { return c.id }
func (c *child) started() time.Time { return c.since }

func (c *child) ended() (string, bool) {
	status, ended, err := procgroup.TryReap(c.id)
	switch {
	case err != nil:
		return fmt.Sprintf("it is gone, and how it ended is not known: %v", err), true
	case !ended:
		return "", false
	}
	_ = c.process.Release() // it has been reaped: nothing is left of it
	if status.Signaled() {
		return fmt.Sprintf("killed by signal %d (%s)", status.Signal(), unix.SignalName(status.Signal())), true
	}
	return fmt.Sprintf("exit status %d", status.ExitStatus()), true
}

func (c *child) terminate() bool {
	_ = c.process.Signal(syscall.SIGTERM) // fails if it has ended, which is seen
	return true
}

func (c *child) kill() { procgroup.Kill(c.process) }

// adopted is a process that another agent has started: who holds the lock of its folder.
type adopted struct {
	folder string
	since  time.Time
	leader *os.Process // nil: it has locked, and not yet written who it is
}

// adopt finds the process that works in a folder; nil: there is none.
func adopt(folder string) (*adopted, error) {
	pid, held, err := look(folder)
	if err != nil || !held {
		return nil, err
	}
	a := &adopted{folder: folder, since: time.Now()}
	if info, err := os.Stat(filepath.Join(folder, lockName)); err == nil {
		a.since = info.ModTime() // it has written then who it is
	}
	a.meet(pid)
	return a, nil
}

// meet notes which process it is. It was found while the lock was held, so it is the one: nobody else gets its number then.
func (a *adopted) meet(pid int) {
	if a.leader != nil {
		_ = a.leader.Release() // it is only a reference
		a.leader = nil
	}
	if pid == 0 {
		return
	}
	leader, err := os.FindProcess(pid)
	if err != nil {
		return
	}
	if now, held, _ := look(a.folder); !held || now != pid {
		_ = leader.Release()
		return
	}
	a.leader = leader
}

func (a *adopted) pid() int {
	if a.leader == nil {
		return 0
	}
	return a.leader.Pid
}

func (a *adopted) started() time.Time { return a.since }

// ended takes what can't be looked at for running.
func (a *adopted) ended() (string, bool) {
	pid, held, err := look(a.folder)
	switch {
	case err != nil:
		return "", false
	case held:
		if pid != a.pid() {
			a.meet(pid)
		}
		return "", false
	}
	if a.leader != nil {
		procgroup.KillLeft(a.leader)
		_ = a.leader.Release()
	}
	return "it has ended, and how is not known, as an earlier agent had started it", true
}

func (a *adopted) terminate() bool {
	return a.leader != nil && !errors.Is(a.leader.Signal(syscall.SIGTERM), os.ErrProcessDone)
}

func (a *adopted) kill() {
	if a.leader != nil {
		procgroup.Kill(a.leader)
	}
}

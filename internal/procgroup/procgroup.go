//go:build unix

// Package procgroup starts and reaps processes that lead a process group of their own, so that a terminal's Ctrl-C
// reaches gstorm alone and a process ends together with everything that it has started.
package procgroup

import (
	"os"
	"syscall"
)

// Reap waits until the leader of a group has ended, kills what it has left behind in its group, and returns how the
// leader ended. Where the system can tell of the end before the process is reaped, the group is killed while its number
// can't have become anybody else's.
func Reap(leader *os.Process) (*os.ProcessState, error) {
	if AwaitExit(leader.Pid) {
		kill(leader.Pid)
		return leader.Wait()
	}
	state, err := leader.Wait()
	kill(leader.Pid)
	return state, err
}

// Detached makes a process the leader of a session, and so of a group, of its own. It goes on when the process that has
// started it ends.
func Detached() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// TryReap is Reap for who does not wait: ended is false while the process runs. It is an error if the process is no child,
// or was reaped by somebody else.
func TryReap(leader int) (status syscall.WaitStatus, ended bool, err error) {
	exited, known := hasExited(leader)
	if known && !exited {
		return 0, false, nil
	}
	if exited {
		kill(leader)
	}
	reaped, err := syscall.Wait4(leader, &status, syscall.WNOHANG, nil)
	if err != nil || reaped == 0 {
		return 0, false, err
	}
	if !exited {
		kill(leader)
	}
	return status, true, nil
}

// Kill kills a process that runs, and all of its group if it leads one. It need not be a child.
func Kill(leader *os.Process) {
	if group, err := syscall.Getpgid(leader.Pid); err == nil && group == leader.Pid {
		kill(group)
	}
	_ = leader.Kill() // fails if it has ended
}

// KillLeft kills what is left of a group after its leader, which was no child, has ended. The leader must have been found
// while it ran: by that it is known whether its number is somebody else's by now, who is left alone. A number is not given
// away as long as somebody is in the group.
func KillLeft(leader *os.Process) {
	if !keepsNumber(leader) && syscall.Kill(leader.Pid, 0) != syscall.ESRCH {
		return
	}
	kill(leader.Pid)
}

// kill fails only where nobody is left.
func kill(group int) { _ = syscall.Kill(-group, syscall.SIGKILL) }

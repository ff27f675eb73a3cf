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

// kill fails only where nobody is left.
func kill(group int) { _ = syscall.Kill(-group, syscall.SIGKILL) }

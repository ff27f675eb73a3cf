//go:build unix && !linux

package child

import (
	"syscall"
	"time"
)

// childAttributes makes a child the leader of its own group, so that a terminal's Ctrl-C is the host's alone and the
// child can be killed with all that it started. If the host is killed, the guard kills the group.
func childAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// awaitExit waits until the process has ended, without reaping it. false: the system can not do that.
func awaitExit(int) bool { return false }

// CPUTime is the processor time that the child has used so far; not known on this system.
func (p *Process) CPUTime() (time.Duration, bool) { return 0, false }

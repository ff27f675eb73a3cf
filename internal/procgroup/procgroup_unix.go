//go:build unix && !linux

package procgroup

import (
	"os"
	"syscall"
)

// Attributes make a process the leader of its own group. Nothing ends it when gstorm is killed: it has to notice that by
// itself, by the end of a pipe from gstorm.
func Attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// AwaitExit waits until a child process has ended and leaves it to be reaped, so that its number is still its own. false:
// the system can't do that, and nothing was waited for.
func AwaitExit(int) bool { return false }

// hasExited is AwaitExit for who does not wait. known is false where the system can't tell.
func hasExited(int) (exited, known bool) { return false, false }

// keepsNumber is false where a process is known by nothing but its number.
func keepsNumber(*os.Process) bool { return false }

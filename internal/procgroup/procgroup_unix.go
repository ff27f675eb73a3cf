//go:build unix && !linux

package procgroup

import "syscall"

// Attributes make a process the leader of its own group. Nothing ends it when gstorm is killed: it has to notice that by
// itself, by the end of a pipe from gstorm.
func Attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// awaitExit waits until the process has ended and leaves it to be reaped. false: the system can't do that.
func awaitExit(int) bool { return false }

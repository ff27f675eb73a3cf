package procgroup

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Attributes make a process the leader of its own group. The kernel kills it when the thread that started it ends: start
// it on a thread that is locked (runtime.LockOSThread) until the process has been reaped, else the end of some other
// goroutine that had the thread for itself takes the process along.
func Attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// AwaitExit waits until a child process has ended and leaves it to be reaped, so that its number is still its own. false:
// the system can't do that, and nothing was waited for.
func AwaitExit(pid int) bool {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return err == nil
		}
	}
}

// hasExited is AwaitExit for who does not wait. known is false where the system can't tell.
func hasExited(pid int) (exited, known bool) {
	var info unix.Siginfo
	err := unix.Waitid(unix.P_PID, pid, &info, unix.WEXITED|unix.WNOWAIT|unix.WNOHANG, nil)
	return err == nil && info.Signo != 0, err == nil
}

// keepsNumber reports whether a process runs, or has ended and was not reaped. It is asked by its descriptor, which os.Process
// has from Linux 5.4 on.
func keepsNumber(p *os.Process) bool { return p.Signal(syscall.Signal(0)) == nil }

package plugin

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// stdio are the descriptors of a task's process that are not for the component: what it prints goes to a pipe of its own,
// and it reads nothing. They are taken before main, and before most of what other packages do when they are initialised.
var stdio struct {
	handshake *os.File // stdout as it was: go-plugin's
	life      *os.File // stdin as it was: it ends when gstorm has no more use for the process
	prints    *os.File // os.Stdout for components; go-plugin puts another there
	errors    *os.File // os.Stderr for components
}

func init() {
	if os.Getenv(roleVariable) != taskRole {
		return
	}
	stdio.prints, stdio.errors = os.Stdout, os.Stderr
	stdio.handshake, stdio.life = taken(1, "stdout"), taken(0, "stdin")
	if fd, err := strconv.Atoi(os.Getenv("GSTORM_STDOUT_FD")); err == nil {
		_ = replace(fd, 1) // it fails where somebody else has closed fd; prints then go astray, and are shown all the same
		_ = unix.Close(fd)
	}
	if null, err := os.Open(os.DevNull); err == nil {
		_ = replace(int(null.Fd()), 0)
		_ = null.Close()
	}
}

// taken moves a descriptor to where the component and what it starts do not find it.
func taken(fd int, name string) *os.File {
	copied, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 10)
	if err != nil {
		return os.NewFile(uintptr(fd), name)
	}
	return os.NewFile(uintptr(copied), name)
}

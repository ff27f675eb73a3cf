//go:build unix && !linux

package clock

import (
	"time"

	"golang.org/x/sys/unix"
)

// Now is the time since some moment before the start of the process. It has a meaning on this machine alone. Whether it goes
// on while the machine sleeps is the system's choice: macOS's does.
func Now() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		panic("clock: " + err.Error()) // POSIX asks for it
	}
	return time.Duration(t.Nano())
}

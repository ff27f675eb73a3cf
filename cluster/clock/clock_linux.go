package clock

import (
	"time"

	"golang.org/x/sys/unix"
)

// Now is the time since some moment before the start of the process. Differences of it have a meaning, on this machine.
func Now() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		panic("clock: " + err.Error()) // Linux has it since 2.6.39
	}
	return time.Duration(t.Nano())
}

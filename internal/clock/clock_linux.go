package clock

import (
	"time"

	"golang.org/x/sys/unix"
)

// Now is the time since the machine was started. It has a meaning on this machine alone.
func Now() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		panic("clock: " + err.Error()) // Linux has it since 2.6.39
	}
	return time.Duration(t.Nano())
}

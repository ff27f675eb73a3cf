package main

import (
	"time"

	"golang.org/x/sys/unix"
)

// pause sleeps. The runtime's own timers round up to a millisecond when nothing else goes on, which would be measured as
// latency.
func pause(d time.Duration) {
	t := unix.NsecToTimespec(int64(d))
	_ = unix.Nanosleep(&t, nil) // a signal may end it early: then what is due comes a little too soon
}

//go:build !linux

package clock

import "time"

var start = time.Now()

// Now is the time since some moment. Differences of it have a meaning, on this machine.
func Now() time.Duration { return time.Since(start) }

//go:build unix && !linux

package child

import "time"

// CPUTime is the processor time that the child has used so far; not known on this system.
func (p *Process) CPUTime() (time.Duration, bool) { return 0, false }

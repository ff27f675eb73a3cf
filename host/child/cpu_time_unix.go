//go:build unix && !linux

package child

// CPUTime is the processor time that the child has used so far; not known on this system.
func (p *Process) CPUTime() (CPUTime, bool) { return CPUTime{}, false }

// Usage is what the child takes; not known on this system.
func (p *Process) Usage() Usage { return Usage{} }

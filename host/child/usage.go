package child

import "time"

// Usage is what a process takes.
type Usage struct {
	CPU    time.Duration // processor time since its start; it stays known when the process has ended
	Memory uint64        // resident, in bytes
}

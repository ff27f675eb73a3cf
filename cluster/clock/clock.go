// Package clock is the clock of leases: it only goes forward, nobody can set it, and it goes on while the machine sleeps.
// Go's own monotonic clock stands still then, so that a worker which wakes would believe in a lease that is long over.
package clock

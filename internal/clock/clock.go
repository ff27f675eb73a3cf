// Package clock is the clock of leases: it only goes forward, nobody can set it, it goes on while the machine sleeps, and all
// processes of a machine see the same. Go's own monotonic clock stands still meanwhile, so that a worker which wakes would
// believe in a lease that is long over.
package clock

// Package lease is how a cluster knows that a task does not run at two places, whatever becomes of its machines and of the
// network between them. It is pure: time is an argument, as what a monotonic clock of its machine shows.
//
// A worker runs its tasks only while it holds a lease. It asks the leader for one again and again; the lease runs from when
// the worker *asked*, by the worker's own clock, and when it has run out the worker stops, whatever the reason (Holder). The
// leader notes when the question *arrived*, by its own clock, and takes the tasks for running until a lease from then would
// have run out, and a little longer, as clocks may differ in their speed (Table). No clock is compared with another's.
//
// A leader answers only after a majority has said, since the question arrived, that it still leads (consensus.Log.Verify).
// So whoever was elected after that knows that no lease was asked for later than its election: it lets nobody begin before
// such a lease has run out. Who is running asks it meanwhile, and goes on.
package lease

// Package host runs the tasks of one worker: it starts the children, asks spouts for tuples, sends what components emit
// to the tasks that the groupings choose, keeps the ledger of every tree, and ends a run in order. It is fed a plan and
// does not know whether that came from `gstorm run` or from a cluster.
//
// The life of a task, which taskState holds to:
//
//	starting ----> running ----> draining ----> stopped
//	   ^  \           |  \          |              ^
//	   |   \          |   `---------|--------------+   cut, or the topology failed
//	   |    `---------+-------------'                  its process died: tuples failed, started again
//	   `--------------'
//
// Who waits for whom: Worker.Run owns one goroutine per task and the clock; a task with a child owns the goroutines that
// read from it, write to it and watch it; the child package owns the pipes.
package host

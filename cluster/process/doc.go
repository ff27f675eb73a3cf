// Package process keeps the worker processes of one node running: an agent's Supervisor starts them, starts them again when
// they end, and ends those that are not wanted any more. One worker's death is never another's, and they go on while no agent
// runs, as when it is upgraded: the next one adopts them.
//
//	DIR/workers/lock                     held by the agent
//	DIR/workers/word-count-17-3/         of worker 3 of the topology with the id word-count-17
//	    spec.json                        what it is told at its start
//	    lock                             held by the worker while it runs (Hold), with its process id
//	    output, output.1                 what it has printed: for a panic, mostly
//
// Whether a process runs that was not started by this agent is known by its lock, never by its process id, which may have
// been given to somebody else. The lock is also why there are never two: who does not get it ends.
package process

// Package fsm is what a cluster must not lose: which topologies there are, what they run and how, where their workers are,
// and which nodes there are. Every voter holds the same State, because each applies the same commands in the same order
// (hashicorp/raft brings them). So a command brings everything that it depends on with it, the time included: nothing here
// looks at a clock, at chance, at a file or at another machine.
//
// What is only known for a while is not here: who is alive, what a worker counts, which lease runs until when. It does not
// go through raft, and is gathered anew by a new leader.
package fsm

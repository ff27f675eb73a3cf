// Package control is what the leader decides: from the replicated state and from what it knows of nodes and workers at the
// moment follow the commands that bring the cluster nearer to what is wanted. It is pure. The leader asks it whenever something has
// changed, and every now and then; a decision that was lost, or made by a leader that was replaced, is made again.
//
// A topology's life, as control leads it:
//
//	submitted ──▶ placed ──▶ placed elsewhere (a node was lost or drains, a rebalance) ──▶ ...
//	                 │
//	                 ├──▶ to take another shape: comes to rest ──▶ placed anew
//	                 └──▶ killed: comes to rest ──▶ placed nowhere ──▶ no worker may run any more ──▶ removed
//
// What begins anywhere begins only with a lease (package lease), so a placement may say at once where a task is going to run:
// it does when nobody else can be running it.
package control

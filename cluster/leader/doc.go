// Package leader is what the leader of a cluster knows beside the replicated state, and what it answers to workers and
// agents: which leases are in force, which process has which tasks at which address, how far each is, and which nodes are
// heard of. It is pure: time is an argument. A leader begins with nothing, and hears everything within a second; until
// every lease that another one may have granted has run out it lets nobody begin (package lease).
//
// What is to be done about all this it asks package control.
package leader

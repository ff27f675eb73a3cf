// Package trial runs topologies and single components on tuples that somebody gives, and keeps what comes of them: for
// tests in the spirit of Storm's Testing.completeTopology, and for looking at what a component does. It makes plain
// topologies; that they run in a host is the caller's business.
package trial

// Package gstorm is the vocabulary of gstorm: tuples, values, fields, streams, groupings, the description of a topology
// and the rules that a topology must keep, configuration, and the interfaces of components that are written in Go.
//
// The words and their meanings are Storm's. A topology is a graph of components: spouts, which bring tuples in, and
// bolts, which take tuples and emit others. A component emits on named streams, each with a fixed list of fields; a bolt
// subscribes to streams of other components, and the grouping of a subscription says which of its tasks gets which
// tuple. A tuple that a spout emitted with a message id is the root of a tree: the spout is told once when everything
// that came of it was acked, or when something failed or took too long.
//
// Every front end (Ruby, Go, ...) turns a file into a [Topology], [Topology.Validate] finds what is wrong with it, and
// what runs it never asks which language it came from. The package imports the standard library only, and all others
// import it.
package gstorm

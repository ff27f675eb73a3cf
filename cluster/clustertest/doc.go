// Package clustertest plays histories of a whole cluster in one goroutine, on a virtual clock: what is decided, replicated,
// granted and run, while machines, processes and the network between them fail in every way that they can. Its code is tests.
package clustertest

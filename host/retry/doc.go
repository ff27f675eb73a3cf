// Package retry keeps account of the failed messages of one spout task: which they were, why, and how often in a row. It is a
// pure core: no goroutine, clock or I/O, and nothing is done for a message that does not fail. Messages are told apart by a key,
// which is their id or, of a long one, its hash (Key).
package retry

// Package logs keeps what the workers of topologies log, on the node where they run, and finds it again.
//
//	DIR/logs/word-count-17/worker-3.log        of worker 3 of the topology with that id, being written
//	DIR/logs/word-count-17/worker-3.41.log     the one before: the higher the number, the newer
//
// A file that is full gets its number once and keeps it, so that who reads knows which comes next however often that has
// happened meanwhile. A line is a record as slog's JSON handler writes it, with the keys topology, component, task, pid and
// worker; anything else that gets there, such as a panic, is a line too.
package logs

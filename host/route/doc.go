// Package route turns the groupings of a plan into tasks: which tasks get a tuple that one task emits on one stream. It
// is pure: no goroutine, no clock, no I/O; randomness comes from a seed.
//
// # Groupings
//
// A stream may have several consumers; each gets the tuple by its own grouping, in the order of the plan.
//
//   - shuffle: the consumer's tasks in an order shuffled once, in turn. Any two tasks' counts differ by at most one.
//   - local_or_shuffle: shuffle among the tasks in the emitter's worker; where there are none, among all.
//   - fields: the hash of the key picks one of plan.KeyGroups groups, the consumer's table says whose group that is.
//     The key is the list of the fields' values, in the order in which the grouping names them.
//   - partial_key: every key has two candidate tasks, which differ wherever there are two tasks, by two independent
//     hashes; the one that this emitter has used less gets the tuple (the first of them if equal).
//   - all: every task. global: the task with the lowest id. none: a random task for each tuple.
//   - direct: the emitter names the task. As in Storm, a tuple that is emitted on such a stream without a task is an
//     error, and so is a task that does not consume the stream directly.
//
// # The hash of a value
//
// Values reach us from several languages, as JSON text or as Go values. Equal values must have the same hash however
// they are written, or tuples with the same key would go to different tasks. Values are equal by these rules:
//
//   - Numbers are equal if they are the same number, exactly: 1, 1.0, 1e0 and 10e-1 are one value, 0 and -0 are, but
//     18446744073709551616 and 18446744073709551617 differ although a float64 can't tell them apart. A Go float is the
//     number that its shortest decimal form says, which is what JSON carries: float32(0.1) is 0.1. NaN and the
//     infinities are no values.
//   - Strings are equal if they are the same sequence of Unicode code points, whatever is escaped: "\u00e9" is "é".
//     There is no normalisation. What is not Unicode (a lone surrogate, a byte that is not UTF-8) counts as U+FFFD.
//   - A number is never equal to a string: 1 and "1" differ. true, false and null equal only themselves.
//   - Lists are equal if their elements are, in order. Maps are equal if they have the same keys with equal values, in
//     any order. An object that names a key twice is no map, and its hash is as it comes.
//
// The hash is the same in every process and every version of gstorm, because tasks on different machines, before and
// after an upgrade, must agree on whose key it is. It does not withstand someone who makes keys collide on purpose.
package route

// Package transfer moves tuples between tasks: a task collects what it emits in its Outbox, by target; a batch goes to
// the target's Queue when it is large enough or when the task has nothing more to do, so that batching costs no time at
// low rates. Queues are bounded; a full one holds its producers back, and through them the spouts. What one task sends
// another arrives in the order in which it was sent.
package transfer

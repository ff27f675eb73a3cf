// Package acker knows when everything that came of a tuple has been handled, without remembering any of it: Storm's XOR
// algorithm as a pure core. It has no goroutine, clock or I/O; times (milliseconds, of any clock that starts at or after
// zero) and randomness are arguments, and what happened comes out as values.
//
// A tree of tuples hangs on a Root. Each delivery of a tuple to a task is an edge with a random 64-bit id. Every id is
// XORed into the root's entry twice: once by the task that emits, in the update that acks the tuple which the new one is
// anchored to (or by the spout), and once by the task that acks what was delivered. So, in whatever order the updates
// arrive, the entry is zero when no delivery is left; by chance at any other time with a probability of 2^-64.
//
//	spout task                         bolt tasks, in any worker
//	Ledger.Open(root)
//	Ledger.Xor(root, a), send  ---a--> Lineage{root: a}
//	Ledger.Close(root)                 Extend: child {root: b}, acc ^= b    ---b--> Lineage{root: b}
//	                           <------ Ack: Updates.Add(root, a ^ acc)              Extend nothing
//	Outcomes: acked            <--------------------------------------------------- Ack: Updates.Add(root, b ^ 0)
//
// The life of an entry. Every entry that was opened leaves the ledger exactly once:
//
//	        Open              Close and zero             -> Acked
//	(none) ------> open ----> Fail, FailAll              -> Failed
//	                          Advance past the deadline  -> TimedOut
//	                          Cancel                     (no outcome)
//
// A Ledger belongs to the task whose roots it holds; Root.Task says which, so nothing has to be looked up to send an
// update home.
package acker

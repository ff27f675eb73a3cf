package acker

import "fmt"

const (
	seqBits = 43
	seqMask = 1<<seqBits - 1
	traced  = 1 << seqBits

	// MaxTask is the highest task that can own roots.
	MaxTask = 1<<(63-seqBits) - 1
)

// Root names one scope: the upper 20 bits are the task whose ledger holds it, the lower 43 a sequence number of that task, and
// the one between them says whether it is traced. So whoever has a tuple in hand knows that with no further word. The zero Root
// means none.
type Root uint64

// NewRoot returns the root number seq of a task. Tasks are counted from 1 to MaxTask, as in Storm; another task is a bug
// of the caller and panics, for its updates would go to a stranger's ledger. Only the lower 43 bits of seq are kept. A
// task that is started anew should begin at another seq than before (the time, say), so that updates meant for its
// former life find no root.
func NewRoot(task int, seq uint64) Root {
	if task < 1 || task > MaxTask {
		panic(fmt.Sprintf("acker: task %d is not in 1..%d", task, MaxTask))
	}
	return Root(uint64(task)<<(seqBits+1) | seq&seqMask)
}

// Task returns the task whose ledger holds the root; 0 for the zero Root.
func (r Root) Task() int { return int(r >> (seqBits + 1)) }

// Mark returns the root that is traced, of the same task and sequence number.
func (r Root) Mark() Root { return r | traced }

// Traced reports whether what becomes of the root's tuples is to be recorded.
func (r Root) Traced() bool { return r&traced != 0 }

// Seq returns the sequence number that the root was made of.
func (r Root) Seq() uint64 { return uint64(r) & seqMask }

// String returns task and sequence, as in "3/17".
func (r Root) String() string { return fmt.Sprintf("%d/%d", r.Task(), r.Seq()) }

package acker

import "fmt"

// Kind is how a root ended.
type Kind uint8

// A root that was not canceled ends in one of these. The spout is told ack for Acked and fail for the others.
const (
	Acked    Kind = iota + 1 // everything that came of it was handled
	Failed                   // somebody said fail, or died
	TimedOut                 // its deadline passed first
)

// String returns the name that logs and summaries use.
func (k Kind) String() string {
	switch k {
	case Acked:
		return "acked"
	case Failed:
		return "failed"
	case TimedOut:
		return "timed out"
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Outcome is the end of one root.
type Outcome[O any] struct {
	Root  Root
	Owner O // as given to Open
	Kind  Kind
	Cause *Cause // as given to Fail or FailAll; nil for the other kinds
	Age   int64  // from Open to the end, in the unit of the times
}

// Counts are totals since the ledger was made. At any time Opened = Acked + Failed + TimedOut + Canceled + Len().
type Counts struct {
	Opened, Acked, Failed, TimedOut, Canceled uint64

	Late uint64 // Xor and Fail for a root that is not open: it had ended before
}

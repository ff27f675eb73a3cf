package stats

import (
	"slices"
	"time"
)

// KeptFailures is how many failed messages each task of a spout remembers, the newest.
const KeptFailures = 1000

// The kinds of a Failure.
const (
	FailedTuple = "failed"    // a component failed it, or died with it
	TimedOut    = "timed_out" // nobody answered it in time
)

// Failures are messages of spouts whose trees have failed, the newest first.
type Failures struct {
	Total    uint64    `json:"total"` // trees that have failed since the run began
	Kept     int       `json:"kept"`  // messages that are remembered of these
	Failures []Failure `json:"failures"`
}

// Failure is what is known of one message that has failed, perhaps again and again. Message and Values are the data itself, which
// not everybody may see.
type Failure struct {
	Message   string       `json:"message,omitempty"` // its id, as JSON text
	Component string       `json:"component"`         // the spout
	Task      int          `json:"task"`
	Stream    string       `json:"stream"`
	Node      string       `json:"node,omitempty"`
	Times     uint64       `json:"times"` // how often it has failed
	First     time.Time    `json:"first"`
	Last      time.Time    `json:"last"`
	Kind      string       `json:"kind"`           // the last time: FailedTuple or TimedOut
	Cause     FailureCause `json:"cause"`          // the last time
	Values    []TapValue   `json:"values"`         // nil: they are not known
	More      int          `json:"more,omitempty"` // values that are not shown, as those before take all the room
	Dead      bool         `json:"dead"`           // it was put on the dead-letter list, and the spout was told that it is done
}

// FailureCause is where and why a tree has failed, as far as that is known.
type FailureCause struct {
	Component string `json:"component"` // whose task failed it; "": nobody, its time was up
	Task      int    `json:"task"`
	PID       int    `json:"pid"`   // of that component's process; 0: it has none of its own
	Tuple     string `json:"tuple"` // the id of the failed tuple, as that component knows it; "": all that it held
	File      string `json:"file"`
	Line      int    `json:"line"`
	Reason    string `json:"reason"` // one line
}

// DeadLetters are tuples of spouts that have failed as often as they may, and are kept until somebody replays or drops them.
type DeadLetters struct {
	Max     int          `json:"max"`   // gstorm.retry.max of the topology, or the largest of its spouts; 0: none are kept
	Total   int          `json:"total"` // letters that there are
	Full    bool         `json:"full"`  // on some node there is no room for more
	Letters []DeadLetter `json:"letters"`
	// Missing says which nodes could not be asked for theirs.
	Missing []string `json:"missing,omitempty"`
	Damaged int      `json:"damaged,omitempty"` // lines of the lists' files that can't be read
}

// DeadLetter is one of them. Message and Values are the data itself, which not everybody may see.
type DeadLetter struct {
	ID        string       `json:"id"`
	Component string       `json:"component"` // the spout
	Task      int          `json:"task"`
	Stream    string       `json:"stream"`
	Message   string       `json:"message,omitempty"` // its id, as JSON text
	Fields    []string     `json:"fields"`
	Values    []TapValue   `json:"values"`         // nil: who asks may not see them
	More      int          `json:"more,omitempty"` // values that are not shown, as those before take all the room
	Failures  uint64       `json:"failures"`       // how often it has failed, replays included
	First     time.Time    `json:"first"`
	Last      time.Time    `json:"last"`
	Cause     FailureCause `json:"cause"` // the last time
	Node      string       `json:"node,omitempty"`
	State     string       `json:"state"`   // LetterWaiting or LetterReplaying
	Replays   int          `json:"replays"` // how often it was replayed and has failed again
}

// The states of a DeadLetter.
const (
	LetterWaiting   = "waiting"   // until somebody says what is to become of it
	LetterReplaying = "replaying" // it is emitted again as soon as its spout is there and may emit, and is gone when it was acked
)

// LetterChoice is which dead letters something is to be done with: those with IDs, or all.
type LetterChoice struct {
	IDs []string `json:"ids,omitempty"`
	All bool     `json:"all,omitempty"`
}

// Add adds the failures of others, on a node, and keeps so many of all, the newest.
func (f *Failures) Add(others Failures, node string, most int) {
	f.Total += others.Total
	f.Kept += others.Kept
	for _, o := range others.Failures {
		o.Node = node
		f.Failures = append(f.Failures, o)
	}
	slices.SortStableFunc(f.Failures, func(a, b Failure) int { return b.Last.Compare(a.Last) })
	f.Failures = f.Failures[:min(most, len(f.Failures))]
}

// Add adds the letters of a node, and keeps so many of all, the newest.
func (d *DeadLetters) Add(others DeadLetters, node string, most int) {
	d.Total += others.Total
	d.Damaged += others.Damaged
	d.Full = d.Full || others.Full
	for _, l := range others.Letters {
		l.Node = node
		d.Letters = append(d.Letters, l)
	}
	slices.SortStableFunc(d.Letters, func(a, b DeadLetter) int { return b.Last.Compare(a.Last) })
	d.Letters = d.Letters[:min(most, len(d.Letters))]
}

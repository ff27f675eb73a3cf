package stats

import "time"

// The bounds of a TapRequest's rate.
const (
	DefaultTapRate = 10
	MaxTapRate     = 1000
)

// TapRequest is which tuples somebody wants to see as they pass.
type TapRequest struct {
	Component string `json:"component"`
	Stream    string `json:"stream,omitempty"` // "": all of them
	Task      int    `json:"task,omitempty"`   // 0: all of them
	Where     string `json:"where,omitempty"`  // an expression that is true for them; "": for all
	Rate      int    `json:"rate"`             // how many of them per second and worker, from 1 to MaxTapRate
}

// TapLine is one thing that a tap tells: a tuple, how much it has seen, or what is wrong. Node and Worker say whose it is; a run
// on one machine has neither.
type TapLine struct {
	Node    string     `json:"node,omitempty"`
	Worker  int        `json:"worker,omitempty"`
	Tuple   *TapTuple  `json:"tuple,omitempty"`
	Counts  *TapCounts `json:"counts,omitempty"`
	Problem string     `json:"problem,omitempty"`
}

// TapTuple is a tuple as a tap shows it.
type TapTuple struct {
	Time      time.Time  `json:"time"` // when it was emitted
	Component string     `json:"component"`
	Task      int        `json:"task"`
	Stream    string     `json:"stream"`
	Values    []TapValue `json:"values"`
	More      int        `json:"more,omitempty"` // values that are not shown, as those before take all the room
	Root      string     `json:"root,omitempty"` // of its tree, the first if it is part of several; "": it is not tracked
	Targets   []int      `json:"targets"`        // the tasks that get it
}

// TapValue is a value of a tuple. What it is goes as text, so that no reader's numbers can change it.
type TapValue struct {
	Field string `json:"field"`
	JSON  string `json:"json"`            // its JSON text, or the beginning of that
	Bytes int    `json:"bytes,omitempty"` // how long the JSON text is, if not all of it is shown
}

// TapCounts is what one tap at one worker has seen since it began.
type TapCounts struct {
	Emitted uint64 `json:"emitted"` // tuples that have passed
	Looked  uint64 `json:"looked"`  // those of them that were looked at
	Matched uint64 `json:"matched"` // those of these for which the expression is true
	Failed  uint64 `json:"failed"`  // those for which it can't be computed
	Shown   uint64 `json:"shown"`
	Dropped uint64 `json:"dropped"`         // those that were to be shown, but whoever reads was too slow
	Error   string `json:"error,omitempty"` // why the expression could not be computed the last time
}

package stats

// DefaultTraceRate is how many trees per second each spout task traces if its configuration does not say.
const DefaultTraceRate = 1

// TraceEvent is one thing that a worker has recorded of a traced tree, at a moment by the clock of its node. Exactly one of the
// fields behind At is set. To be told of one twice does no harm.
type TraceEvent struct {
	Root     string         `json:"root"` // task and sequence number: "3-17"
	At       int64          `json:"at"`   // us since 1970
	Begun    *TraceBegun    `json:"begun,omitempty"`
	Emitted  *TraceEmitted  `json:"emitted,omitempty"`
	Handed   *TraceHanded   `json:"handed,omitempty"`
	Answered *TraceAnswered `json:"answered,omitempty"`
	Ended    *TraceEnded    `json:"ended,omitempty"`
	Dropped  int            `json:"dropped,omitempty"` // how many tuples of the tree the worker has not recorded, in all
}

// TraceBegun says that a spout's task has opened the tree.
type TraceBegun struct {
	Component string     `json:"component"`
	Task      int        `json:"task"`
	Stream    string     `json:"stream"`
	Message   string     `json:"message"` // its id, as JSON text, or the beginning of that
	Values    []TapValue `json:"values"`
	More      int        `json:"more,omitempty"`
}

// TraceEmitted says that a tuple was emitted, for one task. ID names that tuple within the tree, in 16 hexadecimal digits; Parents
// are the tuples that it was anchored to: none if it is the spout's.
type TraceEmitted struct {
	ID         string   `json:"id"`
	Parents    []string `json:"parents,omitempty"`
	Source     string   `json:"source"`
	SourceTask int      `json:"source_task"`
	Stream     string   `json:"stream"`
	Component  string   `json:"component"`
	Task       int      `json:"task"`
}

// TraceHanded says that a tuple was handed to its bolt.
type TraceHanded struct {
	ID        string `json:"id"`
	Component string `json:"component"`
	Task      int    `json:"task"`
	PID       int    `json:"pid,omitempty"` // of the task's process; 0: it has none
}

// TraceAnswered says that a bolt has answered a tuple, or that it was answered for it. Before is when the task had last answered
// anything, by the same clock: not sooner it can have begun with this one. 0: it had not.
type TraceAnswered struct {
	ID     string `json:"id"`
	Before int64  `json:"before,omitempty"`
	Failed bool   `json:"failed,omitempty"`
	Cause  string `json:"cause,omitempty"` // of the failure, on one line
}

// TraceEnded says how the tree has ended.
type TraceEnded struct {
	Outcome string `json:"outcome"` // TraceAcked, TraceFailed or TraceTimedOut
	Cause   string `json:"cause,omitempty"`
	Micros  int64  `json:"us"` // how long it was open
}

// The outcomes of a traced tree.
const (
	TraceAcked    = "acked"
	TraceFailed   = "failed"
	TraceTimedOut = "timed_out"
	TracePending  = "pending" // it has none yet
)

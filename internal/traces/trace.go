package traces

import (
	"time"

	"github.com/gstorm/gstorm/internal/stats"
)

// Summary is a traced tree, but for its tuples.
type Summary struct {
	Root      string    `json:"root"` // task and sequence number: "3-17"
	Component string    `json:"component"`
	Task      int       `json:"task"`
	Stream    string    `json:"stream"`
	Message   string    `json:"message,omitempty"` // its id, as JSON text; "": who asks must not see it
	Began     time.Time `json:"began"`
	MS        float64   `json:"ms"`      // until its end, or until now
	Outcome   string    `json:"outcome"` // as stats.TraceAcked and so on
	Cause     string    `json:"cause"`
	// Components and Nodes are those that its tuples went to, in the order in which they came there.
	Components []string `json:"components"`
	Nodes      []string `json:"nodes"`
	Dropped    int      `json:"dropped"` // tuples that are not shown, as there were too many
}

// Listed is a trace in a list.
type Listed struct {
	Summary
	Spans int `json:"spans"` // how many there are
}

// Trace is a traced tree.
type Trace struct {
	Summary
	// ClocksMS is by how much the clock of a node had to be moved at most, so that nothing is before what it came of. 0: none was.
	ClocksMS float64 `json:"clocks_ms"`
	Values   []Value `json:"values,omitempty"` // of the spout's tuple; nil: who asks must not see them
	More     int     `json:"more,omitempty"`   // values that are not shown
	Spans    []Span  `json:"spans"`            // by when they were emitted
}

// Value is a value of a tuple.
type Value struct {
	Name  string `json:"name"`
	Value string `json:"value"`           // its JSON text, or the beginning of that
	Bytes int    `json:"bytes,omitempty"` // how long the JSON text is, if not all of it is shown
}

// Span is what became of one tuple at one task. Times are in milliseconds since the trace began; nil: not known.
type Span struct {
	ID         string   `json:"id"`      // 16 hexadecimal digits
	Parents    []string `json:"parents"` // the tuples that it was anchored to; none: it is the spout's
	Source     string   `json:"source"`
	SourceTask int      `json:"source_task"`
	Stream     string   `json:"stream"`
	Component  string   `json:"component"`
	Task       int      `json:"task"`
	Node       string   `json:"node"`
	Worker     int      `json:"worker"`
	PID        int      `json:"pid"`
	Emitted    *float64 `json:"emitted"`
	Handed     *float64 `json:"handed"`   // to the task's process: until then it waited in the queue
	Began      *float64 `json:"began"`    // not sooner than that the task had it in hand, by its last answer before
	Answered   *float64 `json:"answered"` // by the component
	Outcome    string   `json:"outcome"`  // acked, failed or nothing
	Cause      string   `json:"cause"`
}

func values(list []stats.TapValue) []Value {
	shown := make([]Value, 0, len(list))
	for _, v := range list {
		shown = append(shown, Value{v.Field, v.JSON, v.Bytes})
	}
	return shown
}

// Package stats is what a running or ended topology tells about itself: the numbers behind the live table, the summary
// and its JSON form (spec/summary.schema.json), which later commands keep. Plain data; counts are exact, not sampled.
package stats

import (
	"encoding/json"
	"time"
)

// The states of a run.
const (
	Starting = "starting"
	Running  = "running"
	Draining = "draining" // spouts are stopped, pending trees are waited for
	Finished = "finished" // every spout finished and everything was handled
	Stopped  = "stopped"  // ended on purpose
	Failed   = "failed"   // ended because the topology could not go on
)

// Snapshot is the state of a topology at one moment. Counts are since the start.
type Snapshot struct {
	Topology string    `json:"topology"`
	State    string    `json:"state"`
	Reason   string    `json:"reason,omitempty"` // why it ended, in words
	Started  time.Time `json:"started"`
	Seconds  float64   `json:"seconds"` // since Started
	Trees    Trees     `json:"trees"`
	// Components are in the order of the flow: spouts first, then by distance from them, then by id.
	Components []Component `json:"components"`
	Tasks      []Task      `json:"tasks"`   // by component in the order of Components, then by id
	Streams    []Stream    `json:"streams"` // by component in the same order, then by name
	Edges      []Edge      `json:"edges"`   // by component in the same order, then by source and stream
	// Errors are the last errors of each component, oldest first.
	Errors []ComponentError `json:"errors,omitempty"`
	// Metrics are the last values that the tasks reported, by component, task and name.
	Metrics []Metric `json:"metrics,omitempty"`
}

// Trees counts the tuple trees of all spouts. Emitted is always the sum of the others.
type Trees struct {
	Emitted  uint64 `json:"emitted"`
	Acked    uint64 `json:"acked"`
	Failed   uint64 `json:"failed"`
	TimedOut uint64 `json:"timed_out"`
	Pending  uint64 `json:"pending"`
	// Late counts answers that came after their tree had ended.
	Late uint64 `json:"late"`
}

// Component sums up the tasks of a component.
type Component struct {
	ID    string `json:"id"`
	Kind  string `json:"kind"`
	Tasks int    `json:"tasks"`
	// Emitted counts emits of the component, Transferred the tuples that these became for the tasks that got them,
	// Executed the tuples that were handed to the component.
	Emitted     uint64 `json:"emitted"`
	Transferred uint64 `json:"transferred"`
	Executed    uint64 `json:"executed"`
	// Acked and Failed count a bolt's answers, or the ends of a spout's trees (Failed: with those that timed out).
	Acked    uint64 `json:"acked"`
	Failed   uint64 `json:"failed"`
	Restarts uint64 `json:"restarts"`
	Errors   uint64 `json:"errors"`
	Queue    uint64 `json:"queue"`     // tuples that wait for the component now
	InFlight uint64 `json:"in_flight"` // tuples that the component has and has not answered, or a spout's pending trees
	// Latency is, of a bolt, from handing over a tuple to its ack or fail; of a spout, from emit to the end of the tree.
	Latency Latency `json:"latency_ms"`
	Spent   Spent   `json:"spent"`
}

// Task is one task. Its counts are since the run began, over restarts of its process; those of a component are the sums of
// its tasks'.
type Task struct {
	ID        int       `json:"id"`
	Component string    `json:"component"`
	Kind      string    `json:"kind"`
	Worker    int       `json:"worker,omitempty"` // of a cluster; 0: there is none
	Node      string    `json:"node,omitempty"`   // the name of the worker's node
	PID       int       `json:"pid,omitempty"`    // 0: it has no process of its own, or none now
	State     string    `json:"state"`            // Starting, Running, Draining, Stopped, Failed
	Since     time.Time `json:"since,omitzero"`   // when its process began, or it, if it has none
	// The counts are those of Component.
	Emitted     uint64 `json:"emitted"`
	Transferred uint64 `json:"transferred"`
	Executed    uint64 `json:"executed"`
	Acked       uint64 `json:"acked"`
	Failed      uint64 `json:"failed"`
	Restarts    uint64 `json:"restarts"`
	Errors      uint64 `json:"errors"`
	Queue       uint64 `json:"queue"`
	QueueLimit  uint64 `json:"queue_limit"` // tuples at which those who emit to it wait; 0: it has no queue
	InFlight    uint64 `json:"in_flight"`
	// Busy is for how long it was at work: had tuples that it had not answered (a bolt that is a process), handled what it
	// took from its queue (a bolt in Go within gstorm), or was not waiting for anything but its own component (a spout).
	Busy float64 `json:"busy_seconds"`
	// Held is for how long what it emitted waited for full queues.
	Held    float64 `json:"held_seconds"`
	CPU     float64 `json:"cpu_seconds"`  // of its processes, as far as that is known
	Memory  uint64  `json:"memory_bytes"` // resident, of its process; 0: not known
	Latency Latency `json:"latency_ms"`
	Spent   Spent   `json:"spent"`
}

// Spent is where the time of a bolt's tuples went, as sums: what is between two moments has the means of that time. Each tuple
// waits in the task's queue until it is handed over; then for its process to be through with those before it, in the pipe and
// in the process itself; and then the process has it, until it answers. A process counts as one that handles one tuple after
// the other: it begins with one when it gets it, or when it has answered another one after that. So of a process that keeps
// tuples and answers many at once, or works on several at a time, Child is what each of them comes to, and the rest is in
// Pipe. Pipe and Child make up the latency.
//
// A bolt in Go within gstorm has no pipe, and its Child is the call that gets the tuple. There, one call in 16 is measured for
// those that follow it, and when it began for how long they had waited. Ticks do not wait; if they are answered, that counts.
// Tuples that their process leaves unanswered at its end count as queued only. A spout has none of this.
type Spent struct {
	Queued   uint64  `json:"queued"`        // tuples that have left the queue
	Queue    float64 `json:"queue_seconds"` // for how long they were in it
	Answered uint64  `json:"answered"`      // tuples that were answered
	Pipe     float64 `json:"pipe_seconds"`  // for how long they waited for their process
	Child    float64 `json:"child_seconds"` // for how long it had them
}

// Add adds what others have spent.
func (s *Spent) Add(o *Spent) {
	s.Queued += o.Queued
	s.Queue += o.Queue
	s.Answered += o.Answered
	s.Pipe += o.Pipe
	s.Child += o.Child
}

// Add adds what a task has counted; the latency, which can't be added up, stays as it is.
func (c *Component) Add(t *Task) {
	c.Tasks++
	c.Emitted += t.Emitted
	c.Transferred += t.Transferred
	c.Executed += t.Executed
	c.Acked += t.Acked
	c.Failed += t.Failed
	c.Restarts += t.Restarts
	c.Errors += t.Errors
	c.Queue += t.Queue
	c.InFlight += t.InFlight
	c.Spent.Add(&t.Spent)
}

// Stream counts an output stream of a component: its emits, and the tuples that these became.
type Stream struct {
	Component   string `json:"component"`
	Stream      string `json:"stream"`
	Emitted     uint64 `json:"emitted"`
	Transferred uint64 `json:"transferred"`
}

// Edge counts what a bolt got by one of its inputs. Ticks come by the stream __tick of __system; for a bolt that is a process
// they count where it answers them, not as executed.
type Edge struct {
	Component string `json:"component"`
	Source    string `json:"source"`
	Stream    string `json:"stream"`
	Executed  uint64 `json:"executed"`
	Acked     uint64 `json:"acked"`
	Failed    uint64 `json:"failed"`
}

// Latency is a distribution in milliseconds. All zero: nothing was measured.
type Latency struct {
	Count uint64  `json:"count"`
	Mean  float64 `json:"mean"`
	P50   float64 `json:"p50"`
	P99   float64 `json:"p99"`
	Max   float64 `json:"max"`
}

// ComponentError is one error of a component: reported by it, or its death.
type ComponentError struct {
	Component string    `json:"component"`
	Task      int       `json:"task"`
	PID       int       `json:"pid,omitempty"`
	Time      time.Time `json:"time"`
	Message   string    `json:"message"` // all of it, with the lines of its backtrace
	File      string    `json:"file,omitempty"`
	Line      int       `json:"line,omitempty"`
	Tuple     string    `json:"tuple,omitempty"` // id of the tuple that it was about
	Count     uint64    `json:"count"`           // how often the same was reported since
}

// Metric is the last value of a metric that a task's component reported (the protocol's metrics message).
type Metric struct {
	Component string          `json:"component"`
	Task      int             `json:"task"`
	Name      string          `json:"name"`
	Value     json.RawMessage `json:"value"` // as it was reported
}

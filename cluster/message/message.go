// Package message is what workers and agents say to the leader of their cluster, and what it answers. Nothing of it is kept:
// each question says all that the leader has to know of who asks, so that a new leader knows everything after a second.
package message

import (
	"slices"
	"time"

	"github.com/gstorm/gstorm/cluster/fsm"
)

// Question is a worker's, which asks for its next lease. It asks every AskEvery, and whenever something of it is new.
type Question struct {
	Topology string `json:"topology"` // its id
	Worker   int    `json:"worker"`
	Node     string `json:"node"`
	Life     string `json:"life"` // drawn at random at the start of the process
	PID      int    `json:"pid"`
	// Ticket is what the leader has given to this life, by which the leader knows who came later; 0: none yet.
	Ticket  uint64 `json:"ticket,omitempty"`
	Address string `json:"address"` // where it takes links of other workers
	Shape   uint64 `json:"shape"`   // that its tasks are of
	Tasks   []int  `json:"tasks"`   // that it runs, or would like to
	Running bool   `json:"running"` // it holds a lease
	Epoch   uint64 `json:"epoch"`   // of the topology as it knows it; 0: it does not
	Peers   uint64 `json:"peers"`   // the revision of Answer.Peers that it goes by
	Progress
	// Over: it has ended, in order or not, and runs nothing any more. No lease is asked for.
	Over bool `json:"over,omitempty"`
	// Failed is why the topology can't go on, and is not to be tried again; only of one that is Over.
	Failed string `json:"failed,omitempty"`
}

// Progress is how far a worker is (host.Progress).
type Progress struct {
	Ready    bool `json:"ready,omitempty"`
	Finished bool `json:"finished,omitempty"`
	Ended    int  `json:"ended,omitempty"`
	Stages   int  `json:"stages,omitempty"`
}

// Answer is the leader's to a Question.
type Answer struct {
	// Lease is for how long the worker may run, from when it asked; 0: it may not.
	Lease time.Duration `json:"lease,omitempty"`
	// Refused is why there is none. Where End is not set, it is asked for again.
	Refused string `json:"refused,omitempty"`
	// End is why the worker is to end: at once if it has no lease, else when what it has is handled.
	End string `json:"end,omitempty"`

	// Ticket is for a life that had none. It asks again with it, at once.
	Ticket   uint64        `json:"ticket,omitempty"`
	Topology *fsm.Topology `json:"topology,omitempty"` // as it is, if that is not the epoch that the worker knows
	// Begin: every worker is ready and knows the others, so spouts may.
	Begin bool `json:"begin,omitempty"`
	// Ended is how many stages have ended in every worker of a topology that comes to rest.
	Ended int    `json:"ended,omitempty"`
	Peers []Peer `json:"peers,omitempty"` // if Revision is not the one that the worker goes by
	// Revision is that of the peers.
	Revision uint64 `json:"revision,omitempty"`
}

// Peer is a worker that holds a lease.
type Peer struct {
	Worker  int    `json:"worker"`
	Life    string `json:"life"`
	Address string `json:"address"`
	Tasks   []int  `json:"tasks"`
}

// Report is an agent's, about its node. It reports every ReportEvery, and whenever something of it is new.
type Report struct {
	Node    fsm.Node       `json:"node"`
	Workers []WorkerReport `json:"workers,omitempty"`
	// Applied is how far it has got in the log, if it is a member.
	Applied uint64 `json:"applied,omitempty"`
	// Revision is that of the orders that it goes by. While there are no others, and it is not 0, the answer may be held
	// back for HoldFor.
	Revision uint64 `json:"revision,omitempty"`
}

// WorkerReport is how it stands with a worker's process.
type WorkerReport struct {
	Topology string `json:"topology"`
	Worker   int    `json:"worker"`
	PID      int    `json:"pid,omitempty"` // of the process that runs, or ran last
	Running  bool   `json:"running,omitempty"`
	Restarts int    `json:"restarts,omitempty"`
	// Doing is what is done for it before it can start: fetching the bundle, installing what it needs.
	Doing string `json:"doing,omitempty"`
	// Problem is why it does not run, or how it ended the last time.
	Problem string `json:"problem,omitempty"`
}

// Orders are the leader's to an agent: which workers are to be on its node.
type Orders struct {
	Revision uint64  `json:"revision"`
	Workers  []Order `json:"workers,omitempty"`
}

// Order is one of them. A worker that is not ordered is to end.
type Order struct {
	Topology string `json:"topology"` // its id
	Name     string `json:"name"`
	Shape    uint64 `json:"shape"`
	Worker   int    `json:"worker"`
}

// The pace of the conversation.
const (
	// LeaseLength is how long a lease is: a worker that hears nothing for so long stops, and after a little longer its tasks may
	// be run elsewhere.
	LeaseLength = 3 * time.Second
	// AskEvery is how often a worker asks.
	AskEvery = 500 * time.Millisecond
	// ReportEvery is how often an agent reports.
	ReportEvery = time.Second
	// HoldFor is how long an answer to a report is held back.
	HoldFor = time.Second
	// SilenceOf is after which time without a report nothing new is given to a node. What it has it keeps while it may be running.
	SilenceOf = 3 * time.Second
)

// Same reports whether two reports say the same of the node and its workers.
func (r *Report) Same(other *Report) bool {
	return r.Node.Same(&other.Node) && slices.Equal(r.Workers, other.Workers)
}

package api

import (
	"time"

	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/tally"
	"github.com/gstorm/gstorm/internal/past"
	"github.com/gstorm/gstorm/internal/stats"
)

// Member is an agent, as gossip and the log know it.
type Member struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Address string    `json:"address"`
	Status  string    `json:"status"` // alive, failed or left
	Since   time.Time `json:"since"`
	Version string    `json:"version"`
	Role    string    `json:"role"` // leader, voter, or nothing
	// What follows is of the node in the state, and nothing for one that has not come there yet.
	Slots    int      `json:"slots"`
	Workers  int      `json:"workers"` // that have their place there
	Running  int      `json:"running"` // that run there; also those that have lost their place and end
	Tags     []string `json:"tags,omitempty"`
	Draining bool     `json:"draining,omitempty"`
}

// Members are a cluster's agents.
type Members struct {
	Cluster string   `json:"cluster"`
	Members []Member `json:"members"`
}

// Submission is a topology to be run. Its bundle must have been put before.
type Submission struct {
	Name     string     `json:"name"`
	Source   fsm.Source `json:"source"`
	Inactive bool       `json:"inactive,omitempty"`
	By       string     `json:"by,omitempty"`
}

// Change is how a topology is to be changed.
type Change struct {
	// Wait is how long what is under way may take, in seconds; below 0: as long as the topology's message timeout.
	Wait        float64        `json:"wait"`
	Workers     int            `json:"workers,omitempty"`     // of rebalance; 0: as before
	Parallelism map[string]int `json:"parallelism,omitempty"` // of rebalance: tasks by component
	Source      *fsm.Source    `json:"source,omitempty"`      // of upgrade
	By          string         `json:"by,omitempty"`          // of kill: who wants it
	TakeBack    bool           `json:"take_back,omitempty"`   // of rollback: what ran was no good, and is not gone back to
}

// Topology is a topology in a list.
type Topology struct {
	Name       string     `json:"name"`
	ID         string     `json:"id"`
	Status     fsm.Status `json:"status"`
	State      string     `json:"state"` // what it does, in words
	Version    int        `json:"version"`
	Submitted  time.Time  `json:"submitted"`
	By         string     `json:"by,omitempty"`
	Workers    int        `json:"workers"`
	Running    int        `json:"running"` // workers that are
	Tasks      int        `json:"tasks"`
	Components int        `json:"components"`
	Problems   []string   `json:"problems,omitempty"`
	End        *End       `json:"end,omitempty"` // of one that is no more
}

// Ended is the status of a topology that is no more.
const Ended fsm.Status = "ended"

// End is what has become of a topology that is no more.
type End struct {
	At time.Time `json:"at"`
	fsm.Ending
	Trees *fsm.Trees `json:"trees,omitempty"` // nil: not known
}

// TopologyStatus is all about a topology.
type TopologyStatus struct {
	Topology
	Bundle  string         `json:"bundle"`
	File    string         `json:"file"`
	Nodes   []Worker       `json:"placement,omitempty"`
	Stats   stats.Snapshot `json:"stats"`
	Missing []string       `json:"missing,omitempty"` // nodes whose counts could not be had
	Links   []Link         `json:"links,omitempty"`   // if they were asked for
}

// Worker is a worker of a topology.
type Worker struct {
	ID       int    `json:"id"`
	Node     string `json:"node"`
	NodeName string `json:"node_name"`
	Address  string `json:"address,omitempty"`
	PID      int    `json:"pid,omitempty"`
	Tasks    []int  `json:"tasks"`
	Running  bool   `json:"running"`
	Ready    bool   `json:"ready"`
	Restarts int    `json:"restarts"`
	Doing    string `json:"doing,omitempty"`
	Problem  string `json:"problem,omitempty"`
}

// Drain has a node give away what it has, or takes that back.
type Drain struct {
	Draining bool `json:"draining"`
}

// LogQuery is which lines of a topology's log are wanted.
type LogQuery struct {
	Components []string  `json:"components,omitempty"`
	Worker     int       `json:"worker,omitempty"` // 0: all
	Level      string    `json:"level,omitempty"`
	Contains   string    `json:"contains,omitempty"`
	IgnoreCase bool      `json:"ignore_case,omitempty"` // of Contains
	Match      string    `json:"match,omitempty"`       // a regular expression (package regexp)
	Since      time.Time `json:"since,omitzero"`
	Until      time.Time `json:"until,omitzero"`
	Last       int       `json:"last"` // of each node
	Follow     bool      `json:"follow,omitempty"`
}

// WorkerStats are a worker's counts, which it gives to its agent.
type WorkerStats struct {
	Topology string `json:"topology"` // its id
	Worker   int    `json:"worker"`
	tally.Part
	Links []Link `json:"links,omitempty"`
	// Traces is what it has recorded of traced trees since it gave its counts last, or what of that did not come through.
	Traces []stats.TraceEvent `json:"traces,omitempty"`
	// Restarted are those of Wanted.Restarts that were done.
	Restarted []string `json:"restarted,omitempty"`
}

// NodeCounts are what the workers of a topology have counted on one node.
type NodeCounts struct {
	Workers []WorkerStats `json:"workers"` // that were heard of lately
	Sums    past.Sums     `json:"sums"`    // over all lives of workers
}

// Link is what has gone from one worker of a topology to another.
type Link struct {
	From        int    `json:"from"`
	To          int    `json:"to"`
	Frames      uint64 `json:"frames"`
	Bytes       uint64 `json:"bytes"` // as they go over the network
	Plain       uint64 `json:"plain"` // bytes before compression
	Tuples      uint64 `json:"tuples"`
	Lost        uint64 `json:"lost"`        // tuples that failed as the other worker had ended before it had confirmed them
	Repeated    uint64 `json:"repeated"`    // frames that were sent again, after a connection broke
	Connections uint64 `json:"connections"` // that there were, one after the other
	Waits       uint64 `json:"waits"`       // how often a task had to wait for room
	Waiting     uint64 `json:"waiting"`     // bytes that were not confirmed
}

// LogLine is a line of a worker's log.
type LogLine struct {
	Time       time.Time   `json:"time,omitzero"`
	Level      string      `json:"level"`
	Message    string      `json:"msg"`
	Component  string      `json:"component,omitempty"`
	Task       int         `json:"task,omitempty"`
	PID        int         `json:"pid,omitempty"`
	Worker     int         `json:"worker,omitempty"`
	Node       string      `json:"node"`
	Attributes []Attribute `json:"attributes,omitempty"`
}

// Attribute is what a line has beside.
type Attribute struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

package ui

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
)

// Source is what is shown: one run, or a cluster. Its methods are called from several goroutines.
type Source interface {
	// Look is what there is, without counts. It is called often, and has to be quick. What it returns belongs to the caller, but
	// for plans.
	Look() *Cluster
	// Counts are those of a topology that Look has returned, as far as its workers run, and the names of nodes that could not be
	// asked for theirs. Nodes that remember more also tell what they have counted over all lives of workers; where workers have
	// but one life, nobody needs to.
	Counts(ctx context.Context, t *Topology) (s stats.Snapshot, nodes []NodeSums, missing []string)
	// Change does one of the Actions to a topology that Look has returned. An error of type *Error goes to who has asked.
	Change(ctx context.Context, t *Topology, action string, c Change) error
}

// The kinds of a Cluster.
const (
	RunKind     = "run"
	ClusterKind = "cluster"
)

// Cluster is what there is at one moment.
type Cluster struct {
	Kind       string // RunKind or ClusterKind
	Name       string // of the cluster
	Version    string // of gstorm
	Started    time.Time
	Nodes      []Node
	Topologies []Topology // by name
}

// Node is a machine's part in a cluster.
type Node struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Address  string    `json:"address"`
	Status   string    `json:"status"` // alive, failed or left
	Since    time.Time `json:"since"`
	Version  string    `json:"version"`
	Role     string    `json:"role"` // leader, voter, or nothing
	Slots    int       `json:"slots"`
	Workers  int       `json:"workers"`
	Tags     []string  `json:"tags"`
	Draining bool      `json:"draining"`
}

// The statuses of a topology, which are Storm's.
const (
	Active   = "active"
	Inactive = "inactive"
	Killed   = "killed"
)

// Topology is a topology, but for its counts.
type Topology struct {
	Name, ID     string
	Status       string // Active, Inactive or Killed
	State        string // what it does, in words
	Reason       string // why, where that is known
	Version      int
	Submitted    time.Time
	By           string
	File, Bundle string
	Plan         *plan.Plan // nil: it can't be had
	Workers      []Worker
	Problems     []string
	Actions      []string // what can be done to it now by who may
}

// Worker is a process with tasks of a topology.
type Worker struct {
	ID       int    `json:"id"`
	Node     string `json:"node"`
	NodeName string `json:"node_name"`
	Address  string `json:"address"`
	PID      int    `json:"pid"`
	Tasks    int    `json:"tasks"`
	Running  bool   `json:"running"`
	Restarts int    `json:"restarts"`
	Doing    string `json:"doing"`
	Problem  string `json:"problem"`

	TaskIDs []int `json:"-"`
}

// The actions.
const (
	Activate   = "activate"
	Deactivate = "deactivate"
	Rebalance  = "rebalance"
	Kill       = "kill"
	LogLevel   = "log_level" // at LogLevelRoutes, not by Change
	Restart    = "restart"   // at RestartRoutes, not by Change
)

// Change is how a topology is to be changed: cluster/api.Change, but for what only gstorm's command line says.
type Change struct {
	Wait        float64        `json:"wait"`                  // in seconds; below 0: the topology's message timeout
	Workers     int            `json:"workers,omitempty"`     // of Rebalance; 0: as before
	Parallelism map[string]int `json:"parallelism,omitempty"` // of Rebalance: tasks by component
}

// LogLine is a line of a log, as cluster/api.LogLine.
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

// Kinds of errors, which are those of cluster/api.
const (
	NotFound  = "not_found"
	Conflict  = "conflict"
	Invalid   = "invalid"
	NoLeader  = "no_leader"
	Forbidden = "forbidden" // a page of somebody else's asks
	Failed    = "failed"
)

// Error is the answer to what can't be done.
type Error struct {
	Kind    string `json:"kind"`
	Message string `json:"error"`
}

// Error is what it says.
func (e *Error) Error() string { return e.Message }

// longestError is how long what an error says may be, in bytes: it repeats what was asked for, which is anything.
const longestError = 2000

// short is the error, as it is answered.
func (e *Error) short() *Error {
	if len(e.Message) <= longestError {
		return e
	}
	return &Error{e.Kind, strings.ToValidUTF8(e.Message[:longestError], "") + "…"}
}

func (e *Error) status() int {
	switch e.Kind {
	case NotFound:
		return http.StatusNotFound
	case Conflict:
		return http.StatusConflict
	case Invalid:
		return http.StatusBadRequest
	case NoLeader:
		return http.StatusServiceUnavailable
	case Forbidden:
		return http.StatusForbidden
	}
	return http.StatusInternalServerError
}

func invalidf(format string, args ...any) error { return &Error{Invalid, fmt.Sprintf(format, args...)} }

func notFoundf(format string, args ...any) error {
	return &Error{NotFound, fmt.Sprintf(format, args...)}
}

// listed is a list as it goes into a document, where nothing is [] and not null.
func listed[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// configured is a configuration for people: numbers as they were written.
func configured(t *Topology) map[string]any {
	all := map[string]any{}
	if t.Plan != nil {
		for key, value := range t.Plan.Config {
			if _, err := json.Marshal(value); err == nil {
				all[key] = value
			}
		}
	}
	return all
}

package fsm

import (
	"encoding/json"
	"time"

	"github.com/gstorm/gstorm/internal/loglevel"
)

// Status is what a topology is meant to do.
type Status string

// The statuses, which are Storm's (org.apache.storm.generated.TopologyInitialStatus and TopologyStatus).
const (
	Active   Status = "active"
	Inactive Status = "inactive" // its spouts are not asked for tuples
	Killed   Status = "killed"   // as inactive, and it is gone when it has come to rest, at the latest after its wait
)

// Topology is one topology of the cluster.
type Topology struct {
	Name      string    `json:"name"`
	ID        string    `json:"id"` // NAME-N, as in Storm: one life of the name, and not used again
	Status    Status    `json:"status"`
	Submitted time.Time `json:"submitted"`
	By        string    `json:"by,omitempty"` // who has submitted it
	Source    Source    `json:"source"`
	// Version counts what was submitted under the name in this life: 1, and one more with each upgrade.
	Version int `json:"version"`
	// Previous is what ran before the last upgrade, to go back to.
	Previous *Source `json:"previous,omitempty"`
	// Earlier is what Previous was before that upgrade: it is Previous again if the upgrade is taken back.
	Earlier *Source `json:"earlier,omitempty"`
	// Workers is topology.workers as a rebalance has set it; 0: as the source has it.
	Workers int `json:"workers,omitempty"`
	// Parallelism is how many tasks a rebalance has given to components.
	Parallelism map[string]int `json:"parallelism,omitempty"`
	// Shape grows when tasks get other numbers or another program: of two shapes of a topology never runs a task at the same
	// time.
	Shape uint64 `json:"shape"`
	// Rest is until when a topology that was killed, or is to take another shape, may go on with what is under way.
	Rest   time.Time `json:"rest,omitzero"`
	Ending *Ending   `json:"ending,omitempty"` // why it ends, if it was killed
	// LogLevels are from which levels on components log, where that was set. Some may be over.
	LogLevels []loglevel.Level `json:"log_levels,omitempty"`
	Placement Placement        `json:"placement"`
}

// Source is what a topology runs.
type Source struct {
	Bundle      string          `json:"bundle"`                // the hash of its files' bundle
	File        string          `json:"file"`                  // in the bundle
	Class       string          `json:"class,omitempty"`       // which topology of several in the file
	Environment string          `json:"environment,omitempty"` // that the file is told
	Filter      string          `json:"filter,omitempty"`      // a properties file for a YAML file, in the bundle
	Arguments   []string        `json:"arguments,omitempty"`   // for the file
	Description json.RawMessage `json:"description"`           // what the file has described itself as (spec/topology.schema.json)
	Settings    map[string]any  `json:"settings,omitempty"`    // go over the description's configuration
}

// Placement is where the workers of a topology are.
type Placement struct {
	// Epoch grows with each placement of the topology, and with each change of its status. What is said in the name of an
	// older one is void.
	Epoch      uint64   `json:"epoch"`
	Shape      uint64   `json:"shape"` // that the tasks are of
	Workers    []Worker `json:"workers,omitempty"`
	NextWorker int      `json:"next_worker"` // ids are not used again
}

// Worker is a process with some of a topology's tasks.
type Worker struct {
	ID    int    `json:"id"`
	Node  string `json:"node"`
	Tasks []int  `json:"tasks"`
}

// Resting reports whether the topology is to come to rest: it was killed, or is to take another shape.
func (t *Topology) Resting() bool { return t.Status == Killed || !t.Rest.IsZero() }

// change is a copy to be changed, with a new epoch.
func (t *Topology) change() *Topology {
	c := *t
	c.Placement.Epoch++
	return &c
}

package gstorm

import (
	"encoding/json"
	"fmt"
	"io"
	"sort"
)

// DescriptionVersion is the version of the topology description that this package reads and writes. The JSON Schema is
// spec/topology.schema.json.
const DescriptionVersion = 1

// Kind is what a component is: a spout or a bolt.
type Kind string

// The two kinds.
const (
	SpoutKind Kind = "spout"
	BoltKind  Kind = "bolt"
)

// Topology describes a topology: what there is, how it hangs together, and where in which file that was said. It is what
// every front end makes and the only thing that the rest of gstorm knows of a user's file. As JSON it is the document
// that `gstorm describe` prints.
type Topology struct {
	Version  int      `json:"gstorm"`
	Name     string   `json:"name"`
	Language string   `json:"language,omitempty"`
	File     string   `json:"file,omitempty"`
	Class    string   `json:"class,omitempty"`
	Classes  []string `json:"classes,omitempty"` // all topologies that the file holds, in order
	// Status is the status to start in: active (the default), or inactive, where spouts wait to be activated.
	Status string `json:"status,omitempty"`
	// Driver is true where the describing process goes on with code of the user after submission (RedStorm's on_submit).
	Driver     bool        `json:"driver,omitempty"`
	Config     Config      `json:"config,omitempty"`
	Components []Component `json:"components"`
	// Problems are what the front end found by itself, before any rule of Validate.
	Problems Problems `json:"problems,omitempty"`
}

// Component is one spout or bolt of a topology.
type Component struct {
	ID    string `json:"id"`
	Kind  Kind   `json:"kind"`
	Class string `json:"class,omitempty"` // for people: the class or function behind it
	// Implementation says what a task of the component is made of.
	Implementation Implementation    `json:"run"`
	Parallelism    int               `json:"parallelism"`
	Tasks          int               `json:"tasks,omitempty"` // 0: as many as Parallelism
	Config         Config            `json:"config,omitempty"`
	Outputs        map[string]Stream `json:"outputs,omitempty"`
	Inputs         []Input           `json:"inputs,omitempty"`
	At             Position          `json:"at,omitzero"`
}

// The types of Implementation.
const (
	FileImplementation    = "file"    // a component of a file, the topology's own or another, loaded by the file's language
	ShellImplementation   = "shell"   // a command that speaks the multilang protocol
	BuiltinImplementation = "builtin" // a component that comes with gstorm, by name
	NativeImplementation  = "native"  // a Go value in this process; it has no JSON form
)

// Implementation says what a task of a component is made of. Which of the fields matter depends on Type.
type Implementation struct {
	Type    string            `json:"type"`
	Command []string          `json:"command,omitempty"` // shell: argv, executed as it is, by no shell
	Dir     string            `json:"dir,omitempty"`     // shell: working directory (Storm's resources directory)
	Env     map[string]string `json:"env,omitempty"`     // shell: on top of gstorm's own environment (Storm's setEnv)
	Name    string            `json:"name,omitempty"`    // builtin
	Options map[string]any    `json:"options,omitempty"` // builtin: what makes one of many of it, by the names of its options
	// file: where the component is of another file than the topology's, which file, and the component's name there. A
	// component of the topology's own file has neither, its name there is its id.
	File      string `json:"file,omitempty"`
	Component string `json:"component,omitempty"`
	// NewSpout and NewBolt make one task's component for the type native. One of the two is set.
	NewSpout func() Spout `json:"-"`
	NewBolt  func() Bolt  `json:"-"`
}

// Input is one subscription of a bolt.
type Input struct {
	From     string   `json:"from"`
	Stream   string   `json:"stream,omitempty"` // "": DefaultStream
	Grouping Grouping `json:"grouping"`
	Fields   Fields   `json:"fields,omitempty"`
	At       Position `json:"at,omitzero"`
	Chooser  Chooser  `json:"-"` // of the grouping custom; it has no JSON form
}

// StreamID is the stream that the input subscribes to.
func (in Input) StreamID() string {
	if in.Stream == "" {
		return DefaultStream
	}
	return in.Stream
}

// TaskCount is how many tasks the component has before any cap by configuration.
func (c *Component) TaskCount() int {
	if c.Tasks > 0 {
		return c.Tasks
	}
	return c.Parallelism
}

// StreamIDs are the names of the output streams, sorted.
func (c *Component) StreamIDs() []string {
	ids := make([]string, 0, len(c.Outputs))
	for id := range c.Outputs {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	return ids
}

// Component finds a component by id, or nil.
func (t *Topology) Component(id string) *Component {
	for i := range t.Components {
		if t.Components[i].ID == id {
			return &t.Components[i]
		}
	}
	return nil
}

// ReadTopology reads a topology description. Numbers in configurations keep their text. It fails on what is no
// description or one of a later version; what a description says is Validate's business.
func ReadTopology(r io.Reader) (*Topology, error) {
	d := json.NewDecoder(r)
	d.UseNumber()
	var t Topology
	if err := d.Decode(&t); err != nil {
		return nil, fmt.Errorf("read topology description: %w", err)
	}
	if t.Version != DescriptionVersion {
		return nil, fmt.Errorf("topology description has version %d, this gstorm reads version %d", t.Version, DescriptionVersion)
	}
	return &t, nil
}

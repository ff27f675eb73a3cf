// Package plan is the physical plan of a topology: which tasks there are, under which ids, who consumes whose streams
// and by which table keys go to tasks. It is what host and cluster share: made once from a valid topology, read by
// everybody, changed by nobody. It is plain data and computation, without clock, randomness or I/O.
package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gstorm/gstorm"
)

// KeyGroups is how many groups the keys of a fields grouping fall into. Tasks own groups, not keys, so that tasks can be
// added and groups moved without looking at any key.
const KeyGroups = 1024

// Plan is the physical plan of one topology.
type Plan struct {
	Topology   string
	Epoch      uint64        // grows with every plan of the same topology; what an older one says is void
	Config     gstorm.Config // defaults, the topology's, and what the command line set
	Active     bool          // false: spouts wait to be activated
	Components []Component   // sorted by id
	Tasks      []Task        // Tasks[i].ID == i+1
}

// Component is one component of a plan.
type Component struct {
	gstorm.Component
	Config  gstorm.Config // the plan's configuration with the component's own over it
	TaskIDs []int         // ascending, never empty
	// Consumers are the subscriptions to the component's streams, by stream, in the order of the consumers' ids.
	Consumers map[string][]Consumer
	// Table says which task gets a key group (KeyGroups long).
	Table []int
	// Stage orders the end of a run: a component ends after all that feed it. Components of a cycle share a stage.
	Stage int
	cycle int
}

// Consumer is one subscription, seen from the stream.
type Consumer struct {
	Component string
	Grouping  gstorm.Grouping
	Fields    []int          // positions in the stream's fields, for the groupings that take fields
	Chooser   gstorm.Chooser // of the grouping custom
	// Feedback: producer and consumer are part of the same cycle. Such an edge must never block its producer, or the
	// cycle could stand still for ever.
	Feedback bool
}

// Task is one instance of a component.
type Task struct {
	ID        int
	Component string
	Index     int // 0.. within the component
}

// Build plans a topology. overrides (the command line's settings) go over the topology's configuration, name replaces
// its name where it is not empty. The topology must have passed Validate: Build panics on none of its rules, but returns
// an error that names what does not fit.
func Build(t *gstorm.Topology, name string, overrides gstorm.Config) (*Plan, error) {
	if name == "" {
		name = t.Name
	}
	config := gstorm.DefaultConfig().Merge(t.Config).Merge(overrides)
	config[gstorm.TopologyName] = name
	p := &Plan{Topology: name, Epoch: 1, Config: config, Active: t.Status != "inactive"}
	for _, c := range t.Components {
		p.Components = append(p.Components, Component{Component: c, Config: config.Merge(c.Config)})
	}
	slices.SortFunc(p.Components, func(a, b Component) int { return strings.Compare(a.ID, b.ID) })
	if err := p.number(); err != nil {
		return nil, err
	}
	if err := p.connect(); err != nil {
		return nil, err
	}
	p.order()
	return p, nil
}

// number gives the tasks their ids, 1.. over the components in the order of their ids, as Storm does.
func (p *Plan) number() error {
	for i := range p.Components {
		c := &p.Components[i]
		n, err := taskCount(c)
		if err != nil {
			return fmt.Errorf("component %q: %w", c.ID, err)
		}
		for k := range n {
			id := len(p.Tasks) + 1
			p.Tasks = append(p.Tasks, Task{ID: id, Component: c.ID, Index: k})
			c.TaskIDs = append(c.TaskIDs, id)
		}
		c.Table = make([]int, KeyGroups)
		for g := range c.Table {
			c.Table[g] = c.TaskIDs[g*n/KeyGroups]
		}
	}
	return nil
}

// taskCount is Storm's StormCommon.componentParallelism: the component's own topology.tasks, else its declared number of
// tasks, else the topology's topology.tasks, else the parallelism; capped by topology.max.task.parallelism.
func taskCount(c *Component) (int, error) {
	n := c.TaskCount()
	if set, ok, err := c.Config.Int(gstorm.TopologyTasks); err != nil {
		return 0, err
	} else if ok && (c.Tasks == 0 || c.Component.Config[gstorm.TopologyTasks] != nil) {
		n = set
	}
	limit, ok, err := c.Config.Int(gstorm.TopologyMaxTaskParallelism)
	if err != nil {
		return 0, err
	}
	if ok {
		n = min(n, limit)
	}
	return max(n, 1), nil
}

// connect turns the inputs round: from each stream to its consumers.
func (p *Plan) connect() error {
	for i := range p.Components {
		p.Components[i].Consumers = map[string][]Consumer{}
	}
	for i := range p.Components {
		to := &p.Components[i]
		for k, in := range to.Inputs {
			if replaced(to.Inputs, k) {
				continue
			}
			from := p.Component(in.From)
			if from == nil {
				return fmt.Errorf("component %q: unknown source %q", to.ID, in.From)
			}
			consumer := Consumer{Component: to.ID, Grouping: in.Grouping, Chooser: in.Chooser}
			for _, f := range in.Fields {
				at := from.Outputs[in.StreamID()].Fields.Index(f)
				if at < 0 {
					return fmt.Errorf("component %q: stream %q of %q has no field %q", to.ID, in.StreamID(), in.From, f)
				}
				consumer.Fields = append(consumer.Fields, at)
			}
			from.Consumers[in.StreamID()] = append(from.Consumers[in.StreamID()], consumer)
		}
	}
	return nil
}

// replaced reports whether a later input subscribes to the same stream: the later one counts, as in Storm's map.
func replaced(inputs []gstorm.Input, k int) bool {
	return slices.ContainsFunc(inputs[k+1:], func(later gstorm.Input) bool {
		return later.From == inputs[k].From && later.StreamID() == inputs[k].StreamID()
	})
}

// Component finds a component by id, or nil.
func (p *Plan) Component(id string) *Component {
	i, found := slices.BinarySearchFunc(p.Components, id, func(c Component, id string) int { return strings.Compare(c.ID, id) })
	if !found {
		return nil
	}
	return &p.Components[i]
}

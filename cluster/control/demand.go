package control

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/cluster/fsm"
	"github.com/gstorm/gstorm/cluster/schedule"
	"github.com/gstorm/gstorm/internal/plan"
)

// Keys of what topologies and components ask for. Those of Storm are by its names (org.apache.storm.Config).
const (
	// Priority: the more important of two topologies has the lower number.
	Priority = "topology.priority"
	// CPU is what a task needs, in percent of one core.
	CPU = "topology.component.cpu.pcore.percent"
	// Memory and OffHeap are what a task needs, in MB; they are added up.
	Memory  = "topology.component.resources.onheap.memory.mb"
	OffHeap = "topology.component.resources.offheap.memory.mb"
	// Needs are tags that a node must have for a component's tasks, or for all of a topology's.
	Needs = "gstorm.needs"
	// WorkersPerNode is how many workers of the topology may be on one node; 0: any number.
	WorkersPerNode = "gstorm.workers.per.node"
)

// Plan is the physical plan of a topology as it is in the state: its description, with what was set when it was submitted and
// what rebalances have changed.
func Plan(t *fsm.Topology) (*plan.Plan, error) {
	described, err := gstorm.ReadTopology(bytes.NewReader(t.Source.Description))
	if err != nil {
		return nil, fmt.Errorf("topology %q: its description can't be read: %w", t.Name, err)
	}
	for id, n := range t.Parallelism {
		if c := described.Component(id); c != nil {
			c.Parallelism, c.Tasks = n, n
		}
	}
	p, err := plan.Build(described, t.Name, gstorm.Config(t.Source.Settings))
	if err != nil {
		return nil, fmt.Errorf("topology %q: %w", t.Name, err)
	}
	p.Epoch, p.Active = t.Placement.Epoch, t.Status == fsm.Active
	return p, nil
}

// demand is what a topology asks of the cluster.
func demand(t *fsm.Topology, p *plan.Plan) (schedule.Topology, error) {
	r := reader{config: p.Config}
	d := schedule.Topology{
		Name: t.Name, Workers: r.int(gstorm.TopologyWorkers), Priority: r.int(Priority), Apart: r.int(WorkersPerNode),
		Placement: workers(t.Placement.Workers), NextWorker: t.Placement.NextWorker,
	}
	if t.Workers > 0 {
		d.Workers = t.Workers
	}
	for i := range p.Components {
		c := &p.Components[i]
		of := reader{config: c.Config}
		d.Components = append(d.Components, schedule.Component{
			ID: c.ID, Tasks: c.TaskIDs, CPU: of.number(CPU), Memory: of.number(Memory) + of.number(OffHeap), Tags: of.strings(Needs),
		})
		if r.err == nil && of.err != nil {
			r.err = fmt.Errorf("component %q: %w", c.ID, of.err)
		}
	}
	if r.err != nil {
		return d, fmt.Errorf("topology %q: %w", t.Name, r.err)
	}
	return d, nil
}

// standing is a topology that stays where it is: its room is taken, and nothing is decided about it.
func standing(t *fsm.Topology) schedule.Topology {
	var all schedule.Component
	for _, w := range t.Placement.Workers {
		all.Tasks = append(all.Tasks, w.Tasks...)
	}
	slices.Sort(all.Tasks)
	return schedule.Topology{
		Name: t.Name, Workers: len(t.Placement.Workers), Components: []schedule.Component{all},
		Placement: workers(t.Placement.Workers), NextWorker: t.Placement.NextWorker,
	}
}

func workers(list []fsm.Worker) (all []schedule.Worker) {
	for _, w := range list {
		all = append(all, schedule.Worker(w))
	}
	return all
}

// reader reads keys and keeps the first error.
type reader struct {
	config gstorm.Config
	err    error
}

func (r *reader) int(key string) int {
	n, _, err := r.config.Int(key)
	r.note(err)
	return n
}

func (r *reader) strings(key string) []string {
	list, _, err := r.config.Strings(key)
	r.note(err)
	return list
}

func (r *reader) number(key string) float64 {
	switch v := r.config[key].(type) {
	case nil:
		return 0
	case float64:
		return v
	default:
		n, _, err := r.config.Int(key)
		r.note(err)
		return float64(n)
	}
}

func (r *reader) note(err error) {
	if r.err == nil {
		r.err = err
	}
}

package trial

import (
	"fmt"

	"github.com/gstorm/gstorm"
)

// inputID is the id of the spout that feeds a bolt on trial.
const inputID = "input"

// Single returns a topology of one component of t: the spout alone, or the bolt with one task that gets what input emits,
// in the order in which it does, with no other tuple on its way meanwhile. fields are those of the input. t has to have the
// component.
func Single(t *gstorm.Topology, id string, fields gstorm.Fields, input gstorm.Spout) *gstorm.Topology {
	single := *t
	c := *t.Component(id)
	c.Parallelism, c.Tasks, c.Inputs = 1, 1, nil
	if single.Name == "" {
		single.Name = "trial"
	}
	single.Status, single.Driver, single.Problems = "", false, nil
	single.Components = []gstorm.Component{c}
	single.Config = t.Config.Merge(gstorm.Config{gstorm.TopologyMaxSpoutPending: 1, gstorm.TopologyTasks: nil})
	if c.Kind == gstorm.SpoutKind {
		return &single
	}
	from := inputID
	if c.ID == from {
		from = "the_" + inputID
	}
	single.Components[0].Inputs = []gstorm.Input{{From: from, Grouping: gstorm.Global}}
	single.Components = append(single.Components, gstorm.Component{
		ID: from, Kind: gstorm.SpoutKind, Parallelism: 1,
		Implementation: gstorm.Implementation{Type: gstorm.NativeImplementation, NewSpout: func() gstorm.Spout { return input }},
		Outputs:        map[string]gstorm.Stream{gstorm.DefaultStream: {Fields: fields}},
	})
	return &single
}

// InputFields are the fields of what a bolt of a topology gets, where all its inputs have the same. ok is false where they
// have not, or there is no such bolt.
func InputFields(t *gstorm.Topology, id string) (fields gstorm.Fields, ok bool) {
	c := t.Component(id)
	if c == nil {
		return nil, false
	}
	for _, in := range c.Inputs {
		source := t.Component(in.From)
		if source == nil {
			return nil, false
		}
		stream := source.Outputs[in.StreamID()]
		if ok && fmt.Sprint(stream.Fields) != fmt.Sprint(fields) {
			return nil, false
		}
		fields, ok = stream.Fields, true
	}
	return fields, ok
}

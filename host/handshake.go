package host

import (
	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/multilang"
)

// stormGroupings are Storm's names for the groupings (the fields of its Thrift union, upper case). Global has none of
// its own: it is FIELDS without fields; partial key is a custom one, too.
var stormGroupings = map[gstorm.Grouping]string{
	gstorm.Shuffle: "SHUFFLE", gstorm.FieldsGrouping: "FIELDS", gstorm.PartialKey: "CUSTOM_SERIALIZED", gstorm.Custom: "CUSTOM_SERIALIZED",
	gstorm.All: "ALL", gstorm.Global: "FIELDS", gstorm.None: "NONE", gstorm.Direct: "DIRECT",
	gstorm.LocalOrShuffle: "LOCAL_OR_SHUFFLE",
}

// handshake is what a task's child is told first: its configuration and its place in the topology.
func handshake(p *plan.Plan, c *plan.Component, task int) multilang.Handshake {
	context := multilang.Context{
		TaskID: task, ComponentID: c.ID,
		TaskComponents:  map[int]string{},
		Streams:         c.StreamIDs(),
		OutputFields:    map[string][]string{},
		Targets:         map[string]map[string]multilang.Grouping{},
		SourceGroupings: map[string]map[string]multilang.Grouping{},
		SourceFields:    map[string]map[string][]string{},
	}
	for _, t := range p.Tasks {
		context.TaskComponents[t.ID] = t.Component
	}
	for id, stream := range c.Outputs {
		context.OutputFields[id] = fieldNames(stream.Fields)
		context.Targets[id] = map[string]multilang.Grouping{}
		for _, consumer := range c.Consumers[id] {
			g := multilang.Grouping{Type: stormGroupings[consumer.Grouping]}
			for _, f := range consumer.Fields {
				g.Fields = append(g.Fields, stream.Fields[f])
			}
			context.Targets[id][consumer.Component] = g
		}
	}
	for _, in := range c.Inputs {
		if context.SourceGroupings[in.From] == nil {
			context.SourceGroupings[in.From] = map[string]multilang.Grouping{}
			context.SourceFields[in.From] = map[string][]string{}
		}
		context.SourceGroupings[in.From][in.StreamID()] = multilang.Grouping{Type: stormGroupings[in.Grouping], Fields: in.Fields}
		context.SourceFields[in.From][in.StreamID()] = fieldNames(p.Component(in.From).Outputs[in.StreamID()].Fields)
	}
	return multilang.Handshake{Conf: c.Config, Context: context, Extension: multilang.Offer()}
}

// fieldNames is never nil: libraries fail on null.
func fieldNames(f gstorm.Fields) []string { return append([]string{}, f...) }

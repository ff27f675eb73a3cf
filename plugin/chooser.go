package plugin

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gstorm/gstorm"
)

// withChoosers is a topology whose groupings by code are bolts: gstorm can't call code of this program for every tuple of
// another process, but a bolt of it that stands between the two can name the task that gets a tuple, on a direct stream. The
// consumer sees that bolt as the source of its tuples. It is the same for the process that describes the topology and for
// those that run it.
func withChoosers(t *gstorm.Topology) *gstorm.Topology {
	whole := *t
	whole.Components = slices.Clone(t.Components)
	for i := range t.Components {
		c := &whole.Components[i]
		c.Inputs = slices.Clone(c.Inputs)
		for n := range c.Inputs {
			in := &c.Inputs[n]
			source := t.Component(in.From)
			if in.Grouping != gstorm.Custom || in.Chooser == nil || source == nil {
				continue
			}
			if _, known := source.Outputs[in.StreamID()]; !known { // those of another file's component are not, here
				continue
			}
			between := chooserBolt(c, in, source)
			whole.Components = append(whole.Components, between)
			c = &whole.Components[i] // they may have moved
			*in = gstorm.Input{From: between.ID, Grouping: gstorm.Direct, At: in.At}
		}
	}
	return &whole
}

// chooserBolt is the bolt that stands between a source and its consumer.
func chooserBolt(consumer *gstorm.Component, in *gstorm.Input, source *gstorm.Component) gstorm.Component {
	id := fmt.Sprintf("%s_to_%s", in.From, consumer.ID)
	if in.StreamID() != gstorm.DefaultStream {
		id = fmt.Sprintf("%s_%s_to_%s", in.From, in.StreamID(), consumer.ID)
	}
	choose := in.Chooser
	return gstorm.Component{
		ID: id, Kind: gstorm.BoltKind, Class: "custom grouping", Parallelism: source.Parallelism, Tasks: source.Tasks, At: in.At,
		Implementation: gstorm.Implementation{Type: gstorm.NativeImplementation, NewBolt: func() gstorm.Bolt {
			return &chooser{consumer: consumer.ID, choose: choose}
		}},
		Outputs: map[string]gstorm.Stream{gstorm.DefaultStream: {Fields: source.Outputs[in.StreamID()].Fields, Direct: true}},
		Inputs:  []gstorm.Input{{From: in.From, Stream: in.Stream, Grouping: gstorm.LocalOrShuffle, At: in.At}},
	}
}

// chooser is a bolt that hands on its tuples to the tasks that a Chooser names.
type chooser struct {
	consumer string
	choose   gstorm.Chooser
	chooses  func(*gstorm.Tuple) []int
	tasks    []int
}

// meet tells the chooser which components the tasks are of.
func (c *chooser) meet(tasks map[int]string) {
	for id, component := range tasks {
		if component == c.consumer {
			c.tasks = append(c.tasks, id)
		}
	}
	slices.Sort(c.tasks)
}

// Open implements gstorm.Opener.
func (c *chooser) Open(context.Context, *gstorm.TaskContext) error {
	c.chooses = c.choose(slices.Clone(c.tasks))
	if c.chooses == nil {
		return errors.New("the custom grouping returned no function that chooses")
	}
	return nil
}

// Execute implements gstorm.Bolt.
func (c *chooser) Execute(_ context.Context, t *gstorm.Tuple, out *gstorm.Collector) error {
	values, err := t.Decode()
	if err != nil {
		return err
	}
	for _, task := range c.chooses(t) {
		if !slices.Contains(c.tasks, task) {
			return fmt.Errorf("the custom grouping chose task %d, which is none of the consumer's", task)
		}
		out.EmitDirect(task, gstorm.DefaultStream, values...)
	}
	return nil
}

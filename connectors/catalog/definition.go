// Package catalog is how a built-in component says what it is: its name, its options with their types, what it emits and
// what it promises. From that come the check of a topology that names it, its page in docs/builtins.md, and the component
// itself.
package catalog

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gstorm/gstorm"
)

// Definition is one built-in component.
type Definition struct {
	Name    string
	Kind    gstorm.Kind
	Doc     string // what it does, in one sentence
	Details string // what else there is to know, if anything
	Options []Option
	Streams []Stream
	Promise string // what becomes of tuples when something fails
	Example string // the component's options in a YAML topology

	// Make makes the component of valid options. inputs are the fields of the streams that it subscribes to, nil for one that
	// is not known, as all are when the topology runs. What is wrong is one error, or several joined.
	Make func(v Values, inputs []gstorm.Fields) (Made, error)
}

// Stream is a stream that a component emits on, for people: the names may be those of options.
type Stream struct{ Name, Fields, Doc string }

// Made is a component with its options.
type Made struct {
	gstorm.Outline
	NewSpout func() gstorm.Spout // of a spout; called once for each task
	NewBolt  func() gstorm.Bolt  // of a bolt
}

// Build checks options and makes the component. The error is everything that is wrong with them.
func (d *Definition) Build(options map[string]any, inputs []gstorm.Fields) (Made, error) {
	values, err := d.read(options)
	if err != nil {
		return Made{}, err
	}
	return d.Make(values, inputs)
}

// read checks that all options are known, of their types, and there if they have to be.
func (d *Definition) read(options map[string]any) (Values, error) {
	v := Values{}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(options)) {
		if !slices.ContainsFunc(d.Options, func(o Option) bool { return o.Name == name }) {
			errs = append(errs, d.unknown(name))
		}
	}
	for _, o := range d.Options {
		given := options[o.Name]
		if given == nil {
			if o.Required {
				errs = append(errs, fmt.Errorf("the built-in %s needs the option %s: %s", d.Name, o.Name, o.Doc))
			}
			if given = o.Default; given == nil {
				continue
			}
		}
		value, err := o.read(given)
		if err != nil {
			errs = append(errs, fmt.Errorf("option %s is %s: %w", o.Name, show(given), err))
			continue
		}
		v[o.Name] = value
	}
	return v, errors.Join(errs...)
}

func (d *Definition) unknown(name string) error {
	known := make([]string, len(d.Options))
	for i, o := range d.Options {
		known[i] = o.Name
	}
	if near := gstorm.Nearest(name, known); near != "" {
		return fmt.Errorf("the built-in %s has no option %q, did you mean %q?", d.Name, name, near)
	}
	if len(known) == 0 {
		return fmt.Errorf("the built-in %s has no options, but was given %q", d.Name, name)
	}
	return fmt.Errorf("the built-in %s has no option %q (its options: %s)", d.Name, name, strings.Join(known, ", "))
}

// OnDefault is the outline of a component that emits on the default stream alone.
func OnDefault(fields ...string) gstorm.Outline {
	if fields == nil {
		fields = []string{}
	}
	return gstorm.Outline{Outputs: map[string]gstorm.Stream{gstorm.DefaultStream: {Fields: fields}}}
}

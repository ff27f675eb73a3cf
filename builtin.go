package gstorm

import (
	"fmt"
	"maps"
)

// Outline is what a built-in component says of itself, once its options and inputs are known.
type Outline struct {
	Outputs map[string]Stream // the streams that it emits on
	Config  Config            // what it needs to be configured with, unless the topology says otherwise
}

// Builtins knows the components that come with what runs a topology; package connectors/builtin has gstorm's. It outlines
// the one of a kind with the name and the options of impl, neither of which it changes. inputs are the fields of the streams
// that the component subscribes to, nil for one that is not known. The error is everything that is wrong (by errors.Join,
// where that is more than one thing), in words that can follow the component's name.
type Builtins func(kind Kind, impl *Implementation, inputs []Fields) (Outline, error)

// SettleBuiltins fills in what built-in components say of themselves: the streams, the configuration, and the class, for
// people, that the topology itself does not declare for them. It comes before Validate, once for all front ends; what is
// wrong is Validate's business.
func (t *Topology) SettleBuiltins(builtins Builtins) {
	s := settling{t: t, builtins: builtins, seen: map[*Component]bool{}}
	for i := range t.Components {
		s.settle(&t.Components[i])
	}
}

// settling settles a component after those that it gets its tuples from, whose fields it may pass on.
type settling struct {
	t        *Topology
	builtins Builtins
	seen     map[*Component]bool
}

func (s *settling) settle(c *Component) {
	if c.Implementation.Type != BuiltinImplementation || s.seen[c] {
		return
	}
	s.seen[c] = true
	for _, in := range c.Inputs {
		if source := s.t.Component(in.From); source != nil {
			s.settle(source)
		}
	}
	outline, err := s.builtins(c.Kind, &c.Implementation, s.t.inputFields(c))
	if err != nil {
		return
	}
	outputs := maps.Clone(outline.Outputs)
	if outputs == nil {
		outputs = map[string]Stream{}
	}
	maps.Copy(outputs, c.Outputs)
	if len(outputs) > 0 {
		c.Outputs = outputs
	}
	if c.Class == "" {
		c.Class = c.Implementation.Name
	}
	if len(outline.Config) > 0 {
		c.Config = outline.Config.Merge(c.Config)
	}
}

// inputFields are the fields of the streams that a component subscribes to; nil for one that is not known.
func (t *Topology) inputFields(c *Component) []Fields {
	fields := make([]Fields, len(c.Inputs))
	for i, in := range c.Inputs {
		if source := t.Component(in.From); source != nil {
			fields[i] = source.Outputs[in.StreamID()].Fields
		}
	}
	return fields
}

// outline notes what is wrong with built-in components, and of which of them the outputs are not known therefore: what a
// wrong one would have emitted is not a second mistake.
func (v *validation) outline() {
	v.vague = map[string]bool{}
	for changed := true; changed; {
		changed = false
		for i := range v.t.Components {
			c := &v.t.Components[i]
			if c.Implementation.Type == BuiltinImplementation && !v.vague[c.ID] && v.unclear(c) {
				v.vague[c.ID], changed = true, true
			}
		}
	}
}

// unclear reports whether nobody knows on which streams a built-in component emits.
func (v *validation) unclear(c *Component) bool {
	for _, in := range c.Inputs {
		if c.Kind == SpoutKind {
			break // the inputs are a mistake of their own
		}
		source := v.t.Component(in.From)
		if source == nil || v.vague[in.From] {
			return true
		}
		if _, ok := source.Outputs[in.StreamID()]; !ok {
			return true
		}
	}
	if v.builtins == nil {
		return true
	}
	_, err := v.builtins(c.Kind, &c.Implementation, v.t.inputFields(c))
	return err != nil
}

// builtin reports what is wrong with a built-in component.
func (v *validation) builtin(c *Component) {
	if v.builtins == nil {
		v.errorf(c.At, "%s %q: there is no built-in %s %q", c.Kind, c.ID, c.Kind, c.Implementation.Name)
		return
	}
	inputs := v.t.inputFields(c)
	for i, in := range c.Inputs {
		if v.vague[in.From] {
			inputs[i] = nil
		}
	}
	outline, err := v.builtins(c.Kind, &c.Implementation, inputs)
	for _, err := range each(err) {
		v.errorf(c.At, "%s %q: %v", c.Kind, c.ID, err)
	}
	if err == nil && !v.vague[c.ID] {
		v.declared(c, outline.Outputs)
	}
}

// declared reports what a topology declares of a built-in component's outputs that the component does not emit.
func (v *validation) declared(c *Component, outputs map[string]Stream) {
	for _, id := range c.StreamIDs() {
		own, ok := outputs[id]
		if !ok {
			names := (&Component{Outputs: outputs}).StreamIDs()
			v.errorf(c.At, "%s %q: the built-in %s has no stream %q (its streams: %s)", c.Kind, c.ID, c.Implementation.Name, id, orNone(names))
		} else if len(own.Fields) != len(c.Outputs[id].Fields) {
			v.errorf(c.At, "%s %q: stream %q is declared with %s, but the built-in %s emits %s on it", c.Kind, c.ID, id,
				fieldCount(c.Outputs[id].Fields), c.Implementation.Name, fieldCount(own.Fields))
		}
	}
}

func fieldCount(f Fields) string {
	if len(f) == 1 {
		return fmt.Sprintf("1 field (%s)", f)
	}
	return fmt.Sprintf("%d fields (%s)", len(f), f)
}

// each are the errors that errors.Join has joined.
func each(err error) []error {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}

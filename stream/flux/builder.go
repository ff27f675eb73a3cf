package flux

import (
	"slices"

	"github.com/gstorm/gstorm"
)

// builder makes the topology of a definition.
type builder struct {
	*report
	definition *definition
	resources  string
	beans      map[string]*node // the components section, by id
	unknown    map[string]bool  // the spouts and bolts of unknown classes, by id
	made       *gstorm.Topology
}

func newBuilder(d *definition, resources string, r *report) *builder {
	b := &builder{report: r, definition: d, resources: resources, beans: map[string]*node{}, unknown: map[string]bool{}}
	b.made = &gstorm.Topology{
		Version: gstorm.DescriptionVersion, Language: "yaml", Config: gstorm.Config{}, Components: []gstorm.Component{},
	}
	return b
}

func (b *builder) topology() *gstorm.Topology {
	d := b.definition
	b.made.Name = d.name.string(b.report, "name")
	for _, e := range d.config {
		b.made.Config[e.key] = e.value.any()
	}
	for _, n := range d.components {
		if n.is(mapping, b.report, "a component") && !n.get("id").empty() {
			b.beans[n.get("id").text] = n
		}
	}
	for _, n := range d.spouts {
		b.component(n, gstorm.SpoutKind)
	}
	for _, n := range d.bolts {
		b.component(n, gstorm.BoltKind)
	}
	for _, n := range d.streams {
		b.stream(n)
	}
	b.settleOutputs()
	b.settlePartialKeys()
	return b.made
}

// settleOutputs adds to the outputs what only the subscriptions show. A shell component can't declare a stream as direct
// in Flux, and Storm does not ask for it: a stream that somebody takes with the direct grouping is one. And of a class that
// is unknown the streams are, too; that is one mistake, not one for each stream.
func (b *builder) settleOutputs() {
	for _, c := range b.made.Components {
		for _, in := range c.Inputs {
			source := b.made.Component(in.From)
			if source == nil {
				continue
			}
			if b.unknown[in.From] {
				assume(source, in)
			}
			if s, ok := source.Outputs[in.StreamID()]; ok && in.Grouping == gstorm.Direct && source.Implementation.Type != gstorm.BuiltinImplementation {
				s.Direct = true
				source.Outputs[in.StreamID()] = s
			}
		}
	}
}

// assume gives a component the stream that an input wants.
func assume(c *gstorm.Component, in gstorm.Input) {
	if c.Outputs == nil {
		c.Outputs = map[string]gstorm.Stream{}
	}
	s := c.Outputs[in.StreamID()]
	if s.Fields == nil {
		s.Fields = gstorm.Fields{}
	}
	for _, f := range in.Fields {
		if !s.Fields.Contains(f) {
			s.Fields = append(s.Fields, f)
		}
	}
	c.Outputs[in.StreamID()] = s
}

// settlePartialKeys gives partial key groupings without fields the first field of their stream, as Storm does.
func (b *builder) settlePartialKeys() {
	for _, c := range b.made.Components {
		for i := range c.Inputs {
			in := &c.Inputs[i]
			source := b.made.Component(in.From)
			if in.Grouping != gstorm.PartialKey || len(in.Fields) > 0 || source == nil {
				continue
			}
			if s := source.Outputs[in.StreamID()]; len(s.Fields) > 0 {
				in.Fields = slices.Clone(s.Fields[:1])
			}
		}
	}
}

// fields are the names of a list, or of a reference to a bean of Storm's class Fields. what is for the message.
func (b *builder) fields(n *node, what string) gstorm.Fields {
	fields := gstorm.Fields{}
	return append(fields, b.words(n, what, 0)...)
}

// words are the texts of a list of scalars.
func (b *builder) words(n *node, what string, depth int) []string {
	if n.empty() {
		return nil
	}
	if n.kind == mapping {
		return b.referred(n, what, depth)
	}
	var words []string
	for _, item := range n.list(b.report, what) {
		if item.empty() {
			b.errorf(item.at, "%s holds nothing where a name is expected", what)
		} else if item.is(scalar, b.report, "an item of "+what) {
			words = append(words, item.text)
		}
	}
	return words
}

// referred are the words of the bean that {ref: id} means.
func (b *builder) referred(n *node, what string, depth int) []string {
	ref := n.get("ref")
	if ref.empty() {
		b.errorf(n.at, "%s is a mapping, it must be a list or a ref", what)
		return nil
	}
	bean := b.beans[ref.text]
	switch {
	case bean == nil:
		b.errorf(ref.at, "%s: there is no component %q", what, ref.text)
	case !means(bean.get("className").string(b.report, "className"), fieldsClass):
		b.errorf(ref.at, "%s: component %q is a Java object; only one of the class %s can be used here", what, ref.text, fieldsClass)
	case depth > len(b.beans):
		b.errorf(ref.at, "%s: component %q refers to itself", what, ref.text)
	default:
		var words []string
		for _, argument := range bean.get("constructorArgs").list(b.report, "constructorArgs") {
			if argument.kind == scalar {
				words = append(words, argument.text)
			} else {
				words = append(words, b.words(argument, what, depth+1)...)
			}
		}
		return words
	}
	return nil
}

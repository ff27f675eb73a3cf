package flux

import (
	"strings"

	"github.com/gstorm/gstorm"
)

// stream makes a subscription of an item of the streams section.
func (b *builder) stream(n *node) {
	keys := n.keys(b.report, "a stream", "id", "name", "from", "to", "grouping")
	if n.empty() {
		b.errorf(n.at, "a stream is empty")
	}
	if n.kind != mapping {
		return
	}
	from, to := keys["from"].string(b.report, "from"), keys["to"].string(b.report, "to")
	for _, end := range [][2]string{{"from", from}, {"to", to}} {
		if end[1] == "" {
			b.errorf(n.at, "a stream has no %s", end[0])
		}
	}
	if from == "" || to == "" {
		return
	}
	in := gstorm.Input{From: from, At: n.at}
	b.grouping(&in, keys["grouping"])
	target := b.made.Component(to)
	if target == nil {
		b.errorf(n.at, "a stream from %q leads to %q, which is no bolt (bolts: %s)", from, to, list(b.bolts()))
		return
	}
	target.Inputs = append(target.Inputs, in)
}

func (b *builder) bolts() []string {
	var ids []string
	for _, c := range b.made.Components {
		if c.Kind == gstorm.BoltKind {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// grouping reads which stream the input takes and how. After a mistake of its own the grouping is shuffle, so that it is
// reported once.
func (b *builder) grouping(in *gstorm.Input, n *node) {
	in.Stream, in.Grouping = gstorm.DefaultStream, gstorm.Shuffle
	if n.empty() {
		b.errorf(in.At, "a stream has no grouping")
		return
	}
	keys := n.keys(b.report, "a grouping", "type", "streamId", "args", "customClass")
	if n.kind != mapping {
		return
	}
	if stream := keys["streamId"].string(b.report, "streamId"); stream != "" {
		in.Stream = stream
	}
	switch kind := gstorm.Grouping(strings.ToLower(keys["type"].string(b.report, "the type of a grouping"))); {
	case kind == "":
		b.errorf(n.at, "a grouping has no type")
	case kind == "custom":
		b.custom(in, n, keys["customClass"])
	case kind.Known() && !kind.TakesFields():
		in.Grouping = kind
		if args := keys["args"]; !args.empty() {
			b.warnf(args.at, "the args of a grouping %s have no effect", keys["type"].text)
		}
	default:
		if kind == gstorm.PartialKey {
			b.warnf(keys["type"].at, "Storm's Flux does not have the grouping PARTIAL_KEY: there it is CUSTOM with the customClass %s", partialKeyClass)
		}
		in.Grouping = kind
		in.Fields = b.words(keys["args"], "args", 0)
	}
}

// custom knows Storm's partial key grouping, which Flux offers in this way only.
func (b *builder) custom(in *gstorm.Input, grouping, class *node) {
	if class.empty() {
		b.errorf(grouping.at, "a CUSTOM grouping has no customClass")
		return
	}
	keys := class.keys(b.report, "customClass", "className", "constructorArgs", "properties", "configMethods", "factory", "factoryArgs", "id")
	if class.kind != mapping {
		return
	}
	name := keys["className"].string(b.report, "className")
	if !means(name, partialKeyClass) {
		b.errorf(class.at, "the Java class %q of a CUSTOM grouping is not known here (known: %s)", name, short(partialKeyClass))
		return
	}
	in.Grouping = gstorm.PartialKey
	for _, argument := range keys["constructorArgs"].list(b.report, "constructorArgs") {
		in.Fields = append(in.Fields, b.words(argument, "constructorArgs", 0)...)
	}
}

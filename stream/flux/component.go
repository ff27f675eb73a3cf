package flux

import (
	"fmt"
	"strings"

	"github.com/gstorm/gstorm"
)

// component makes a spout or bolt of an item of that section.
func (b *builder) component(n *node, kind gstorm.Kind) {
	keys := n.keys(b.report, fmt.Sprintf("a %s", kind), "id", "builtin", "options", "className", "constructorArgs", "properties", "configMethods",
		"factory", "factoryArgs", "parallelism", "numTasks", "onHeapMemoryLoad", "offHeapMemoryLoad", "cpuLoad", "config")
	if n.empty() {
		b.errorf(n.at, "a %s is empty", kind)
	}
	if n.kind != mapping {
		return
	}
	c := gstorm.Component{
		Kind: kind, At: n.at, ID: keys["id"].string(b.report, "id"),
		Class:       keys["className"].string(b.report, "className"),
		Parallelism: keys["parallelism"].int(b.report, "parallelism", 1),
		Tasks:       b.tasks(keys["numTasks"]),
	}
	b.implement(&c, keys)
	for _, load := range [][2]string{
		{"onHeapMemoryLoad", "topology.component.resources.onheap.memory.mb"},
		{"offHeapMemoryLoad", "topology.component.resources.offheap.memory.mb"},
		{"cpuLoad", "topology.component.cpu.pcore.percent"},
	} {
		if value := keys[load[0]]; value.is(scalar, b.report, load[0]) && value.text != "-1" {
			set(&c, load[1], value.any())
		}
	}
	if keys["config"].is(mapping, b.report, "config") {
		for _, e := range keys["config"].entries {
			set(&c, e.key, e.value.any())
		}
	}
	b.made.Components = append(b.made.Components, c)
}

// tasks is the number of tasks; 0, as many as the parallelism, for Flux's -1.
func (b *builder) tasks(n *node) int {
	tasks := n.int(b.report, "numTasks", -1)
	if tasks == 0 {
		b.errorf(n.at, "numTasks is 0, it must be at least 1")
	}
	if tasks == -1 {
		tasks = 0
	}
	return tasks
}

func set(c *gstorm.Component, key string, value any) {
	if c.Config == nil {
		c.Config = gstorm.Config{}
	}
	c.Config[key] = value
}

// implement says what a task of c is made of.
func (b *builder) implement(c *gstorm.Component, keys map[string]*node) {
	for _, key := range []string{"factory", "factoryArgs"} {
		if n := keys[key]; !n.empty() {
			b.errorf(n.at, "%s %q is made by a Java factory, which gstorm can't run", c.Kind, c.ID)
			b.foreign(c)
			return
		}
	}
	if n := keys["builtin"]; !n.empty() {
		b.named(c, keys)
		return
	}
	if n := keys["options"]; !n.empty() {
		b.errorf(n.at, "%s %q has options, which are for a builtin", c.Kind, c.ID)
	}
	class := findClass(c.Class)
	file, name, ofFile := strings.Cut(c.Class, ":")
	switch {
	case c.Class == "":
		b.errorf(c.At, "%s %q has no className and no builtin", c.Kind, c.ID)
		b.foreign(c)
	case ofFile && file != "" && name != "":
		c.Implementation = gstorm.Implementation{Type: gstorm.FileImplementation, File: file, Component: name}
	case class == nil:
		b.errorf(keys["className"].at, "%s %q: the Java class %s is not known here (known: %s, and FILE:NAME for a component of a file)", c.Kind, c.ID, c.Class, list(knownClasses(c.Kind)))
		b.foreign(c)
	case class.kind != c.Kind:
		b.errorf(keys["className"].at, "%s %q: %s is a %s", c.Kind, c.ID, c.Class, class.kind)
		b.foreign(c)
	case class.shell:
		b.shell(c, keys)
	default:
		b.builtin(c, class, keys)
	}
}

// foreign marks a component that can't be run, which has been reported.
func (b *builder) foreign(c *gstorm.Component) {
	c.Implementation.Type = gstorm.FileImplementation
	b.unknown[c.ID] = true
}

// named makes c the component of gstorm's own that the key builtin names, with its options.
func (b *builder) named(c *gstorm.Component, keys map[string]*node) {
	c.Implementation = gstorm.Implementation{Type: gstorm.BuiltinImplementation, Name: keys["builtin"].string(b.report, "builtin")}
	if n := keys["options"]; n.is(mapping, b.report, "options") {
		c.Implementation.Options, _ = n.any().(map[string]any)
	}
	for _, key := range []string{"className", "constructorArgs", "properties", "configMethods"} {
		if n := keys[key]; !n.empty() {
			b.errorf(n.at, "%s %q has a %s, but a builtin has only options", c.Kind, c.ID, key)
		}
	}
}

// builtin makes c one of the components that come with Storm, by its class. They take no options: those of Storm's classes
// change nothing that a topology can see.
func (b *builder) builtin(c *gstorm.Component, of *class, keys map[string]*node) {
	c.Implementation = gstorm.Implementation{Type: gstorm.BuiltinImplementation, Name: short(of.name)}
	c.Outputs = of.outputs
	for _, key := range []string{"properties", "configMethods"} {
		if n := keys[key]; !n.empty() {
			b.warnf(n.at, "%s %q: %s have no effect on the built-in %s", c.Kind, c.ID, key, short(of.name))
		}
	}
}

package flux

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gstorm/gstorm"
)

// shell makes c a command: constructorArgs are its argv, then the fields of its default stream if configMethods do not say
// them.
func (b *builder) shell(c *gstorm.Component, keys map[string]*node) {
	c.Implementation = gstorm.Implementation{Type: gstorm.ShellImplementation, Dir: b.resources}
	c.Outputs = map[string]gstorm.Stream{}
	if n := keys["properties"]; !n.empty() {
		b.warnf(n.at, "%s %q: properties have no effect on a command", c.Kind, c.ID)
	}
	arguments := keys["constructorArgs"].list(b.report, "constructorArgs")
	if len(arguments) > 2 {
		b.errorf(arguments[2].at, "%s %q: constructorArgs are the command and the fields, two lists; this is a third argument", c.Kind, c.ID)
	}
	if len(arguments) > 0 {
		c.Implementation.Command = b.words(arguments[0], "the command of "+quoted(c), 0)
	}
	if len(arguments) > 1 {
		c.Outputs[gstorm.DefaultStream] = gstorm.Stream{Fields: b.fields(arguments[1], "the fields of "+quoted(c))}
	}
	for _, n := range keys["configMethods"].list(b.report, "configMethods") {
		b.configure(c, n)
	}
}

func quoted(c *gstorm.Component) string { return fmt.Sprintf("%s %q", c.Kind, c.ID) }

// method is one of Storm's methods by which a shell component is configured.
type method struct {
	arguments []string // what they are, for messages
	call      func(b *builder, c *gstorm.Component, arguments []*node)
}

// methods are those of FluxShellSpout and FluxShellBolt and of the classes above them.
func methods() map[string]method {
	return map[string]method{
		"setDefaultStream":   {[]string{"a list of fields"}, (*builder).setDefaultStream},
		"setNamedStream":     {[]string{"a stream", "its fields"}, (*builder).setNamedStream},
		"addComponentConfig": {[]string{"a key", "a value"}, (*builder).addComponentConfig},
		"setEnv":             {[]string{"a mapping of variables"}, (*builder).setEnv},
		"changeChildCWD":     {[]string{"true or false"}, (*builder).changeChildCWD},
	}
}

// configure calls one method of configMethods.
func (b *builder) configure(c *gstorm.Component, n *node) {
	keys := n.keys(b.report, "a configMethod", "name", "args")
	name := keys["name"].string(b.report, "the name of a configMethod")
	m, ok := methods()[name]
	if !ok {
		b.errorf(n.at, "%s: configMethod %q is not known (known: %s)", quoted(c), name, list(slices.Collect(maps.Keys(methods()))))
		return
	}
	arguments := keys["args"].list(b.report, "args")
	if len(arguments) != len(m.arguments) {
		b.errorf(n.at, "%s: the args of %s are %s, not %d values", quoted(c), name, strings.Join(m.arguments, " and "), len(arguments))
		return
	}
	m.call(b, c, arguments)
}

func (b *builder) setDefaultStream(c *gstorm.Component, arguments []*node) {
	c.Outputs[gstorm.DefaultStream] = gstorm.Stream{Fields: b.fields(arguments[0], "the default stream of "+quoted(c))}
}

func (b *builder) setNamedStream(c *gstorm.Component, arguments []*node) {
	name := arguments[0].string(b.report, "the name of a stream of "+quoted(c))
	c.Outputs[name] = gstorm.Stream{Fields: b.fields(arguments[1], fmt.Sprintf("the stream %q of %s", name, quoted(c)))}
}

func (b *builder) addComponentConfig(c *gstorm.Component, arguments []*node) {
	set(c, arguments[0].string(b.report, "the key of addComponentConfig"), arguments[1].any())
}

func (b *builder) setEnv(c *gstorm.Component, arguments []*node) {
	if !arguments[0].is(mapping, b.report, "the argument of setEnv") {
		return
	}
	c.Implementation.Env = map[string]string{}
	for _, e := range arguments[0].entries {
		c.Implementation.Env[e.key] = e.value.string(b.report, e.key)
	}
}

// changeChildCWD leaves the command in gstorm's own working directory if it is false.
func (b *builder) changeChildCWD(c *gstorm.Component, arguments []*node) {
	c.Implementation.Dir = ""
	if arguments[0].bool(b.report, "the argument of changeChildCWD") {
		c.Implementation.Dir = b.resources
	}
}

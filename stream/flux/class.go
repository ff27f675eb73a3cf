package flux

import (
	"strings"

	"github.com/gstorm/gstorm"
)

// class is a Java class that a topology may name.
type class struct {
	name    string // with its package
	kind    gstorm.Kind
	shell   bool // a command; else a built-in component of the class's short name
	outputs map[string]gstorm.Stream
}

func onDefault(fields ...string) map[string]gstorm.Stream {
	return map[string]gstorm.Stream{gstorm.DefaultStream: {Fields: fields}}
}

// classes are the components that are known.
func classes() []class {
	return []class{
		{name: "org.apache.storm.flux.wrappers.spouts.FluxShellSpout", kind: gstorm.SpoutKind, shell: true},
		{name: "org.apache.storm.flux.wrappers.bolts.FluxShellBolt", kind: gstorm.BoltKind, shell: true},
		{name: "org.apache.storm.flux.wrappers.bolts.LogInfoBolt", kind: gstorm.BoltKind},
		{name: "org.apache.storm.testing.TestWordSpout", kind: gstorm.SpoutKind, outputs: onDefault("word")},
		{name: "org.apache.storm.testing.TestWordCounter", kind: gstorm.BoltKind, outputs: onDefault("word", "count")},
		{name: "org.apache.storm.testing.TestGlobalCount", kind: gstorm.BoltKind, outputs: onDefault("global-count")},
	}
}

// The other classes that have a meaning.
const (
	fieldsClass     = "org.apache.storm.tuple.Fields"
	partialKeyClass = "org.apache.storm.grouping.PartialKeyGrouping"
)

// short is the name of a class without its package.
func short(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// means reports whether a file that says written means the class full: by its name with the package, with the end of the
// package or without, or with the package that it had in Storm before 1.0.
func means(written, full string) bool {
	if rest, old := strings.CutPrefix(written, "backtype.storm."); old {
		written = "org.apache.storm." + rest
	}
	return written == full || strings.HasSuffix(full, "."+written)
}

// findClass is the component class that a file means, or nil.
func findClass(written string) *class {
	for _, c := range classes() {
		if means(written, c.name) {
			return &c
		}
	}
	return nil
}

// knownClasses are the short names of the components of a kind.
func knownClasses(kind gstorm.Kind) []string {
	var names []string
	for _, c := range classes() {
		if c.kind == kind {
			names = append(names, short(c.name))
		}
	}
	return names
}

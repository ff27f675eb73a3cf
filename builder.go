package gstorm

import (
	"path/filepath"
	"runtime"
)

// Builder makes a Topology in Go. Its methods may be called in any order; what is wrong is found by Topology.Validate,
// with the Go file and line of the call.
type Builder struct {
	topology Topology
}

// NewBuilder begins a topology.
func NewBuilder(name string) *Builder {
	return &Builder{Topology{Version: DescriptionVersion, Name: name, Language: "go", File: caller(2).File, Config: Config{}, Components: []Component{}}}
}

// Set sets a key of the topology's configuration.
func (b *Builder) Set(key string, value any) *Builder {
	b.topology.Config[key] = value
	return b
}

// Spout declares a spout. make is called once for every task.
func (b *Builder) Spout(id string, make func() Spout) *Declarer {
	return b.declare(nativeSpout(id, make))
}

// Bolt declares a bolt. make is called once for every task.
func (b *Builder) Bolt(id string, make func() Bolt) *Declarer {
	return b.declare(nativeBolt(id, make))
}

// SpoutFunc declares a spout that is a function.
func (b *Builder) SpoutFunc(id string, f SpoutFunc) *Declarer {
	if f == nil {
		return b.declare(nativeSpout(id, nil)) // which Validate finds
	}
	return b.declare(nativeSpout(id, func() Spout { return f }))
}

// BoltFunc declares a bolt that is a function.
func (b *Builder) BoltFunc(id string, f BoltFunc) *Declarer {
	if f == nil {
		return b.declare(nativeBolt(id, nil))
	}
	return b.declare(nativeBolt(id, func() Bolt { return f }))
}

func nativeSpout(id string, make func() Spout) Component {
	return Component{ID: id, Kind: SpoutKind, Implementation: Implementation{Type: NativeImplementation, NewSpout: make}}
}

func nativeBolt(id string, make func() Bolt) Component {
	return Component{ID: id, Kind: BoltKind, Implementation: Implementation{Type: NativeImplementation, NewBolt: make}}
}

// FileSpout declares a spout of a file in another language, by its name there: the class of a Ruby file, say. What it emits
// its file says.
func (b *Builder) FileSpout(id, file, name string) *Declarer {
	return b.declare(Component{ID: id, Kind: SpoutKind, Implementation: Implementation{Type: FileImplementation, File: file, Component: name}})
}

// FileBolt declares a bolt of a file in another language.
func (b *Builder) FileBolt(id, file, name string) *Declarer {
	return b.declare(Component{ID: id, Kind: BoltKind, Implementation: Implementation{Type: FileImplementation, File: file, Component: name}})
}

// ShellSpout declares a spout that is a command which speaks the multilang protocol.
func (b *Builder) ShellSpout(id string, command ...string) *Declarer {
	return b.declare(Component{ID: id, Kind: SpoutKind, Implementation: Implementation{Type: ShellImplementation, Command: command}})
}

// ShellBolt declares a bolt that is a command which speaks the multilang protocol.
func (b *Builder) ShellBolt(id string, command ...string) *Declarer {
	return b.declare(Component{ID: id, Kind: BoltKind, Implementation: Implementation{Type: ShellImplementation, Command: command}})
}

// BuiltinSpout declares a spout that comes with gstorm, by its name and with its options: see docs/builtins.md. It declares
// its outputs by itself; Output can give their fields other names.
func (b *Builder) BuiltinSpout(id, name string, options map[string]any) *Declarer {
	return b.declare(Component{ID: id, Kind: SpoutKind, Implementation: Implementation{Type: BuiltinImplementation, Name: name, Options: options}})
}

// BuiltinBolt declares a bolt that comes with gstorm, as BuiltinSpout does a spout.
func (b *Builder) BuiltinBolt(id, name string, options map[string]any) *Declarer {
	return b.declare(Component{ID: id, Kind: BoltKind, Implementation: Implementation{Type: BuiltinImplementation, Name: name, Options: options}})
}

func (b *Builder) declare(c Component) *Declarer {
	c.Parallelism = 1
	c.At = caller(3)
	b.topology.Components = append(b.topology.Components, c)
	return &Declarer{b, len(b.topology.Components) - 1}
}

// Topology returns what was built so far.
func (b *Builder) Topology() *Topology {
	t := b.topology
	return &t
}

// Declarer says more about the component that Builder declared last.
type Declarer struct {
	builder *Builder
	index   int
}

func (d *Declarer) component() *Component { return &d.builder.topology.Components[d.index] }

// Parallelism sets how many tasks the component has; 1 if it is never called.
func (d *Declarer) Parallelism(n int) *Declarer {
	d.component().Parallelism = n
	return d
}

// Tasks sets how many tasks the component has where that differs from its parallelism (Storm's setNumTasks).
func (d *Declarer) Tasks(n int) *Declarer {
	d.component().Tasks = n
	return d
}

// Set sets a key of the component's own configuration, which is laid over the topology's.
func (d *Declarer) Set(key string, value any) *Declarer {
	c := d.component()
	if c.Config == nil {
		c.Config = Config{}
	}
	c.Config[key] = value
	return d
}

// Dir sets the working directory of a shell component.
func (d *Declarer) Dir(dir string) *Declarer {
	d.component().Implementation.Dir = dir
	return d
}

// Output declares an output stream.
func (d *Declarer) Output(stream string, fields ...string) *Declarer {
	return d.output(stream, Stream{Fields: fields})
}

// DirectOutput declares an output stream on which the component names the task that gets a tuple.
func (d *Declarer) DirectOutput(stream string, fields ...string) *Declarer {
	return d.output(stream, Stream{Fields: fields, Direct: true})
}

func (d *Declarer) output(id string, s Stream) *Declarer {
	c := d.component()
	if c.Outputs == nil {
		c.Outputs = map[string]Stream{}
	}
	if s.Fields == nil {
		s.Fields = Fields{} // the description has a list, never null
	}
	c.Outputs[id] = s
	return d
}

// From subscribes to a stream of another component ("" is the default stream). fields are for the groupings that take
// them.
func (d *Declarer) From(component, stream string, g Grouping, fields ...string) *Declarer {
	c := d.component()
	c.Inputs = append(c.Inputs, Input{From: component, Stream: stream, Grouping: g, Fields: fields, At: caller(2)})
	return d
}

// FromCustom subscribes to a stream of another component ("" is the default stream) with a grouping of one's own. Where
// components are processes of their own (package plugin), a bolt that calls choose stands between the two, and the tuples come
// from that: SOURCE_to_THIS.
func (d *Declarer) FromCustom(component, stream string, choose Chooser) *Declarer {
	c := d.component()
	c.Inputs = append(c.Inputs, Input{From: component, Stream: stream, Grouping: Custom, Chooser: choose, At: caller(2)})
	return d
}

// caller is the position of the user's call, skip levels up.
func caller(skip int) Position {
	_, file, line, ok := runtime.Caller(skip)
	if !ok {
		return Position{}
	}
	return Position{File: filepath.Base(file), Line: line}
}

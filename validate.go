package gstorm

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxTasks is the largest number of tasks that one component may have.
const MaxTasks = 10_000

// Validate finds everything that is wrong with a topology, at once: what the front end reported and what breaks a rule,
// ordered by file and line. builtins says which built-in components there are; nil means none. What those emit must be filled
// in already (SettleBuiltins). A topology without a problem of severity Error can be planned and run.
func (t *Topology) Validate(builtins Builtins) Problems {
	v := validation{t: t, builtins: builtins, problems: slices.Clone(t.Problems)}
	v.topology()
	v.outline()
	seen := map[string]Position{}
	for i := range t.Components {
		c := &t.Components[i]
		if first, dup := seen[c.ID]; dup && c.ID != "" {
			v.errorf(c.At, "duplicate component id %q%s", c.ID, firstUsed(first))
		} else {
			seen[c.ID] = c.At
		}
		v.component(c)
	}
	v.reachable()
	return v.problems.sorted()
}

type validation struct {
	t        *Topology
	builtins Builtins
	vague    map[string]bool // the built-in components whose outputs are not known, by id
	problems Problems
}

func (v *validation) errorf(at Position, format string, args ...any) {
	v.problems = append(v.problems, Problem{Severity: Error, Message: fmt.Sprintf(format, args...), At: at})
}

func (v *validation) warnf(at Position, format string, args ...any) {
	v.problems = append(v.problems, Problem{Severity: Warning, Message: fmt.Sprintf(format, args...), At: at})
}

func (v *validation) topology() {
	at := Position{File: v.t.File}
	v.name(at)
	if len(v.t.Components) == 0 {
		v.errorf(at, "the topology has no components")
	} else if !slices.ContainsFunc(v.t.Components, func(c Component) bool { return c.Kind == SpoutKind }) {
		v.errorf(at, "the topology has no spout, so nothing would ever flow")
	}
	if s := v.t.Status; s != "" && s != "active" && s != "inactive" {
		v.errorf(at, "unknown initial status %q, expected active or inactive", s)
	}
	v.config("", v.t.Config, at)
	v.jvmOnly(at)
}

// maxName is how long a topology's name may be, in bytes. The name becomes part of ids and of files' names, which most systems
// take up to 255 bytes of: see cluster/fsm.CheckID.
const maxName = 160

func (v *validation) name(at Position) {
	switch name := v.t.Name; {
	case name == "":
		v.errorf(at, "the topology has no name")
	case strings.ContainsAny(name, "/\\:."):
		// Storm's Utils.validateTopologyName refuses these too: the name becomes part of paths and ids.
		v.errorf(at, "the topology name %q holds one of / \\ : .", name)
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		v.errorf(at, "the topology name %q is not plain text", name)
	case len(name) > maxName:
		v.errorf(at, "the topology name %.40q... is %d bytes, at most %d can be", name, len(name), maxName)
	}
}

// jvmOnly warns of the settings of the topology and of its components that mean nothing here, all of them at once.
func (v *validation) jvmOnly(at Position) {
	found := map[string]bool{}
	note := func(c Config) {
		for key := range c {
			if JVMOnly(key) {
				found[key] = true
			}
		}
	}
	note(v.t.Config)
	for i := range v.t.Components {
		note(v.t.Components[i].Config)
	}
	if len(found) > 0 {
		v.warnf(at, "settings for a JVM have no effect here: %s", strings.Join(slices.Sorted(maps.Keys(found)), ", "))
	}
}

// config checks the types of the keys that the host reads. whose begins every message.
func (v *validation) config(whose string, c Config, at Position) {
	for _, key := range []string{TopologyWorkers, TopologyTasks, TopologyMaxTaskParallelism, TopologyMaxSpoutPending,
		TopologyReceiveBuffer, TopologyAckerExecutors, RestartMax, ReceiveBufferBytes, TraceRate, RetryMax, RetryDeadLetters} {
		least := 1
		if key == TopologyAckerExecutors || key == RestartMax || key == TraceRate || key == RetryMax {
			least = 0
		}
		if n, ok, err := c.Int(key); err != nil {
			v.errorf(at, "%s%v", whose, err)
		} else if ok && n < least {
			v.errorf(at, "%s%s is %d, it must be at least %d", whose, key, n, least)
		} else if key == TopologyTasks && n > MaxTasks {
			v.errorf(at, "%s%s is %d, it must be at most %d", whose, key, n, MaxTasks)
		} else if key == TraceRate && n > MaxTraceRate {
			v.errorf(at, "%s%s is %d, it must be at most %d", whose, key, n, MaxTraceRate)
		}
	}
	for _, key := range []string{TopologyMessageTimeout, TopologyTickFreq, TopologySubprocessTimeout, StartTimeout, ActivateTimeout} {
		if d, ok, err := c.Seconds(key); err != nil {
			v.errorf(at, "%s%v", whose, err)
		} else if ok && d <= 0 && key != TopologySubprocessTimeout && key != StartTimeout {
			v.errorf(at, "%s%s is %v, it must be more than 0", whose, key, c[key])
		}
	}
	for _, key := range []string{TopologyDebug, TopologyEnableTimeouts, Acks, TaskIDsUsed} {
		if _, _, err := c.Bool(key); err != nil {
			v.errorf(at, "%s%v", whose, err)
		}
	}
	if _, _, err := c.Strings(PluginEnv); err != nil {
		v.errorf(at, "%s%v", whose, err)
	}
	if _, err := c.Serializer(); err != nil {
		v.errorf(at, "%s%v", whose, err)
	}
	for _, key := range []string{Activate, CommandsAhead, TaskIDsAhead, RubyYJIT} {
		if mode := c[key]; mode != nil && mode != "auto" && mode != "always" && mode != "never" {
			v.errorf(at, "%s%s is %v, expected auto, always or never", whose, key, mode)
		}
	}
	if mode := c[Restart]; mode != nil && mode != "always" && mode != "never" {
		v.errorf(at, "%s%s is %v, expected always or never", whose, Restart, mode)
	}
}

func (v *validation) component(c *Component) {
	switch {
	case c.ID == "":
		v.errorf(c.At, "a %s has no id", c.Kind)
	case strings.HasPrefix(c.ID, "__"):
		v.errorf(c.At, "component id %q: ids that begin with __ are the system's", c.ID)
	}
	if c.Kind != SpoutKind && c.Kind != BoltKind {
		v.errorf(c.At, "component %q is a %q, neither spout nor bolt", c.ID, c.Kind)
	}
	v.count(c, "parallelism", c.Parallelism)
	if c.Tasks != 0 && c.Tasks != c.Parallelism {
		v.count(c, "number of tasks", c.Tasks)
	}
	v.config(fmt.Sprintf("%s %q: ", c.Kind, c.ID), c.Config, c.At)
	v.implementation(c)
	for _, id := range c.StreamIDs() {
		v.stream(c, id)
	}
	switch {
	case c.Kind == SpoutKind && len(c.Inputs) > 0:
		v.errorf(c.Inputs[0].At, "spout %q has an input from %q; only bolts have inputs", c.ID, c.Inputs[0].From)
		return
	case c.Kind == BoltKind && len(c.Inputs) == 0:
		v.errorf(c.At, "bolt %q has no input", c.ID)
	}
	for i := range c.Inputs {
		v.input(c, i)
	}
}

func (v *validation) count(c *Component, what string, n int) {
	if n < 1 || n > MaxTasks {
		v.errorf(c.At, "%s %q has the %s %d, it must be between 1 and %d", c.Kind, c.ID, what, n, MaxTasks)
	}
}

func (v *validation) implementation(c *Component) {
	impl := &c.Implementation
	switch impl.Type {
	case FileImplementation:
		if (impl.File == "") != (impl.Component == "") {
			v.errorf(c.At, "%s %q is of another file: both the file and the component's name there are needed", c.Kind, c.ID)
		}
		if acks, set, err := c.Config.Bool(Acks); err == nil && set && !acks {
			v.errorf(c.At, "%s %q: %s is for shell components; on gstorm's own library the bolt says what it acks", c.Kind, c.ID, Acks)
		}
		if c.Config[Serializer] == MessagePackSerializer {
			v.errorf(c.At, "%s %q: %s is %s, but it runs on gstorm's own library, which speaks JSON", c.Kind, c.ID, Serializer, MessagePackSerializer)
		}
	case ShellImplementation:
		if len(impl.Command) == 0 || impl.Command[0] == "" {
			v.errorf(c.At, "%s %q has no command to run", c.Kind, c.ID)
		}
	case BuiltinImplementation:
		v.builtin(c)
	case NativeImplementation:
		if c.Kind == SpoutKind && impl.NewSpout == nil || c.Kind == BoltKind && impl.NewBolt == nil {
			v.errorf(c.At, "%s %q has no Go function that makes it", c.Kind, c.ID)
		}
	default:
		v.errorf(c.At, "%s %q is run by %q, which is unknown", c.Kind, c.ID, impl.Type)
	}
}

func (v *validation) stream(c *Component, id string) {
	if id == "" || strings.HasPrefix(id, "__") {
		v.errorf(c.At, "%s %q declares a stream %q: the name must not be empty or begin with __", c.Kind, c.ID, id)
	}
	fields := c.Outputs[id].Fields
	for i, f := range fields {
		if first := fields.Index(f); first < i && fields[first+1:i].Index(f) < 0 {
			v.errorf(c.At, "%s %q declares field %q twice on stream %q", c.Kind, c.ID, f, id)
		}
	}
}

func (v *validation) input(c *Component, i int) {
	in := &c.Inputs[i]
	v.grouping(c, in)
	for _, earlier := range c.Inputs[:i] {
		if earlier.From == in.From && earlier.StreamID() == in.StreamID() {
			v.warnf(in.At, "bolt %q subscribes to %q stream %q twice; the later one counts", c.ID, in.From, in.StreamID())
		}
	}
	source := v.t.Component(in.From)
	if source == nil {
		v.errorf(in.At, "bolt %q: unknown source %q%s", c.ID, in.From, v.nearestComponent(in.From))
		return
	}
	stream, ok := source.Outputs[in.StreamID()]
	if v.vague[in.From] && len(stream.Fields) == 0 {
		return
	}
	if !ok {
		v.errorf(in.At, "bolt %q: %q has no stream %q (its streams: %s)", c.ID, in.From, in.StreamID(), orNone(source.StreamIDs()))
		return
	}
	for _, f := range in.Fields {
		if in.Grouping.TakesFields() && !stream.Fields.Contains(f) {
			v.errorf(in.At, "bolt %q: stream %q of %q has no field %q (its fields: %s)", c.ID, in.StreamID(), in.From, f, stream.Fields)
		}
	}
	if in.Grouping.Known() && stream.Direct != (in.Grouping == Direct) {
		if stream.Direct {
			v.errorf(in.At, "bolt %q: stream %q of %q is direct, so it needs the direct grouping, not %s", c.ID, in.StreamID(), in.From, in.Grouping)
		} else {
			v.errorf(in.At, "bolt %q: direct grouping on stream %q of %q, which is not declared direct", c.ID, in.StreamID(), in.From)
		}
	}
}

func (v *validation) grouping(c *Component, in *Input) {
	switch {
	case !in.Grouping.Known():
		v.errorf(in.At, "bolt %q: unknown grouping %q (known: %s)", c.ID, in.Grouping, knownGroupings())
	case in.Grouping == Custom && in.Chooser == nil:
		v.errorf(in.At, "bolt %q: grouping %s needs code that chooses: a Chooser in Go (Declarer.FromCustom); elsewhere, a bolt between the two that emits on a direct stream", c.ID, in.Grouping)
	case in.Grouping.TakesFields() && len(in.Fields) == 0:
		v.errorf(in.At, "bolt %q: grouping %s needs the names of fields", c.ID, in.Grouping)
	case !in.Grouping.TakesFields() && len(in.Fields) > 0:
		v.errorf(in.At, "bolt %q: grouping %s takes no fields, but has %s", c.ID, in.Grouping, in.Fields)
	}
}

// reachable warns of bolts that no spout leads to. A bolt without any input or with an unknown source is an error
// already, so an unknown source counts as one that would feed it.
func (v *validation) reachable() {
	reached := map[string]bool{}
	for _, c := range v.t.Components {
		for _, in := range c.Inputs {
			reached[in.From] = reached[in.From] || v.t.Component(in.From) == nil
		}
	}
	for changed := true; changed; {
		changed = false
		for _, c := range v.t.Components {
			if reached[c.ID] {
				continue
			}
			fed := slices.ContainsFunc(c.Inputs, func(in Input) bool { return reached[in.From] })
			if c.Kind == SpoutKind || fed {
				reached[c.ID], changed = true, true
			}
		}
	}
	for _, c := range v.t.Components {
		if !reached[c.ID] && len(c.Inputs) > 0 {
			v.warnf(c.At, "no spout leads to bolt %q, so it will never get a tuple", c.ID)
		}
	}
}

func (v *validation) nearestComponent(id string) string {
	ids := make([]string, len(v.t.Components))
	for i, c := range v.t.Components {
		ids[i] = c.ID
	}
	if near := Nearest(id, ids); near != "" {
		return fmt.Sprintf(", did you mean %q?", near)
	}
	return fmt.Sprintf(" (components: %s)", orNone(ids))
}

func firstUsed(at Position) string {
	if at.String() == "" {
		return ""
	}
	return ", first used at " + at.String()
}

func knownGroupings() string {
	names := make([]string, len(groupings))
	for i, g := range groupings {
		names[i] = string(g)
	}
	return strings.Join(names, ", ")
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

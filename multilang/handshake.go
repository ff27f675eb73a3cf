package multilang

import (
	"maps"
	"slices"
	"strconv"
)

// Handshake is the first message to a component, and the only one before the component has answered with its pid.
type Handshake struct {
	// PidDir is an existing directory that the component may write to: it leaves an empty file named like its pid.
	PidDir string

	// Conf is the configuration for this component: the cluster's, the topology's and its own, merged. Values are what
	// AppendValues takes; what was read from JSON should keep its json.Numbers, as a float64 of 30 is written 30.0.
	Conf map[string]any

	// Context says what the component is a part of.
	Context Context

	// Extension is what the host offers, nil to offer nothing. It is written beside conf and again inside of it, as
	// some libraries show only conf to user code.
	Extension *Extension
}

// Context is the place of a task in its topology, by the keys of Storm's TopologyContext.toJSONString. Nil maps and
// slices are written as empty ones: libraries fail on null.
type Context struct {
	TaskID          int                            // taskid
	ComponentID     string                         // componentid
	TaskComponents  map[int]string                 // task->component: of all tasks
	Streams         []string                       // streams: those that the component declares
	OutputFields    map[string][]string            // stream->outputfields
	Targets         map[string]map[string]Grouping // stream->target->grouping: who gets what the component emits
	SourceGroupings map[string]map[string]Grouping // source->stream->grouping: what the component gets
	SourceFields    map[string]map[string][]string // source->stream->fields
}

// Grouping is a grouping by Storm's name for it: FIELDS, SHUFFLE, ALL, NONE, DIRECT, LOCAL_OR_SHUFFLE, CUSTOM_OBJECT.
// Fields is written for FIELDS only. The global grouping is FIELDS without fields.
type Grouping struct {
	Type   string
	Fields []string
}

// fieldsGrouping is the type whose fields are written, even if there are none.
const fieldsGrouping = "FIELDS"

// AppendHandshake appends the handshake's frame to dst. It fails with a *ValueError if Conf holds what JSON can't carry;
// dst is then returned as it was.
func AppendHandshake(dst []byte, h *Handshake) ([]byte, error) {
	e := newEncoder(dst)
	return e.end(dst, e.handshake(h))
}

func (e *encoder) handshake(h *Handshake) *ValueError {
	e.out.WriteObjectStart()
	e.key(0, "pidDir")
	e.string(h.PidDir)
	e.key(1, "conf")
	if bad := e.object(h.conf()); bad != nil {
		bad.Path = ".conf" + bad.Path
		return bad
	}
	e.key(2, "context")
	e.context(&h.Context)
	if h.Extension != nil {
		e.key(3, extensionKey)
		e.extension(h.Extension)
	}
	e.out.WriteObjectEnd()
	e.out.WriteRaw(frameEnd)
	return nil
}

// conf is Conf with the offer in it.
func (h *Handshake) conf() map[string]any {
	if h.Extension == nil {
		return h.Conf
	}
	conf := make(map[string]any, len(h.Conf)+1)
	maps.Copy(conf, h.Conf)
	conf[extensionKey] = map[string]any{"v": h.Extension.V, "features": h.Extension.Features}
	return conf
}

func (e *encoder) extension(x *Extension) {
	e.out.WriteObjectStart()
	e.key(0, "v")
	e.out.WriteInt(x.V)
	e.key(1, "features")
	e.strings(x.Features)
	e.out.WriteObjectEnd()
}

func (e *encoder) context(c *Context) {
	e.out.WriteObjectStart()
	e.key(0, "taskid")
	e.out.WriteInt(c.TaskID)
	e.key(1, "componentid")
	e.string(c.ComponentID)
	e.key(2, "task->component")
	e.taskComponents(c.TaskComponents)
	e.key(3, "streams")
	e.strings(c.Streams)
	e.key(4, "stream->outputfields")
	writeMap(e, c.OutputFields, e.strings)
	e.key(5, "stream->target->grouping")
	e.groupings(c.Targets)
	e.key(6, "source->stream->grouping")
	e.groupings(c.SourceGroupings)
	e.key(7, "source->stream->fields")
	writeMap(e, c.SourceFields, func(m map[string][]string) { writeMap(e, m, e.strings) })
	e.out.WriteObjectEnd()
}

func (e *encoder) taskComponents(tasks map[int]string) {
	e.out.WriteObjectStart()
	for i, task := range slices.Sorted(maps.Keys(tasks)) {
		e.key(i, strconv.Itoa(task))
		e.string(tasks[task])
	}
	e.out.WriteObjectEnd()
}

func (e *encoder) groupings(m map[string]map[string]Grouping) {
	writeMap(e, m, func(m map[string]Grouping) { writeMap(e, m, e.grouping) })
}

func (e *encoder) grouping(g Grouping) {
	e.out.WriteObjectStart()
	e.key(0, "type")
	e.string(g.Type)
	if g.Type == fieldsGrouping {
		e.key(1, "fields")
		e.strings(g.Fields)
	}
	e.out.WriteObjectEnd()
}

// writeMap writes an object with sorted keys.
func writeMap[V any](e *encoder, m map[string]V, write func(V)) {
	e.out.WriteObjectStart()
	for i, k := range slices.Sorted(maps.Keys(m)) {
		e.key(i, k)
		write(m[k])
	}
	e.out.WriteObjectEnd()
}

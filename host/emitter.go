package host

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/host/route"
	"github.com/gstorm/gstorm/host/transfer"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/multilang"
)

// emitter is the way out of a task: it finds the targets of a tuple and puts it into the outbox. One goroutine at a time
// uses it.
type emitter struct {
	streams   map[string]*outStream
	standard  *outStream // the default stream, if there is one
	outbox    *transfer.Outbox
	aimed     *outStream   // of the tuple that aim was called for last
	uncounted []*outStream // those on which something was emitted since the last flush
	random    *randomSource
	targets   []route.Target
	chosen    []route.Target // where the next tuple goes that names no task; nil: the groupings choose
	lineages  []acker.Lineage
	text      []byte // of encode: what is in it is never changed
	// undeclared is set if the component declares no streams at all: what it emits on the default one is counted and goes
	// nowhere, quietly. RedStorm's terminal bolts return the value of their last statement that way.
	undeclared *outStream
	observe    func(*gstorm.Tuple) // Options.Observe
	traces     emitTraces
}

// outStream is one output stream of a task.
type outStream struct {
	source *gstorm.Source
	route  *route.Stream
	direct bool
	json   bool // some consumer is a child that reads JSON, so Go values must become that

	// newEmitted and newTransferred are what flush adds to the counts, which any goroutine may read.
	newEmitted, newTransferred uint64
	emitted, transferred       atomic.Uint64
	taps                       atomic.Pointer[[]*openTap] // nil: nobody looks. With it the stream fills a cache line: tasks share none
}

func newEmitter(p *plan.Plan, c *plan.Component, task int, outbox *transfer.Outbox, o *Options) *emitter {
	e := &emitter{
		streams: map[string]*outStream{}, outbox: outbox,
		random: &randomSource{rand.NewPCG(o.Seed, uint64(task))}, observe: o.Observe,
	}
	if len(c.Outputs) == 0 {
		e.undeclared = &outStream{source: &gstorm.Source{Component: c.ID, Stream: gstorm.DefaultStream, Task: task}}
	}
	var local func(int) bool // all are
	if o.Share != nil {
		local = func(task int) bool { return slices.Contains(o.Share.Tasks, task) }
	}
	for _, id := range c.StreamIDs() { // in order: the same seed gives the same choices
		declared := c.Outputs[id]
		s := &outStream{
			source: &gstorm.Source{Component: c.ID, Stream: id, Task: task, Fields: declared.Fields},
			direct: declared.Direct,
			route:  route.NewStream(p, c.ID, task, id, local, e.random.Uint64()),
		}
		for _, consumer := range c.Consumers[id] {
			s.json = s.json || !takesValues(p.Component(consumer.Component), o)
		}
		e.streams[id] = s
	}
	e.standard = e.streams[gstorm.DefaultStream]
	return e
}

// inProcess reports whether a component is Go code in this process.
func inProcess(c *plan.Component) bool {
	t := c.Implementation.Type
	return t == gstorm.NativeImplementation || t == gstorm.BuiltinImplementation
}

// takesValues reports whether a component gets Go values as they are, or packed, and no JSON.
func takesValues(c *plan.Component, o *Options) bool {
	if inProcess(c) {
		return true
	}
	if o.Launch == nil {
		return false
	}
	launch, err := o.Launch(c)
	return err == nil && launch.Packed
}

// aim finds who gets a tuple on a stream: the groupings' choice (or chosen), or the task direct if it is not 0. The result is valid
// until the next call. An error says what is wrong with the emit, in the words of its author.
func (e *emitter) aim(stream string, direct int, t *gstorm.Tuple, arity int) (targets []route.Target, err error) {
	s := e.standard
	if stream != gstorm.DefaultStream {
		s = e.streams[stream]
	}
	e.aimed = s
	if s == nil {
		if e.undeclared != nil && stream == gstorm.DefaultStream {
			e.aimed = e.undeclared
			return nil, nil
		}
		return nil, fmt.Errorf("emit on stream %q, which the component does not declare", stream)
	}
	t.Source = s.source
	if !s.route.HasConsumers() {
		return nil, nil
	}
	if arity != len(s.source.Fields) {
		return nil, fmt.Errorf("emit of %d values on stream %q, which has %d fields (%s)", arity, stream, len(s.source.Fields), s.source.Fields)
	}
	if s.json && t.JSON == nil {
		values, err := t.Decode()
		if err == nil {
			t.JSON, err = e.encode(values)
		}
		if err != nil {
			return nil, fmt.Errorf("emit on stream %q: %w", stream, err)
		}
	}
	switch {
	case direct != 0 && !s.direct:
		return nil, fmt.Errorf("emit to task %d on stream %q, which is not declared direct", direct, stream)
	case direct == 0 && s.direct:
		return nil, fmt.Errorf("emit on stream %q, which is direct, without naming a task", stream)
	case direct != 0:
		e.targets, err = s.route.Direct(e.targets[:0], direct)
	case e.chosen != nil:
		e.targets, err = s.route.RouteTo(e.targets[:0], t, e.chosen)
	default:
		e.targets, err = s.route.Route(e.targets[:0], t)
	}
	return e.targets, err
}

// textAtOnce is for how much JSON text of tuples memory is taken at once.
const textAtOnce = 8 << 10

// encode returns the JSON text of values. Texts that are made one after the other share their memory.
func (e *emitter) encode(values gstorm.Values) ([]byte, error) {
	if cap(e.text)-len(e.text) < textAtOnce/16 {
		e.text = make([]byte, 0, textAtOnce)
	}
	from := len(e.text)
	text, err := multilang.AppendValues(e.text, values)
	if err != nil {
		return nil, err
	}
	if cap(text) == cap(e.text) { // else it was too long, and has memory of its own
		e.text = text
	}
	return slices.Clip(text[from:]), nil
}

// send puts the tuple that aim was called for into the outbox, for each target with its lineage; flush sends it on its way.
func (e *emitter) send(t *gstorm.Tuple, targets []route.Target, lineages []acker.Lineage) {
	s := e.aimed
	if s.newEmitted == 0 {
		e.uncounted = append(e.uncounted, s)
	}
	s.newEmitted++
	s.newTransferred += uint64(len(targets))
	if e.observe != nil && t.Source != nil {
		e.observe(t)
	}
	if taps := s.taps.Load(); taps != nil {
		offer(*taps, s, t, targets, lineages)
	}
	if len(lineages) > 0 && lineages[0].Traced() { // all have the same roots
		e.traces.emitted(t, targets, lineages)
	}
	for i, target := range targets {
		d := e.outbox.Slot(target.Task, target.Feedback, len(t.JSON)+len(t.Packed))
		d.Tuple = *t
		if lineages != nil {
			d.Lineage = lineages[i]
		}
	}
}

// flush sends what was emitted since the last time, and counts it.
func (e *emitter) flush() { e.flushAt(0) }

// flushAt is flush for who has just read the worker's clock.
func (e *emitter) flushAt(now int64) {
	for _, s := range e.uncounted {
		s.emitted.Add(s.newEmitted)
		s.transferred.Add(s.newTransferred)
		s.newEmitted, s.newTransferred = 0, 0
	}
	e.uncounted = e.uncounted[:0]
	e.outbox.Flush(now)
}

// emits is how often the task has emitted.
func (e *emitter) emits() (n uint64) {
	for _, s := range e.streams {
		n += s.emitted.Load()
	}
	return n
}

// stream is where the emits on one of streamsOf the component are counted.
func (e *emitter) stream(id string) *outStream {
	if e.undeclared != nil {
		return e.undeclared
	}
	return e.streams[id]
}

// fieldName names the i-th field of a stream, for messages.
func (e *emitter) fieldName(stream string, i int) string {
	if s := e.streams[stream]; s != nil && i >= 0 && i < len(s.source.Fields) {
		return fmt.Sprintf("field %q", s.source.Fields[i])
	}
	return fmt.Sprintf("value %d", i+1)
}

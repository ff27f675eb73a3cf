package gstorm

import "errors"

// errFailed is why a held tuple failed where its bolt gave no reason.
var errFailed = errors.New("the component failed the tuple")

// Sink takes what a component emits. The host has one for each task; tests of components may have their own.
type Sink interface {
	// Emit gets the values of one tuple for a stream, which are the sink's to keep. task is the one that the component
	// named with EmitDirect, else 0.
	Emit(stream string, task int, values Values)
}

// emissions are the methods that bolts and spouts emit with.
type emissions struct {
	sink  Sink
	chunk Values
}

// Emit emits on the default stream. In a bolt the tuple is anchored to the one that the call is about.
func (e *emissions) Emit(values ...any) { e.sink.Emit(DefaultStream, 0, e.keep(values)) }

// EmitTo emits on a named stream.
func (e *emissions) EmitTo(stream string, values ...any) { e.sink.Emit(stream, 0, e.keep(values)) }

// EmitDirect emits to one task, on a stream that is declared direct.
func (e *emissions) EmitDirect(task int, stream string, values ...any) {
	e.sink.Emit(stream, task, e.keep(values))
}

// valuesAtOnce is for how many values memory is taken at once.
const valuesAtOnce = 128

// keep returns a copy of values that outlives the call. As the caller's slice goes no further than this, it costs no
// memory of its own; the copies share theirs, which is given back when the last of them is.
func (e *emissions) keep(values Values) Values {
	if cap(e.chunk)-len(e.chunk) < len(values) {
		e.chunk = make(Values, 0, max(valuesAtOnce, len(values)))
	}
	from := len(e.chunk)
	if len(values) == 1 { // which most tuples have; a copy of many has more to look at
		e.chunk = append(e.chunk, values[0])
	} else {
		e.chunk = append(e.chunk, values...)
	}
	return e.chunk[from:len(e.chunk):len(e.chunk)]
}

// Collector is how a bolt emits: Storm's OutputCollector. The host hands one to each call of a bolt; it is for that call,
// and for its goroutine, alone.
type Collector struct {
	emissions
	bolt BoltSink
}

// BoltSink takes what a bolt emits and holds back.
type BoltSink interface {
	Sink
	// Hold keeps the tuple that the call is about from being acked when the call returns, until the function that it
	// returns is called for the first time: with nil for an ack, else with why it failed. It may be called from any
	// goroutine. In a call that is about no tuple or a batch, and in a second one for the same, there is nothing to hold: nil.
	Hold() (id uint64, answer func(error))
	// EmitAnchored is Emit for a tuple that is anchored to held ones, by the ids that Hold gave, and to nothing else.
	EmitAnchored(held []uint64, stream string, task int, values Values)
}

// NewCollector returns a Collector that hands all to a sink.
func NewCollector(sink BoltSink) *Collector {
	return &Collector{emissions: emissions{sink: sink}, bolt: sink}
}

// Hold takes over the answer to the tuple that the call is about: it is no longer acked when the call returns nil (an error
// still fails it), but when Held.Ack or Held.Fail is called, in whatever later call or goroutine. Until then its tree stays
// open; a tuple that is never answered fails by topology.message.timeout.secs, or when the bolt ends. Holding the same
// tuple twice is a mistake of the caller and panics, as is holding in a call that is about none (Tick, Close) or about a batch
// (ExecuteBatch), which is answered as a whole.
func (c *Collector) Hold(t *Tuple) *Held {
	id, answer := c.bolt.Hold()
	if answer == nil {
		panic("gstorm: Hold in a call that is about no tuple or about a batch, or twice in the same")
	}
	return &Held{Tuple: *t, id: id, answer: answer}
}

// EmitAnchored emits on a named stream ("" is the default one) with held tuples as anchors, of which there may be many: the
// sum of a window, say. It is for calls only, like all methods of a Collector.
func (c *Collector) EmitAnchored(anchors []*Held, stream string, values ...any) {
	if stream == "" {
		stream = DefaultStream
	}
	ids := make([]uint64, len(anchors))
	for i, h := range anchors {
		ids[i] = h.id
	}
	c.bolt.EmitAnchored(ids, stream, 0, c.keep(values))
}

// Held is a tuple that its bolt answers by itself: see Collector.Hold. Its methods may be called from any goroutine; the
// first call counts.
type Held struct {
	Tuple  Tuple
	id     uint64
	answer func(error)
}

// Ack says that the tuple, and what was emitted with it as an anchor, is handled.
func (h *Held) Ack() { h.answer(nil) }

// Fail says that the tuple failed, and why: its whole tree fails. A nil err counts as one without words.
func (h *Held) Fail(err error) {
	if err == nil {
		err = errFailed
	}
	h.answer(err)
}

// SpoutCollector is how a spout emits: Storm's SpoutOutputCollector. A tuple that is emitted by Emit, EmitTo and EmitDirect
// is not tracked.
type SpoutCollector struct {
	emissions
	spout SpoutSink
}

// SpoutSink takes what a spout emits.
type SpoutSink interface {
	Sink
	// EmitID is Emit for a tuple with a message id, which is not nil.
	EmitID(id any, stream string, values Values)
}

// NewSpoutCollector returns a SpoutCollector that hands all to a sink.
func NewSpoutCollector(sink SpoutSink) *SpoutCollector {
	return &SpoutCollector{emissions: emissions{sink: sink}, spout: sink}
}

// EmitID emits on a named stream ("" is the default one) with a message id, which makes the tuple the root of a tree: the
// spout hears of its end by Ack or Fail. Without an id (nil) nobody does.
func (c *SpoutCollector) EmitID(id any, stream string, values ...any) {
	if stream == "" {
		stream = DefaultStream
	}
	if id == nil {
		c.sink.Emit(stream, 0, c.keep(values))
		return
	}
	c.spout.EmitID(id, stream, c.keep(values))
}

package gstorm

// Collector is how a component emits: Storm's OutputCollector. The host hands one to each call of a component; it is for
// that call, and for its goroutine, alone.
type Collector struct {
	sink  Sink
	chunk Values
}

// Sink takes what a component emits. The host has one for each task; tests of components may have their own.
type Sink interface {
	// Emit gets the values of one tuple for a stream, which are the sink's to keep. task is the one that the component
	// named with EmitDirect, else 0.
	Emit(stream string, task int, values Values)
}

// SpoutSink takes what a spout emits.
type SpoutSink interface {
	Sink
	// EmitID is Emit for a tuple with a message id, which is not nil.
	EmitID(id any, stream string, values Values)
}

// NewCollector returns a Collector that hands all to a sink.
func NewCollector(sink Sink) *Collector { return &Collector{sink: sink} }

// Emit emits on the default stream. In a bolt the tuple is anchored to the one that the call is about.
func (c *Collector) Emit(values ...any) { c.sink.Emit(DefaultStream, 0, c.keep(values)) }

// EmitTo emits on a named stream.
func (c *Collector) EmitTo(stream string, values ...any) { c.sink.Emit(stream, 0, c.keep(values)) }

// EmitDirect emits to one task, on a stream that is declared direct.
func (c *Collector) EmitDirect(task int, stream string, values ...any) {
	c.sink.Emit(stream, task, c.keep(values))
}

// valuesAtOnce is for how many values memory is taken at once.
const valuesAtOnce = 128

// keep returns a copy of values that outlives the call. As the caller's slice goes no further than this, it costs no
// memory of its own; the copies share theirs, which is given back when the last of them is.
func (c *Collector) keep(values Values) Values {
	if cap(c.chunk)-len(c.chunk) < len(values) {
		c.chunk = make(Values, 0, max(valuesAtOnce, len(values)))
	}
	from := len(c.chunk)
	for _, v := range values {
		c.chunk = append(c.chunk, v)
	}
	return c.chunk[from:len(c.chunk):len(c.chunk)]
}

// SpoutCollector is how a spout emits: Storm's SpoutOutputCollector. A tuple that is emitted by the methods of Collector
// is not tracked.
type SpoutCollector struct {
	Collector
	spout SpoutSink
}

// NewSpoutCollector returns a SpoutCollector that hands all to a sink.
func NewSpoutCollector(sink SpoutSink) *SpoutCollector {
	return &SpoutCollector{Collector: Collector{sink: sink}, spout: sink}
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

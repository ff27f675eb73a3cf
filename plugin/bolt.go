package plugin

import (
	"context"
	"sync"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/guard"
	"github.com/gstorm/gstorm/internal/packed"
	"github.com/gstorm/gstorm/multilang"
)

// boltTask is a task whose component is a bolt.
type boltTask struct {
	*conversation
	bolt    gstorm.Bolt
	batches gstorm.BatchBolt // nil: it takes one tuple at a time
	sink    boltSink
	emitter *gstorm.Collector
	tuples  multilang.PackedTuples
	sources map[source]*gstorm.Source
	batch   []gstorm.Tuple
}

// source names a gstorm.Source.
type source struct {
	component, stream string
	task              int
}

func newBoltTask(c *conversation, bolt gstorm.Bolt) *boltTask {
	b := &boltTask{conversation: c, bolt: bolt, sources: map[source]*gstorm.Source{}}
	b.sink.conversation = c
	b.emitter = gstorm.NewCollector(&b.sink)
	b.batches, _ = bolt.(gstorm.BatchBolt)
	return b
}

func (b *boltTask) component() any { return b.bolt }

func (b *boltTask) handle(ctx context.Context, f *frame) error {
	if f.tuples == nil {
		return b.single(ctx, &f.command)
	}
	if err := b.tuples.Read(f.tuples); err != nil {
		return err
	}
	from := b.source(b.tuples.Comp, b.tuples.Stream, b.tuples.Task)
	b.batch = b.batch[:0]
	for {
		row, ok, err := b.tuples.Next()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		t := gstorm.Tuple{Source: from, Packed: row}
		if text, ok := packed.Text(row); ok {
			t.JSON, t.Packed = text, nil
		}
		b.batch = append(b.batch, t)
	}
	switch {
	case len(b.batch) == 0: // the first tuple could not be packed
	case b.batches != nil:
		b.executeAll(ctx)
	default:
		b.executeEach(ctx)
	}
	return nil
}

// executeEach hands over the tuples of a batch and answers them: an error or a panic fails one, everything else acks it.
func (b *boltTask) executeEach(ctx context.Context) {
	for done := 0; done < len(b.batch); {
		err := guard.Call(func() error {
			for ; done < len(b.batch); done++ {
				id := b.tuples.First + uint64(done)
				b.sink.about(id)
				b.answer(id, b.bolt.Execute(ctx, &b.batch[done], b.emitter))
				b.done.Add(1)
			}
			return nil
		})
		if err != nil { // a panic
			b.fail(b.tuples.First+uint64(done), err)
			done++
			b.done.Add(1)
		}
	}
}

// answer answers a tuple whose call has returned, unless the bolt holds it.
func (b *boltTask) answer(id uint64, err error) {
	if err == nil {
		err = b.sink.err
	}
	switch {
	case err != nil:
		b.fail(id, err)
	case !b.sink.held:
		b.ack(id)
	}
}

// executeAll hands over a batch at once: an error or a panic fails all of it.
func (b *boltTask) executeAll(ctx context.Context) {
	tuples := make([]*gstorm.Tuple, len(b.batch))
	ids := make([]uint64, len(b.batch))
	for i := range b.batch {
		tuples[i], ids[i] = &b.batch[i], b.tuples.First+uint64(i)
	}
	b.sink.about(ids...)
	b.sink.batch = true
	err := guard.Call(func() error { return b.batches.ExecuteBatch(ctx, tuples, b.emitter) })
	b.done.Add(1)
	if err == nil {
		err = b.sink.err
	}
	if err != nil {
		_ = b.failed(err, ids[0])
	}
	for _, id := range ids {
		if err != nil {
			b.out.add(func(p *multilang.PackedBatch) { p.Fail(id) })
		} else {
			b.ack(id)
		}
	}
}

// single handles a tick, or a tuple that came by itself.
func (b *boltTask) single(ctx context.Context, c *command) error {
	id, err := c.tupleID()
	if err != nil {
		return nil // no tuple: a bolt has no other commands
	}
	defer b.done.Add(1)
	ticker, ok := b.bolt.(gstorm.Ticker)
	if !ok {
		b.sink.about(id)
		t := gstorm.Tuple{
			Source: b.source(gstorm.SystemComponent, gstorm.TickStream, gstorm.SystemTask), Values: c.Tuple,
		}
		err := guard.Call(func() error { return b.bolt.Execute(ctx, &t, b.emitter) })
		b.answer(id, err)
		return nil
	}
	b.sink.about()
	if err := guard.Call(func() error { return ticker.Tick(ctx, b.emitter) }); err != nil {
		_ = b.failed(err, 0)
	}
	b.ack(id)
	return nil
}

func (b *boltTask) finish(ctx context.Context) error {
	if closer, ok := b.bolt.(gstorm.Closer); ok {
		b.sink.about()
		if err := guard.Call(func() error { return closer.Close(ctx, b.emitter) }); err != nil {
			_ = b.failed(err, 0)
		}
	}
	return nil
}

// source is the one Source of all tuples from there.
func (b *boltTask) source(component, stream string, task int) *gstorm.Source {
	key := source{component, stream, task}
	s := b.sources[key]
	if s == nil {
		s = &gstorm.Source{Component: component, Stream: stream, Task: task, Fields: b.shaken.Context.SourceFields[component][stream]}
		if component == gstorm.SystemComponent && stream == gstorm.TickStream {
			s.Fields = gstorm.Fields{"rate_secs"}
		}
		b.sources[key] = s
	}
	return s
}

// ack and fail answer a tuple.
func (c *conversation) ack(id uint64) {
	if c.out.add(func(p *multilang.PackedBatch) { p.Ack(id) }) {
		c.out.flush()
	}
}

func (c *conversation) fail(id uint64, err error) {
	_ = c.failed(err, id)
	c.out.add(func(p *multilang.PackedBatch) { p.Fail(id) })
}

// boltSink takes what a bolt emits: what it emits during one call is anchored to that call's tuples.
type boltSink struct {
	*conversation
	anchors []uint64
	batch   bool // the call is about a batch, be it of one
	held    bool
	err     error // the first emit that could not be sent
}

// about prepares for a call that is about some tuples.
func (s *boltSink) about(ids ...uint64) {
	s.anchors, s.batch, s.held, s.err = append(s.anchors[:0], ids...), false, false, nil
}

// Emit implements gstorm.Sink.
func (s *boltSink) Emit(stream string, task int, values gstorm.Values) {
	s.emit(stream, task, s.anchors, values)
}

// EmitAnchored implements gstorm.BoltSink.
func (s *boltSink) EmitAnchored(held []uint64, stream string, task int, values gstorm.Values) {
	s.emit(stream, task, held, values)
}

func (s *boltSink) emit(stream string, task int, anchors []uint64, values gstorm.Values) {
	skip, err := s.check(stream, values)
	if skip {
		return
	}
	if err == nil {
		err = s.out.emit(stream, task, anchors, 0, values)
	}
	if err != nil && s.err == nil {
		s.err = err
	}
	if err != nil && len(s.anchors) == 0 { // no tuple fails with it
		_ = s.failed(err, 0)
	}
}

// Hold implements gstorm.BoltSink.
func (s *boltSink) Hold() (id uint64, answer func(error)) {
	if len(s.anchors) != 1 || s.batch || s.held {
		return 0, nil
	}
	s.held = true
	id = s.anchors[0]
	var once sync.Once
	return id, func(err error) {
		once.Do(func() {
			if err != nil {
				s.fail(id, err)
			} else {
				s.ack(id)
			}
		})
	}
}

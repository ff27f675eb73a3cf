package plugin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/guard"
	"github.com/gstorm/gstorm/multilang"
)

// turn is how long a spout is called again before it hears of the ends of its trees.
const turn = 2 * time.Millisecond

// spoutTask is a task whose component is a spout.
type spoutTask struct {
	*conversation
	spout   gstorm.Spout
	sink    spoutSink
	emitter *gstorm.SpoutCollector
}

func newSpoutTask(c *conversation, spout gstorm.Spout) *spoutTask {
	s := &spoutTask{conversation: c, spout: spout}
	s.sink = spoutSink{conversation: c, ids: map[uint64]any{}}
	s.emitter = gstorm.NewSpoutCollector(&s.sink)
	return s
}

func (s *spoutTask) component() any { return s.spout }

// handle answers a command. An error of the spout is its death.
func (s *spoutTask) handle(ctx context.Context, f *frame) error {
	switch c := &f.command; c.Command {
	case "next":
		if err := s.tell(c); err != nil {
			return err
		}
		if err := s.next(ctx, c); err != nil {
			return err
		}
	case "activate":
		if err := s.switched(func(a gstorm.Activator) error { return a.Activate(ctx) }); err != nil {
			return fmt.Errorf("activate: %w", err)
		}
	case "deactivate":
		if err := s.switched(func(a gstorm.Activator) error { return a.Deactivate(ctx) }); err != nil {
			return fmt.Errorf("deactivate: %w", err)
		}
	}
	s.out.add((*multilang.PackedBatch).Sync)
	s.out.flush()
	return nil
}

// tell tells the spout of the ends of trees.
func (s *spoutTask) tell(c *command) error {
	for _, id := range c.Acks {
		if err := s.end(id, gstorm.Acknowledger.Ack); err != nil {
			return err
		}
	}
	for _, id := range c.Fails {
		if err := s.end(id, gstorm.Acknowledger.Fail); err != nil {
			return err
		}
	}
	return nil
}

func (s *spoutTask) end(id uint64, tell func(gstorm.Acknowledger, any)) error {
	message, ok := s.sink.ids[id]
	delete(s.sink.ids, id)
	listener, listens := s.spout.(gstorm.Acknowledger)
	if !ok || !listens {
		return nil
	}
	return guard.Call(func() error {
		tell(listener, message)
		return nil
	})
}

// next calls the spout until so many tuples are out, or it has none, but not for long.
func (s *spoutTask) next(ctx context.Context, c *command) error {
	n := 1
	if c.N != nil {
		n = *c.N
	}
	if n == 0 {
		return nil
	}
	s.sink.emits = 0
	began := time.Now()
	for before := -1; s.sink.emits < n && s.sink.emits != before && time.Since(began) < turn; {
		before = s.sink.emits
		err := guard.Call(func() error { return s.spout.Next(ctx, s.emitter) })
		s.done.Add(1)
		refused, failed := s.refused()
		if failed != nil {
			return failed
		}
		if errors.Is(err, gstorm.ErrFinished) {
			if !refused { // else it may want to emit it again
				s.out.say(report{Command: "finished"})
			}
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// refused fails what could not be emitted. It reports whether there was anything.
func (s *spoutTask) refused() (any bool, err error) {
	ids := s.sink.refused
	s.sink.refused = nil
	for _, id := range ids {
		if err := s.end(id, gstorm.Acknowledger.Fail); err != nil {
			return true, err
		}
	}
	return len(ids) > 0, nil
}

func (s *spoutTask) switched(tell func(gstorm.Activator) error) error {
	a, ok := s.spout.(gstorm.Activator)
	if !ok {
		return nil
	}
	return guard.Call(func() error { return tell(a) })
}

func (s *spoutTask) finish(ctx context.Context) error {
	if closer, ok := s.spout.(gstorm.Closer); ok {
		sink := &boltSink{conversation: s.conversation}
		if err := guard.Call(func() error { return closer.Close(ctx, gstorm.NewCollector(sink)) }); err != nil {
			_ = s.failed(err, 0)
		}
	}
	return nil
}

// spoutSink takes what a spout emits. gstorm knows its messages by numbers; which id is meant by one is known here.
type spoutSink struct {
	*conversation
	emits   int
	last    uint64
	ids     map[uint64]any
	refused []uint64
}

// Emit implements gstorm.Sink.
func (s *spoutSink) Emit(stream string, task int, values gstorm.Values) {
	s.emits++
	if err := s.send(stream, task, 0, values); err != nil {
		_ = s.failed(err, 0)
	}
}

// EmitID implements gstorm.SpoutSink.
func (s *spoutSink) EmitID(id any, stream string, values gstorm.Values) {
	s.emits++
	s.last++
	s.ids[s.last] = id
	if err := s.send(stream, 0, s.last, values); err != nil {
		_ = s.failed(err, 0)
		s.refused = append(s.refused, s.last)
	}
}

func (s *spoutSink) send(stream string, task int, id uint64, values gstorm.Values) error {
	skip, err := s.check(stream, values)
	if err != nil || skip && id == 0 {
		return err
	}
	return s.out.emit(stream, task, nil, id, values)
}

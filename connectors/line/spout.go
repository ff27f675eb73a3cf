package line

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/gstorm/gstorm"
)

// Position is where a line begins. It is the message id of the line's tuple.
type Position struct {
	File   string
	Life   int   // which of those that have had the name, from 0: a log is rotated or cut to nothing, a command started again
	Offset int64 // in bytes; of what has been unpacked, where the file is compressed
}

// Line is a line without its end.
type Line struct {
	Position
	Number int64 // from 1
	Text   string
}

// Source has lines, one after the other. A Spout calls its methods as the host does its own: Open first, Close last.
type Source interface {
	Open(ctx context.Context, task *gstorm.TaskContext) error
	// Next returns the next line, ErrNothing where there is none yet, io.EOF where there will never be another one. Any other
	// error ends the topology.
	Next(ctx context.Context) (Line, error)
	Close() error
}

// ErrNothing says that a source has no line now.
var ErrNothing = errors.New("no line yet")

// Emission is what becomes of a line; no stream: nothing.
type Emission struct {
	Stream string
	Values []any
}

// Shape makes of a line what is emitted. An error ends the topology.
type Shape func(l Line) (Emission, error)

// Spout emits the lines of a source, and those that fail again. It remembers them until they are acked.
type Spout struct {
	source  Source
	shape   Shape
	pending map[Position]Emission
	failed  []Position
}

// NewSpout makes the spout of a source that has not been opened.
func NewSpout(s Source, by Shape) *Spout {
	return &Spout{source: s, shape: by, pending: map[Position]Emission{}}
}

// Open implements gstorm.Opener.
func (s *Spout) Open(ctx context.Context, task *gstorm.TaskContext) error {
	return s.source.Open(ctx, task)
}

// Next emits one line. It implements gstorm.Spout.
func (s *Spout) Next(ctx context.Context, out *gstorm.SpoutCollector) error {
	if len(s.failed) > 0 {
		id := s.failed[0]
		s.failed = s.failed[1:]
		out.EmitID(id, s.pending[id].Stream, s.pending[id].Values...)
		return nil
	}
	for {
		l, err := s.source.Next(ctx)
		switch {
		case errors.Is(err, io.EOF):
			return gstorm.ErrFinished
		case errors.Is(err, ErrNothing):
			return nil
		case err != nil:
			return err
		}
		e, err := s.shape(l)
		if err != nil {
			return fmt.Errorf("%s, line %d: %w", l.File, l.Number, err)
		}
		if e.Stream == "" {
			continue
		}
		s.pending[l.Position] = e
		out.EmitID(l.Position, e.Stream, e.Values...)
		return nil
	}
}

// Ack forgets a line. It implements gstorm.Acknowledger.
func (s *Spout) Ack(id any) { delete(s.pending, id.(Position)) }

// Fail lets a line be emitted again. It implements gstorm.Acknowledger.
func (s *Spout) Fail(id any) { s.failed = append(s.failed, id.(Position)) }

// Close implements gstorm.Closer.
func (s *Spout) Close(context.Context, *gstorm.Collector) error { return s.source.Close() }

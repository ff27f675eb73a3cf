package trial

import (
	"context"

	"github.com/gstorm/gstorm"
)

// Emission is one tuple to be emitted.
type Emission struct {
	Stream string
	Values gstorm.Values
}

// FixedTuples is a spout that emits given tuples, each once and with a message id, as Storm's FixedTupleSpout does. What
// fails is not emitted again: a test wants to see that it failed.
type FixedTuples struct {
	left []Emission
}

// NewFixedTuples returns a spout for one task.
func NewFixedTuples(emissions []Emission) *FixedTuples { return &FixedTuples{left: emissions} }

// Next emits the next tuple; gstorm.ErrFinished after the last.
func (s *FixedTuples) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	if len(s.left) == 0 {
		return gstorm.ErrFinished
	}
	e := s.left[0]
	s.left = s.left[1:]
	out.EmitID(len(s.left), e.Stream, e.Values...)
	return nil
}

package host

import (
	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/packed"
	"github.com/gstorm/gstorm/multilang"
)

// batchTuples is how many tuples one frame may have. A child answers while it works on a frame, but reads all of one
// before it begins.
const batchTuples = 100

// tupleFrames writes tuples as frames for a bolt's child: tuples of one source that follow each other as one frame if the
// child takes batches, else each as its own. Ids of tuples that are added without an end between them must follow each
// other.
type tupleFrames struct {
	batches bool
	packed  bool           // batches are packed
	source  *gstorm.Source // of the frame that is open; nil: none is
	start   int            // where it begins
	tuples  int            // in it
}

// add appends a tuple; end has to follow the last one. An error is of a value that can't be carried: nothing of the tuple was
// added then.
func (f *tupleFrames) add(dst []byte, id uint64, t *gstorm.Tuple) ([]byte, error) {
	src := t.Source
	if !f.batches {
		return multilang.AppendTuple(dst, id, src.Component, src.Stream, src.Task, t.JSON), nil
	}
	if src != f.source || f.tuples == batchTuples {
		dst = f.begin(f.end(dst), id, src)
	}
	var err error
	switch {
	case !f.packed:
		dst = multilang.AppendBatched(dst, f.tuples, t.JSON)
	case t.Packed != nil:
		dst = packed.AppendRow(dst, t.Packed)
	case t.Values == nil && t.JSON != nil:
		dst = packed.AppendText(dst, t.JSON)
	default:
		dst, err = packed.AppendValues(dst, t.Values)
	}
	if err == nil {
		f.tuples++
	}
	return dst, err
}

// begin appends the beginning of a frame.
func (f *tupleFrames) begin(dst []byte, id uint64, src *gstorm.Source) []byte {
	f.source, f.start = src, len(dst)
	if f.packed {
		return multilang.BeginPackedTuples(dst, id, src.Component, src.Stream, src.Task)
	}
	return multilang.AppendBatch(dst, id, src.Component, src.Stream, src.Task)
}

// end appends the end of the open frame.
func (f *tupleFrames) end(dst []byte) []byte {
	if f.source == nil {
		return dst
	}
	f.source, f.tuples = nil, 0
	if f.packed {
		return multilang.EndPacked(dst, f.start)
	}
	return multilang.AppendBatchEnd(dst)
}

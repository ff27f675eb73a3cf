package host

import (
	"github.com/gstorm/gstorm"
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
	source  *gstorm.Source // of the frame that is open; nil: none is
	tuples  int            // in it
}

// add appends a tuple; end has to follow the last one.
func (f *tupleFrames) add(dst []byte, id uint64, t *gstorm.Tuple) []byte {
	src := t.Source
	if !f.batches {
		return multilang.AppendTuple(dst, id, src.Component, src.Stream, src.Task, t.JSON)
	}
	if src != f.source || f.tuples == batchTuples {
		dst = multilang.AppendBatch(f.end(dst), id, src.Component, src.Stream, src.Task)
		f.source = src
	}
	dst = multilang.AppendBatched(dst, f.tuples, t.JSON)
	f.tuples++
	return dst
}

// end appends the end of the open frame.
func (f *tupleFrames) end(dst []byte) []byte {
	if f.source == nil {
		return dst
	}
	f.source, f.tuples = nil, 0
	return multilang.AppendBatchEnd(dst)
}

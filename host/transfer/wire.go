package transfer

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/host/acker"
	"github.com/gstorm/gstorm/internal/packed"
)

// ErrMalformed is in the error of what came over a link and is no batch.
var ErrMalformed = errors.New("what came over the link makes no sense")

// AppendBatch appends a batch as it goes to a task of another worker:
//
//	the task that gets it, the task that it is from               uvarint each
//	and for each tuple, behind a byte 1
//	  its stream's number among those of its component            uvarint
//	  the number of its trees, and for each its root and edge     uvarint; 8 bytes each, big endian
//	  its values, as a row of package packed                      with its length in front
//	a byte 0
//
// stream is the number of a tuple's stream. A tuple whose values have no form that another process could read is left out,
// and handed to refuse; the others are not held up by it.
func AppendBatch(dst []byte, to int, b *Batch, stream func(*gstorm.Source) int, refuse func(*Delivery, error)) []byte {
	dst = binary.AppendUvarint(dst, uint64(to))
	dst = binary.AppendUvarint(dst, uint64(b.From))
	for i := range b.Deliveries {
		d := &b.Deliveries[i]
		start := len(dst)
		dst = append(dst, more)
		dst = binary.AppendUvarint(dst, uint64(stream(d.Tuple.Source)))
		dst = appendLineage(dst, &d.Lineage)
		var err error
		switch t := &d.Tuple; {
		case t.Packed != nil:
			dst = packed.AppendRow(dst, t.Packed)
		case t.JSON != nil:
			dst = packed.AppendText(dst, t.JSON)
		default:
			dst, err = packed.AppendValues(dst, t.Values)
		}
		if err != nil {
			dst = dst[:start]
			refuse(d, err)
		}
	}
	return append(dst, last)
}

// Before each tuple there is more, and last behind all of them: how many there are is not known before they are packed.
const (
	last byte = iota
	more
)

// edgeBytes is what a root and its edge take.
const edgeBytes = 16

func appendLineage(dst []byte, l *acker.Lineage) []byte {
	dst = binary.AppendUvarint(dst, uint64(l.Len()))
	for e := range l.Edges() {
		dst = binary.BigEndian.AppendUint64(dst, uint64(e.Root))
		dst = binary.BigEndian.AppendUint64(dst, e.ID)
	}
	return dst
}

// ReadBatch reads what AppendBatch has written. The tuples' values stay in frame, which belongs to the batch from here on.
// source is that of a task's stream, by the task's id and the stream's number; nil: there is none. The caller sets the
// batch's Epoch and releases it.
func ReadBatch(frame []byte, source func(task, stream int) *gstorm.Source) (to int, b *Batch, err error) {
	r := wireReader{b: frame}
	to = r.count(acker.MaxTask)
	b = batches.Get().(*Batch)
	b.From = r.count(acker.MaxTask)
	for r.byte() == more {
		d := b.slot()
		stream := r.count(1 << 16)
		d.Lineage = r.lineage()
		row := r.take(r.count(len(r.b)))
		if r.err != nil {
			break
		}
		if d.Tuple.Source = source(b.From, stream); d.Tuple.Source == nil {
			r.err = fmt.Errorf("task %d has no stream %d", b.From, stream)
			break
		}
		if text, ok := packed.Text(row); ok {
			d.Tuple.JSON = text
		} else {
			d.Tuple.Packed = row
		}
		b.bytes += len(row)
	}
	if r.err == nil && len(r.b) > 0 {
		r.err = fmt.Errorf("%d bytes too many", len(r.b))
	}
	if r.err != nil {
		b.Release()
		return 0, nil, fmt.Errorf("%w: a batch: %w", ErrMalformed, r.err)
	}
	return to, b, nil
}

// AppendUpdates appends what acks and fails have come to, as it goes to the worker of the spouts: for each root itself, what
// is to be XORed into it (8 bytes each, big endian), and whether it has failed; then the failure's cause, where there is one.
func AppendUpdates(dst []byte, updates []acker.Update) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(updates)))
	for i := range updates {
		u := &updates[i]
		dst = binary.BigEndian.AppendUint64(dst, uint64(u.Root))
		dst = binary.BigEndian.AppendUint64(dst, u.Xor)
		switch {
		case !u.Failed:
			dst = append(dst, acked)
		case u.Cause == nil:
			dst = append(dst, failed)
		default:
			dst = append(dst, failedBecause)
			for _, text := range []string{u.Cause.Component, u.Cause.Tuple, u.Cause.Reason, u.Cause.Stderr, u.Cause.File} {
				dst = binary.AppendUvarint(dst, uint64(len(text)))
				dst = append(dst, text...)
			}
			dst = binary.AppendVarint(dst, int64(u.Cause.Task))
			dst = binary.AppendVarint(dst, int64(u.Cause.PID))
			dst = binary.AppendVarint(dst, int64(u.Cause.Line))
		}
	}
	return dst
}

const (
	acked byte = iota
	failed
	failedBecause
)

// ReadUpdates reads what AppendUpdates has written, behind what is in dst already. It keeps nothing of frame.
func ReadUpdates(frame []byte, dst []acker.Update) ([]acker.Update, error) {
	r := wireReader{b: frame}
	start := len(dst)
	for range r.count(len(frame)) {
		u := acker.Update{Root: acker.Root(r.uint64()), Xor: r.uint64()}
		switch how := r.byte(); how {
		case acked:
		case failed:
			u.Failed = true
		case failedBecause:
			u.Failed = true
			u.Cause = &acker.Cause{Component: r.text(), Tuple: r.text(), Reason: r.text(), Stderr: r.text(), File: r.text(), Task: r.int(), PID: r.int(), Line: r.int()}
		default:
			r.fail(fmt.Errorf("an update of kind %d", how))
		}
		if r.err != nil {
			break
		}
		dst = append(dst, u)
	}
	if r.err == nil && len(r.b) > 0 {
		r.err = fmt.Errorf("%d bytes too many", len(r.b))
	}
	if r.err != nil {
		return dst[:start], fmt.Errorf("%w: updates: %w", ErrMalformed, r.err)
	}
	return dst, nil
}

// wireReader reads the parts of a frame, and keeps the first error. After one everything it returns is zero.
type wireReader struct {
	b   []byte
	err error
}

var errCutShort = errors.New("cut short")

func (r *wireReader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.b = nil
}

// take takes n bytes, as they are in the frame.
func (r *wireReader) take(n int) []byte {
	if r.err != nil || n > len(r.b) {
		r.fail(errCutShort)
		return nil
	}
	taken := r.b[:n:n]
	r.b = r.b[n:]
	return taken
}

func (r *wireReader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *wireReader) uint64() uint64 {
	if b := r.take(8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// count is a number that is not above most.
func (r *wireReader) count(most int) int {
	n, size := binary.Uvarint(r.b)
	switch {
	case r.err != nil:
		return 0
	case size <= 0:
		r.fail(errCutShort)
		return 0
	case n > uint64(most):
		r.fail(fmt.Errorf("%d where at most %d can be", n, most))
		return 0
	}
	r.b = r.b[size:]
	return int(n)
}

func (r *wireReader) int() int {
	n, size := binary.Varint(r.b)
	if r.err != nil || size <= 0 {
		r.fail(errCutShort)
		return 0
	}
	r.b = r.b[size:]
	return int(n)
}

func (r *wireReader) text() string { return string(r.take(r.count(len(r.b)))) }

func (r *wireReader) lineage() acker.Lineage {
	n := r.count(len(r.b) / edgeBytes) // no memory is taken for more than there can be
	if n == 1 {                        // nearly always
		return acker.NewLineage(acker.Edge{Root: acker.Root(r.uint64()), ID: r.uint64()})
	}
	edges := make([]acker.Edge, n)
	for i := range edges {
		edges[i] = acker.Edge{Root: acker.Root(r.uint64()), ID: r.uint64()}
	}
	return acker.NewLineage(edges...)
}

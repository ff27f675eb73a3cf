package multilang

import (
	"math"
	"strconv"

	"github.com/gstorm/gstorm/internal/packed"
)

// packedDecoder hands out the steps of packed batches as the messages that would say the same.
type packedDecoder struct {
	steps   steps
	stream  string
	task    int
	anchors []uint64
	id      []byte
	fresh   bool // one of the above has changed since the last emit
}

// begin begins with another frame's content.
func (d *packedDecoder) begin(content []byte) error {
	if len(content) == 0 || content[0] != packedBatch {
		return packed.ErrMalformed
	}
	*d = packedDecoder{steps: steps{rest: content[1:]}, stream: defaultStream, anchors: d.anchors[:0], fresh: true}
	return nil
}

// more reports whether something is left to hand out.
func (d *packedDecoder) more() bool { return len(d.steps.rest) > 0 }

// take makes the next step that says something a Message.
func (d *packedDecoder) take(m *Message, names *names) error {
	s := &d.steps
	for {
		step := s.step()
		switch {
		case s.err != nil:
		case step == stepEmit:
			return d.emit(m)
		case step == stepFail, step == stepAck:
			return d.answer(m, step)
		case step == stepSync:
			*m = Message{Command: Sync, Anchors: m.Anchors[:0]}
			d.fresh = true
			return nil
		case step == stepStream:
			d.stream, d.task, d.fresh = names.of(s.text()), int(s.varint()), true
		case step == stepAnchors:
			d.readAnchors()
		case step == stepID:
			d.id, d.fresh = nil, true
			if id := s.uvarint(); id != 0 {
				d.id = strconv.AppendUint(nil, id, 10)
			}
		default:
			s.fail()
		}
		if s.err != nil {
			return s.err
		}
	}
}

func (d *packedDecoder) readAnchors() {
	s := &d.steps
	d.anchors, d.fresh = d.anchors[:0], true
	n := s.uvarint()
	if n > uint64(len(s.rest)) {
		s.fail()
		return
	}
	for range n {
		d.anchors = append(d.anchors, s.uvarint())
	}
}

func (d *packedDecoder) emit(m *Message) error {
	row := d.steps.text()
	arity, err := packed.Arity(row)
	if d.steps.err != nil || err != nil {
		d.steps.fail()
		return packed.ErrMalformed
	}
	if d.fresh { // else all but the values is as it was
		*m = Message{Command: Emit, Stream: d.stream, Task: d.task, ID: d.id, Anchors: append(m.Anchors[:0], d.anchors...)}
		d.fresh = false
	}
	m.Packed, m.Arity = row, arity
	return nil
}

func (d *packedDecoder) answer(m *Message, step byte) error {
	s := &d.steps
	first, more := s.uvarint(), s.uvarint()
	if s.err != nil || more > math.MaxUint64-first {
		s.fail()
		return packed.ErrMalformed
	}
	*m = Message{Command: Ack, Anchors: m.Anchors[:0], TupleID: first, LastID: first + more, TupleIDOK: true}
	if step == stepFail {
		m.Command = Fail
	}
	m.ID = strconv.AppendUint(nil, first, 10)
	d.fresh = true
	return nil
}

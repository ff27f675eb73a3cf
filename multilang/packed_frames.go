package multilang

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"github.com/gstorm/gstorm/internal/packed"
)

// A packed frame stands between frames of JSON text: this byte, which no text begins with, the length of what follows as
// four bytes, the kind, the content.
const (
	packedMark   = 0x01
	packedHeader = 5
)

// The kinds of packed frames.
const (
	packedTuples byte = 't' // from the host: tuples of one source for a bolt
	packedBatch  byte = 'b' // from the component: emits, fails, acks, a sync
)

// The steps of a packed batch, which are done in their order.
const (
	stepStream  byte = iota + 1 // text: the stream of the emits that follow; varint: their task, 0 for the groupings' choice
	stepAnchors                 // uvarint: how many anchors the emits that follow have; that many uvarints
	stepID                      // uvarint: the message id of the emits that follow
	stepEmit                    // a row
	stepFail                    // two uvarints: the first tuple, and how many more
	stepAck                     // the same
	stepSync
)

// BeginPackedTuples appends the beginning of a packed frame with tuples of one source for a bolt: the first has that id, each
// of the others the next one. A row for each tuple (package packed) and EndPacked, with len(dst) from before, have to follow.
func BeginPackedTuples(dst []byte, first uint64, comp, stream string, task int) []byte {
	dst = append(dst, packedMark, 0, 0, 0, 0, packedTuples)
	dst = binary.AppendUvarint(dst, first)
	dst = appendText(dst, comp)
	dst = appendText(dst, stream)
	return binary.AppendVarint(dst, int64(task))
}

// appendText appends a text with its length in front.
func appendText(dst []byte, text string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(text))), text...)
}

// EndPacked ends the packed frame that begins at start.
func EndPacked(dst []byte, start int) []byte {
	binary.LittleEndian.PutUint32(dst[start+1:], uint32(len(dst)-start-packedHeader))
	return dst
}

// PackedBatch gathers what a component has to say. The zero value is ready for use.
type PackedBatch struct {
	out         []byte
	stream      string
	task        int
	anchors     []uint64
	id          uint64
	begun       bool // the three above have been said
	fails, acks []idRange
	sync        bool
}

// idRange are the tuples from first to last.
type idRange struct{ first, last uint64 }

// Len is how many bytes have been gathered, about.
func (b *PackedBatch) Len() int {
	n := len(b.out) + 4*(len(b.fails)+len(b.acks))
	if b.sync {
		n++
	}
	return n
}

// Emit adds a tuple with its anchors (a bolt's) or a message id (a spout's; 0: none). It keeps none of its arguments. An error
// is packed.AppendValues': nothing was added then.
func (b *PackedBatch) Emit(stream string, task int, anchors []uint64, id uint64, values []any) error {
	if len(b.out) == 0 {
		b.out = append(b.out, packedMark, 0, 0, 0, 0, packedBatch)
		b.begun = false
	}
	whole := len(b.out)
	sameHead := b.begun && stream == b.stream && task == b.task && id == b.id && slices.Equal(anchors, b.anchors)
	if !sameHead {
		b.head(stream, task, anchors, id)
	}
	out, err := packed.AppendValues(append(b.out, stepEmit), values)
	if err != nil {
		b.out = b.out[:whole]
		return err
	}
	b.out = out
	if !sameHead {
		b.stream, b.task, b.anchors, b.id, b.begun = stream, task, append(b.anchors[:0], anchors...), id, true
	}
	return nil
}

// head says what the next emit has that the one before had not.
func (b *PackedBatch) head(stream string, task int, anchors []uint64, id uint64) {
	if !b.begun || stream != b.stream || task != b.task {
		b.out = append(b.out, stepStream)
		b.out = appendText(b.out, stream)
		b.out = binary.AppendVarint(b.out, int64(task))
	}
	if !b.begun || !slices.Equal(anchors, b.anchors) {
		b.out = append(b.out, stepAnchors)
		b.out = binary.AppendUvarint(b.out, uint64(len(anchors)))
		for _, a := range anchors {
			b.out = binary.AppendUvarint(b.out, a)
		}
	}
	if !b.begun && id != 0 || b.begun && id != b.id {
		b.out = append(b.out, stepID)
		b.out = binary.AppendUvarint(b.out, id)
	}
}

// Ack adds the ack of a tuple. It counts after all emits of the batch.
func (b *PackedBatch) Ack(id uint64) { b.acks = extendRange(b.acks, id) }

// Fail adds the fail of a tuple.
func (b *PackedBatch) Fail(id uint64) { b.fails = extendRange(b.fails, id) }

// Sync adds the answer to a command, behind all else.
func (b *PackedBatch) Sync() { b.sync = true }

func extendRange(ranges []idRange, id uint64) []idRange {
	if n := len(ranges); n > 0 && ranges[n-1].last+1 == id {
		ranges[n-1].last = id
		return ranges
	}
	return append(ranges, idRange{id, id})
}

// Take appends the frame that says all that was gathered, if there is anything, and forgets it.
func (b *PackedBatch) Take(dst []byte) []byte {
	if b.Len() == 0 {
		return dst
	}
	start := len(dst)
	if len(b.out) == 0 {
		dst = append(dst, packedMark, 0, 0, 0, 0, packedBatch)
	} else {
		dst = append(dst, b.out...)
	}
	dst = appendRanges(dst, stepFail, b.fails)
	dst = appendRanges(dst, stepAck, b.acks)
	if b.sync {
		dst = append(dst, stepSync)
	}
	b.out, b.fails, b.acks, b.sync = b.out[:0], b.fails[:0], b.acks[:0], false
	return EndPacked(dst, start)
}

func appendRanges(dst []byte, step byte, ranges []idRange) []byte {
	for _, r := range ranges {
		dst = binary.AppendUvarint(append(dst, step), r.first)
		dst = binary.AppendUvarint(dst, r.last-r.first)
	}
	return dst
}

// HostReader reads what a host writes to a component: frames of JSON text, and packed ones. It is for one goroutine.
type HostReader struct {
	src   io.Reader
	chunk []byte
	start int
	err   error
}

// NewHostReader returns a reader of what comes from src.
func NewHostReader(src io.Reader) *HostReader { return &HostReader{src: src} }

// Next returns the next frame: its JSON text, or, if packed, its content for PackedTuples. It is valid for ever. The error is
// io.EOF at the end, io.ErrUnexpectedEOF if that is within a frame, or the reader's.
func (r *HostReader) Next() (frame []byte, isPacked bool, err error) {
	for {
		frame, isPacked, size := r.find()
		if size > 0 {
			r.start += size
			return frame, isPacked, nil
		}
		if r.err != nil {
			if r.err == io.EOF && r.start < len(r.chunk) {
				return nil, false, io.ErrUnexpectedEOF
			}
			return nil, false, r.err
		}
		r.read()
	}
}

// find looks for the next frame in what was read; size 0: it is not whole.
func (r *HostReader) find() (frame []byte, isPacked bool, size int) {
	rest := r.chunk[r.start:]
	if len(rest) > 0 && rest[0] == packedMark {
		content, size := packedContent(rest)
		return content, true, size
	}
	if i := bytes.Index(rest, []byte(frameEnd)); i >= 0 {
		return rest[:i:i], false, i + len(frameEnd)
	}
	return nil, false, 0
}

// packedContent is the content of the packed frame at the beginning of text, and how long that frame is; 0: longer than text.
func packedContent(text []byte) (content []byte, size int) {
	if len(text) < packedHeader {
		return nil, 0
	}
	size = packedHeader + int(binary.LittleEndian.Uint32(text[1:]))
	if size > len(text) {
		return nil, 0
	}
	return text[packedHeader:size:size], size
}

func (r *HostReader) read() {
	if cap(r.chunk)-len(r.chunk) < minRead {
		rest := r.chunk[r.start:]
		r.chunk = append(make([]byte, 0, max(chunkSize, 2*len(rest)+minRead)), rest...)
		r.start = 0
	}
	n, err := r.src.Read(r.chunk[len(r.chunk):cap(r.chunk)])
	r.chunk = r.chunk[:len(r.chunk)+n]
	r.err = err
}

// LastPacked says for people what the last of some frames from a host is, which may be packed.
func LastPacked(frames []byte) string {
	r := NewHostReader(bytes.NewReader(frames))
	last := ""
	for {
		frame, isPacked, err := r.Next()
		if err != nil {
			return last
		}
		if last = string(frame); isPacked {
			last = describeTuples(frame)
		}
	}
}

func describeTuples(content []byte) string {
	var t PackedTuples
	if t.Read(content) != nil {
		return string(packedShown)
	}
	id, last := t.First, ""
	for n := uint64(0); ; n++ {
		row, ok, err := t.Next()
		if err != nil || !ok {
			return last
		}
		text, isText := packed.Text(row)
		if !isText {
			values, err := packed.Values(row)
			if err != nil {
				return last
			}
			text = fmt.Appendf(nil, "%#v", values)
		}
		last = fmt.Sprintf("tuple %d from %s task %d, stream %s: %s", id+n, t.Comp, t.Task, t.Stream, text)
	}
}

// PackedTuples are the tuples of one packed frame.
type PackedTuples struct {
	First        uint64 // the id of the first tuple
	Comp, Stream string
	Task         int
	rest         []byte
	names        names
}

// Read begins with another frame's content.
func (t *PackedTuples) Read(content []byte) error {
	if len(content) == 0 || content[0] != packedTuples {
		return packed.ErrMalformed
	}
	s := steps{rest: content[1:]}
	t.First = s.uvarint()
	t.Comp = t.names.of(s.text())
	t.Stream = t.names.of(s.text())
	t.Task = int(s.varint())
	t.rest = s.rest
	return s.err
}

// Next returns the row of the next tuple, which is valid for ever. ok is false when there is none.
func (t *PackedTuples) Next() (row []byte, ok bool, err error) {
	if len(t.rest) == 0 {
		return nil, false, nil
	}
	s := steps{rest: t.rest}
	row = s.text()
	t.rest = s.rest
	return row, s.err == nil, s.err
}

// steps reads what packed frames are made of. After an error it reads nothing.
type steps struct {
	rest []byte
	err  error
}

func (s *steps) fail() { s.rest, s.err = nil, packed.ErrMalformed }

func (s *steps) uvarint() uint64 {
	n, size := binary.Uvarint(s.rest)
	if size <= 0 {
		s.fail()
		return 0
	}
	s.rest = s.rest[size:]
	return n
}

func (s *steps) varint() int64 {
	n, size := binary.Varint(s.rest)
	if size <= 0 {
		s.fail()
		return 0
	}
	s.rest = s.rest[size:]
	return n
}

// text reads a text with its length in front.
func (s *steps) text() []byte {
	n := s.uvarint()
	if n > uint64(len(s.rest)) {
		s.fail()
		return nil
	}
	text := s.rest[:n:n]
	s.rest = s.rest[n:]
	return text
}

func (s *steps) step() byte {
	if len(s.rest) == 0 {
		s.fail()
		return 0
	}
	b := s.rest[0]
	s.rest = s.rest[1:]
	return b
}

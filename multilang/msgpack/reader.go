package msgpack

import (
	"fmt"
	"io"

	"github.com/vmihailenco/msgpack/v5"

	"github.com/gstorm/gstorm/multilang"
)

// frameEnd is what follows the JSON text of a frame.
const frameEnd = "\nend\n"

// defaultMaxFrame is multilang's.
const defaultMaxFrame = 64 << 20

// SyntaxError says that a component's output is not MessagePack, or not messages in it. What follows can't be read
// either, for it is not known where the next message begins.
type SyntaxError struct {
	Offset int64 // of the byte in the component's output
	Reason string
}

// Error is one line: where and why.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("not a message in MessagePack at byte %d: %s", e.Offset, e.Reason)
}

// Reader gives out a component's messages as the JSON frames that multilang.Reader takes. It is for one goroutine.
//
// All messages that have come are given out before it waits for more.
type Reader struct {
	in      source
	dec     *msgpack.Decoder
	max     int
	onNoise func(line []byte)
	line    []byte // the beginning of a line of text

	out   []byte // JSON
	given int    // of out
	begin int    // in out, of the message at hand
	err   error  // comes after out
}

// NewReader returns a Reader for what a component writes. The options are those of the multilang.Reader behind it: no
// message may be longer than MaxFrame, neither as it comes nor in JSON; OnNoise gets text that was printed between
// messages, which has to be mostly ASCII to be told from them.
func NewReader(r io.Reader, o multilang.ReaderOptions) *Reader {
	if o.MaxFrame <= 0 {
		o.MaxFrame = defaultMaxFrame
	}
	reader := &Reader{in: source{src: r, max: o.MaxFrame}, max: o.MaxFrame, onNoise: o.OnNoise}
	reader.dec = msgpack.NewDecoder(&reader.in)
	return reader
}

// Read implements io.Reader. A message that the component's end has cut off is given out as far as it came, without an
// end line. Errors, after everything before them:
//   - *SyntaxError and multilang.ErrFrameTooLarge: the Reader is of no further use;
//   - io.EOF, or the error of the underlying reader.
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for r.given == len(r.out) {
		if r.err != nil {
			return 0, r.err
		}
		r.fill()
	}
	n := copy(p, r.out[r.given:])
	r.given += n
	return n, nil
}

// fill waits for one message and then takes those that are there already.
func (r *Reader) fill() {
	r.out, r.given = r.out[:0], 0
	if cap(r.out) > keptSize {
		r.out = nil
	}
	if r.err = r.noise(); r.err != nil {
		return
	}
	r.err = r.message()
	for r.err == nil && len(r.out) < chunkSize && r.ahead() {
	}
}

// ahead takes a message if all of it is there. It waits for nothing, so a component that has written but the beginning
// of its next message holds up none before it.
func (r *Reader) ahead() bool {
	if r.in.pos == len(r.in.buf) || !isMap(r.in.buf[r.in.pos]) {
		return false
	}
	pos, end := r.in.pos, len(r.out)
	r.in.only = true
	r.err = r.message()
	r.in.only = false
	if r.err == errShort {
		r.in.pos, r.out, r.err = pos, r.out[:end], nil
		return false
	}
	return r.err == nil
}

// message translates one message, whose first byte is known to be that of a map.
func (r *Reader) message() error {
	r.in.took = 0
	r.begin = len(r.out)
	err := r.value(0)
	switch {
	case err == nil:
		r.out = append(r.out, frameEnd...)
	case err != r.in.err:
		r.out = r.out[:r.begin]
	}
	return err
}

func (r *Reader) syntaxError(format string, args ...any) error {
	return &SyntaxError{Offset: r.in.offset(), Reason: fmt.Sprintf(format, args...)}
}

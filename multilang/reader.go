package multilang

import (
	"bytes"
	"io"
	"slices"
)

const (
	chunkSize       = 64 << 10 // what a pipe holds, so that one read can empty it
	minRead         = 4 << 10  // with less room than this a new chunk is begun
	defaultMaxFrame = 64 << 20
	maxEmptyReads   = 100
)

// terminator is the line that ends a frame.
const terminator = "end"

// ReaderOptions are the limits and listeners of a Reader. The zero value has the defaults.
type ReaderOptions struct {
	// MaxFrame is the length in bytes that no frame may exceed; 0 means 64 MiB.
	MaxFrame int

	// OnNoise is called by Next with every line that is not blank, without its line break and cut to 2 KiB, that the
	// component wrote to the protocol's stream and that belongs to no message. The line must not be changed.
	OnNoise func(line []byte)
}

// Reader reads a component's messages. It is for one goroutine.
//
// It reads into chunks that are never used again, so that messages can be slices of them.
type Reader struct {
	src io.Reader
	max int
	dec *decoder
	out noise

	batches bool // the feature was agreed on
	packing bool // the feature was agreed on
	rows    packedDecoder

	chunk []byte // what was read
	start int    // where in chunk the next frame begins
	from  int    // from where on its end is yet to be looked for
	err   error  // why there is nothing more to read
	last  []byte
}

// NewReader returns a Reader for what a component writes.
func NewReader(r io.Reader, o ReaderOptions) *Reader {
	if o.MaxFrame <= 0 {
		o.MaxFrame = defaultMaxFrame
	}
	return &Reader{src: r, max: o.MaxFrame, dec: newDecoder(), out: noise(o.OnNoise)}
}

// Batches says that the component may send batches, as was agreed on by FeatureBatch. Without that a batch is an Unknown
// message.
func (r *Reader) Batches() { r.batches = true }

// Packed says that the component may send packed frames, as was agreed on by FeaturePacked.
func (r *Reader) Packed() { r.packing = true }

// Next reads the next message into m; what m held before is lost. What a component has put into one batch comes as the
// messages that would say the same: its Emits, its Fails, its Acks, a Sync. They have to be read into the same Message.
// Errors:
//   - *FrameError: a frame is no message; the next call goes on after it. At the end, cause io.ErrUnexpectedEOF says
//     that the component's last message is not complete;
//   - ErrFrameTooLarge: see there;
//   - packed.ErrMalformed: a packed frame makes no sense. The Reader is of no further use;
//   - io.EOF at the end, or the error of the underlying reader, both after everything before them.
func (r *Reader) Next(m *Message) error {
	if r.dec.more() {
		r.dec.take(m)
		return nil
	}
	if r.rows.more() {
		return r.rows.take(m, &r.dec.names)
	}
	for {
		text, err := r.frame()
		if err != nil {
			return r.rest(err)
		}
		if r.packing && len(text) > 0 && text[0] == packedMark {
			if err := r.unpack(text[packedHeader:]); err != nil {
				return err
			}
			if r.rows.more() {
				return r.rows.take(m, &r.dec.names)
			}
			continue
		}
		r.last = text
		found, err := r.parse(text, m)
		if found || err != nil {
			return err
		}
	}
}

// unpack begins with the content of a packed frame.
func (r *Reader) unpack(content []byte) error {
	r.last = packedShown
	return r.rows.begin(content)
}

// packedShown stands for a packed frame in reports.
var packedShown = []byte("(packed)")

// Buffered reports whether Next has a complete frame, the rest of a batch, or the end, in memory and need not wait for the component. (If the
// frame is noise, Next goes on to the one after it and may wait all the same.)
func (r *Reader) Buffered() bool {
	if r.dec.more() || r.rows.more() {
		return true
	}
	_, _, ok := r.find()
	return ok || r.err != nil
}

// Last returns the text of the last frame, cut to 2 KiB, for the report of a component's death.
func (r *Reader) Last() []byte { return slices.Clip(r.last[:min(len(r.last), maxFrameText)]) }

// frame returns the text of the next frame, reading as much as it takes.
func (r *Reader) frame() ([]byte, error) {
	for {
		end, next, ok := r.find()
		if !ok {
			end = len(r.chunk) - len(terminator) // what has come of it may be the end already
		}
		switch {
		case end-r.start > r.max:
			r.last = r.chunk[r.start:end]
			r.err = ErrFrameTooLarge
			return nil, r.err
		case ok:
			text := r.chunk[r.start:end:end]
			r.start, r.from = next, next
			return text, nil
		case r.err != nil:
			return nil, r.err
		}
		r.read()
	}
}

// find looks for the line that ends the next frame: where it begins and what comes after it. Lines end as they do for
// Storm's BufferedReader: with \n, \r\n or \r.
func (r *Reader) find() (end, next int, ok bool) {
	if r.packing && r.start < len(r.chunk) && r.chunk[r.start] == packedMark {
		return r.findPacked()
	}
	for {
		i := bytes.Index(r.chunk[r.from:], []byte(terminator))
		if i < 0 {
			r.from = max(r.from, len(r.chunk)-len(terminator)+1)
			return 0, 0, false
		}
		end = r.from + i
		next = end + len(terminator)
		begins := end == r.start || isBreak(r.chunk[end-1])
		switch {
		case begins && next == len(r.chunk):
			r.from = end
			return end, next, r.err == io.EOF
		case begins && isBreak(r.chunk[next]):
			r.from = end
			return end, next + 1, true
		}
		r.from = end + 1
	}
}

// findPacked looks for the end of the packed frame that comes next.
func (r *Reader) findPacked() (end, next int, ok bool) {
	_, size := packedContent(r.chunk[r.start:])
	return r.start + size, r.start + size, size > 0
}

func isBreak(c byte) bool { return c == '\n' || c == '\r' }

// read reads once, into a new chunk if the old one is full. Only the part of a frame that has come so far is copied.
func (r *Reader) read() {
	if cap(r.chunk)-len(r.chunk) < minRead {
		rest := r.chunk[r.start:]
		chunk := make([]byte, len(rest), max(chunkSize, 2*len(rest)+minRead))
		copy(chunk, rest)
		r.chunk, r.from, r.start = chunk, r.from-r.start, 0
	}
	for range maxEmptyReads {
		n, err := r.src.Read(r.chunk[len(r.chunk):cap(r.chunk)])
		r.chunk = r.chunk[:len(r.chunk)+n]
		r.err = err
		if n > 0 || err != nil {
			return
		}
	}
	r.err = io.ErrNoProgress
}

// rest deals with what is left when nothing more can be read: noise, or a message that was cut off.
func (r *Reader) rest(err error) error {
	text := r.chunk[r.start:]
	r.start, r.from = len(r.chunk), len(r.chunk)
	if err == ErrFrameTooLarge || len(trimSpace(text)) == 0 {
		return err
	}
	if r.packing && text[0] == packedMark {
		r.last = packedShown
		return &FrameError{Text: string(packedShown), Cause: io.ErrUnexpectedEOF}
	}
	r.last = text
	for at := range lineStarts(text) {
		if text[at] == '{' {
			r.out.lines(text[:at])
			return &FrameError{Text: clip(text[at:], maxFrameText), Cause: io.ErrUnexpectedEOF}
		}
	}
	r.out.lines(text)
	return err
}

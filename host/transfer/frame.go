package transfer

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/s2"
)

// What goes over a link's connection, behind the greeting, is frames from the worker that sends tuples:
//
//	what it is: tuples or updates, and whether it is compressed   1 byte
//	how many bytes follow                                         4 bytes, big endian
//	a batch (AppendBatch) or updates (AppendUpdates)
//
// and news from the worker that gets them:
//
//	received, and how many frames it has got since the link began   1 byte and a uvarint
//	full, and a task whose queue is                                 the same
//	roomy, and a task whose queue no longer is                      the same
const (
	tuplesFrame byte = iota + 1
	updatesFrame
	receivedNews
	fullNews
	roomyNews

	compressedFlag byte = 0x80
)

const (
	headerBytes = 5
	// maxFrame bounds what is read of one frame, so that rubbish can't fill the memory.
	maxFrame = 1 << 30
	// compressFrom is the size of a frame that is worth it to be compressed: below, a frame goes over a network in less time
	// than two processes take for that.
	compressFrom = 32 << 10
)

// frames are kept when they have been received: a link makes many, all of about the same size.
var frames = sync.Pool{New: func() any { b := make([]byte, 0, 8<<10); return &b }}

// maxKeptFrame is the largest frame whose memory is kept.
const maxKeptFrame = 256 << 10

// newFrame begins a frame; what is in it is appended.
func newFrame() []byte {
	f := *frames.Get().(*[]byte)
	return append(f[:0], make([]byte, headerBytes)...)
}

func freeFrame(f []byte) {
	if cap(f) <= maxKeptFrame {
		frames.Put(&f)
	}
}

// sealFrame fills in the header of a frame, and compresses what is in it where that is worth it.
func sealFrame(f []byte, kind byte) []byte {
	if len(f) >= compressFrom {
		packed := newFrame()
		packed = append(packed, make([]byte, s2.MaxEncodedLen(len(f)-headerBytes))...)
		small := s2.Encode(packed[headerBytes:], f[headerBytes:])
		if len(small) < len(f)*7/8 {
			freeFrame(f)
			f, kind = packed[:headerBytes+len(small)], kind|compressedFlag
		} else {
			freeFrame(packed)
		}
	}
	f[0] = kind
	binary.BigEndian.PutUint32(f[1:], uint32(len(f)-headerBytes))
	return f
}

// readFrame reads a frame, which may be compressed; the body is the caller's.
func readFrame(r io.Reader) (kind byte, body []byte, err error) {
	var header [headerBytes]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return 0, nil, err
	}
	n := binary.BigEndian.Uint32(header[1:])
	if n > maxFrame {
		return 0, nil, fmt.Errorf("%w: a frame of %d bytes", ErrMalformed, n)
	}
	body, err = readBody(r, int(n))
	return header[0], body, err
}

// bodyAtOnce is how much memory is taken for a frame before anything of it has come.
const bodyAtOnce = 1 << 20

func readBody(r io.Reader, n int) (body []byte, err error) {
	for len(body) < n && err == nil {
		from := len(body)
		body = append(body, make([]byte, min(n-from, max(from, bodyAtOnce)))...)
		_, err = io.ReadFull(r, body[from:])
	}
	return body, err
}

// openFrame takes a frame's body out of its compression.
func openFrame(kind byte, body []byte) (byte, []byte, error) {
	if kind&compressedFlag == 0 {
		return kind, body, nil
	}
	n, err := s2.DecodedLen(body)
	if err == nil && n > maxFrame {
		err = fmt.Errorf("it would be of %d bytes", n)
	}
	if err == nil {
		body, err = s2.Decode(nil, body)
	}
	if err != nil {
		return 0, nil, fmt.Errorf("%w: a compressed frame: %w", ErrMalformed, err)
	}
	return kind &^ compressedFlag, body, nil
}

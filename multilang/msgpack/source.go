package msgpack

import (
	"errors"
	"io"

	"github.com/gstorm/gstorm/multilang"
)

const (
	chunkSize     = 64 << 10 // what a pipe holds, so that one read can empty it
	keptSize      = 1 << 20  // a buffer that grew larger than this is let go
	maxEmptyReads = 100
)

// errShort ends a look ahead: the rest of the message has not come yet.
var errShort = errors.New("the message is not complete")

// source is a component's output as the decoder reads it. It refuses to go beyond the longest message.
type source struct {
	src  io.Reader
	max  int
	buf  []byte
	pos  int   // in buf, of the next byte
	base int64 // bytes before buf
	took int   // bytes of the message at hand
	only bool  // of what is in buf; beyond it is errShort
	err  error // why there is nothing more to read
}

// ReadByte implements io.ByteScanner.
func (s *source) ReadByte() (byte, error) {
	if err := s.need(1); err != nil {
		return 0, err
	}
	return s.take(1)[0], nil
}

// UnreadByte implements io.ByteScanner.
func (s *source) UnreadByte() error {
	s.pos--
	s.took--
	return nil
}

// Read implements io.Reader. It reads all of p or nothing, so that io.ReadFull passes its errors on as they are.
func (s *source) Read(p []byte) (int, error) {
	b, err := s.bytes(len(p))
	return copy(p, b), err
}

// bytes returns the next n bytes, which are valid until the next call of any method.
func (s *source) bytes(n int) ([]byte, error) {
	if err := s.need(n); err != nil {
		return nil, err
	}
	return s.take(n), nil
}

func (s *source) take(n int) []byte {
	s.pos += n
	s.took += n
	return s.buf[s.pos-n : s.pos]
}

// need waits until n more bytes are in buf.
func (s *source) need(n int) error {
	if n > s.max-s.took {
		return multilang.ErrFrameTooLarge
	}
	for len(s.buf)-s.pos < n {
		switch {
		case s.only:
			return errShort
		case s.err != nil:
			return s.err
		}
		s.read()
	}
	return nil
}

// read reads once. The buffer grows only when it is full of what has really come, whatever a message says of its length.
func (s *source) read() {
	rest := len(s.buf) - s.pos
	switch {
	case rest == cap(s.buf) || rest == 0 && cap(s.buf) > keptSize:
		buf := make([]byte, rest, max(chunkSize, 2*rest))
		copy(buf, s.buf[s.pos:])
		s.buf = buf
	default:
		s.buf = s.buf[:copy(s.buf, s.buf[s.pos:])]
	}
	s.base += int64(s.pos)
	s.pos = 0
	for range maxEmptyReads {
		n, err := s.src.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+n]
		s.err = err
		if n > 0 || err != nil {
			return
		}
	}
	s.err = io.ErrNoProgress
}

// offset is how many bytes of the output come before the next one.
func (s *source) offset() int64 { return s.base + int64(s.pos) }

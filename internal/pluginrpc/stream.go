package pluginrpc

import (
	"fmt"
	"io"

	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
)

// largestMessage is how many bytes go into one message of gRPC: as the bytes are a stream, it does not matter where one ends.
// It is what the buffers of gRPC hold of which there are many; the next size is 1 MB, and a buffer is cleared before each use.
const largestMessage = 32 << 10

// Stream is a conversation: bytes both ways, in order. Read is for one goroutine, Write for another.
type Stream struct {
	wire      wire
	closeSend func() error // nil: the process's side
	unread    mem.Reader
}

// wire is a stream of gRPC's, whichever side's.
type wire interface {
	SendMsg(m any) error
	RecvMsg(m any) error
}

// Read waits for bytes. The end of the other side's is io.EOF; any other error is of the connection.
func (s *Stream) Read(b []byte) (int, error) {
	for s.unread.Remaining() == 0 {
		var m message
		if err := s.wire.RecvMsg(&m); err != nil {
			return 0, err
		}
		s.unread.Reset(m.data)
		m.data.Free() // the reader has its own hold on it
	}
	return s.unread.Read(b)
}

// Write sends bytes, and waits while the other side does not read. It keeps nothing of b.
func (s *Stream) Write(b []byte) (n int, err error) {
	for n < len(b) {
		part := b[n:min(n+largestMessage, len(b))]
		if err := s.wire.SendMsg(outgoing(part)); err != nil {
			return n, err
		}
		n += len(part)
	}
	return n, nil
}

// CloseWrite tells the process that nothing more comes. Only gstorm's side has it, while no Write is under way; the
// process's ends when its conversation returns.
func (s *Stream) CloseWrite() error { return s.closeSend() }

// outgoing are bytes to be sent, message those that have come.
type (
	outgoing []byte
	message  struct{ data mem.BufferSlice }
)

// codec is gRPC's codec for bytes as they are.
type codec struct{}

func init() { encoding.RegisterCodecV2(codec{}) }

func (codec) Name() string { return subtype }

// Marshal copies: gRPC sends later.
func (codec) Marshal(v any) (mem.BufferSlice, error) {
	b, ok := v.(outgoing)
	if !ok {
		return nil, fmt.Errorf("pluginrpc: %T is not bytes", v)
	}
	return mem.BufferSlice{mem.Copy(b, mem.DefaultBufferPool())}, nil
}

// Unmarshal keeps what has come, until it is read.
func (codec) Unmarshal(data mem.BufferSlice, v any) error {
	m, ok := v.(*message)
	if !ok {
		return fmt.Errorf("pluginrpc: %T is not bytes", v)
	}
	data.Ref()
	m.data = data
	return nil
}

var _ io.ReadWriter = (*Stream)(nil)

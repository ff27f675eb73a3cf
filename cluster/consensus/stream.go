package consensus

import (
	"context"
	"net"
	"time"

	"github.com/hashicorp/raft"
)

// stream is how raft connects: a raft.StreamLayer.
type stream struct {
	net.Listener
	dial    func(ctx context.Context, address string) (net.Conn, error)
	address string
}

// Dial connects to another member.
func (s *stream) Dial(address raft.ServerAddress, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return s.dial(ctx, string(address))
}

// Addr is how others reach this member.
func (s *stream) Addr() net.Addr { return advertised(s.address) }

// advertised is a net.Addr that is just its text.
type advertised string

// Network is always tcp.
func (a advertised) Network() string { return "tcp" }

func (a advertised) String() string { return string(a) }

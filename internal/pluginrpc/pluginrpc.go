// Package pluginrpc is what gstorm and the process of a component in Go agree on: the handshake of hashicorp/go-plugin, and
// one gRPC method, a stream of bytes both ways for as long as a task lives. What the bytes say is the multilang protocol.
package pluginrpc

import (
	"context"
	"math"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// Handshake tells a process that gstorm has started it, and gstorm whether the process was built for this protocol. Its
// version changes when an older process can't be talked to.
var Handshake = plugin.HandshakeConfig{
	ProtocolVersion:  1,
	MagicCookieKey:   "GSTORM_PLUGIN",
	MagicCookieValue: "6f1d9c52-2f0b-4c39-a7c7-b1c6c9b6d0fe",
}

// Name is the one thing that a process dispenses.
const Name = "task"

// The service and its method. The content subtype names the codec: bytes as they are.
const (
	serviceName = "gstorm.Component"
	methodName  = "Task"
	subtype     = "gstorm-bytes"
)

// window is how much may be on its way that was not read. It is what lets a sender go on while the other side works.
const window = 1 << 20

// Component is the plugin for go-plugin. Serve, for the process's side, has the conversation of one task on a stream; it
// returns when that is over.
type Component struct {
	plugin.NetRPCUnsupportedPlugin
	Serve func(ctx context.Context, s *Stream) error
}

var _ plugin.GRPCPlugin = (*Component)(nil)

// GRPCServer implements plugin.GRPCPlugin.
func (c *Component) GRPCServer(_ *plugin.GRPCBroker, s *grpc.Server) error {
	s.RegisterService(&grpc.ServiceDesc{
		ServiceName: serviceName,
		HandlerType: (*any)(nil),
		Streams: []grpc.StreamDesc{{
			StreamName: methodName, ServerStreams: true, ClientStreams: true,
			Handler: func(_ any, stream grpc.ServerStream) error {
				return c.Serve(stream.Context(), &Stream{wire: stream})
			},
		}},
	}, c)
	return nil
}

// GRPCClient implements plugin.GRPCPlugin. What is dispensed is a Dialer.
func (c *Component) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return Dialer{conn}, nil
}

// NewServer makes the process's server (plugin.ServeConfig.GRPCServer).
func NewServer(options []grpc.ServerOption) *grpc.Server {
	return grpc.NewServer(append(options,
		grpc.MaxRecvMsgSize(math.MaxInt32), grpc.InitialWindowSize(window), grpc.InitialConnWindowSize(window))...)
}

// DialOptions are for gstorm's side (plugin.ClientConfig.GRPCDialOptions).
func DialOptions() []grpc.DialOption {
	return []grpc.DialOption{grpc.WithInitialWindowSize(window), grpc.WithInitialConnWindowSize(window)}
}

// Dialer begins conversations with a process.
type Dialer struct{ conn *grpc.ClientConn }

// Dial begins one. It ends with ctx, or by Stream.CloseWrite and what the process makes of that.
func (d Dialer) Dial(ctx context.Context) (*Stream, error) {
	desc := grpc.StreamDesc{StreamName: methodName, ServerStreams: true, ClientStreams: true}
	stream, err := d.conn.NewStream(ctx, &desc, "/"+serviceName+"/"+methodName, grpc.CallContentSubtype(subtype))
	if err != nil {
		return nil, err
	}
	return &Stream{wire: stream, closeSend: stream.CloseSend}, nil
}

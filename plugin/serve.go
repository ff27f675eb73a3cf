package plugin

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/internal/gcfloor"
	"github.com/gstorm/gstorm/internal/pluginrpc"
)

// serve runs one task until gstorm has no more use for the process. The result is the exit code.
func serve(topologies []*gstorm.Topology) int {
	w := wantedHere()
	t, problems := w.topology(topologies)
	if problems != nil {
		fmt.Fprintln(os.Stderr, problems)
		return 2
	}
	c := find(topologies, t, w.component)
	if c == nil {
		fmt.Fprintf(os.Stderr, "gstorm: the program has no component %q\n", w.component)
		return 2
	}
	gcfloor.Set(gcfloor.Component)
	var failed atomic.Bool
	var own sync.Once
	os.Stdout = stdio.handshake
	served := make(chan struct{})
	go func() {
		defer close(served)
		plugin.Serve(&plugin.ServeConfig{
			HandshakeConfig: pluginrpc.Handshake,
			Plugins: plugin.PluginSet{pluginrpc.Name: &pluginrpc.Component{Serve: func(ctx context.Context, s *pluginrpc.Stream) error {
				own.Do(func() { os.Stdout, os.Stderr = stdio.prints, stdio.errors }) // go-plugin has put pipes there
				err := converse(ctx, s, c)
				if err != nil {
					failed.Store(true)
				}
				return err
			}}},
			GRPCServer: pluginrpc.NewServer,
			Logger:     hclog.NewNullLogger(),
		})
	}()
	over := make(chan struct{})
	go func() {
		defer close(over)
		_, _ = io.Copy(io.Discard, stdio.life) // whatever ends it
	}()
	select {
	case <-served: // it could not serve
		failed.Store(true)
	case <-over:
	}
	if failed.Load() {
		return 1
	}
	return 0
}

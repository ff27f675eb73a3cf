package main

import (
	"context"
	"log/slog"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
	"github.com/gstorm/gstorm/adapters/goplugin"
	"github.com/gstorm/gstorm/adapters/javascript"
	"github.com/gstorm/gstorm/adapters/python"
	"github.com/gstorm/gstorm/adapters/ruby"
)

// open opens the files that components of a topology are from.
func open(ctx context.Context, t *gstorm.Topology, log *slog.Logger) (adapters.Session, error) {
	return adapters.OpenBuilt(ctx, t, adapters.Request{Logger: log}, []adapters.Adapter{ruby.Adapter{}, python.Adapter{}, javascript.Adapter{}, goplugin.Adapter{}})
}

package main

import (
	"context"
	"errors"
	"log/slog"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
	"github.com/gstorm/gstorm/adapters/javascript"
	"github.com/gstorm/gstorm/adapters/python"
	"github.com/gstorm/gstorm/adapters/ruby"
)

// made is a topology that was made here, as an adapter and its session: what it takes from files is then looked up like
// for any other topology.
type made struct{ topology *gstorm.Topology }

// open opens the files that components of a topology are from.
func open(ctx context.Context, t *gstorm.Topology, log *slog.Logger) (adapters.Session, error) {
	m := made{t}
	request := adapters.Request{File: "bench" + m.Extensions()[0], Logger: log}
	return adapters.Open(ctx, request, []adapters.Adapter{m, ruby.Adapter{}, python.Adapter{}, javascript.Adapter{}})
}

func (made) Extensions() []string { return []string{".made"} }

func (m made) Open(context.Context, adapters.Request) (adapters.Session, error) { return m, nil }

func (m made) Topology() *gstorm.Topology { return m.topology }

func (made) Launch(c *gstorm.Component) (adapters.Launch, error) {
	return adapters.Launch{}, errors.New("component " + c.ID + " is of no file")
}

func (made) Drive(context.Context, adapters.Control) error { return nil }

func (made) Close() error { return nil }

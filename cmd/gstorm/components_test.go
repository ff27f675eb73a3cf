package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
	"github.com/gstorm/gstorm/connectors/builtin"
	"github.com/gstorm/gstorm/connectors/catalog"
)

// descriptions is an adapter for files that are topology descriptions already. Its sessions run no process; the key
// test.driver of the configuration is what the "code after submission" does.
type descriptions struct{}

func (descriptions) Extensions() []string { return []string{".json"} }

func (descriptions) Open(_ context.Context, r adapters.Request) (adapters.Session, error) {
	f, err := os.Open(r.File)
	if err != nil {
		return nil, gstorm.Problems{{Severity: gstorm.Error, Message: err.Error(), At: gstorm.Position{File: r.File}}}
	}
	defer f.Close()
	t, err := gstorm.ReadTopology(f)
	if err != nil {
		return nil, gstorm.Problems{{Severity: gstorm.Error, Message: err.Error(), At: gstorm.Position{File: r.File, Line: 1}}}
	}
	t.Config = t.Config.Merge(gstorm.Config{"test.arguments": r.Args})
	return description{t}, nil
}

type description struct{ topology *gstorm.Topology }

func (d description) Topology() *gstorm.Topology { return d.topology }

func (description) Launch(*gstorm.Component) (adapters.Launch, error) {
	return adapters.Launch{}, errors.New("a description has no code")
}

func (description) Close() error { return nil }

func (d description) Drive(ctx context.Context, c adapters.Control) error {
	switch d.topology.Config["test.driver"] {
	case "shutdown":
		c.Shutdown()
	case "kill":
		if err := c.Kill("somebody", 0); err == nil {
			return errors.New("killed a stranger")
		}
		return c.Kill(d.topology.Name, time.Millisecond)
	case "activate":
		return c.Activate(d.topology.Name)
	case "fail":
		return gstorm.Problems{{Severity: gstorm.Error, Message: "boom in on_submit", At: gstorm.Position{File: "wc.json", Line: 7}}}
	}
	return nil
}

// withTestComponents adds the components that scripts use.
func withTestComponents(all builtin.Catalog) builtin.Catalog {
	spout := func(name string, make func() gstorm.Spout) catalog.Definition {
		return catalog.Definition{Name: name, Kind: gstorm.SpoutKind, Make: func(catalog.Values, []gstorm.Fields) (catalog.Made, error) {
			return catalog.Made{Outline: catalog.OnDefault("n"), NewSpout: make}, nil
		}}
	}
	bolt := func(name string, make func() gstorm.Bolt) catalog.Definition {
		return catalog.Definition{Name: name, Kind: gstorm.BoltKind, Make: func(catalog.Values, []gstorm.Fields) (catalog.Made, error) {
			return catalog.Made{NewBolt: make}, nil
		}}
	}
	return append(all,
		spout("Numbers", func() gstorm.Spout { return &numbers{} }),
		spout("Endless", func() gstorm.Spout { return &numbers{endless: true} }),
		spout("Broken", func() gstorm.Spout { return broken{} }),
		bolt("Sink", func() gstorm.Bolt { return &sink{} }),
		bolt("Picky", func() gstorm.Bolt { return &sink{picky: true} }),
		bolt("Hold", func() gstorm.Bolt { return &sink{hold: true} }))
}

// numbers emits 0 to 9, or on and on, with message ids.
type numbers struct {
	endless bool
	next    int
}

func (n *numbers) Open(_ context.Context, task *gstorm.TaskContext) error {
	task.Logger.Info("opened", "arguments", fmt.Sprint(task.Config["test.arguments"]), "color", task.Config["color"], "topology.name", task.Config[gstorm.TopologyName])
	return nil
}

func (n *numbers) Next(_ context.Context, out *gstorm.SpoutCollector) error {
	if n.next == 10 && !n.endless {
		return gstorm.ErrFinished
	}
	out.EmitID(n.next, gstorm.DefaultStream, n.next)
	n.next++
	return nil
}

// broken is a spout that can't go on.
type broken struct{}

func (broken) Next(context.Context, *gstorm.SpoutCollector) error {
	return errors.New("the source is gone\n\tat wc.json:5")
}

// sink is a bolt that acks all, or fails every second tuple (picky), or keeps every tuple until the run is cut (hold).
type sink struct {
	picky, hold bool
	log         *slog.Logger
}

func (s *sink) Open(_ context.Context, task *gstorm.TaskContext) error {
	s.log = task.Logger
	s.log.Info("opened")
	return nil
}

func (s *sink) Execute(ctx context.Context, t *gstorm.Tuple, _ *gstorm.Collector) error {
	if s.hold {
		s.log.Info("holding")
		<-ctx.Done()
	}
	if n, _ := t.Values[0].(int); s.picky && n%2 == 1 {
		return fmt.Errorf("odd: %d", n)
	}
	return nil
}

// Package local runs a topology inside of a program, by the same code as `gstorm run`: components in Go as goroutines,
// commands and components of files in Ruby, Python, JavaScript and Go as child processes, and those that are built in.
//
//	t := gstorm.NewBuilder("words")
//	t.Spout("lines", func() gstorm.Spout { return &Lines{} }).Output("default", "line")
//	t.Bolt("count", func() gstorm.Bolt { return &Count{} }).From("lines", "", gstorm.Shuffle)
//	summary, err := local.Run(ctx, t.Topology(), local.Options{})
package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/adapters"
	"github.com/gstorm/gstorm/adapters/goplugin"
	"github.com/gstorm/gstorm/adapters/javascript"
	"github.com/gstorm/gstorm/adapters/python"
	"github.com/gstorm/gstorm/adapters/ruby"
	"github.com/gstorm/gstorm/connectors/builtin"
	"github.com/gstorm/gstorm/host"
	"github.com/gstorm/gstorm/internal/deadletters"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
)

// Options say how a topology is run. The zero value is fine.
type Options struct {
	// Config goes over the topology's own, as --set does for gstorm run.
	Config gstorm.Config
	// Logger gets what is to be told: log lines and errors of components, what they write to stderr. nil: slog.Default.
	Logger *slog.Logger
	// Print gets what components in child processes print, a line at a time, from any goroutine. nil: it goes to stdout.
	Print func(line string)
	// Observe gets every tuple that a component emits on a stream that it declares, before anybody receives it, from any
	// goroutine. The tuple is not the observer's to keep, its values are. nil: nobody looks.
	Observe func(t *gstorm.Tuple)
	// DrainLimit bounds how long pending trees, and then the bolts, are waited for at the end; 0: the message timeout.
	DrainLimit time.Duration
}

// Summary is what a run has come to: what gstorm run shows at its end.
type Summary = stats.Snapshot

// Run runs a topology until all its spouts have finished and everything they emitted is handled, or ctx ends: then the
// spouts are asked no more, what is pending is waited for up to the drain limit, and the bolts end in the order of the flow.
// Both are nil errors. The Summary is there whenever anything ran. Other errors:
//   - gstorm.Problems: the topology, or a file that it has components of, is not valid; nothing was started;
//   - one that says which component could not go on: the topology has failed.
//
// When Run returns, none of its goroutines and processes is left. Should the program itself be killed, its child processes
// find the end of their input and leave.
func Run(ctx context.Context, t *gstorm.Topology, o Options) (*Summary, error) {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Print == nil {
		o.Print = func(line string) { _, _ = fmt.Println(line) }
	}
	topology := *t
	topology.Components = slices.Clone(t.Components) // they are filled in
	topology.Config = t.Config.Merge(o.Config)
	builtins := builtin.All()
	session, launches, err := open(ctx, &topology, builtins, o)
	if err != nil {
		return nil, err
	}
	summary, err := run(ctx, &topology, launches, builtins, o)
	return summary, errors.Join(err, session.Close())
}

// open opens the files that components are of, finds out how each is started, and whether all is valid.
func open(ctx context.Context, t *gstorm.Topology, builtins builtin.Catalog, o Options) (adapters.Session, map[string]adapters.Launch, error) {
	request := adapters.Request{Logger: o.Logger, Print: o.Print, Args: os.Args[1:]}
	session, err := adapters.OpenBuilt(ctx, t, request, []adapters.Adapter{ruby.Adapter{}, python.Adapter{}, javascript.Adapter{}, goplugin.Adapter{}})
	if err != nil {
		return nil, nil, err
	}
	launches, problems := adapters.Launches(session, o.Logger)
	t.Problems = append(t.Problems, problems...)
	t.SettleBuiltins(builtins.Outline)
	if problems := t.Validate(builtins.Outline); len(problems.Errors()) > 0 {
		return nil, nil, errors.Join(problems, session.Close())
	}
	return session, launches, nil
}

func run(ctx context.Context, t *gstorm.Topology, launches map[string]adapters.Launch, builtins builtin.Catalog, o Options) (*Summary, error) {
	p, err := plan.Build(t, "", nil)
	if err != nil {
		return nil, err
	}
	letters, err := deadletters.OfRun(p.Topology)
	if err != nil {
		o.Logger.Warn("there is no place for dead letters", "error", err)
	}
	w, err := host.New(host.Options{
		Letters: letters, Plan: p, Logger: o.Logger, DrainLimit: o.DrainLimit, Observe: o.Observe, Builtin: builtins.New,
		Launch: func(c *plan.Component) (host.Launch, error) { return host.Launch(launches[c.ID]), nil },
		Print:  func(_ string, _ int, line string) { o.Print(line) },
	})
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { w.Drain("its context has ended") })
	defer stop()
	err = w.Run(context.WithoutCancel(ctx))
	summary := w.Snapshot()
	return &summary, err
}

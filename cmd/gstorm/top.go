package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/internal/terminal"
	"github.com/gstorm/gstorm/ui"
)

// answerOfTop is how long it is waited for what gstorm top shows.
const answerOfTop = 10 * time.Second

func (p *program) topCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "top", Usage: "watch a cluster, a topology of it or a run, on all of the terminal", ArgsUsage: "[NAME]",
		Description: `Shows what is wrong, all topologies and all nodes; of a topology its components, which of them is the bottleneck, what to do
about it, and the last errors; of a component its tasks. The numbers are those of the web page. ? shows the keys. Where there
is no terminal, or with --once, it prints what there is and ends.

   gstorm top                             the cluster, by the agent on this machine
   gstorm top word_count                  a topology of it
   gstorm top --run                       what gstorm run --ui runs on this machine`,
		Flags: clusterFlags(
			runFlag(),
			&cli.BoolFlag{Name: "once", Usage: "print what there is, and end", DisableDefaultText: true},
			jsonFlag(),
		),
		Action: p.top,
	})
}

// top is `gstorm top`.
func (p *program) top(c *cli.Context) error {
	if c.NArg() > 1 {
		return usagef(c, "%q is one too many", c.Args().Get(1))
	}
	ask, err := p.whoShows(c)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(c.Context, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	at := terminal.Place{Topology: c.Args().First()}
	if c.IsSet("run") && at.Topology == "" {
		var o ui.Overview
		if err := ask.Document(ctx, pathOf(at), &o); err != nil {
			return whyNot(c, err)
		}
		if len(o.Topologies) == 1 { // there is nothing to choose
			at.Topology = o.Topologies[0].Name
		}
	}
	if c.Bool("json") {
		var document json.RawMessage
		if err := ask.Document(ctx, pathOf(at), &document); err != nil {
			return whyNot(c, err)
		}
		return p.printJSON(document)
	}
	first, err := documentOf(ctx, ask, at)
	if err != nil {
		return whyNot(c, err)
	}
	screen := terminal.DetectFullScreen(p.stdin, p.stdout, p.getenv)
	if screen == nil || c.Bool("once") {
		return terminal.WriteTop(p.stdout, at, first, terminal.Detect(p.stdout, p.stdout, p.getenv).SummaryStyle())
	}
	resized := make(chan os.Signal, 1)
	signal.Notify(resized, syscall.SIGWINCH)
	defer signal.Stop(resized)
	screen.Resized = resized
	t := terminal.NewTop(at, screen.Colour)
	t.Take(at, first, nil)
	return screen.Show(ctx, t, func(ctx context.Context, at terminal.Place) (any, error) {
		document, err := documentOf(ctx, ask, at)
		return document, whyNot(c, err)
	})
}

// whoShows is who is asked: a run, or a cluster. What opens a cluster is nothing for a run.
func (p *program) whoShows(c *cli.Context) (*api.Client, error) {
	if !c.IsSet("run") {
		return p.client(c)
	}
	address, err := listenAddress(c.String("run"))
	if err != nil {
		return nil, usagef(c, "--run: %v", err)
	}
	return api.NewClient(address), nil
}

// whyNot says of a run that does not answer what may be the matter.
func whyNot(c *cli.Context, err error) error {
	var nobody *api.UnreachableError
	if c.IsSet("run") && errors.As(err, &nobody) && len(nobody.Tries) > 0 {
		return fmt.Errorf("no gstorm run --ui answers at %s, or it has ended: %w", nobody.Tries[0].Address, nobody.Tries[0].Err)
	}
	return err
}

// pathOf is where the document of a place is.
func pathOf(at terminal.Place) string {
	switch {
	case at.Topology == "":
		return "/v1/overview"
	case at.Component == "":
		return "/v1/topologies/" + url.PathEscape(at.Topology) + "/view"
	}
	return "/v1/topologies/" + url.PathEscape(at.Topology) + "/components/" + url.PathEscape(at.Component) + "/view"
}

func documentOf(ctx context.Context, ask *api.Client, at terminal.Place) (any, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, answerOfTop, fmt.Errorf("there is no answer in %v", answerOfTop))
	defer cancel()
	var document any
	switch {
	case at.Topology == "":
		document = &ui.Overview{}
	case at.Component == "":
		document = &ui.TopologyView{}
	default:
		document = &ui.ComponentDetail{}
	}
	return document, ask.Document(ctx, pathOf(at), document)
}

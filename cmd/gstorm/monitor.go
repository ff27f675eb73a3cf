package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/internal/terminal"
)

func (p *program) monitorCommand() *cli.Command {
	return p.command(cli.Command{
		Name: "monitor", Usage: "watch what a topology of a cluster does", ArgsUsage: "NAME",
		Description: `Shows the same table as gstorm run, until Ctrl-C or until the topology is gone. Where there is no terminal it prints the
counts every --interval.`,
		Flags:  clusterFlags(&cli.DurationFlag{Name: "interval", Value: time.Second, Usage: "ask every `TIME`"}),
		Action: p.asked([]string{"NAME"}, p.monitor),
	})
}

// monitor is `gstorm monitor`.
func (p *program) monitor(c *cli.Context, ask *api.Client) error {
	if c.Duration("interval") <= 0 {
		return usagef(c, "--interval is %v, it must be more than 0", c.Duration("interval"))
	}
	ctx, stop := signal.NotifyContext(c.Context, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	resized := make(chan os.Signal, 1)
	signal.Notify(resized, syscall.SIGWINCH)
	defer signal.Stop(resized)
	tty := terminal.Detect(p.stdout, p.stderr, p.getenv)
	tty.Resized = resized
	screen := terminal.NewScreen(tty)
	name := c.Args().First()
	s, err := ask.Topology(ctx, name)
	if err != nil {
		return err
	}
	if s.End != nil {
		p.writeEnd(&s.Topology)
		return nil
	}
	var mu sync.Mutex // guards s
	shown, hide := context.WithCancel(ctx)
	var showing sync.WaitGroup
	defer showing.Wait()
	defer hide()
	showing.Go(func() {
		screen.Show(shown, func() terminal.View {
			mu.Lock()
			defer mu.Unlock()
			return terminal.View{Snapshot: s.Stats}
		})
	})
	state := ""
	for {
		if s.State != state {
			state = s.State
			_, _ = fmt.Fprintf(screen.Log(), "gstorm: %s: %s\n", terminal.Escape(name), terminal.Escape(state))
		}
		if !tty.Table {
			if err := terminal.WriteSummary(p.stdout, s.Stats, tty.SummaryStyle()); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(c.Duration("interval")):
		}
		next, err := ask.Topology(ctx, name)
		var gone *api.Error
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.As(err, &gone) && gone.Kind == api.NotFound:
			_, _ = fmt.Fprintf(screen.Log(), "gstorm: %s is gone\n", terminal.Escape(name))
			return nil
		case err != nil:
			return err
		case next.End != nil:
			_, _ = fmt.Fprintf(screen.Log(), "gstorm: %s: %s\n", terminal.Escape(name), terminal.Escape(next.State))
			return nil
		}
		mu.Lock()
		s = next
		mu.Unlock()
	}
}

package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm/adapters"
	"github.com/gstorm/gstorm/internal/terminal"
)

// trial is a run whose result is what the components emit: their prints go to stderr with the log, there is no table, and
// the file's code after submission does not run.
type trial struct {
	p       *program
	options runOptions
	screen  *terminal.Screen
	log     *slog.Logger
}

// trialFlags are those flags of run that make sense here.
func trialFlags() []cli.Flag {
	var flags []cli.Flag
	for _, f := range runFlags() {
		switch f.Names()[0] {
		case "for", "drain-limit", "log-level":
			flags = append(flags, f)
		}
	}
	return append(topologyFlags(), flags...)
}

func (p *program) newTrial(c *cli.Context) (*trial, error) {
	o, err := readTrialOptions(c)
	if err != nil {
		return nil, err
	}
	tty := terminal.Detect(p.stdout, p.stderr, p.getenv)
	tty.Table = false
	screen := terminal.NewScreen(tty)
	return &trial{p: p, options: o, screen: screen, log: slog.New(terminal.NewHandler(screen.Log(), o.level, tty.Colour))}, nil
}

func readTrialOptions(c *cli.Context) (runOptions, error) {
	o := runOptions{limit: c.Duration("for"), drainLimit: c.Duration("drain-limit"), summary: "none"}
	if err := o.level.UnmarshalText([]byte(c.String("log-level"))); err != nil {
		return o, usagef(c, "--log-level is %q, expected debug, info, warn or error", c.String("log-level"))
	}
	return o, nil
}

// print shows what a file or a component prints.
func (t *trial) print(line string) { _, _ = fmt.Fprintln(t.screen.Log(), terminal.Escape(line)) }

// prepare makes the execution of a topology that may be another than the file's.
func (t *trial) prepare(l *loaded, s selection, h hooks) (*execution, error) {
	if err := l.invalid(); err != nil {
		return nil, err
	}
	h.print = func(_ string, _ int, line string) { t.print(line) }
	e, err := t.p.newExecution(l, s, t.options, t.screen, t.log, h)
	if err != nil {
		return nil, err
	}
	e.session = undriven{e.session}
	return e, nil
}

// run runs it to its end, or until a signal comes.
func (t *trial) run(ctx context.Context, e *execution) error {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	defer signal.Stop(signals)
	return e.run(ctx, signals)
}

// undriven is a file whose code after submission does not run.
type undriven struct{ adapters.Session }

// Drive returns at once.
func (undriven) Drive(context.Context, adapters.Control) error { return nil }

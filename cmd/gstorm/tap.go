package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/gstorm/gstorm"
	"github.com/gstorm/gstorm/cluster/api"
	"github.com/gstorm/gstorm/connectors/expression"
	"github.com/gstorm/gstorm/internal/plan"
	"github.com/gstorm/gstorm/internal/stats"
	"github.com/gstorm/gstorm/internal/terminal"
	"github.com/gstorm/gstorm/ui"
)

// checkWhere is what is wrong with an expression that is to say which tuples are shown.
func checkWhere(where string, fields []gstorm.Fields) error {
	_, err := expression.Condition(where, fields)
	return err
}

// condition is what a tap asks of tuples; nil: nothing.
func condition(p *plan.Plan, r stats.TapRequest) (func(*gstorm.Tuple) (bool, error), error) {
	if r.Where == "" {
		return nil, nil
	}
	e, err := expression.Condition(r.Where, ui.TapFields(p, r))
	if err != nil {
		return nil, err
	}
	return e.True, nil
}

func (p *program) tapCommand() *cli.Command {
	names := []string{"NAME", "COMPONENT"}
	return p.command(cli.Command{
		Name: "tap", Usage: "show tuples of a topology of a cluster as they pass", ArgsUsage: "NAME COMPONENT [STREAM]",
		Description: `Shows tuples that a component emits, on one of its streams or on all, as they pass: a sample, spread over the time, which never
slows the stream; until Ctrl-C. At the end it says of how many tuples they are.

--where shows only tuples for which an expression over their fields is true, in the language of the built-in filter. Of a fast
stream it is computed for a sample only (up to 2,000 tuples per second and worker, and in 5 % of the time).

   gstorm tap word_count split
   gstorm tap word_count count --where 'word == "storm" && count > 10' --for 1m
   gstorm tap word_count split default --rate 100 --json | jq .tuple.values

Of a topology that gstorm run --ui runs, its web page shows the same.`,
		Flags: clusterFlags(
			&cli.StringFlag{Name: "where", Usage: "only tuples for which `EXPRESSION` is true", DefaultText: "all"},
			&cli.IntFlag{Name: "rate", Value: stats.DefaultTapRate, Usage: fmt.Sprintf("at most `N` tuples per second of each worker, up to %d", stats.MaxTapRate)},
			&cli.IntFlag{Name: "task", Usage: "only those of task `N`", DefaultText: "all"},
			&cli.DurationFlag{Name: "for", Usage: "end after `TIME`", DefaultText: "never"},
			jsonFlag(),
		),
		Action: func(c *cli.Context) error {
			if c.NArg() > len(names) {
				return p.asked(append(names[:2:2], "STREAM"), p.tap)(c)
			}
			return p.asked(names, p.tap)(c)
		},
	})
}

func (p *program) tap(c *cli.Context, ask *api.Client) error {
	if rate := c.Int("rate"); rate < 1 || rate > stats.MaxTapRate {
		return usagef(c, "--rate is %d, expected 1 to %d", rate, stats.MaxTapRate)
	}
	if c.IsSet("for") && c.Duration("for") <= 0 || c.IsSet("task") && c.Int("task") <= 0 {
		return usagef(c, "--for and --task must be more than 0")
	}
	ctx, stop := signal.NotifyContext(c.Context, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if limit := c.Duration("for"); limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	body, err := ask.Tap(ctx, c.Args().First(), stats.TapRequest{
		Component: c.Args().Get(1), Stream: c.Args().Get(2), Task: c.Int("task"), Where: c.String("where"), Rate: c.Int("rate"),
	})
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	show := p.showTapped
	if c.Bool("json") {
		e := json.NewEncoder(p.stdout)
		e.SetEscapeHTML(false)
		show = func(l *stats.TapLine) error { return e.Encode(l) }
	}
	sum := tapSum{counts: map[tapPlace]stats.TapCounts{}}
	in := json.NewDecoder(body)
	for err == nil {
		var line stats.TapLine
		if err = in.Decode(&line); err == nil {
			sum.add(&line)
			err = show(&line)
		}
	}
	if !c.Bool("json") {
		_, _ = fmt.Fprintln(p.stderr, sum.String())
	}
	if ctx.Err() != nil || errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// showTapped shows a line for people.
func (p *program) showTapped(l *stats.TapLine) error {
	if l.Problem != "" {
		_, err := fmt.Fprintln(p.stderr, terminal.Escape(l.Node+": "+l.Problem))
		return err
	}
	t := l.Tuple
	if t == nil {
		return nil
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s/%d", t.Time.Local().Format("15:04:05.000"), t.Component, t.Task)
	if t.Stream != gstorm.DefaultStream {
		text.WriteString(" " + t.Stream)
	}
	for _, v := range t.Values {
		text.WriteString("  " + v.Field + "=" + v.JSON)
		if v.Bytes > 0 {
			fmt.Fprintf(&text, "… (%d bytes)", v.Bytes)
		}
	}
	if t.More > 0 {
		fmt.Fprintf(&text, "  and %d more values", t.More)
	}
	_, err := fmt.Fprintln(p.stdout, terminal.Escape(text.String()))
	return err
}

// tapSum is what all taps have seen, of each the last that was told.
type tapSum struct {
	shown  int
	counts map[tapPlace]stats.TapCounts
}

type tapPlace struct {
	node   string
	worker int
}

func (s *tapSum) add(l *stats.TapLine) {
	if l.Tuple != nil {
		s.shown++
	}
	if l.Counts != nil {
		s.counts[tapPlace{l.Node, l.Worker}] = *l.Counts
	}
}

// String is the sum in words.
func (s *tapSum) String() string {
	var sum stats.TapCounts
	for _, c := range s.counts {
		sum.Emitted += c.Emitted
		sum.Looked += c.Looked
		sum.Failed += c.Failed
		sum.Dropped += c.Dropped
		if c.Error != "" {
			sum.Error = c.Error
		}
	}
	text := fmt.Sprintf("%d shown, of %d that were looked at and %d that passed", s.shown, sum.Looked, sum.Emitted)
	if len(s.counts) == 0 {
		text = fmt.Sprintf("%d shown", s.shown)
	}
	if sum.Dropped > 0 {
		text += fmt.Sprintf("; %d were dropped, as they were not read in time", sum.Dropped)
	}
	if sum.Failed > 0 {
		text += fmt.Sprintf("; for %d the expression could not be computed: %s", sum.Failed, terminal.Escape(sum.Error))
	}
	return text
}
